//! What stands on a sheet: plain words, in the order of the form, with nothing left to look up.
//!
//! Its one rule: no markup. Both templates read these same fields, so that the page and the Markdown say the same.
//! [`Sheet::new`] fills it.

use super::text::Text;
use super::timeline::Timeline;

/// A plan as the summary form shows it.
#[derive(Debug)]
pub struct Sheet {
    /// Readable name of the plan in addresses.
    pub slug: String,
    /// Title of the plan.
    pub title: String,
    /// Programme under which it was agreed.
    pub programme: Option<String>,
    /// What sort of cooperation it is and where it stands.
    pub tags: Vec<Tag>,
    /// The cities; `None` if the plan names none.
    pub cities: Option<CityTable>,
    /// Period of cooperation, in words.
    pub period: Option<String>,
    /// Themes, in the plan's own wording if it has one.
    pub themes: Vec<Value>,
    /// Sustainable Development Goals.
    pub sdgs: Vec<String>,
    /// Partnerships of the Urban Agenda for the EU.
    pub urban_agenda: Vec<String>,
    /// Key focus, theme by theme.
    pub focus: Vec<Focus>,
    /// Key challenges.
    pub challenges: Vec<Text>,
    /// Main objectives.
    pub objectives: Vec<Text>,
    /// The activities over time; `None` if none of them is dated.
    pub timeline: Option<Timeline>,
    /// Activities and their key outputs, in the order of the plan.
    pub activities: Vec<Entry>,
    /// Expected results and benefits under their headings.
    pub outcomes: Vec<Group>,
    /// Whom to ask.
    pub contacts: Vec<Contact>,
    /// Where the record comes from.
    pub sources: Vec<Source>,
    /// Other plans that it has to do with.
    pub relations: Vec<Relation>,
    /// Remark of an editor.
    pub note: Text,
}

impl Sheet {
    /// Whether the table of cities has a row for each city, and so wants the full width.
    pub fn has_roster(&self) -> bool {
        self.cities.as_ref().is_some_and(|table| table.roster)
    }
}

/// A word or two on the state of something.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag {
    /// The words.
    pub text: &'static str,
    /// Whether a reader must not miss them: planned, cancelled, merely possible.
    pub marked: bool,
}

/// The table of cities: rows of facts for a plan with a lead city, rows of cities for one without.
#[derive(Debug)]
pub struct CityTable {
    /// Headings of all columns.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<CityRow>,
    /// Whether each row is a city.
    pub roster: bool,
    /// Whether some value comes from the record of a city and not from the plan.
    pub from_record: bool,
}

/// A row of the table of cities.
#[derive(Debug)]
pub struct CityRow {
    /// Heading of the row.
    pub heading: String,
    /// Address of the page of the city that it names.
    pub page: Option<String>,
    /// One cell for each further column.
    pub cells: Vec<CityCell>,
}

/// A cell of the table of cities.
#[derive(Debug)]
pub struct CityCell {
    /// Heading of its column.
    pub column: &'static str,
    /// What stands in it; empty if nothing is stated.
    pub lines: Vec<CityLine>,
}

/// A line in a cell of the table of cities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CityLine {
    /// The city that it is about, if the cell is about several.
    pub city: Option<String>,
    /// The value; `None` if it is not stated.
    pub value: Option<String>,
    /// Whether it comes from the record of the city and not from the plan.
    pub from_record: bool,
    /// Address of the page of the city that is the value.
    pub page: Option<String>,
}

/// The key focus of a theme.
#[derive(Debug)]
pub struct Focus {
    /// The theme.
    pub theme: String,
    /// Its statements.
    pub statements: Vec<Statement>,
}

/// A statement with the cities that it names.
#[derive(Debug)]
pub struct Statement {
    /// The statement.
    pub text: Text,
    /// Names of the cities.
    pub cities: Vec<String>,
}

/// Entries that stand under one heading.
#[derive(Debug)]
pub struct Group {
    /// The heading, if there is one.
    pub heading: Option<String>,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// An activity or an outcome.
#[derive(Debug)]
pub struct Entry {
    /// Its number on the sheet, from 1.
    pub number: usize,
    /// When, in words.
    pub when: Option<String>,
    /// Its title; an outcome has none.
    pub title: Option<String>,
    /// Its kind and where it stands.
    pub tags: Vec<Tag>,
    /// What happens.
    pub text: Text,
    /// What there is to know beyond that.
    pub facts: Vec<Fact>,
    /// Key outputs.
    pub outputs: Vec<Text>,
    /// How it is measured.
    pub indicators: Vec<Indicator>,
    /// Remark of an editor.
    pub note: Text,
}

/// A fact of an entry.
#[derive(Debug)]
pub struct Fact {
    /// What it is about.
    pub label: &'static str,
    /// Its values.
    pub values: Vec<Value>,
}

/// A value with what it has to do with the matter.
#[derive(Debug)]
pub struct Value {
    /// The value.
    pub name: String,
    /// For instance the part that a city plays.
    pub detail: Option<String>,
    /// Address of the page of the record that it names.
    pub page: Option<String>,
}

/// A measure of an outcome.
#[derive(Debug)]
pub struct Indicator {
    /// What is measured, with its unit.
    pub name: String,
    /// Value before, aimed at and reached, each with its heading; `None` if not stated.
    pub values: [(&'static str, Option<String>); 3],
}

/// Whom to ask.
#[derive(Debug)]
pub struct Contact {
    /// Organisation and person.
    pub names: Vec<String>,
    /// Where to reach them.
    pub links: Vec<Link>,
    /// What for.
    pub purpose: Option<String>,
}

/// Where the record comes from.
#[derive(Debug)]
pub struct Source {
    /// Title of the document.
    pub title: String,
    /// Its address.
    pub link: Option<Link>,
    /// Its language and when it was read.
    pub details: Vec<String>,
    /// Remark.
    pub note: Text,
}

/// A relation to another plan.
#[derive(Debug)]
pub struct Relation {
    /// How this plan relates to the other.
    pub label: &'static str,
    /// The other plan.
    pub plan: String,
    /// Address of its page.
    pub page: String,
}

/// An address on the web or of a mailbox.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    /// The address as it is given.
    pub text: String,
    /// Where it leads, by `http:`, `https:` or `mailto:`; `None` if it is not safe to follow.
    pub href: Option<String>,
}

impl Link {
    /// A link to a web address.
    pub fn web(url: &str) -> Self {
        let scheme = ["http://", "https://"].iter().any(|scheme| {
            url.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        let plain = !url.chars().any(|letter| {
            letter.is_whitespace() || letter.is_control() || "<>\"`\\".contains(letter)
        });
        Self {
            text: url.to_owned(),
            href: (scheme && plain).then(|| url.to_owned()),
        }
    }

    /// A link to a mailbox. Addresses that could carry more than a mailbox (`?bcc=`) lead nowhere.
    pub fn mail(address: &str) -> Self {
        let plain = |part: &str, marks: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || marks.contains(letter))
        };
        let domain = |domain: &str| {
            domain
                .split('.')
                .all(|label| plain(label, "-") && !label.starts_with('-') && !label.ends_with('-'))
        };
        let safe = address
            .split_once('@')
            .is_some_and(|(mailbox, host)| plain(mailbox, ".+-_") && domain(host));
        Self {
            text: address.to_owned(),
            href: safe.then(|| format!("mailto:{address}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Link;

    #[test]
    fn only_web_addresses_and_plain_mailboxes_are_links() {
        for url in [
            "https://www.iuc-asia.eu/",
            "HTTP://example.org/a?b=c&d#e",
            "https://example.org/成都",
        ] {
            assert_eq!(Link::web(url).href.as_deref(), Some(url));
        }
        for url in [
            "javascript:alert(1)",
            "https://a/\"onclick=",
            "https://a b",
            "https://a>b",
            "//example.org",
            "data:text/html,x",
            "成",
        ] {
            assert_eq!(Link::web(url).href, None, "{url}");
        }
        assert_eq!(
            Link::mail("office@iuc-asia.eu").href.as_deref(),
            Some("mailto:office@iuc-asia.eu")
        );
        for address in [
            "a@b.eu?bcc=c@d.eu",
            "a@-b.eu",
            "a",
            "@b.eu",
            "a@",
            "a%0a@b.eu",
            "a&b@c.eu",
            "市@例.cn",
        ] {
            assert_eq!(Link::mail(address).href, None, "{address}");
        }
    }
}

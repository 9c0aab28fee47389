//! The content of a sheet: texts in the order of the form.
//!
//! One rule: it contains no markup, and both templates use the same fields, so that the page and the Markdown have the same
//! content. Start with [`Sheet::new`].

use super::text::Text;
use super::timeline::Timeline;

/// A plan as the summary form shows it.
#[derive(Debug)]
pub struct Sheet {
    /// The slug of the plan.
    pub slug: String,
    /// The title of the plan.
    pub title: String,
    /// The programme under which it was agreed.
    pub programme: Option<String>,
    /// The language in which the plan is written, as a BCP 47 tag.
    pub language: Option<String>,
    /// The kind and the state of the plan.
    pub tags: Vec<Tag>,
    /// The cities; `None` if the plan has none.
    pub cities: Option<CityTable>,
    /// The period of cooperation, in words.
    pub period: Option<String>,
    /// The themes, in the wording of the plan if it has one.
    pub themes: Vec<Value>,
    /// The Sustainable Development Goals.
    pub sdgs: Vec<Value>,
    /// The partnerships of the Urban Agenda for the EU.
    pub urban_agenda: Vec<Value>,
    /// The topics of the programme.
    pub topics: Vec<Value>,
    /// The key focus of each theme.
    pub focus: Vec<Focus>,
    /// The key challenges.
    pub challenges: Vec<Text>,
    /// The main objectives.
    pub objectives: Vec<Text>,
    /// The timeline of the activities; `None` if no activity has a date.
    pub timeline: Option<Timeline>,
    /// The activities with their key outputs, in the order of the plan; those that belong to another stand below it.
    pub activities: Vec<Entry>,
    /// The expected results and benefits under their headings.
    pub outcomes: Vec<Group>,
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// The sources of the record.
    pub sources: Vec<Source>,
    /// The relations to other plans.
    pub relations: Vec<Relation>,
    /// The remark of an editor.
    pub note: Text,
}

impl Sheet {
    /// True if the table of cities has a row for each city, and therefore needs the full width.
    pub fn has_roster(&self) -> bool {
        self.cities.as_ref().is_some_and(|table| table.roster)
    }
}

/// A short text about the kind or the state of something.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag {
    /// The text.
    pub text: &'static str,
    /// True if it is highlighted because readers must not overlook it, such as "cancelled" or "possible".
    pub marked: bool,
}

/// The table of cities. Each row is a fact if the plan has a lead city, and otherwise a city.
#[derive(Debug)]
pub struct CityTable {
    /// The headings of all columns.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<CityRow>,
    /// True if each row is a city.
    pub roster: bool,
    /// True if at least one value comes from the record of a city instead of the plan.
    pub from_record: bool,
}

/// A row of the table of cities.
#[derive(Debug)]
pub struct CityRow {
    /// The heading of the row.
    pub heading: String,
    /// The path of the page of the city, if the heading is its name.
    pub page: Option<String>,
    /// The cells, one for each further column.
    pub cells: Vec<CityCell>,
}

/// A cell of the table of cities.
#[derive(Debug)]
pub struct CityCell {
    /// The heading of its column.
    pub column: &'static str,
    /// The lines of the cell; empty if nothing is known.
    pub lines: Vec<CityLine>,
}

/// A line in a cell of the table of cities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CityLine {
    /// The city to which the value belongs, if the cell is about several cities.
    pub city: Option<String>,
    /// The value; `None` if it is not known.
    pub value: Option<String>,
    /// True if the value comes from the record of the city instead of the plan.
    pub from_record: bool,
    /// The path of the page of the city, if the value is its name.
    pub page: Option<String>,
}

/// The key focus of a theme.
#[derive(Debug)]
pub struct Focus {
    /// The theme.
    pub theme: String,
    /// The statements.
    pub statements: Vec<Statement>,
}

/// A statement with the cities that it is about.
#[derive(Debug)]
pub struct Statement {
    /// The statement.
    pub text: Text,
    /// The names of the cities.
    pub cities: Vec<String>,
}

/// Entries under a common heading.
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
    /// The number on the sheet, which counts from 1.
    pub number: usize,
    /// The date, in words.
    pub when: Option<String>,
    /// The title; an outcome has none.
    pub title: Option<String>,
    /// Its kind and its state.
    pub tags: Vec<Tag>,
    /// The description.
    pub text: Text,
    /// Further facts.
    pub facts: Vec<Fact>,
    /// The key outputs.
    pub outputs: Vec<Text>,
    /// The indicators.
    pub indicators: Vec<Indicator>,
    /// The remark of an editor.
    pub note: Text,
    /// The activities that belong to this one.
    pub children: Vec<Entry>,
}

/// A fact of an entry.
#[derive(Debug)]
pub struct Fact {
    /// The label of the fact.
    pub label: &'static str,
    /// The values.
    pub values: Vec<Value>,
}

/// A value of a fact.
#[derive(Debug)]
pub struct Value {
    /// The value.
    pub name: String,
    /// A detail, such as the role of a city.
    pub detail: Option<String>,
    /// The path of the page of the record, if the value is the name of a record.
    pub page: Option<String>,
}

/// An indicator of an outcome.
#[derive(Debug)]
pub struct Indicator {
    /// The name of the indicator, with its unit.
    pub name: String,
    /// The baseline, the target and the actual value, each with its heading; `None` if it is not known.
    pub values: [(&'static str, Option<String>); 3],
}

/// A contact of the plan.
#[derive(Debug)]
pub struct Contact {
    /// The names of the organisation and of the person.
    pub names: Vec<String>,
    /// The email address and the URL.
    pub links: Vec<Link>,
    /// The purpose of the contact.
    pub purpose: Option<String>,
}

/// A source of the record.
#[derive(Debug)]
pub struct Source {
    /// The title of the source.
    pub title: Option<String>,
    /// The URL of the source.
    pub link: Option<Link>,
    /// The language, and the day on which the source was read.
    pub details: Vec<String>,
    /// A remark.
    pub note: Text,
}

/// A relation to another plan.
#[derive(Debug)]
pub struct Relation {
    /// The kind of relation, in words.
    pub label: &'static str,
    /// The other plan.
    pub plan: String,
    /// The path of its page, if the registry holds it.
    pub page: Option<String>,
    /// The URL of a plan that the registry does not hold.
    pub link: Option<Link>,
}

/// A link to a URL or an email address.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    /// The URL or email address as it is stored.
    pub text: String,
    /// The target of the link, with `http:`, `https:` or `mailto:`; `None` if it is not safe to follow.
    pub href: Option<String>,
}

impl Link {
    /// Creates a link to a URL.
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

    /// Creates a link to an email address. An address that could contain more than a mailbox, such as `?bcc=`, has no target.
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
    fn only_web_addresses_and_plain_email_addresses_are_links() {
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

//! The shipped vocabularies: Sustainable Development Goals, partnerships of the Urban Agenda for the EU, and topics of the programme.
//!
//! They are read from the CSV files next to this file, which are the only place to add an entry. Countries are the fourth
//! vocabulary; see [`CountryCode`](super::CountryCode).

use serde::Serialize;
use std::sync::LazyLock;

/// One of the 17 Sustainable Development Goals of the United Nations.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Sdg {
    /// Number of the goal, 1 to 17.
    #[schema(example = 11)]
    pub goal: i32,
    /// Short English title.
    #[schema(example = "Sustainable Cities and Communities")]
    pub title: String,
    /// Address of the goal in the metadata of the United Nations.
    #[schema(example = "http://metadata.un.org/sdg/11")]
    pub uri: String,
}

/// A thematic partnership of the Urban Agenda for the EU.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct UrbanAgendaPartnership {
    /// Name of the partnership in references.
    #[schema(example = "urban-mobility")]
    pub slug: String,
    /// English title.
    #[schema(example = "Urban Mobility")]
    pub title: String,
    /// Year in which the partnership began.
    #[schema(example = 2016)]
    pub since: i32,
}

/// A topic under which the programme publishes its plans.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Topic {
    /// Name of the topic in references.
    #[schema(example = "urban-mobility")]
    pub slug: String,
    /// English title.
    #[schema(example = "Urban mobility")]
    pub title: String,
}

/// A country.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Country {
    /// ISO 3166-1 alpha-2 code, or `XK` for Kosovo.
    #[schema(example = "CN")]
    pub code: String,
    /// English short name of ISO 3166-1.
    #[schema(example = "China")]
    pub name: String,
}

/// The goals in the order of their numbers.
pub static SDGS: LazyLock<Vec<Sdg>> = LazyLock::new(|| {
    rows(include_str!("sdgs.csv"))
        .filter_map(|[goal, title, uri]| {
            Some(Sdg {
                goal: goal.parse().ok()?,
                title,
                uri,
            })
        })
        .collect()
});

/// The partnerships in the order in which they are published.
pub static PARTNERSHIPS: LazyLock<Vec<UrbanAgendaPartnership>> = LazyLock::new(|| {
    rows(include_str!("urban-agenda-partnerships.csv"))
        .filter_map(|[slug, title, since]| {
            Some(UrbanAgendaPartnership {
                slug,
                title,
                since: since.parse().ok()?,
            })
        })
        .collect()
});

/// The topics in alphabetical order.
pub static TOPICS: LazyLock<Vec<Topic>> = LazyLock::new(|| {
    let rows = rows(include_str!("topics.csv"));
    rows.map(|[slug, title]| Topic { slug, title }).collect()
});

/// The countries in alphabetical order of their codes.
pub static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let all = super::CountryCode::all().into_iter();
    all.map(|(code, name)| Country {
        code: code.to_string(),
        name: name.to_owned(),
    })
    .collect()
});

/// The English name of the country with the given code, or the code if this version does not know it.
pub fn country_name(code: &str) -> &str {
    let mut countries = COUNTRIES.iter();
    countries
        .find(|country| country.code == code)
        .map_or(code, |country| &country.name)
}

/// The English title of the goal with the given number.
pub fn sdg_title(goal: i32) -> Option<&'static str> {
    let mut goals = SDGS.iter();
    goals
        .find(|sdg| sdg.goal == goal)
        .map(|sdg| sdg.title.as_str())
}

/// The English title of the partnership with the given slug.
pub fn partnership_title(slug: &str) -> Option<&'static str> {
    let mut partnerships = PARTNERSHIPS.iter();
    partnerships
        .find(|partnership| partnership.slug == slug)
        .map(|partnership| partnership.title.as_str())
}

/// The slugs of the partnerships.
pub fn partnership_slugs() -> impl Iterator<Item = &'static str> + Clone {
    PARTNERSHIPS.iter().map(|entry| entry.slug.as_str())
}

/// The slugs of the topics.
pub fn topic_slugs() -> impl Iterator<Item = &'static str> + Clone {
    TOPICS.iter().map(|topic| topic.slug.as_str())
}

/// The English title of the topic with the given slug.
pub fn topic_title(slug: &str) -> Option<&'static str> {
    let mut topics = TOPICS.iter();
    topics
        .find(|topic| topic.slug == slug)
        .map(|topic| topic.title.as_str())
}

/// The rows of a CSV file, without its header.
fn rows<const COLUMNS: usize>(table: &str) -> impl Iterator<Item = [String; COLUMNS]>
where
    [String; COLUMNS]: serde::de::DeserializeOwned,
{
    csv::Reader::from_reader(table.as_bytes())
        .into_deserialize()
        .filter_map(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::{
        PARTNERSHIPS, SDGS, TOPICS, country_name, partnership_title, sdg_title, topic_title,
    };

    #[test]
    fn every_row_of_the_tables_is_read() {
        assert_eq!(
            SDGS.iter().map(|sdg| sdg.goal).collect::<Vec<_>>(),
            (1..=17).collect::<Vec<_>>()
        );
        assert_eq!(PARTNERSHIPS.len(), 20);
        assert_eq!(TOPICS.len(), 12);
    }

    #[test]
    fn names_and_titles_are_found_and_an_unknown_country_code_is_its_own_name() {
        assert_eq!(country_name("CN"), "China");
        assert_eq!(country_name("XX"), "XX");
        assert_eq!(
            sdg_title(9),
            Some("Industry, Innovation and Infrastructure")
        );
        assert_eq!(sdg_title(18), None);
        assert_eq!(partnership_title("urban-mobility"), Some("Urban Mobility"));
        assert_eq!(partnership_title("noise"), None);
        assert_eq!(topic_title("air-quality"), Some("Air quality"));
        assert_eq!(topic_title("noise"), None);
    }
}

//! The vocabularies as read-only resources: goals, partnerships, topics, countries.
//!
//! They are part of the binary and do not use the database.

use crate::conventions::contract::Access;
use crate::conventions::openapi::operation::{self, Content, Operation, Tag};
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::routes::Routes;
use crate::domain::vocabularies::{
    COUNTRIES, Country, PARTNERSHIPS, SDGS, Sdg, TOPICS, Topic, UrbanAgendaPartnership,
};
use serde::Serialize;
use utoipa::ToSchema;

const TAG: Tag = Tag {
    name: "vocabularies",
    description: "Fixed lists of values, which cannot be changed.",
};

/// All Sustainable Development Goals.
#[derive(Serialize, ToSchema)]
pub struct SdgPage {
    /// The goals.
    pub data: Vec<Sdg>,
    /// Always null, because the list has only one page.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}

/// All partnerships of the Urban Agenda for the EU.
#[derive(Serialize, ToSchema)]
pub struct UrbanAgendaPartnershipPage {
    /// The partnerships.
    pub data: Vec<UrbanAgendaPartnership>,
    /// Always null, because the list has only one page.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}

/// All topics of the programme.
#[derive(Serialize, ToSchema)]
pub struct TopicPage {
    /// The topics.
    pub data: Vec<Topic>,
    /// Always null, because the list has only one page.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}

/// All countries.
#[derive(Serialize, ToSchema)]
pub struct CountryPage {
    /// The countries.
    pub data: Vec<Country>,
    /// Always null, because the list has only one page.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}

/// The routes of the vocabularies.
pub fn routes() -> Routes {
    Routes::new()
        .at("/v1/sdgs", |path| {
            let texts = (
                "List the Sustainable Development Goals",
                "The 17 goals of the United Nations, on one page.",
            );
            path.on(vocabulary::<SdgPage>("list_sdgs", texts), list_sdgs)
        })
        .at("/v1/urban-agenda-partnerships", |path| {
            let texts = (
                "List the Urban Agenda partnerships",
                "The thematic partnerships of the Urban Agenda for the EU, on one page.",
            );
            path.on(
                vocabulary::<UrbanAgendaPartnershipPage>("list_urban_agenda_partnerships", texts),
                list_partnerships,
            )
        })
        .at("/v1/topics", |path| {
            let texts = (
                "List the topics",
                "The topics under which the programme publishes its plans, on one page.",
            );
            path.on(vocabulary::<TopicPage>("list_topics", texts), list_topics)
        })
        .at("/v1/countries", |path| {
            let texts = (
                "List the countries",
                "The countries of ISO 3166-1, and Kosovo (`XK`), on one page.",
            );
            path.on(
                vocabulary::<CountryPage>("list_countries", texts),
                list_countries,
            )
        })
}

fn vocabulary<T: ToSchema>(id: &str, texts: (&str, &str)) -> Operation {
    operation::read_with_tag(
        TAG,
        id,
        Access::Read,
        texts,
        Content::json::<T>(),
        &[400, 401, 403, 406, 500, 503],
    )
    .with_schema::<T>()
}

/// `GET /v1/sdgs`
async fn list_sdgs() -> Tagged<SdgPage> {
    Tagged {
        value: SdgPage {
            data: SDGS.clone(),
            next_cursor: None,
        },
        header: None,
    }
}

/// `GET /v1/urban-agenda-partnerships`
async fn list_partnerships() -> Tagged<UrbanAgendaPartnershipPage> {
    Tagged {
        value: UrbanAgendaPartnershipPage {
            data: PARTNERSHIPS.clone(),
            next_cursor: None,
        },
        header: None,
    }
}

/// `GET /v1/topics`
async fn list_topics() -> Tagged<TopicPage> {
    Tagged {
        value: TopicPage {
            data: TOPICS.clone(),
            next_cursor: None,
        },
        header: None,
    }
}

/// `GET /v1/countries`
async fn list_countries() -> Tagged<CountryPage> {
    Tagged {
        value: CountryPage {
            data: COUNTRIES.clone(),
            next_cursor: None,
        },
        header: None,
    }
}

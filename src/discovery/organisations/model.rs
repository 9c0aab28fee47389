//! Organisations, and where they are named.

use crate::domain::CountryCode;
use crate::resources::references::CityReference;
use crate::resources::references::organisation::OrganisationKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An organisation and how often activities and outcomes name it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationUse {
    /// Name, in the most frequent spelling.
    #[schema(example = "Manchester Metropolitan University")]
    pub name: String,
    /// Acronyms that are stated with this name, the most frequent first.
    #[schema(example = json!(["MMU"]))]
    pub acronyms: Vec<String>,
    /// Kinds that are stated, the most frequent first.
    #[schema(example = json!(["university"]))]
    pub kinds: Vec<OrganisationKind>,
    /// Countries that are stated, the most frequent first.
    #[schema(example = json!(["GB"]))]
    pub countries: Vec<CountryCode>,
    /// Cities that are stated as its seat, the most frequent first.
    pub cities: Vec<CityReference>,
    /// Number of plans in whose activities or outcomes it is named.
    #[schema(example = 3)]
    pub plans: i64,
    /// Number of activities that name it.
    #[schema(example = 5)]
    pub activities: i64,
    /// Number of outcomes that name it.
    #[schema(example = 2)]
    pub outcomes: i64,
}

/// A page of organisations.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationPage {
    /// The organisations, those in the most plans first.
    pub data: Vec<OrganisationUse>,
    /// Cursor of the next page; null on the last page.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}

/// Parameters of the list of organisations besides the filters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrganisationParameters {
    /// Part of the name; case, accents and marks are ignored.
    #[param(min_length = 1, max_length = 300, example = "university")]
    pub name: Option<String>,
    /// Largest number of items on the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    #[expect(dead_code, reason = "read with the rest of the page")]
    limit: Option<i32>,
    /// Start of the page: `next_cursor` of the previous page of the same list.
    #[param(max_length = 2000)]
    #[expect(dead_code, reason = "read with the rest of the page")]
    cursor: Option<String>,
}

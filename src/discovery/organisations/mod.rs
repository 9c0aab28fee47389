//! The organisations that activities and outcomes name, and who takes part most. They are not records: only their names are stored.
//!
//! One rule: names with the same folded form are one organisation. Start with [`count`].

mod handlers;
mod model;
mod page;
mod queries;

pub use queries::{NamedBy, count, names};

use crate::conventions::contract::Access;
use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::resource::selection::Selection;
use crate::conventions::routes::Routes;
use crate::resources::activities::{
    ActivityCityRole, ActivityFilter, ActivityKind, ActivityMode, ActivityStatus,
};
use model::{OrganisationPage, OrganisationParameters};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

const TAG: Tag = Tag {
    name: "organisations",
    description: "Organisations that activities and outcomes name.",
};

/// The parameters of the list, in the document.
struct AllParameters;

impl IntoParams for AllParameters {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = Selection::<ActivityFilter>::into_params(&place);
        parameters.extend(OrganisationParameters::into_params(&place));
        parameters
    }
}

/// The route of the organisations.
pub fn routes() -> Routes {
    let texts = (
        "List the organisations",
        "The organisations that activities and outcomes name, those in the most plans first. Names that only differ in case, accents or \
         marks are one organisation. The filters are those of the list of activities: they select the activities that are counted. \
         Outcomes are counted under the same filters, but not at all if a filter is given that outcomes do not have: `city_role`, \
         `kind`, `mode`, `status`, `parent`, `date_from` or `date_to`. With `organisation`, the list has those that are named together with it.",
    );
    Routes::new().at("/v1/organisations", |path| {
        let operation = operation::read_page::<AllParameters, OrganisationPage>(
            TAG,
            "list_organisations",
            Access::Read,
            texts,
        );
        let operation = operation
            .with_schema::<ActivityCityRole>()
            .with_schema::<ActivityKind>()
            .with_schema::<ActivityMode>()
            .with_schema::<ActivityStatus>();
        path.on(operation, handlers::list)
    })
}

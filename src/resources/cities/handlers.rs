//! The handlers that only cities have. The arguments of a handler state what it takes from the request.

use super::map::Points;
use super::model::{City, CityFilter, CityPartners};
use super::partners;
use crate::conventions::bulk::export;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::Target;
use crate::conventions::reading::versioned::Tagged;
use crate::conventions::resource::selection::Selection;
use actix_web::HttpResponse;

/// `GET /v1/cities/{city_id}/partners`
pub async fn partners(
    context: Context,
    target: Target<City>,
) -> Result<Tagged<CityPartners>, Problem> {
    let value = partners::read(&context, &target).await?;
    Ok(Tagged {
        value,
        header: None,
    })
}

/// `GET /v1/exports/cities.geojson`
pub async fn export_geojson(
    context: Context,
    selection: Selection<CityFilter>,
) -> Result<HttpResponse, Problem> {
    export::stream::<City, _>(&context, selection, Points::default()).await
}

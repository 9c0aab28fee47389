//! The handlers that only activities have. The arguments of a handler state what it takes from the request.

use super::calendar::Calendar;
use super::model::{Activity, ActivityFilter};
use crate::conventions::bulk::export;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::selection::Selection;
use actix_web::HttpResponse;

/// `GET /v1/exports/activities.ics`
pub async fn export_ics(
    context: Context,
    selection: Selection<ActivityFilter>,
) -> Result<HttpResponse, Problem> {
    let calendar = Calendar {
        public_url: context.public_url.clone(),
    };
    export::stream::<Activity, _>(&context, selection, calendar).await
}

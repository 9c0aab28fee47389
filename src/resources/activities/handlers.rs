//! The HTTP that only activities have: the arguments of a handler are its contract.

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

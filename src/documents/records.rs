//! Records of several kinds that are imported together.
//!
//! One rule: what the documents of plans may change together, lines may change together. Start with [`import`].

use super::importing::DEFERRED_CONSTRAINTS;
use crate::conventions::bulk::import::{MixedImportOptions, respond_mixed};
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::resources::in_order_of_reference;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

/// Imports the lines of a request.
///
/// # Errors
/// 400, 408, 413, 415, 503; faults in a line are reported in the response.
pub async fn import(
    request: (HttpRequest, Payload),
    context: Context,
    options: MixedImportOptions,
) -> Result<HttpResponse, Problem> {
    let slices = in_order_of_reference().into_iter();
    let kinds: Vec<_> = slices
        .map(|slice| (slice.kind, slice.begin_lines))
        .collect();
    respond_mixed(request, context, options, &kinds, DEFERRED_CONSTRAINTS).await
}

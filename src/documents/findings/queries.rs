//! The SQL of findings.

use super::model::Finding;
use crate::conventions::resource::Key;
use crate::database::schema::{plan_findings, plans};
use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

/// Id and slug of a plan, if there is such a plan.
///
/// # Errors
/// The statement fails.
pub async fn plan_names(
    mut connection: &AsyncPgConnection,
    key: &Key,
) -> QueryResult<Option<(Uuid, String)>> {
    let query = plans::table.select((plans::id, plans::slug)).into_boxed();
    let query = match key {
        Key::Id(id) => query.filter(plans::id.eq(*id)),
        Key::Slug(slug) => query.filter(plans::slug.eq(slug.clone())),
    };
    query.first(&mut connection).await.optional()
}

/// The findings of a plan, in the order of its document.
///
/// # Errors
/// The statement fails.
pub async fn findings(mut connection: &AsyncPgConnection, plan: Uuid) -> QueryResult<Vec<Finding>> {
    let order = (
        plan_findings::section,
        plan_findings::place,
        plan_findings::pointer,
        plan_findings::code,
    );
    let query = plan_findings::table
        .filter(plan_findings::plan_id.eq(plan))
        .order(order);
    let rows = query
        .select((
            plan_findings::code,
            plan_findings::pointer,
            plan_findings::subject,
        ))
        .load::<(String, String, String)>(&mut connection)
        .await?;
    Ok(rows.into_iter().filter_map(finding).collect())
}

/// A row of the view as a finding. Another version of the program may have made the view, with a code that this one does not
/// know: that is left out, and the log of the service says so.
fn finding((code, pointer, subject): (String, String, String)) -> Option<Finding> {
    match code.parse() {
        Ok(code) => Some(Finding::new(code, pointer, &subject)),
        Err(_) => {
            log::warn!(
                "left out of the findings, as this version does not know what it is: {code}"
            );
            None
        }
    }
}

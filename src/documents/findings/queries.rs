//! The SQL of findings.

use super::model::Finding;
use crate::conventions::resource::Key;
use crate::database::schema::{plan_findings, plans};
use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

/// Loads the id and the slug of a plan; `None` if there is no such plan.
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

/// Loads the findings of a plan: warnings first, each in the order of its document.
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
    let mut findings: Vec<Finding> = rows.into_iter().filter_map(finding).collect();
    findings.sort_by_key(|finding| finding.severity);
    Ok(findings)
}

/// Converts a row of the view. A finding with an unknown code is omitted with a warning, because another version of the program may
/// have created the view.
fn finding((code, pointer, subject): (String, String, String)) -> Option<Finding> {
    match code.parse() {
        Ok(code) => Some(Finding::new(code, pointer, &subject)),
        Err(_) => {
            log::warn!(
                "a finding was omitted, because this version does not know its code: {code}"
            );
            None
        }
    }
}

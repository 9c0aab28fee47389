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
/// The statement fails, or gives a code that is not known.
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
    let finding = |(code, pointer, subject): (String, String, String)| {
        let code = code.parse().map_err(|_| {
            diesel::result::Error::DeserializationError(
                format!("no finding is called {code:?}").into(),
            )
        })?;
        Ok(Finding::new(code, pointer, &subject))
    };
    rows.into_iter().map(finding).collect()
}

//! The SQL of the changes.

use super::model::{Change, ChangePage, ChangeParameters};
use crate::conventions::paging::Start;
use crate::database::schema::changes;
use crate::database::sql::full_text::SearchMode;
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

/// Numbers are given in the order in which rows are written, but rows are seen in the order in which transactions end. What
/// transactions wrote that are older than all that still run can only be followed by what younger ones write.
const SETTLED: &str = "transaction_id < pg_snapshot_xmin(pg_current_snapshot())";

/// The changes of a page.
pub async fn page(
    mut connection: &AsyncPgConnection,
    parameters: &ChangeParameters,
    start: &Start,
) -> QueryResult<ChangePage> {
    let columns = (
        changes::seq,
        changes::at,
        changes::operation,
        changes::resource,
        changes::record_id,
        changes::version,
    );
    let query = filtered(parameters, start)
        .select(columns)
        .order(sql::<Text>("transaction_id, seq"))
        .limit(start.limit + 1);
    let mut data: Vec<Change> = query.load(&mut connection).await?;
    let room = usize::try_from(start.limit).unwrap_or(usize::MAX);
    let more = data.len() > room;
    data.truncate(room);
    let behind =
        |number: i64, id: Uuid| start.cursor(&number.to_string(), id, SearchMode::FullText);
    let here = start
        .after
        .as_ref()
        .and_then(|(number, id)| Some(behind(number.parse().ok()?, *id)));
    let resume_cursor = data
        .last()
        .map(|last| behind(last.number, last.id))
        .or(here);
    Ok(ChangePage {
        data,
        next_cursor: resume_cursor.clone().filter(|_| more),
        resume_cursor,
    })
}

/// The changes that are asked for, from where the page starts.
fn filtered(parameters: &ChangeParameters, start: &Start) -> changes::BoxedQuery<'static, Pg> {
    let mut query = changes::table.filter(sql::<Bool>(SETTLED)).into_boxed();
    if let Some(after) = parameters.changed_after {
        query = query.filter(changes::at.gt(after));
    }
    if !parameters.kind.is_empty() {
        query = query.filter(changes::resource.eq_any(parameters.kind.clone()));
    }
    if let Some((number, _)) = &start.after {
        let behind = sql::<Bool>(
            "(transaction_id, seq) > (SELECT last.transaction_id, last.seq FROM changes AS last WHERE last.seq = ",
        );
        query = query.filter(
            behind
                .bind::<BigInt, _>(number.parse::<i64>().unwrap_or_default())
                .sql(")"),
        );
    }
    query
}

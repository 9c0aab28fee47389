//! The SQL of the changes.

use super::model::{Change, ChangePage, ChangeParameters};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::paging::Start;
use crate::database::schema::changes;
use crate::database::sql::full_text::SearchMode;
use crate::domain::{Fault, FaultCode};
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Numbers are given in the order in which rows are written, but rows are seen in the order in which transactions end. What
/// transactions wrote that are older than all that still run can only be followed by what younger ones write.
const STABLE: &str = "transaction_id < pg_snapshot_xmin(pg_current_snapshot())";

/// The number that stands for the place before the first change.
const BEGINNING: i64 = 0;

/// A place in the log: behind the change with that number, of the record with that id.
#[derive(Debug, Clone, Copy)]
struct Place {
    number: i64,
    id: Uuid,
}

/// Number, time, operation, kind, id, version.
type Row = (i64, DateTime<Utc>, String, String, Uuid, i32);

/// The changes of a page.
///
/// # Errors
/// 400 for a cursor behind a change that the log does not have, 503.
pub async fn page(
    connection: &AsyncPgConnection,
    parameters: &ChangeParameters,
    start: &Start,
) -> Result<ChangePage, Problem> {
    let after = start.after.as_ref().map(|(number, _)| number.parse());
    let after = after.transpose().map_err(Problem::internal)?;
    let after = after.unwrap_or(BEGINNING);
    // Asked for before the page: all up to there is seen by what is read afterwards, and nothing more can come up to there.
    let end = end(connection, after).await?;
    let mut rows = rows(connection, parameters, after, end.number, start.limit + 1).await?;
    let room = usize::try_from(start.limit).unwrap_or(usize::MAX);
    let more = rows.len() > room;
    rows.truncate(room);
    let last = rows.last().filter(|_| more);
    let reached = last.map_or(end, |(number, .., id, _)| Place {
        number: *number,
        id: *id,
    });
    let resume_cursor = start.cursor(
        &reached.number.to_string(),
        reached.id,
        SearchMode::FullText,
    );
    Ok(ChangePage {
        data: understood(rows),
        next_cursor: more.then(|| resume_cursor.clone()),
        resume_cursor,
    })
}

/// The last place of the log that no change can come before any more.
async fn end(mut connection: &AsyncPgConnection, after: i64) -> Result<Place, Problem> {
    let known = sql::<Bool>("EXISTS (SELECT FROM changes AS start WHERE start.seq = ")
        .bind::<BigInt, _>(after)
        .sql(")");
    let last: Option<(i64, Uuid, bool)> = changes::table
        .filter(sql::<Bool>(STABLE))
        .order(sql::<Text>("transaction_id DESC, seq DESC"))
        .select((changes::seq, changes::record_id, known))
        .first(&mut connection)
        .await
        .optional()?;
    match last {
        Some((number, id, known)) if known || after == BEGINNING => Ok(Place { number, id }),
        None if after == BEGINNING => Ok(Place {
            number: BEGINNING,
            id: Uuid::nil(),
        }),
        _ => {
            let detail = "the log has no such change, so nothing can be told of what came after it; start anew";
            let fault = Fault::in_parameter("cursor", FaultCode::Cursor, detail);
            Err(Problem::from_faults(Code::InvalidParameters, vec![fault]))
        }
    }
}

/// The changes behind the one with the number `after` and up to the one with the number `end`, in the order in which they are
/// given.
async fn rows(
    mut connection: &AsyncPgConnection,
    parameters: &ChangeParameters,
    after: i64,
    end: i64,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    let place = |comparison: &str, number: i64| {
        sql::<Bool>(&format!(
            "(transaction_id, seq) {comparison} (SELECT place.transaction_id, place.seq FROM changes AS place WHERE place.seq = "
        ))
        .bind::<BigInt, _>(number)
        .sql(")")
    };
    let mut query = changes::table.filter(place("<=", end)).into_boxed();
    if after != BEGINNING {
        query = query.filter(place(">", after));
    }
    if let Some(after) = parameters.changed_after {
        query = query.filter(changes::at.gt(after));
    }
    if !parameters.kind.is_empty() {
        query = query.filter(changes::resource.eq_any(parameters.kind.clone()));
    }
    let columns = (
        changes::seq,
        changes::at,
        changes::operation,
        changes::resource,
        changes::record_id,
        changes::version,
    );
    query
        .select(columns)
        .order(sql::<Text>("transaction_id, seq"))
        .limit(limit)
        .load(&mut connection)
        .await
}

/// The changes that this version of the program can tell of. Another version may have written of a kind of record, or of an
/// operation, that this one does not know: its changes are left out, and the log of the service says so.
fn understood(rows: Vec<Row>) -> Vec<Change> {
    let (mut data, mut unknown) = (Vec::with_capacity(rows.len()), BTreeSet::new());
    for (number, at, operation, kind, id, version) in rows {
        match (operation.parse(), kind.parse()) {
            (Ok(operation), Ok(kind)) => data.push(Change {
                number,
                at,
                operation,
                kind,
                id,
                version,
            }),
            _ => {
                unknown.insert(format!("{operation} {kind}"));
            }
        }
    }
    if !unknown.is_empty() {
        let unknown = unknown.into_iter().collect::<Vec<_>>().join(", ");
        log::warn!(
            "left out of the changes, as this version does not know what they are: {unknown}"
        );
    }
    data
}

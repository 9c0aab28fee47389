//! The SQL of the changes.

use super::model::{Change, ChangePage, ChangeParameters, ChangedRecord};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::paging::Start;
use crate::database::schema::changes;
use crate::database::sql::full_text::SearchMode;
use crate::domain::{Fault, FaultCode};
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The condition that no change can appear before a change any more. Numbers are assigned in the order in which rows are written,
/// but rows become visible in the order in which transactions end. So only the changes of transactions that are older than all
/// running ones are final.
const STABLE: &str =
    "transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint + transaction_offset()";

/// A position in the log: after the change with the given number, which is a change of the record with the given id. The id tells
/// the change apart from one that got the same number after an older backup was restored.
#[derive(Debug, Clone, Copy)]
struct Position {
    number: i64,
    id: Uuid,
}

/// The position before the first change.
const START: Position = Position {
    number: 0,
    id: Uuid::nil(),
};

/// Number, time, operation, kind, id, version, and what the record was.
type Row = (i64, DateTime<Utc>, String, String, Uuid, i32, ChangedRecord);

/// Title or name of a record. Only outcomes may have neither title nor name nor heading.
const TITLE: &str = "coalesce(body ->> 'title', body ->> 'name', body ->> 'heading', left(body ->> 'description', 300), '')";

/// The plan that a record is or belongs to.
const PLAN: &str = "CASE resource WHEN 'plan' THEN record_id ELSE (body ->> 'plan_id')::uuid END";

/// The properties in which an updated record differs from its previous version, without those that each write changes. A version from
/// before a property existed has none of it, which is the same as null.
const CHANGED: &str = "ARRAY(SELECT written.key FROM changes AS previous \
    CROSS JOIN LATERAL jsonb_each(changes.body) AS written \
    LEFT JOIN LATERAL jsonb_each(previous.body) AS replaced ON replaced.key = written.key \
    WHERE written.value <> coalesce(replaced.value, 'null') AND changes.operation = 'update' AND previous.resource = changes.resource AND previous.record_id = changes.record_id \
        AND previous.version = changes.version - 1 AND written.key NOT IN ('version', 'updated_at') ORDER BY written.key)";

/// The changes of a page.
///
/// # Errors
/// 400 for a cursor after a change that the log does not contain, 503.
pub async fn page(
    connection: &AsyncPgConnection,
    parameters: &ChangeParameters,
    start: &Start,
) -> Result<ChangePage, Problem> {
    let after = match &start.after {
        Some((number, id)) => Position {
            number: number.parse().map_err(Problem::internal)?,
            id: *id,
        },
        None => START,
    };
    // The end is read before the page, so the page sees all changes up to it, and no change can be added before it.
    let end = end(connection, after).await?;
    let mut rows = rows(
        connection,
        parameters,
        after.number,
        end.number,
        start.limit + 1,
    )
    .await?;
    let room = usize::try_from(start.limit).unwrap_or(usize::MAX);
    let more = rows.len() > room;
    rows.truncate(room);
    let last = rows.last().filter(|_| more);
    let reached = last.map_or(end, |(number, .., id, _, _)| Position {
        number: *number,
        id: *id,
    });
    let resume_cursor = start.cursor(
        &reached.number.to_string(),
        reached.id,
        SearchMode::FullText,
    );
    Ok(ChangePage {
        data: known_changes(rows),
        next_cursor: more.then(|| resume_cursor.clone()),
        resume_cursor,
    })
}

/// The last position of the log before which no change can appear any more.
async fn end(mut connection: &AsyncPgConnection, after: Position) -> Result<Position, Problem> {
    let known = sql::<Bool>("EXISTS (SELECT FROM changes AS start WHERE start.seq = ")
        .bind::<BigInt, _>(after.number)
        .sql(" AND start.record_id = ")
        .bind::<SqlUuid, _>(after.id)
        .sql(")");
    let last: Option<(i64, Uuid, bool)> = changes::table
        .filter(sql::<Bool>(STABLE))
        .order(sql::<Text>("transaction_id DESC, seq DESC"))
        .select((changes::seq, changes::record_id, known))
        .first(&mut connection)
        .await
        .optional()?;
    let from_start = after.number == START.number;
    match last {
        Some((number, id, known)) if known || from_start => Ok(Position { number, id }),
        None if from_start => Ok(START),
        _ => {
            let detail =
                "the log does not contain the change of this cursor; start again without a cursor";
            let fault = Fault::in_parameter("cursor", FaultCode::Cursor, detail);
            Err(Problem::from_faults(Code::InvalidParameters, vec![fault]))
        }
    }
}

/// The changes after the one with the number `after`, up to the one with the number `end`, in the order in which they are listed.
async fn rows(
    mut connection: &AsyncPgConnection,
    parameters: &ChangeParameters,
    after: i64,
    end: i64,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    let record = (
        sql::<Nullable<Text>>("body ->> 'slug'"),
        sql::<Text>(TITLE),
        sql::<Nullable<SqlUuid>>(PLAN),
        sql::<Array<Text>>(CHANGED),
    );
    let columns = (
        changes::seq,
        changes::at,
        changes::operation,
        changes::resource,
        changes::record_id,
        changes::version,
        record,
    );
    selected(parameters, after, end)
        .select(columns)
        .order(sql::<Text>("transaction_id, seq"))
        .limit(limit)
        .load(&mut connection)
        .await
}

/// The changes between two changes of the log, those with these numbers, that the filters select.
fn selected<'q>(
    parameters: &ChangeParameters,
    after: i64,
    end: i64,
) -> changes::BoxedQuery<'q, Pg> {
    let position = |comparison: &str, number: i64| {
        sql::<Bool>(&format!(
            "(transaction_id, seq) {comparison} (SELECT position.transaction_id, position.seq FROM changes AS position WHERE position.seq = "
        ))
        .bind::<BigInt, _>(number)
        .sql(")")
    };
    let mut query = changes::table.filter(position("<=", end)).into_boxed();
    if after != START.number {
        query = query.filter(position(">", after));
    }
    if let Some(after) = parameters.changed_after {
        query = query.filter(changes::at.gt(after));
    }
    if !parameters.kind.is_empty() {
        query = query.filter(changes::resource.eq_any(parameters.kind.clone()));
    }
    query
}

/// The changes whose kind of record and operation this version knows. Another version may have written others; they are left out,
/// and the log of the service says so.
fn known_changes(rows: Vec<Row>) -> Vec<Change> {
    let (mut data, mut unknown) = (Vec::with_capacity(rows.len()), BTreeSet::new());
    for (number, at, operation, kind, id, version, record) in rows {
        match (operation.parse(), kind.parse()) {
            (Ok(operation), Ok(kind)) => data.push(Change {
                number,
                at,
                operation,
                kind,
                id,
                version,
                record,
            }),
            _ => {
                unknown.insert(format!("{operation} {kind}"));
            }
        }
    }
    if !unknown.is_empty() {
        let unknown = unknown.into_iter().collect::<Vec<_>>().join(", ");
        log::warn!("left out changes that this version does not know: {unknown}");
    }
    data
}

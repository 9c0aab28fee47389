//! Writes of many rows of one table in one statement.
//!
//! A row is given as an object whose members have the names of the columns; PostgreSQL converts each value to the type of its
//! column. This file therefore does not know the columns, and a new column requires no change of SQL.

use diesel::QueryResult;
use diesel::sql_types::{Array, Jsonb, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// Rows in the form in which they are sent to PostgreSQL: the names of their columns and an array of JSON objects.
struct Rows {
    columns: Vec<String>,
    json: Value,
}

impl Rows {
    /// `None` if there are no rows.
    fn new<T: Serialize>(rows: impl IntoIterator<Item = T>) -> QueryResult<Option<Self>> {
        let rows: Result<Vec<_>, serde_json::Error> =
            rows.into_iter().map(serde_json::to_value).collect();
        let rows = rows.map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
        let first = rows.as_slice().first().and_then(Value::as_object);
        let columns = first.map(|row| row.keys().map(|column| format!("\"{column}\"")).collect());
        Ok(columns.map(|columns| Self {
            columns,
            json: Value::Array(rows),
        }))
    }
}

/// Makes each statement check the deferred constraints that it violates, because otherwise the commit would fail as a whole.
///
/// # Errors
/// The statement fails.
pub async fn check_constraints_immediately(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query("SET CONSTRAINTS ALL IMMEDIATE")
        .execute(connection)
        .await
        .map(drop)
}

/// Makes the transaction check these deferrable constraints only at its end, or when it is asked to check all.
///
/// # Errors
/// The statement fails.
pub async fn check_constraints_at_end(
    connection: &mut AsyncPgConnection,
    names: &'static [&'static str],
) -> QueryResult<()> {
    let statement = format!("SET CONSTRAINTS {} DEFERRED", names.join(", "));
    diesel::sql_query(statement)
        .execute(connection)
        .await
        .map(drop)
}

/// Inserts rows in the given order.
///
/// # Errors
/// The statement fails; then no row is inserted.
pub async fn insert<T: Serialize>(
    connection: &mut AsyncPgConnection,
    table: &'static str,
    rows: impl IntoIterator<Item = T>,
) -> QueryResult<()> {
    let Some(Rows { columns, json }) = Rows::new(rows)? else {
        return Ok(());
    };
    let columns = columns.join(", ");
    let statement = format!(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, $1)"
    );
    diesel::sql_query(statement)
        .bind::<Jsonb, _>(json)
        .execute(connection)
        .await
        .map(drop)
}

/// Updates the rows with the given ids, each to its next version.
///
/// # Errors
/// The statement fails; then no row is changed.
pub async fn update<T: Serialize>(
    connection: &mut AsyncPgConnection,
    table: &'static str,
    rows: impl IntoIterator<Item = T>,
) -> QueryResult<()> {
    let Some(Rows { columns, json }) = Rows::new(rows)? else {
        return Ok(());
    };
    let assignments = columns
        .iter()
        .filter(|column| *column != "\"id\"")
        .map(|column| format!(", {column} = given.{column}"))
        .collect::<String>();
    let statement = format!(
        "UPDATE {table} AS stored SET version = stored.version + 1, updated_at = clock_timestamp(){assignments} \
         FROM jsonb_populate_recordset(NULL::{table}, $1) AS given WHERE stored.id = given.id"
    );
    diesel::sql_query(statement)
        .bind::<Jsonb, _>(json)
        .execute(connection)
        .await
        .map(drop)
}

/// Deletes rows.
///
/// # Errors
/// The statement fails; then no row is deleted.
pub async fn delete(
    connection: &mut AsyncPgConnection,
    table: &'static str,
    ids: Vec<Uuid>,
) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let statement = format!("DELETE FROM {table} WHERE id = ANY($1)");
    diesel::sql_query(statement)
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(connection)
        .await
        .map(drop)
}

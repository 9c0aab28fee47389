//! Writes of many rows of one table in one statement.
//!
//! A row is given as its input document, whose members have the names of the columns; PostgreSQL converts each value to the type
//! of its column. This file therefore does not know the columns, and a new column requires no change of SQL.

use diesel::QueryResult;
use diesel::sql_types::{Array, Jsonb, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Rows in the form in which they are sent to PostgreSQL: the names of their columns and an array of JSON objects.
struct Rows {
    columns: Vec<String>,
    json: Value,
}

impl Rows {
    fn new<T: Serialize>(rows: &[(Uuid, T)]) -> QueryResult<Self> {
        let row = |(id, input): &(Uuid, T)| {
            let mut row: Map<String, Value> = serde_json::from_value(serde_json::to_value(input)?)?;
            row.insert("id".into(), Value::String(id.to_string()));
            Ok(row)
        };
        let rows: Result<Vec<_>, serde_json::Error> = rows.iter().map(row).collect();
        let rows = rows.map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
        let columns = rows
            .iter()
            .take(1)
            .flat_map(Map::keys)
            .filter(|column| *column != "id");
        Ok(Self {
            columns: columns.map(|column| format!("\"{column}\"")).collect(),
            json: rows.into_iter().map(Value::Object).collect(),
        })
    }
}

/// A row with the version in which it begins: a deleted record that is inserted again continues its versions.
#[derive(Debug, Serialize)]
pub struct VersionedRow<T> {
    /// The version.
    pub version: i32,
    /// The row without its version.
    #[serde(flatten)]
    pub row: T,
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

/// Inserts rows in the given order. The caller must sort rows by their unique texts, so that concurrent imports cannot deadlock.
///
/// # Errors
/// The statement fails; then no row is inserted.
pub async fn insert<T: Serialize>(
    connection: &mut AsyncPgConnection,
    table: &'static str,
    rows: &[(Uuid, T)],
) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let Rows { columns, json } = Rows::new(rows)?;
    let columns = columns.join(", ");
    let statement = format!(
        "INSERT INTO {table} (id, {columns}) SELECT id, {columns} FROM jsonb_populate_recordset(NULL::{table}, $1)"
    );
    diesel::sql_query(statement)
        .bind::<Jsonb, _>(json)
        .execute(connection)
        .await
        .map(drop)
}

/// Updates rows, each to its next version.
///
/// # Errors
/// The statement fails; then no row is changed.
pub async fn update<T: Serialize>(
    connection: &mut AsyncPgConnection,
    table: &'static str,
    rows: &[(Uuid, T)],
) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let Rows { columns, json } = Rows::new(rows)?;
    let assignments = columns
        .iter()
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

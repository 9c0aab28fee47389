//! The SQL of documents.

use crate::database::schema::changes;
use diesel::QueryDsl;
use diesel::QueryResult;
use diesel::dsl::exists;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// True if something was ever stored. Until the end of the transaction nobody else stores anything.
///
/// # Errors
/// A statement fails.
pub async fn has_history(connection: &mut AsyncPgConnection) -> QueryResult<bool> {
    diesel::sql_query("LOCK TABLE changes IN SHARE ROW EXCLUSIVE MODE").execute(connection).await?;
    diesel::select(exists(changes::table.select(changes::seq))).get_result(connection).await
}

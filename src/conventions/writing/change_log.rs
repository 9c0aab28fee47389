//! Who writes: told to the database at the start of a transaction, whose triggers append every write to the table
//! `changes` (see the migration `change_log`). No path to a row, a cascade included, can leave it out.
//!
//! The log outlives the records: [`next_versions`] says in which version a deleted record comes back.

use crate::conventions::context::Actor;
use crate::domain::RecordKind;
use std::collections::HashMap;
use uuid::Uuid;

/// The constraint that allows each version of a record once.
pub const VERSIONS: &str = "changes_record_version_key";

use crate::database::schema::changes;
use diesel::QueryResult;
use diesel::dsl::max;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

diesel::define_sql_function! {
    /// Sets a parameter until the end of the transaction.
    fn set_config(name: Text, value: Nullable<Text>, local: diesel::sql_types::Bool) -> Text;
}

/// Makes `actor` the author of all writes of the transaction that the connection is in.
///
/// # Errors
/// The statement fails.
pub async fn set_actor(mut connection: &AsyncPgConnection, actor: &Actor) -> QueryResult<()> {
    let Actor::Key { id, name } = actor else {
        return Ok(());
    };
    let settings = (
        set_config("ucap.key_id", Some(id.to_string()), true),
        set_config("ucap.key_name", Some(name.as_str()), true),
    );
    diesel::select(settings)
        .get_result::<(String, String)>(&mut connection)
        .await
        .map(drop)
}

/// The versions in which deleted records of a kind continue if they come back under their ids: each the one after its
/// deletion. A record that the log does not know is not in the map; it begins at version 1.
///
/// # Errors
/// The statement fails.
pub async fn next_versions(
    mut connection: &AsyncPgConnection,
    kind: RecordKind,
    ids: &[Uuid],
) -> QueryResult<HashMap<Uuid, i32>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let last: Vec<(Uuid, Option<i32>)> = changes::table
        .filter(changes::resource.eq(kind.singular()))
        .filter(changes::record_id.eq_any(ids))
        .group_by(changes::record_id)
        .select((changes::record_id, max(changes::version)))
        .load(&mut connection)
        .await?;
    let next =
        |(id, version): (Uuid, Option<i32>)| (id, version.unwrap_or_default().saturating_add(1));
    Ok(last.into_iter().map(next).collect())
}

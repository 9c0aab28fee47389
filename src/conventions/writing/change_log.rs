//! The author of a transaction, and the versions of deleted records.
//!
//! One rule: the program does not write to the table `changes`. Triggers append every write to it, including cascades (see the
//! migration `change_log`); the program only tells the database who the author is. The log outlives the records: a record that
//! is created again under the id of a deleted one continues its versions. Start with [`set_actor`].

use crate::conventions::context::Actor;
use crate::database::schema::changes;
use crate::domain::RecordKind;
use diesel::QueryResult;
use diesel::dsl::max;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashMap;
use uuid::Uuid;

/// The constraint that a version of a record is logged only once.
pub const VERSION_CONSTRAINT: &str = "changes_record_version_key";

diesel::define_sql_function! {
    /// Sets a parameter of the database, here until the end of the transaction.
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

/// The versions with which deleted records are created again under their ids: the one after the deletion. A record that never
/// existed is not in the map, and begins with version 1.
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

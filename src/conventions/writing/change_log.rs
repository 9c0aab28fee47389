//! Who writes: told to the database at the start of a transaction, whose triggers append every write to the table
//! `changes` (see the migration `change_log`). No path to a row, a cascade included, can leave it out.

use crate::conventions::context::Actor;
use diesel::QueryResult;
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
pub async fn sign(mut connection: &AsyncPgConnection, actor: &Actor) -> QueryResult<()> {
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

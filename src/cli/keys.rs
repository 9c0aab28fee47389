//! `ucap key`: creates, lists and revokes API keys. Start with [`keys`].

use super::failure::{Failure, failed};
use super::interrupt::Interrupt;
use super::output::Output;
use super::prepared::{database_only, prepare};
use crate::access::{self, ApiKey, Role, Secret};
use crate::config::KeyCommand;
use crate::database::{self, Connection, PlanCache};
use serde_json::{Value, json};

/// Runs a command on API keys.
pub(super) fn keys(
    command: &KeyCommand,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    if let KeyCommand::Create { name, .. } = command
        && (!(1..=200).contains(&name.chars().count()) || name.chars().any(char::is_control))
    {
        return Err(Failure::Setting(
            "the name of a key must have 1 to 200 characters and no control characters".into(),
        ));
    }
    let database = database_only(command.place().1, "key")?;
    let prepared = prepare(database, output)?;
    interrupt.begin_work();
    actix_web::rt::System::new().block_on(async {
        let mut connection = database::open(&prepared.connection, PlanCache::Custom)
            .await
            .map_err(failed)?;
        match command {
            KeyCommand::Create { name, role, .. } => {
                create(&mut connection, name, *role, output).await
            }
            KeyCommand::List { .. } => {
                let keys = access::list(&mut connection).await.map_err(failed)?;
                keys.iter().for_each(|key| output.result(line(key)));
                output.json(&keys.iter().map(described).collect::<Vec<_>>())
            }
            KeyCommand::Revoke { id, .. } => {
                let revoked = access::revoke(&mut connection, *id).await.map_err(failed)?;
                let key = revoked
                    .ok_or_else(|| failed(format!("there is no active key with the id {id}")))?;
                output.line(format!("revoked {} key {:?}", key.role, key.name));
                output.json(&described(&key))
            }
        }
    })
}

async fn create(
    connection: &mut Connection,
    name: &str,
    role: Role,
    output: &Output,
) -> Result<(), Failure> {
    let secret = Secret::generate().map_err(failed)?;
    let key = access::create(connection, name, role, &secret)
        .await
        .map_err(failed)?;
    output.result(secret.expose());
    output.note(format!(
        "{} key {:?}, id {}; it will not be shown again",
        key.role, key.name, key.id
    ));
    let mut result = described(&key);
    if let Some(members) = result.as_object_mut() {
        members.insert("key".to_owned(), secret.expose().into());
    }
    output.json(&result)
}

fn described(key: &ApiKey) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "role": key.role.to_string(),
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    })
}

fn line(key: &ApiKey) -> String {
    let state = key.revoked_at.map_or_else(
        || "active".to_owned(),
        |at| format!("revoked {}", at.format("%Y-%m-%d %H:%M:%S")),
    );
    format!(
        "{}  {:<6}  {}  {state}  {}",
        key.id,
        key.role.to_string(),
        key.created_at.format("%Y-%m-%d %H:%M:%S"),
        key.name
    )
}

//! `ucap key`: creates, lists and revokes API keys. Start with [`keys`].

use super::failure::{Failure, failed};
use super::prepared::prepare;
use crate::access::{self, ApiKey, Role, Secret};
use crate::config::{DatabaseSettings, KeyCommand};
use crate::database::{self, Connection, PlanCache};

/// Runs a command on API keys.
pub(super) fn keys(settings: &DatabaseSettings, command: KeyCommand) -> Result<(), Failure> {
    if let KeyCommand::Create { name, .. } = &command
        && (!(1..=200).contains(&name.chars().count()) || name.chars().any(char::is_control))
    {
        return Err(Failure::Setting(
            "the name of a key must have 1 to 200 characters and no control characters".into(),
        ));
    }
    let (prepared, _) = prepare(settings)?;
    actix_web::rt::System::new().block_on(async {
        let mut connection = database::open(&prepared.connection, PlanCache::Custom)
            .await
            .map_err(failed)?;
        match command {
            KeyCommand::Create { name, role } => {
                let (key, secret) = create_key(&mut connection, &name, role).await?;
                println!("{}", secret.expose());
                eprintln!(
                    "{} key {:?}, id {}; it will not be shown again",
                    key.role, key.name, key.id
                );
                Ok(())
            }
            KeyCommand::List => {
                access::list(&mut connection)
                    .await
                    .map_err(failed)?
                    .iter()
                    .for_each(print_key);
                Ok(())
            }
            KeyCommand::Revoke { id } => {
                let revoked = access::revoke(&mut connection, id).await.map_err(failed)?;
                let key = revoked
                    .ok_or_else(|| failed(format!("there is no active key with the id {id}")))?;
                println!("revoked {} key {:?}", key.role, key.name);
                Ok(())
            }
        }
    })
}

async fn create_key(
    connection: &mut Connection,
    name: &str,
    role: Role,
) -> Result<(ApiKey, Secret), Failure> {
    let secret = Secret::generate().map_err(failed)?;
    let key = access::create(connection, name, role, &secret)
        .await
        .map_err(failed)?;
    Ok((key, secret))
}

fn print_key(key: &ApiKey) {
    let state = key.revoked_at.map_or_else(
        || "active".to_owned(),
        |at| format!("revoked {}", at.format("%Y-%m-%d %H:%M:%S")),
    );
    println!(
        "{}  {:<6}  {}  {state}  {}",
        key.id,
        key.role.to_string(),
        key.created_at.format("%Y-%m-%d %H:%M:%S"),
        key.name
    );
}

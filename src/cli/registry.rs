//! The registry that a command works on: a running one, or else the database directly. Start with [`with_registry`].

use super::client::RegistryClient;
use super::failure::{Failure, failed};
use super::interrupt::Interrupt;
use super::output::Output;
use super::prepared::prepare;
use crate::config::RegistrySettings;
use crate::database::Database;
use crate::server;

/// Whether a command needs a key where it works on a running registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// It only reads.
    Reading,
    /// It writes.
    Writing,
}

/// Does some work on the registry that the settings name.
pub(super) fn with_registry(
    settings: &RegistrySettings,
    need: Need,
    output: &Output,
    interrupt: &Interrupt,
    work: impl AsyncFnOnce(&RegistryClient) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let system = actix_web::rt::System::new();
    if let Some(url) = &settings.url {
        output.note(format!("Working on the registry at {url}."));
        let key = settings.key.as_deref();
        if need == Need::Writing && key.is_none() {
            return Err(failed(format!(
                "writing to the registry at {url} needs an API key; give it with --key or UCAP_KEY"
            )));
        }
        let remote = RegistryClient::remote(url, key).map_err(failed)?;
        interrupt.begin_work();
        return system.block_on(work(&remote));
    }
    let prepared = prepare(&settings.database, output)?;
    let pool = Database::new(prepared.connection.clone(), 1).map_err(Failure::Setting)?;
    let direct = RegistryClient::direct(pool.clone(), server::contract().map_err(failed)?);
    interrupt.begin_work();
    let outcome = system.block_on(work(&direct));
    pool.close();
    outcome
}

//! `ucap serve`: starts what the service needs, serves until a signal comes, and stops everything that it started. Start with [`serve`].

use super::failure::{Failure, failed};
use super::greeting::Greeting;
use super::interrupt::Interrupt;
use super::output::Output;
use super::prepared::{Prepared, create};
use crate::access::{self, Role, Secret};
use crate::config::{ServeSettings, ServerSettings};
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::database::embedded::Supervisor;
use crate::database::tls::ConnectionSettings;
use crate::database::{Connection, Database};
use crate::documents;
use crate::server::{self, State};
use actix_web::dev::ServerHandle;
use std::fs;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Name of the file with the first admin key, in the data directory.
pub(super) const ADMIN_KEY_FILE: &str = "admin-key";

/// Serves the registry.
pub(super) fn serve(
    settings: &ServeSettings,
    output: &Output,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let ServeSettings {
        database,
        server: settings,
    } = settings;
    let listener = listen(settings.addr)?;
    let (prepared, _) = create(database, output)?;
    let Prepared {
        connection,
        private,
    } = prepared;
    let data_dir = private
        .as_ref()
        .map(|(_, settings)| settings.data_dir.clone());
    let supervisor = private
        .map(|(cluster, settings)| Supervisor::watch(cluster, settings))
        .transpose()
        .map_err(failed)?;
    let state = state(connection, settings)?;
    let served = actix_web::rt::System::new().block_on(run(
        listener,
        state,
        settings,
        data_dir.as_deref(),
        interrupt,
    ));
    // The pool is closed, so that the private server can be stopped, if there is one.
    drop(supervisor);
    served
}

/// Everything that the application needs.
fn state(connection: ConnectionSettings, settings: &ServerSettings) -> Result<State, Failure> {
    let pool = Database::new(connection, settings.pool_size.into()).map_err(Failure::Setting)?;
    let contract = server::contract().map_err(failed)?;
    let registry = ApplicationState {
        database: pool,
        contract: contract.into(),
        public_url: settings.public_url.clone().unwrap_or_default(),
        includes: crate::discovery::includes::includes(),
        require_key_for_reads: settings.require_key_for_reads,
    };
    Ok(State::new(registry, settings.cors_origins.clone()))
}

/// Opens the port. This comes first, so that a service that cannot be reached does not start a database.
fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "; end the program that uses it, or listen elsewhere with --addr or UCAP_ADDR (port 0 takes any free port)"
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::AddrNotAvailable => {
                "; listen elsewhere with --addr or UCAP_ADDR"
            }
            _ => "",
        };
        failed(format!("cannot listen on {address}: {error}{remedy}"))
    })
}

async fn run(
    listener: TcpListener,
    state: State,
    settings: &ServerSettings,
    data_dir: Option<&Path>,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let key = match data_dir {
        Some(dir) => first_key(&state.registry.database, dir).await?,
        None => None,
    };
    if !settings.no_sample
        && documents::load_sample(&state.registry.database, &state.registry.contract)
            .await
            .map_err(failed)?
    {
        log::info!("the registry was empty; the sample plan was loaded");
    }
    let address = listener.local_addr().map_err(failed)?;
    let workers = settings.workers.map(Into::into);
    let server = server::listen(listener, state.clone(), workers).map_err(failed)?;
    actix_web::rt::spawn(stop_when_interrupted(
        server.handle(),
        state.clone(),
        interrupt.clone(),
    ));
    interrupt.begin_work();
    greet(address, data_dir, key.as_deref(), settings);
    let ended = server.await.map_err(failed);
    state.registry.database.close();
    ended
}

/// Prints where everything is.
fn greet(
    address: SocketAddr,
    data_dir: Option<&Path>,
    new_key: Option<&str>,
    settings: &ServerSettings,
) {
    let key_file = data_dir.map(|dir| dir.join(ADMIN_KEY_FILE));
    let greeting = Greeting {
        address,
        data_dir,
        key_file: key_file.filter(|file| file.exists()),
        new_key,
        reading_needs_key: settings.require_key_for_reads,
    };
    greeting.print();
}

/// Creates an admin key if none is active, and stores it in the data directory, readable only by the owner.
async fn first_key(database: &Database, data_dir: &Path) -> Result<Option<String>, Failure> {
    let secret = database.write(async |connection: &mut Connection| {
        if access::admin_exists(connection).await? {
            return Ok(None);
        }
        let secret = Secret::generate().map_err(Problem::internal)?;
        access::create(connection, "first admin", Role::Admin, &secret).await?;
        // Written before the transaction is committed: otherwise a key could exist that nobody has seen.
        write_secret(&data_dir.join(ADMIN_KEY_FILE), secret.expose()).map_err(Problem::internal)?;
        Ok::<_, Problem>(Some(secret.expose().to_owned()))
    });
    secret.await.map_err(failed)
}

fn write_secret(path: &Path, secret: &str) -> std::io::Result<()> {
    let unfinished = path.with_extension("new");
    let _ = fs::remove_file(&unfinished);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

/// On SIGINT or SIGTERM: reports that the service is not ready, lets the requests in progress finish, then stops the server.
async fn stop_when_interrupted(server: ServerHandle, state: State, mut interrupt: Interrupt) {
    interrupt.requested().await;
    log::info!("shutting down");
    state.lifecycle.stop();
    server.stop(true).await;
}

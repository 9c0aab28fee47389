//! The commands: each starts what it needs, does its work, and ends everything it started.
//!
//! Exit codes: 0 done, 1 failed, 2 a setting is wrong. Start with [`main`].

mod client;
mod collections;
mod failure;
mod output;
mod plans;

use crate::access::{self, ApiKey, Role, Secret};
use crate::config::{
    Collection, Command, CommandLine, DatabaseChoice, DatabaseSettings, ExportFormat, ImportFormat,
    KeyCommand, OpenapiFormat, RegistrySettings, ServerSettings,
};
use crate::conventions::context::Registry;
use crate::conventions::import::{ImportMode, LoadOptions};
use crate::conventions::openapi::downgrade;
use crate::conventions::problem::Problem;
use crate::database::embedded::{self, Cluster, Supervisor};
use crate::database::tls::ConnectionSettings;
use crate::database::{self, Connection, Database, Planning};
use crate::documents::{self, ImportOptions};
use crate::domain::Slug;
use crate::server::{self, State};
use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use failure::{Failure, failed};
use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Name of the file with the first admin key, in the data directory.
const ADMIN_KEY_FILE: &str = "admin-key";
/// Name of the application's database in the private server.
const DATABASE: &str = "ucap";

/// Runs the command that the command line asks for.
pub fn main() -> ExitCode {
    let line = CommandLine::read();
    env_logger::Builder::from_env(
        env_logger::Env::default().default_filter_or("info,tokio_postgres=warn,actix_server=warn"),
    )
    .init();
    let outcome = match line.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(&line.database, &line.server),
        Command::Migrate => migrate(&line.database),
        Command::Openapi { format } => print_openapi(format),
        Command::Import {
            files,
            format,
            collection,
            atomic,
            dry_run,
            update_references,
            registry,
        } => {
            let mode = if atomic {
                ImportMode::Atomic
            } else {
                ImportMode::Partial
            };
            with_registry(&line.database, &registry, async |registry| match format {
                ImportFormat::Json => {
                    plans::import(
                        registry,
                        &files,
                        ImportOptions {
                            dry_run,
                            update_references,
                        },
                    )
                    .await
                }
                ImportFormat::Ndjson => {
                    collections::import(registry, &files, collection, LoadOptions { mode, dry_run })
                        .await
                }
            })
        }
        Command::Export {
            slugs,
            format,
            collection,
            all,
            dir,
            registry,
        } => {
            let format = format.unwrap_or(ExportFormat::Json);
            let slugs = (!all).then_some(slugs);
            selected(format, slugs.as_deref(), &collection).and_then(|()| {
                with_registry(&line.database, &registry, async |registry| match format {
                    ExportFormat::Json => plans::export(registry, slugs, &dir).await,
                    format => collections::export(registry, &collection, format, &dir).await,
                })
            })
        }
        Command::Key { command } => keys(&line.database, command),
    };
    let (message, code) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Setting(message)) => (message, 2),
        Err(Failure::Work(message)) => (message, 1),
    };
    eprintln!("error: {message}");
    ExitCode::from(code)
}

/// Refuses to export nothing, and to leave out of the choice what the format does not know.
fn selected(
    format: ExportFormat,
    slugs: Option<&[Slug]>,
    collections: &[Collection],
) -> Result<(), Failure> {
    let named = slugs.is_some_and(|slugs| !slugs.is_empty());
    let message = match format {
        ExportFormat::Json if !collections.is_empty() => {
            "--collection goes with --format ndjson or csv"
        }
        ExportFormat::Json if slugs.is_some() && !named => {
            "name plans by their slugs, or give --all"
        }
        ExportFormat::Ndjson | ExportFormat::Csv if named => {
            "lines and tables are of whole collections: leave out the slugs"
        }
        _ => return Ok(()),
    };
    Err(Failure::Setting(message.into()))
}

/// A migrated database that a command may use, and the private server behind it, if it is that.
struct Prepared {
    connection: ConnectionSettings,
    private: Option<(Cluster, embedded::Settings)>,
}

fn prepare(settings: &DatabaseSettings) -> Result<(Prepared, Vec<String>), Failure> {
    let prepared = match settings.choice().map_err(Failure::Setting)? {
        DatabaseChoice::Server(connection) => Prepared {
            connection: *connection,
            private: None,
        },
        DatabaseChoice::Private(settings) => {
            let cluster = Cluster::start(&settings).map_err(failed)?;
            let postgres = cluster
                .connection_string("postgres")
                .parse()
                .map_err(failed)?;
            actix_web::rt::System::new()
                .block_on(database::create_database(&postgres, DATABASE))
                .map_err(failed)?;
            let connection = cluster
                .connection_string(DATABASE)
                .parse()
                .map_err(failed)?;
            Prepared {
                connection,
                private: Some((cluster, settings)),
            }
        }
    };
    let applied = database::migrate(&prepared.connection)
        .map_err(|error| failed(format!("{}: {error}", prepared.connection.describe())))?;
    Ok((prepared, applied))
}

fn migrate(settings: &DatabaseSettings) -> Result<(), Failure> {
    let (_prepared, applied) = prepare(settings)?;
    for name in &applied {
        println!("applied {name}");
    }
    println!("the database is up to date");
    Ok(())
}

/// Works on the registry that the settings name: a running one, else the database itself.
fn with_registry(
    database: &DatabaseSettings,
    settings: &RegistrySettings,
    work: impl AsyncFnOnce(&client::Registry) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let system = actix_web::rt::System::new();
    if let Some(url) = &settings.url {
        let remote = client::Registry::remote(url, settings.key.as_deref()).map_err(failed)?;
        return system.block_on(work(&remote));
    }
    let (prepared, _) = prepare(database)?;
    let pool = Database::new(prepared.connection.clone(), 1).map_err(Failure::Setting)?;
    let direct = client::Registry::direct(pool.clone(), server::contract().map_err(failed)?);
    let outcome = system.block_on(work(&direct));
    pool.close();
    outcome
}

fn print_openapi(format: OpenapiFormat) -> Result<(), Failure> {
    let contract = server::contract().map_err(failed)?;
    let document = match format {
        OpenapiFormat::V3_1 => contract.document().clone(),
        OpenapiFormat::V3_0 => downgrade(contract.document()),
    };
    let text = serde_json::to_string_pretty(&document).map_err(failed)?;
    match writeln!(std::io::stdout(), "{text}") {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(failed),
    }
}

fn keys(settings: &DatabaseSettings, command: KeyCommand) -> Result<(), Failure> {
    if let KeyCommand::Create { name, .. } = &command
        && (!(1..=200).contains(&name.chars().count()) || name.chars().any(char::is_control))
    {
        return Err(Failure::Setting(
            "the name of a key has 1 to 200 characters and none that control a terminal".into(),
        ));
    }
    let (prepared, _) = prepare(settings)?;
    actix_web::rt::System::new().block_on(async {
        let mut connection = database::open(&prepared.connection, Planning::ByValues)
            .await
            .map_err(failed)?;
        match command {
            KeyCommand::Create { name, role } => {
                let (key, secret) = create_key(&mut connection, &name, role).await?;
                println!("{}", secret.expose());
                eprintln!(
                    "{} key {:?}, id {}; it is not shown again",
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
                let ended = access::revoke(&mut connection, id).await.map_err(failed)?;
                let key = ended.ok_or_else(|| failed(format!("there is no working key {id}")))?;
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
        || "works".to_owned(),
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

fn serve(database: &DatabaseSettings, settings: &ServerSettings) -> Result<(), Failure> {
    let listener = std::net::TcpListener::bind(settings.addr)
        .map_err(|error| failed(format!("cannot listen at {}: {error}", settings.addr)))?;
    let (prepared, _) = prepare(database)?;
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
    let pool = Database::new(connection, database.pool_size.into()).map_err(Failure::Setting)?;
    let contract = server::contract().map_err(failed)?;
    let registry = Registry {
        database: pool,
        contract: contract.into(),
        public_url: settings.public_url.clone().unwrap_or_default(),
        includes: crate::discovery::includes::includes(),
        require_key_for_reads: settings.require_key_for_reads,
    };
    let state = State::new(registry, settings.cors_origins.clone());
    let served =
        actix_web::rt::System::new().block_on(run(listener, state, settings, data_dir.as_deref()));
    // The pool is closed; what remains is to stop the private server, if it is ours.
    drop(supervisor);
    served
}

async fn run(
    listener: std::net::TcpListener,
    state: State,
    settings: &ServerSettings,
    data_dir: Option<&Path>,
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
    let application = state.clone();
    let mut server = HttpServer::new(move || server::app(application.clone()))
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(10))
        .shutdown_timeout(20)
        .disable_signals();
    if let Some(workers) = settings.workers {
        server = server.workers(workers.into());
    }
    let server = server.listen(listener).map_err(failed)?.run();
    greet(address, data_dir, key.as_deref());
    actix_web::rt::spawn(stop_on_signal(server.handle(), state.clone()));
    let ended = server.await.map_err(failed);
    state.registry.database.close();
    ended
}

/// Makes an admin key if none works, and keeps it in the data directory, readable by the owner alone.
async fn first_key(database: &Database, data_dir: &Path) -> Result<Option<String>, Failure> {
    let secret = database.write(async |connection: &mut Connection| {
        if access::admin_exists(connection).await? {
            return Ok(None);
        }
        let secret = Secret::generate().map_err(Problem::internal)?;
        access::create(connection, "first admin", Role::Admin, &secret).await?;
        // Written before the transaction ends: a key that nobody can read must not exist.
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

/// Says where everything is, on standard output.
fn greet(address: SocketAddr, data_dir: Option<&Path>, key: Option<&str>) {
    let reachable = if address.ip().is_unspecified() {
        SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port())
    } else {
        address
    };
    let base = format!("http://{reachable}");
    let mut text = format!(
        "ucap {} serves at {base}\ndocumentation      {base}/docs/\n",
        env!("CARGO_PKG_VERSION")
    );
    let mut token = "$UCAP_KEY".to_owned();
    if let Some(dir) = data_dir.filter(|dir| dir.join(ADMIN_KEY_FILE).exists()) {
        let file = dir.join(ADMIN_KEY_FILE);
        if let Some(key) = key {
            text += &format!("admin key          {key}\n");
        }
        text += &format!("admin key kept in  {}\n", file.display());
        token = format!("$(cat {})", file.display());
    } else {
        text += "a key for writing  ucap key create NAME\n";
    }
    text += &format!(
        "\nTry:\n  curl {base}/v1/plans\n  curl '{base}/v1/activities?city=chengdu&date_from=2019-07'\n  \
         curl {base}/v1/themes -H \"Authorization: Bearer {token}\" -H 'Content-Type: application/json' -d '{{\"name\": \"Water\"}}'\n"
    );
    // A closed standard output is no reason not to serve.
    let _ = std::io::stdout().write_all(text.as_bytes());
    let _ = std::io::stdout().flush();
}

/// On SIGINT or SIGTERM: readiness goes off, requests at work finish, then the server ends.
async fn stop_on_signal(server: ServerHandle, state: State) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        log::error!("signals cannot be received; end the service with SIGKILL");
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {},
        _ = terminate.recv() => {},
    }
    log::info!("shutting down");
    state.lifecycle.stop();
    server.stop(true).await;
}

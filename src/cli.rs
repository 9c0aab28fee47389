//! The commands: each starts what it needs, does its work, and stops everything that it started.
//!
//! Exit codes: 0 for success, 1 if the command failed, 2 if a setting is wrong. Start with [`main`].

mod client;
mod collections;
mod failure;
mod greeting;
mod keys;
mod output;
mod plans;
mod prepared;
mod serve;

use crate::config::{
    Command, CommandLine, DatabaseSettings, ExportFormat, ExportSettings, ImportFormat,
    ImportSettings, OpenapiFormat, RegistrySettings,
};
use crate::conventions::bulk::import::{ImportMode, LineImportOptions};
use crate::conventions::openapi::downgrade;
use crate::database::{Database, embedded};
use crate::documents::ImportOptions;
use crate::domain::{RecordKind, Slug};
use crate::server;
use failure::{Failure, failed};
use prepared::prepare;
use std::io::Write;
use std::process::ExitCode;

/// Runs the command that the command line asks for.
pub fn main() -> ExitCode {
    let line = CommandLine::read();
    env_logger::Builder::from_env(
        env_logger::Env::default().default_filter_or("info,tokio_postgres=warn,actix_server=warn"),
    )
    .init();
    let outcome = match line.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve(&line.database, &line.server),
        Command::Migrate => migrate(&line.database),
        Command::Openapi { format } => print_openapi(format),
        Command::Import(settings) => import(&line.database, settings),
        Command::Export(settings) => export(&line.database, settings),
        Command::Postgres => print_programs(&line.database),
        Command::Key { command } => keys::keys(&line.database, command),
    };
    let (message, code) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Setting(message)) => (message, 2),
        Err(Failure::Work(message)) => (message, 1),
    };
    eprintln!("error: {message}");
    ExitCode::from(code)
}

fn import(database: &DatabaseSettings, settings: ImportSettings) -> Result<(), Failure> {
    let ImportSettings {
        files,
        collection,
        dry_run,
        update_references,
        ..
    } = settings;
    let mode = if settings.atomic {
        ImportMode::Atomic
    } else {
        ImportMode::Partial
    };
    with_registry(
        database,
        &settings.registry,
        async |registry| match settings.format {
            ImportFormat::Json => {
                let options = ImportOptions {
                    dry_run,
                    update_references,
                };
                plans::import(registry, &files, options).await
            }
            ImportFormat::Ndjson => {
                let options = LineImportOptions { mode, dry_run };
                collections::import(registry, &files, collection, options).await
            }
        },
    )
}

fn export(database: &DatabaseSettings, settings: ExportSettings) -> Result<(), Failure> {
    let ExportSettings {
        collection, dir, ..
    } = settings;
    let format = settings.format.unwrap_or(ExportFormat::Json);
    let slugs = (!settings.all).then_some(settings.slugs);
    check_selection(format, slugs.as_deref(), &collection)?;
    with_registry(
        database,
        &settings.registry,
        async |registry| match format {
            ExportFormat::Json => plans::export(registry, slugs, &dir).await,
            format => collections::export(registry, &collection, format, &dir).await,
        },
    )
}

/// Refuses a selection of plans or collections that is empty or does not fit the format.
fn check_selection(
    format: ExportFormat,
    slugs: Option<&[Slug]>,
    collections: &[RecordKind],
) -> Result<(), Failure> {
    let named = slugs.is_some_and(|slugs| !slugs.is_empty());
    let message = match format {
        ExportFormat::Json if !collections.is_empty() => {
            "--collection needs --format ndjson or csv"
        }
        ExportFormat::Json if slugs.is_some() && !named => {
            "name the plans by their slugs, or use --all"
        }
        ExportFormat::Ndjson | ExportFormat::Csv if named => {
            "--format ndjson and csv export whole collections; leave out the slugs"
        }
        _ => return Ok(()),
    };
    Err(Failure::Setting(message.into()))
}

fn migrate(settings: &DatabaseSettings) -> Result<(), Failure> {
    let (_prepared, applied) = prepare(settings)?;
    for name in &applied {
        println!("applied {name}");
    }
    println!("the database is up to date");
    Ok(())
}

/// Does some work on the registry that the settings name: a running one, or else the database directly.
fn with_registry(
    database: &DatabaseSettings,
    settings: &RegistrySettings,
    work: impl AsyncFnOnce(&client::RegistryClient) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let system = actix_web::rt::System::new();
    if let Some(url) = &settings.url {
        let remote =
            client::RegistryClient::remote(url, settings.key.as_deref()).map_err(failed)?;
        return system.block_on(work(&remote));
    }
    let (prepared, _) = prepare(database)?;
    let pool = Database::new(prepared.connection.clone(), 1).map_err(Failure::Setting)?;
    let direct = client::RegistryClient::direct(pool.clone(), server::contract().map_err(failed)?);
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
    print(&text)
}

/// Prints where the programs of PostgreSQL are.
fn print_programs(database: &DatabaseSettings) -> Result<(), Failure> {
    let settings = database.private().map_err(Failure::Setting)?;
    let folder = embedded::programs(&settings).map_err(failed)?;
    print(&folder.display().to_string())
}

fn print(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        // The reader has closed the pipe, so the rest of the document is not wanted.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(failed),
    }
}

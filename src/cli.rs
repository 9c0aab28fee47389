//! The commands: each starts what it needs, does its work, and ends everything it started.
//!
//! Exit codes: 0 done, 1 failed, 2 a setting is wrong. Start with [`main`].

mod client;
mod collections;
mod failure;
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
use crate::database::Database;
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
    selected(format, slugs.as_deref(), &collection)?;
    with_registry(
        database,
        &settings.registry,
        async |registry| match format {
            ExportFormat::Json => plans::export(registry, slugs, &dir).await,
            format => collections::export(registry, &collection, format, &dir).await,
        },
    )
}

/// Refuses to export nothing, and to leave out of the choice what the format does not know.
fn selected(
    format: ExportFormat,
    slugs: Option<&[Slug]>,
    collections: &[RecordKind],
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
    match writeln!(std::io::stdout(), "{text}") {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(failed),
    }
}

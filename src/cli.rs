//! The commands: each starts what it needs, does its work, and stops everything that it started.
//!
//! Exit codes: 0 for success, 1 if the command failed, 2 if a setting is wrong, 128 and the number of the signal if one ended it.
//! Start with [`main`].

mod bars;
mod check;
mod client;
mod collections;
mod doctor;
mod documentation;
mod failure;
mod faults;
mod files;
mod greeting;
mod interrupt;
mod keys;
mod output;
mod plans;
mod positions;
mod prepared;
mod registry;
mod serve;
mod sources;

use crate::config::{
    ClusterSettings, Command, CommandLine, DatabaseOnly, ExportFormat, ExportSettings,
    ImportFormat, ImportSettings, OutputSettings,
};
use crate::conventions::bulk::import::{ImportMode, LineImportOptions};
use crate::database::embedded::{self, Cluster};
use crate::documents::{ImportOptions, UpdateReferences};
use failure::{Failure, failed};
use interrupt::Interrupt;
use output::Output;
use registry::{Need, with_registry};
use serde_json::json;
use std::process::ExitCode;

/// Runs the command that the command line asks for.
pub fn main() -> ExitCode {
    let outcome = match CommandLine::read() {
        Ok(line) => run(line).map(|()| 0),
        Err(answer) => documentation::print_answer(&answer),
    };
    let (message, code) = match outcome {
        Ok(code) => return ExitCode::from(code),
        Err(failure) => failure.parts(),
    };
    output::report(format!("error: {message}"));
    ExitCode::from(code)
}

fn run(line: CommandLine) -> Result<(), Failure> {
    let filter = "info,tokio_postgres=warn,actix_server=warn";
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(filter)).init();
    match line.command.unwrap_or(Command::Serve(line.serve)) {
        Command::Serve(settings) => working(OutputSettings::default(), |output, interrupt| {
            serve::serve(&settings, output, interrupt)
        }),
        Command::Migrate { output, place } => working(output, |output, _| migrate(&place, output)),
        Command::Import(settings) => working(settings.output, |output, interrupt| {
            import(settings, output, interrupt)
        }),
        Command::Export(settings) => working(settings.output, |output, interrupt| {
            export(settings, output, interrupt)
        }),
        Command::Check(settings) => working(settings.output, |output, interrupt| {
            check::check(&settings, output, interrupt)
        }),
        Command::Key { command } => working(command.place().0, |output, interrupt| {
            keys::keys(&command, output, interrupt)
        }),
        Command::Doctor(settings) => working(settings.output, |output, _| {
            doctor::doctor(&settings.serve, output)
        }),
        Command::Postgres { cluster } => print_programs(&cluster),
        Command::Openapi { format } => documentation::print_openapi(format),
        Command::Completions { shell } => documentation::print_completions(shell),
        Command::Man { command } => documentation::print_manual(&command),
    }
}

/// Does the work of a command, with its output and with the signals that may interrupt it.
fn working(
    settings: OutputSettings,
    work: impl FnOnce(&Output, &Interrupt) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let output = Output::new(settings);
    let interrupt = Interrupt::install()?;
    let done = work(&output, &interrupt);
    let written = output.finish();
    done.and(written)
}

fn import(settings: ImportSettings, output: &Output, interrupt: &Interrupt) -> Result<(), Failure> {
    settings.check().map_err(Failure::Setting)?;
    let sources = sources::sources(&settings.files, settings.format)?;
    let dry_run = settings.dry_run;
    let registry = &settings.registry;
    if settings.format == ImportFormat::Json {
        let options = ImportOptions {
            dry_run,
            update_references: settings.update_references.unwrap_or(UpdateReferences::Fill),
        };
        return with_registry(
            registry,
            Need::Writing,
            output,
            interrupt,
            async |registry| plans::import(registry, sources, options, output, interrupt).await,
        );
    }
    let mode = if settings.atomic {
        ImportMode::Atomic
    } else {
        ImportMode::Partial
    };
    let options = LineImportOptions {
        mode,
        dry_run,
        on_existing: settings.on_existing.unwrap_or_default(),
    };
    let files = collections::named(sources, settings.collection)?;
    with_registry(
        registry,
        Need::Writing,
        output,
        interrupt,
        async |registry| collections::import(registry, files, options, output, interrupt).await,
    )
}

fn export(settings: ExportSettings, output: &Output, interrupt: &Interrupt) -> Result<(), Failure> {
    settings.check().map_err(Failure::Setting)?;
    let ExportSettings {
        collection,
        dir,
        registry,
        ..
    } = settings;
    let format = settings.format.unwrap_or(ExportFormat::Json);
    let slugs = (!settings.all).then_some(settings.slugs);
    let work = async |registry: &client::RegistryClient| match format {
        ExportFormat::Json => plans::export(registry, slugs, &dir, output, interrupt).await,
        format => collections::export(registry, &collection, format, &dir, output, interrupt).await,
    };
    with_registry(&registry, Need::Reading, output, interrupt, work)
}

fn migrate(place: &DatabaseOnly, output: &Output) -> Result<(), Failure> {
    let database = prepared::database_only(place, "migrate")?;
    let (_prepared, applied) = prepared::create(database, output)?;
    for name in &applied {
        output.line(format!("applied {name}"));
    }
    output.line("the database is up to date");
    output.json(&json!({"applied": applied}))
}

/// Prints where the programs of PostgreSQL are.
fn print_programs(cluster: &ClusterSettings) -> Result<(), Failure> {
    let settings = cluster.settings().map_err(Failure::Setting)?;
    let dir = settings.data_dir.display();
    output::report(if Cluster::exists(&settings) {
        format!("The programs for the database in {dir}:")
    } else {
        format!("The programs for a new database; there is none in {dir} yet:")
    });
    let folder = embedded::programs(&settings).map_err(failed)?;
    output::print(folder.display())
}

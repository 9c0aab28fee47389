//! Every setting of the program, in one place: flag, environment variable, default.
//!
//! One rule: each command has its own options and shows no others. Start with [`CommandLine::read`]; `commands` lists the
//! commands.

mod commands;
mod database;
mod output;
mod server;
mod transfer;
mod values;

pub use commands::{Command, DoctorSettings, KeyCommand, OpenapiFormat, Shell};
pub use database::{ClusterSettings, DatabaseChoice, DatabaseOnly, DatabaseSettings};
pub use output::OutputSettings;
pub use server::{ServeSettings, ServerSettings};
pub use transfer::{
    CheckSettings, ExportFormat, ExportSettings, ImportFormat, ImportSettings, RegistrySettings,
};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, CommandFactory, FromArgMatches, Parser};
use std::ffi::OsString;

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "ucap",
    version,
    about = "The registry of Urban Cooperation Action Plans.",
    max_term_width = 110,
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  ucap                                           # serve, with a private PostgreSQL
  ucap key create \"Import of 2026\"
  ucap import plans/*.json --url https://registry.example.org
  ucap help import

Without a command, ucap serves. The options of a command stand after it: ucap key list --data-dir DIR
Environment: RUST_LOG selects the log messages to write, by level and module (default: info,tokio_postgres=warn,actix_server=warn)."
)]
pub struct CommandLine {
    /// The command; `serve` if there is none.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What `serve` needs to know if there is no command.
    #[command(flatten)]
    pub serve: ServeSettings,
}

impl CommandLine {
    /// Reads the arguments and the environment. A variable that is set to an empty value counts as not set.
    ///
    /// # Errors
    /// The arguments are wrong, or ask for help or the version.
    pub fn read() -> Result<Self, clap::Error> {
        let arguments: Vec<OsString> = std::env::args_os().collect();
        let mut command = without_void_variables(Self::command(), &arguments);
        if names_registry(&arguments) && names_database(&arguments) {
            let message = "--url names a running registry, and --data-dir or --database-url a database; give only one of them";
            return Err(command.error(ErrorKind::ArgumentConflict, message));
        }
        let matches = command.try_get_matches_from(arguments);
        Self::from_arg_matches(&matches.map_err(with_tip)?)
    }
}

/// Adds what to do about an option before its command.
fn with_tip(mut error: clap::Error) -> clap::Error {
    if error.get(ContextKind::InvalidSubcommand).is_some()
        && error.kind() == ErrorKind::ArgumentConflict
    {
        let tip = ContextValue::StyledStrs(vec!["the options of a command stand after it".into()]);
        error.insert(ContextKind::Suggested, tip);
    }
    error
}

impl DatabaseSettings {
    /// The settings that the environment alone makes, for programs without arguments such as the tests.
    ///
    /// # Errors
    /// A variable is wrong.
    pub fn from_environment() -> Result<Self, clap::Error> {
        let command = without_void_variables(CommandLine::command(), &[]);
        let matches = command.try_get_matches_from(["ucap"])?;
        CommandLine::from_arg_matches(&matches).map(|line| line.serve.database)
    }
}

fn is_given(arguments: &[OsString], flag: &str) -> bool {
    let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
    arguments.any(|argument| argument.split('=').next() == Some(flag))
}

fn names_registry(arguments: &[OsString]) -> bool {
    is_given(arguments, "--url")
}

fn names_database(arguments: &[OsString]) -> bool {
    is_given(arguments, "--data-dir") || is_given(arguments, "--database-url")
}

/// The command and its subcommands, without the variables that do not count: those that are set to an empty value, and
/// `UCAP_URL` where a flag names a database.
fn without_void_variables(command: clap::Command, arguments: &[OsString]) -> clap::Command {
    let is_void = |argument: &Arg| {
        let value = argument.get_env().and_then(std::env::var_os);
        let overruled = argument.get_id() == "url" && names_database(arguments);
        overruled || value.is_some_and(|value| value.is_empty())
    };
    let command = command.mut_args(|argument| {
        if is_void(&argument) {
            argument.env(Resettable::Reset)
        } else {
            argument
        }
    });
    let names: Vec<String> = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |below| without_void_variables(below, arguments))
    })
}

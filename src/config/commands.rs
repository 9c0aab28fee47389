//! The commands of the program, each with its own options and with examples.

use super::database::{ClusterSettings, DatabaseOnly};
use super::output::OutputSettings;
use super::server::ServeSettings;
use super::transfer::{CheckSettings, ExportSettings, ImportSettings};
use crate::access::Role;
use clap::{Subcommand, ValueEnum};

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the registry over HTTP; this is the default.
    #[command(after_help = "Examples:
  ucap serve
  ucap serve --addr 0.0.0.0:80 --public-url https://registry.example.org
  ucap serve --database-url postgres://ucap@db.example.org/ucap --no-sample")]
    Serve(ServeSettings),
    /// Create the database if there is none, apply the pending migrations, then end.
    #[command(after_help = "Examples:
  ucap migrate
  ucap migrate --data-dir /srv/ucap")]
    Migrate {
        /// How to report.
        #[command(flatten)]
        output: OutputSettings,
        /// Which database.
        #[command(flatten)]
        place: DatabaseOnly,
    },
    /// Store plan documents or whole collections, in the registry at --url or directly in the database.
    #[command(after_help = "Examples:
  ucap import plans/*.json
  ucap import plans --dry-run
  ucap import plans --update-references=false
  ucap import --format ndjson copy --url https://registry.example.org --key ucap_...
  curl -s https://registry.example.org/v1/plans/a/summary | ucap import -
  ucap import --format ndjson --collection cities --atomic - < cities.ndjson
  ucap import --format ndjson --on-existing merge populations/cities.ndjson")]
    Import(ImportSettings),
    /// Write plans as documents, one per file, or whole collections, from the registry at --url or directly from the database.
    #[command(after_help = "Examples:
  ucap export --all --dir plans
  ucap export manchester-chengdu-liuzhou-yangzhou --dir plans
  ucap export --format ndjson --dir copy
  ucap export --format csv --collection cities --dir tables --url https://registry.example.org")]
    Export(ExportSettings),
    /// Check plan documents or lines of JSON as the service does, without a registry and without a database.
    #[command(after_help = "Examples:
  ucap check plans/*.json
  ucap check --format ndjson copy
  ucap check --json - < plan.json")]
    Check(CheckSettings),
    /// Create, list and revoke API keys.
    Key {
        /// What to do with API keys.
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// Report what a start would find: PostgreSQL, data, permissions, keys, schema and port; nothing is changed.
    #[command(after_help = "Examples:
  ucap doctor
  ucap doctor --data-dir /srv/ucap --addr 0.0.0.0:80
  ucap doctor --json")]
    Doctor(DoctorSettings),
    /// Print the directory with the programs of PostgreSQL for the private server; they are downloaded if there are none.
    #[command(after_help = "Examples:
  \"$(ucap postgres)/pg_dump\" --version
  ucap postgres --no-download")]
    Postgres {
        /// Where they are looked for.
        #[command(flatten)]
        cluster: ClusterSettings,
    },
    /// Print the OpenAPI document of the service.
    #[command(after_help = "Examples:
  ucap openapi > openapi.json
  ucap openapi --format 3.0 > openapi-3.0.json")]
    Openapi {
        /// Version of the OpenAPI Specification.
        #[arg(long, value_enum, default_value_t = OpenapiFormat::V3_1)]
        format: OpenapiFormat,
    },
    /// Print a script that completes the commands and options of ucap in a shell.
    #[command(after_help = "Examples:
  ucap completions bash > ~/.local/share/bash-completion/completions/ucap
  ucap completions zsh > ~/.zfunc/_ucap
  ucap completions fish > ~/.config/fish/completions/ucap.fish")]
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page of the program, or of one of its commands.
    #[command(after_help = "Examples:
  ucap man | man -l -
  ucap man import > ucap-import.1
  ucap man key create | man -l -")]
    Man {
        /// The command whose page to print [default: the page of the program].
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
    },
}

/// What to examine.
#[derive(Debug, clap::Args)]
pub struct DoctorSettings {
    /// How to report.
    #[command(flatten)]
    pub output: OutputSettings,
    /// What a start with these settings would find.
    #[command(flatten)]
    pub serve: ServeSettings,
}

/// Versions of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OpenapiFormat {
    /// OpenAPI 3.1.
    #[value(name = "3.1")]
    V3_1,
    /// OpenAPI 3.0.
    #[value(name = "3.0")]
    V3_0,
}

/// Shells for which there are completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Z shell.
    Zsh,
    /// Fish.
    Fish,
}

/// What can be done with API keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Create a key and print it; it cannot be shown again.
    #[command(after_help = "Examples:
  ucap key create \"Import of 2026\"
  ucap key create dashboard --role reader
  UCAP_KEY=$(ucap key create script --quiet)")]
    Create {
        /// What the key is for, in 1 to 200 characters; shown in the change log and in the request log.
        name: String,
        /// What the holder of the key may do.
        #[arg(long, value_enum, default_value_t = Role::Editor)]
        role: Role,
        /// How to report.
        #[command(flatten)]
        output: OutputSettings,
        /// Which database.
        #[command(flatten)]
        place: DatabaseOnly,
    },
    /// List all keys with id, role, date of creation, state and name, but not the keys themselves.
    #[command(after_help = "Examples:
  ucap key list
  ucap key list --json --database-url postgres://ucap@db.example.org/ucap")]
    List {
        /// How to report.
        #[command(flatten)]
        output: OutputSettings,
        /// Which database.
        #[command(flatten)]
        place: DatabaseOnly,
    },
    /// Revoke a key; it stops working at once.
    #[command(after_help = "Examples:
  ucap key revoke 0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    Revoke {
        /// Id of the key, as `ucap key list` shows it.
        id: uuid::Uuid,
        /// How to report.
        #[command(flatten)]
        output: OutputSettings,
        /// Which database.
        #[command(flatten)]
        place: DatabaseOnly,
    },
}

impl KeyCommand {
    /// How to report, and which database.
    #[must_use]
    pub fn place(&self) -> (OutputSettings, &DatabaseOnly) {
        match self {
            Self::Create { output, place, .. }
            | Self::List { output, place }
            | Self::Revoke { output, place, .. } => (*output, place),
        }
    }
}

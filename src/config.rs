//! Every setting of the service, in one place: flag, environment variable, default.

use crate::database::embedded;
use crate::database::tls::ConnectionSettings;
use crate::domain::{RecordKind, Slug};
use crate::resources::in_order_of_reference;
use clap::builder::{BoolishValueParser, PossibleValuesParser, Resettable, TypedValueParser};
use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use strum::IntoEnumIterator;

use crate::access::Role;

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "ucap",
    version,
    about = "The registry of Urban Cooperation Action Plans.",
    max_term_width = 110
)]
#[command(
    after_help = "Environment: RUST_LOG selects the log messages to write, by level and module (default: info,tokio_postgres=warn,actix_server=warn)."
)]
pub struct CommandLine {
    /// The command; `serve` if there is none.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Which database to use.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// How to serve the registry.
    #[command(flatten)]
    pub server: ServerSettings,
}

impl CommandLine {
    /// Reads the arguments and the environment; ends the program with a message if they are wrong. A variable that is
    /// set to an empty value counts as not set.
    pub fn read() -> Self {
        let command = without_empty_variables(Self::command());
        Self::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
    }
}

/// The command and its subcommands, without the variables that are set to an empty value.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |argument: &Arg| {
        argument
            .get_env()
            .and_then(std::env::var_os)
            .is_some_and(|value| value.is_empty())
    };
    let command = command.mut_args(|argument| {
        if is_empty(&argument) {
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
        command.mut_subcommand(name, without_empty_variables)
    })
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the registry over HTTP; this is the default.
    Serve,
    /// Apply the pending migrations to the database, then end.
    Migrate,
    /// Print the OpenAPI document of the service.
    Openapi {
        /// Version of the OpenAPI Specification.
        #[arg(long, value_enum, default_value_t = OpenapiFormat::V3_1)]
        format: OpenapiFormat,
    },
    /// Store plan documents or whole collections, in the registry at --url or directly in the database.
    Import(ImportSettings),
    /// Write plans as documents, one per file, or whole collections, from the registry at --url or directly from the database.
    Export(ExportSettings),
    /// Print the directory with the programs of PostgreSQL for the private server; they are downloaded if there are none.
    Postgres,
    /// Create, list and revoke API keys.
    Key {
        /// What to do with API keys.
        #[command(subcommand)]
        command: KeyCommand,
    },
}

/// What to import.
#[derive(Debug, Args)]
pub struct ImportSettings {
    /// Files to import: plan documents, or lines of JSON in files that are named after their collection (plans.ndjson).
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Content of the files.
    #[arg(long, value_enum, default_value_t = ImportFormat::Json)]
    pub format: ImportFormat,
    /// Collection that all lines belong to, whatever the names of the files; for --format ndjson.
    #[arg(long, value_parser = collection())]
    pub collection: Option<RecordKind>,
    /// Store either all lines of a file or none of them; for --format ndjson.
    #[arg(long)]
    pub atomic: bool,
    /// Report what would happen, and store nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Overwrite stored cities and themes where plan documents say something else about them; for --format json.
    #[arg(long)]
    pub update_references: bool,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistrySettings,
}

/// What to export.
#[derive(Debug, Args)]
pub struct ExportSettings {
    /// Slugs of the plans to export; for --format json.
    #[arg(required_unless_present_any = ["all", "format"], value_name = "SLUG")]
    pub slugs: Vec<Slug>,
    /// Content of the files: plan documents, or collections as lines of JSON or as tables [default: json].
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// Collections to export; for --format ndjson and csv [default: all].
    #[arg(long, value_parser = collection(), value_name = "COLLECTION")]
    pub collection: Vec<RecordKind>,
    /// Export all plans; for --format json.
    #[arg(long, conflicts_with = "slugs")]
    pub all: bool,
    /// Directory to write the files to; created if it does not exist.
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistrySettings,
}

/// The registry that a command talks to.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Registry")]
pub struct RegistrySettings {
    /// Address of a running registry; without it, the command works on the database directly.
    #[arg(long, env = "UCAP_URL", value_name = "URL", value_parser = public_url)]
    pub url: Option<String>,
    /// API key for this registry.
    #[arg(long, env = "UCAP_KEY", hide_env_values = true, value_name = "KEY")]
    pub key: Option<String>,
}

/// The content of files to import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// One plan document per file.
    Json,
    /// Lines of JSON, one record of a collection per line.
    Ndjson,
}

/// The content of exported files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One plan document per file.
    Json,
    /// Lines of JSON, one record of a collection per line.
    Ndjson,
    /// A table with one record of a collection per row.
    Csv,
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

/// What can be done with API keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Create a key and print it; it cannot be shown again.
    Create {
        /// What the key is for, in 1 to 200 characters; shown in the change log and in the request log.
        name: String,
        /// What the holder of the key may do.
        #[arg(long, value_enum, default_value_t = Role::Editor)]
        role: Role,
    },
    /// List all keys with id, role, date of creation, state and name, but not the keys themselves.
    List,
    /// Revoke a key; it stops working at once.
    Revoke {
        /// Id of the key, as `ucap key list` shows it.
        id: uuid::Uuid,
    },
}

/// Which database to use.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct DatabaseSettings {
    /// PostgreSQL database to use, as a URL or `key=value` pairs; without it, the program runs a private PostgreSQL.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    pub database_url: Option<String>,
    /// Directory of the private PostgreSQL and the admin key [default: /var/lib/ucap for root, else the user's data directory].
    #[arg(long, env = "UCAP_DATA_DIR", global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Directory with the programs `postgres` and `initdb` for the private PostgreSQL [default: looked for in the usual places].
    #[arg(long, env = "UCAP_PG_BIN", global = true, value_name = "DIR")]
    pub pg_bin: Option<PathBuf>,
    /// Never download PostgreSQL; without this option the service downloads it once if it finds none.
    #[arg(long, env = "UCAP_NO_DOWNLOAD", global = true, value_parser = BoolishValueParser::new())]
    pub no_download: bool,
    /// Directory for PostgreSQL if it is downloaded [default: /var/cache/ucap for root, else the user's cache directory].
    #[arg(long, env = "UCAP_CACHE_DIR", global = true, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
    /// Maximum number of connections for writing, 1 to 1000; in addition, there are up to four for reading for each worker, and one for each running export and import.
    #[arg(long, env = "UCAP_POOL_SIZE", global = true, default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub pool_size: u16,
}

/// How to serve the registry.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerSettings {
    /// Address to listen on.
    #[arg(long, env = "UCAP_ADDR", global = true, default_value = "127.0.0.1:8080", value_name = "HOST:PORT", value_parser = address)]
    pub addr: SocketAddr,
    /// Address at which clients reach the service, for the headers `Location` and `Link` [default: paths only].
    #[arg(long, env = "UCAP_PUBLIC_URL", global = true, value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Require an API key for reading as well.
    #[arg(long, env = "UCAP_REQUIRE_KEY_FOR_READS", global = true, value_parser = BoolishValueParser::new())]
    pub require_key_for_reads: bool,
    /// Origins whose web pages may write, separated by commas; pages of any origin may read.
    #[arg(long, env = "UCAP_CORS_ORIGINS", global = true, value_delimiter = ',', value_name = "ORIGIN", value_parser = origin)]
    pub cors_origins: Vec<String>,
    /// Threads that serve requests, 1 to 256 [default: one for each processor].
    #[arg(long, env = "UCAP_WORKERS", global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
    /// Do not load the sample plan into an empty registry.
    #[arg(long, env = "UCAP_NO_SAMPLE", global = true, value_parser = BoolishValueParser::new())]
    pub no_sample: bool,
}

/// The database that a command works on.
#[derive(Debug)]
pub enum DatabaseChoice {
    /// A server that is already running.
    Server(Box<ConnectionSettings>),
    /// The private server, which the program starts.
    Private(embedded::Settings),
}

impl DatabaseSettings {
    /// The database that these settings name.
    ///
    /// # Errors
    /// A message about the setting that is wrong.
    pub fn choice(&self) -> Result<DatabaseChoice, String> {
        if let Some(url) = self
            .database_url
            .as_deref()
            .filter(|url| !url.trim().is_empty())
        {
            return url
                .parse()
                .map(|settings| DatabaseChoice::Server(Box::new(settings)));
        }
        self.private().map(DatabaseChoice::Private)
    }

    /// The settings of the private server, whether or not another one is named.
    ///
    /// # Errors
    /// A sentence about the setting that is wrong.
    pub fn private(&self) -> Result<embedded::Settings, String> {
        let given = |dir: &Option<PathBuf>| dir.clone().filter(|dir| !dir.as_os_str().is_empty());
        let data_dir = given(&self.data_dir).or_else(embedded::default_data_dir);
        let data_dir = data_dir
            .ok_or("there is no home directory to keep data in; set --data-dir or UCAP_DATA_DIR")?;
        let absolute = |flag: &str, dir: PathBuf| {
            std::path::absolute(&dir).map_err(|error| format!("{flag} {}: {error}", dir.display()))
        };
        let data_dir = absolute("--data-dir", data_dir)?;
        let cache_dir = given(&self.cache_dir).or_else(embedded::default_cache_dir);
        let cache_dir = cache_dir.unwrap_or_else(|| data_dir.join("cache"));
        Ok(embedded::Settings {
            cache_dir: absolute("--cache-dir", cache_dir)?,
            download: !self.no_download,
            binaries: given(&self.pg_bin),
            durable: true,
            data_dir,
        })
    }

    /// The settings that the environment alone makes, for programs without arguments such as the tests.
    ///
    /// # Errors
    /// A variable is wrong.
    pub fn from_environment() -> Result<Self, clap::Error> {
        let command = without_empty_variables(CommandLine::command());
        let matches = command.try_get_matches_from(["ucap"])?;
        CommandLine::from_arg_matches(&matches).map(|line| line.database)
    }
}

/// Parses the name of a collection as the kind of its records.
fn collection() -> impl TypedValueParser<Value = RecordKind> {
    let slices = in_order_of_reference();
    let names = slices.iter().map(|slice| slice.kind.plural());
    PossibleValuesParser::new(names).try_map(|name| {
        let kind = RecordKind::iter().find(|kind| kind.plural() == name);
        kind.ok_or_else(|| format!("there is no collection {name:?}"))
    })
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let addresses = text
        .to_socket_addrs()
        .map_err(|error| format!("{text:?} is not a HOST:PORT to listen on ({error})"))?;
    addresses
        .into_iter()
        .next()
        .ok_or_else(|| format!("{text:?} does not resolve to an address"))
}

/// An origin as browsers send it (RFC 6454, section 6.1): scheme, host and port, and nothing else.
fn origin(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '*', '@', ' ']) => {
            Ok(text.to_owned())
        }
        _ => Err(format!(
            "{text:?} is not an origin such as https://editor.example.org"
        )),
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(['?', '#', ' ']) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err(format!(
            "{text:?} is not an address such as https://registry.example.org"
        )),
    }
}

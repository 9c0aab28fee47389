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
    after_help = "Environment: RUST_LOG sets what is logged, by level and module (default: info,tokio_postgres=warn,actix_server=warn)."
)]
pub struct CommandLine {
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// How to serve it.
    #[command(flatten)]
    pub server: ServerSettings,
}

impl CommandLine {
    /// Reads the arguments and the environment; ends the program with a message if they are wrong. A variable that is
    /// set to nothing counts as not set.
    pub fn read() -> Self {
        let command = without_empty_variables(Self::command());
        Self::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
    }
}

/// The command, and those below it, without the variables that are set to nothing.
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

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the registry; the default.
    Serve,
    /// Bring the database to the schema of this version, then end.
    Migrate,
    /// Print the OpenAPI document.
    Openapi {
        /// Version of OpenAPI.
        #[arg(long, value_enum, default_value_t = OpenapiFormat::V3_1)]
        format: OpenapiFormat,
    },
    /// Put plan documents or whole collections into a registry: that of --url, else straight into the database.
    Import(ImportSettings),
    /// Write plans as documents, one file each, or whole collections: from the registry of --url, else straight from the database.
    Export(ExportSettings),
    /// Print the directory with the programs of PostgreSQL for the private server; they are fetched if there are none.
    Postgres,
    /// Make, list and end API keys.
    Key {
        /// What to do with keys.
        #[command(subcommand)]
        command: KeyCommand,
    },
}

/// What to import.
#[derive(Debug, Args)]
pub struct ImportSettings {
    /// Files with one plan document each; of lines of JSON, files that are called like their collection (plans.ndjson).
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What is in the files.
    #[arg(long, value_enum, default_value_t = ImportFormat::Json)]
    pub format: ImportFormat,
    /// Collection that the lines of all files belong to, whatever these are called.
    #[arg(long, value_parser = collection())]
    pub collection: Option<RecordKind>,
    /// Store all lines of a file, or none.
    #[arg(long)]
    pub atomic: bool,
    /// Say what would happen, and store nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Write what the documents say of cities and themes over what is stored of them.
    #[arg(long)]
    pub update_references: bool,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistrySettings,
}

/// What to export.
#[derive(Debug, Args)]
pub struct ExportSettings {
    /// Slugs of the plans.
    #[arg(required_unless_present_any = ["all", "format"], value_name = "SLUG")]
    pub slugs: Vec<Slug>,
    /// Plan documents, or collections as lines of JSON or as tables [default: json].
    #[arg(long, value_enum)]
    pub format: Option<ExportFormat>,
    /// Collections to export as lines or tables [default: all].
    #[arg(long, value_parser = collection(), value_name = "COLLECTION")]
    pub collection: Vec<RecordKind>,
    /// All plans.
    #[arg(long, conflicts_with = "slugs")]
    pub all: bool,
    /// Directory for the files; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub dir: PathBuf,
    /// Which registry.
    #[command(flatten)]
    pub registry: RegistrySettings,
}

/// A registry that somebody else runs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Registry")]
pub struct RegistrySettings {
    /// Address of a running registry; without it the command works on the database itself.
    #[arg(long, env = "UCAP_URL", value_name = "URL", value_parser = public_url)]
    pub url: Option<String>,
    /// API key for it.
    #[arg(long, env = "UCAP_KEY", hide_env_values = true, value_name = "KEY")]
    pub key: Option<String>,
}

/// What files to import have in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportFormat {
    /// A plan document.
    Json,
    /// Lines of JSON, each a record of a collection.
    Ndjson,
}

/// What exported files have in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A plan document.
    Json,
    /// Lines of JSON, each a record of a collection.
    Ndjson,
    /// A table of a collection.
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

/// What can be done with keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key and print it, this once.
    Create {
        /// What the key is for; shown in the change log and the request log.
        name: String,
        /// What its holder may do.
        #[arg(long, value_enum, default_value_t = Role::Editor)]
        role: Role,
    },
    /// List all keys, without the keys themselves.
    List,
    /// End a key at once.
    Revoke {
        /// Id of the key, as `list` shows it.
        id: uuid::Uuid,
    },
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct DatabaseSettings {
    /// PostgreSQL server to use, as a URL or `key=value` pairs; without it the service runs one of its own.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    pub database_url: Option<String>,
    /// Directory of the private server and the admin key [default: /var/lib/ucap for root, else the user's data directory].
    #[arg(long, env = "UCAP_DATA_DIR", global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Directory with the programs `postgres` and `initdb` for the private server [default: looked for in the usual places].
    #[arg(long, env = "UCAP_PG_BIN", global = true, value_name = "DIR")]
    pub pg_bin: Option<PathBuf>,
    /// Never fetch PostgreSQL; without this the service does, once, where it finds none.
    #[arg(long, env = "UCAP_NO_DOWNLOAD", global = true, value_parser = BoolishValueParser::new())]
    pub no_download: bool,
    /// Directory that keeps PostgreSQL if it was fetched [default: /var/cache/ucap for root, else the user's cache directory].
    #[arg(long, env = "UCAP_CACHE_DIR", global = true, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
    /// Most connections for writing; beside them up to four for each worker that reads, and one for each export and import.
    #[arg(long, env = "UCAP_POOL_SIZE", global = true, default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub pool_size: u16,
}

/// How to serve it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerSettings {
    /// Address to listen at.
    #[arg(long, env = "UCAP_ADDR", global = true, default_value = "127.0.0.1:8080", value_name = "HOST:PORT", value_parser = address)]
    pub addr: SocketAddr,
    /// Address under which clients reach the service, for `Location` and `Link` [default: paths alone].
    #[arg(long, env = "UCAP_PUBLIC_URL", global = true, value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Refuse to answer reads without an API key.
    #[arg(long, env = "UCAP_REQUIRE_KEY_FOR_READS", global = true, value_parser = BoolishValueParser::new())]
    pub require_key_for_reads: bool,
    /// Origins whose web pages may write, separated by commas; those of any origin may read.
    #[arg(long, env = "UCAP_CORS_ORIGINS", global = true, value_delimiter = ',', value_name = "ORIGIN", value_parser = origin)]
    pub cors_origins: Vec<String>,
    /// Threads that serve requests [default: one for each processor].
    #[arg(long, env = "UCAP_WORKERS", global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
    /// Do not load the sample plan into an empty registry.
    #[arg(long, env = "UCAP_NO_SAMPLE", global = true, value_parser = BoolishValueParser::new())]
    pub no_sample: bool,
}

/// Which database a command works on.
#[derive(Debug)]
pub enum DatabaseChoice {
    /// A server that somebody else runs.
    Server(Box<ConnectionSettings>),
    /// The private one.
    Private(embedded::Settings),
}

impl DatabaseSettings {
    /// Which database these settings name.
    ///
    /// # Errors
    /// A sentence about the setting that is wrong.
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

/// Takes the name of a collection for the kind of its records.
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
        .map_err(|error| format!("{text:?} is no HOST:PORT to listen at ({error})"))?;
    addresses
        .into_iter()
        .next()
        .ok_or_else(|| format!("{text:?} has no address"))
}

/// An origin as browsers send it (RFC 6454, section 6.1): scheme, host and port, and nothing behind them.
fn origin(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '*', '@', ' ']) => {
            Ok(text.to_owned())
        }
        _ => Err(format!(
            "{text:?} is no origin such as https://editor.example.org"
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
            "{text:?} is no address such as https://registry.example.org"
        )),
    }
}

//! Which database a command works on: a PostgreSQL server that is running, or the private one.
//!
//! One rule: a flag counts more than a variable, and a variable that is set to an empty value counts as not set. Start with
//! [`DatabaseSettings::choice`].

use super::values::public_url;
use crate::database::embedded;
use crate::database::tls::ConnectionSettings;
use clap::Args;
use clap::builder::BoolishValueParser;
use std::path::{Path, PathBuf};

/// Which database to use.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct DatabaseSettings {
    /// PostgreSQL database to use, as a URL or `key=value` pairs; without it, the program runs a private PostgreSQL.
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        value_name = "DATABASE"
    )]
    pub database_url: Option<String>,
    /// The private PostgreSQL.
    #[command(flatten)]
    pub cluster: ClusterSettings,
}

/// Where the private PostgreSQL has its data and its programs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct ClusterSettings {
    /// Directory of the private PostgreSQL and the admin key [default: /var/lib/ucap for root, else the user's data directory].
    #[arg(long, env = "UCAP_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Directory with the programs `postgres` and `initdb` for the private PostgreSQL [default: looked for in the usual places].
    #[arg(long, env = "UCAP_PG_BIN", value_name = "DIR")]
    pub pg_bin: Option<PathBuf>,
    /// Never download PostgreSQL; without this option the program downloads it once if it finds none.
    #[arg(long, env = "UCAP_NO_DOWNLOAD", value_parser = BoolishValueParser::new())]
    pub no_download: bool,
    /// Directory for PostgreSQL if it is downloaded [default: /var/cache/ucap for root, else the user's cache directory].
    #[arg(long, env = "UCAP_CACHE_DIR", value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
}

/// The database of a command that cannot work on a running registry.
#[derive(Debug, Clone, Args)]
pub struct DatabaseOnly {
    /// Address of a running registry, which the command refuses.
    #[arg(long, env = "UCAP_URL", hide = true, value_name = "URL", value_parser = public_url)]
    pub url: Option<String>,
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseSettings,
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
        self.cluster.settings()
    }
}

impl ClusterSettings {
    /// The settings of the private server, with the defaults of this machine and user.
    ///
    /// # Errors
    /// A sentence about the setting that is wrong.
    pub fn settings(&self) -> Result<embedded::Settings, String> {
        let data_dir = given(self.data_dir.as_deref()).or_else(embedded::default_data_dir);
        let data_dir = data_dir
            .ok_or("there is no home directory to keep data in; set --data-dir or UCAP_DATA_DIR")?;
        let absolute = |flag: &str, dir: PathBuf| {
            std::path::absolute(&dir).map_err(|error| format!("{flag} {}: {error}", dir.display()))
        };
        let data_dir = absolute("--data-dir", data_dir)?;
        let cache_dir = given(self.cache_dir.as_deref()).or_else(embedded::default_cache_dir);
        let cache_dir = cache_dir.unwrap_or_else(|| data_dir.join("cache"));
        Ok(embedded::Settings {
            cache_dir: absolute("--cache-dir", cache_dir)?,
            download: !self.no_download,
            binaries: given(self.pg_bin.as_deref()),
            durable: true,
            data_dir,
        })
    }
}

/// A directory that is set to something.
fn given(dir: Option<&Path>) -> Option<PathBuf> {
    dir.filter(|dir| !dir.as_os_str().is_empty())
        .map(Path::to_path_buf)
}

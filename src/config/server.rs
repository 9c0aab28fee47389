//! How `ucap serve` serves the registry. Start with [`ServeSettings`].

use super::database::DatabaseSettings;
use super::values::{address, origin, public_url};
use clap::Args;
use clap::builder::BoolishValueParser;
use std::net::SocketAddr;

/// What `ucap serve` needs to know; also what `ucap` without a command takes.
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// How to serve it.
    #[command(flatten)]
    pub server: ServerSettings,
}

/// How to serve the registry.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct ServerSettings {
    /// Address to listen on; port 0 takes any free port.
    #[arg(long, env = "UCAP_ADDR", default_value = "127.0.0.1:8080", value_name = "HOST:PORT", value_parser = address)]
    pub addr: SocketAddr,
    /// Address at which clients reach the service, for the headers `Location` and `Link` [default: paths only].
    #[arg(long, env = "UCAP_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Require an API key for reading as well.
    #[arg(long, env = "UCAP_REQUIRE_KEY_FOR_READS", value_parser = BoolishValueParser::new())]
    pub require_key_for_reads: bool,
    /// Origins whose web pages may write, separated by commas; pages of any origin may read.
    #[arg(long, env = "UCAP_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGIN", value_parser = origin)]
    pub cors_origins: Vec<String>,
    /// Threads that serve requests, 1 to 256 [default: one for each processor].
    #[arg(long, env = "UCAP_WORKERS", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
    /// Maximum number of connections for writing, 1 to 1000; in addition, there are up to four for reading for each worker, and one for each running export and import.
    #[arg(long, env = "UCAP_POOL_SIZE", default_value_t = 16, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub pool_size: u16,
    /// Do not load the sample plan into an empty registry.
    #[arg(long, env = "UCAP_NO_SAMPLE", value_parser = BoolishValueParser::new())]
    pub no_sample: bool,
}

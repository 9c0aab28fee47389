//! PostgreSQL connections from the text of `DATABASE_URL`, plain or over TLS.
//! The one rule: the password stays inside [`Config`]; no message, log line or
//! `Debug` text of this module may show it, not even for a mistyped address.
//! Start at [`ConnectionSettings`]; `address` takes the text apart, and `trust`
//! turns `sslmode` and `sslrootcert` into a rustls client.

mod address;
mod trust;

use std::{error::Error, fmt, future::Future, io, str::FromStr};

use crate::domain::text;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::{Client, Config, Connection, Socket, error::SqlState, tls::MakeTlsConnect};
use tokio_postgres_rustls::MakeRustlsConnect;
use trust::TlsMode;

type Opened = (
    Client,
    Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>,
);

/// A parsed `DATABASE_URL`: where the database is and how far TLS must go.
///
/// Certificate files are read once, while parsing; clones share them.
#[derive(Clone)]
pub struct ConnectionSettings {
    config: Config,
    mode: TlsMode,
    connector: MakeRustlsConnect,
}

impl FromStr for ConnectionSettings {
    type Err = String;

    /// Takes a `postgres://` or `postgresql://` URL or `key=value` pairs.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text.trim()).map_err(|why| format!("DATABASE_URL {why}."))
    }
}

impl ConnectionSettings {
    fn parse(text: &str) -> Result<Self, String> {
        let (mut config, options) = address::read(text)?;
        let sockets_only = config.get_hostaddrs().is_empty()
            && !config
                .get_hosts()
                .iter()
                .any(|host| matches!(host, Host::Tcp(_)));
        let (mode, roots) = trust::choice(&options, sockets_only)?;
        config.ssl_mode(match mode {
            TlsMode::Disable => SslMode::Disable,
            TlsMode::Allow | TlsMode::Prefer => SslMode::Prefer,
            _ => SslMode::Require,
        });
        let direct = config.get_ssl_negotiation() == SslNegotiation::Direct;
        let connector = trust::connector(mode, roots, direct)?;
        Ok(Self {
            config,
            mode,
            connector,
        })
    }

    /// Opens one connection and drives it on the current tokio runtime.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        let opening = async {
            let (client, connection) = self.open().await?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        };
        self.in_time(opening).await
    }

    /// Opens one connection, drives it on the current tokio runtime, and calls `at_end` when it has ended.
    pub async fn connect_watched(
        &self,
        at_end: impl FnOnce() + Send + 'static,
    ) -> ConnectionResult<AsyncPgConnection> {
        let client = self.in_time(self.drive(at_end)).await?;
        AsyncPgConnection::try_from(client).await
    }

    /// Opens one plain tokio-postgres client and drives it on the current tokio runtime.
    pub async fn connect_client(&self) -> ConnectionResult<Client> {
        self.in_time(self.drive(|| ())).await
    }

    async fn drive(&self, at_end: impl FnOnce() + Send + 'static) -> ConnectionResult<Client> {
        let (client, connection) = self.open().await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                log::warn!("A database connection ended: {}.", text::causes(&error));
            }
            at_end();
        });
        Ok(client)
    }

    /// Names host, port, database and TLS mode for logs, never user or password.
    pub fn describe(&self) -> String {
        let ports = self.config.get_ports();
        let place = |(index, host): (usize, &Host)| {
            let port = ports.get(index).or(ports.first()).unwrap_or(&5432);
            match host {
                Host::Tcp(name) if name.contains(':') => format!("[{name}]:{port}"),
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(directory) => format!("{}:{port}", directory.display()),
            }
        };
        let places: Vec<String> = self
            .config
            .get_hosts()
            .iter()
            .enumerate()
            .map(place)
            .collect();
        let database = self.config.get_dbname().unwrap_or("(default)");
        format!(
            "database {database} on {} (sslmode {})",
            places.join(", "),
            self.mode
        )
    }

    /// Connects once more without TLS if TLS was only wished for and went wrong.
    async fn open(&self) -> ConnectionResult<Opened> {
        let optional = matches!(self.mode, TlsMode::Allow | TlsMode::Prefer);
        let result = match self.config.connect(self.connector.clone()).await {
            Err(error) if optional && tls_may_be_why(&error) => {
                log::warn!("Trying the database without TLS: {}.", text::causes(&error));
                let mut plain = self.config.clone();
                plain.ssl_mode(SslMode::Disable);
                plain.connect(self.connector.clone()).await
            }
            result => result,
        };
        result.map_err(|error| ConnectionError::BadConnection(text::causes(&error)))
    }

    /// `connect_timeout` bounds one socket only; this bounds a silent server as
    /// well, leaving each host the time for two addresses.
    async fn in_time<T>(
        &self,
        opening: impl Future<Output = ConnectionResult<T>>,
    ) -> ConnectionResult<T> {
        let Some(timeout) = self.config.get_connect_timeout() else {
            return opening.await;
        };
        let hosts = u32::try_from(self.config.get_hosts().len()).unwrap_or(u32::MAX);
        let limit = timeout.saturating_mul(hosts.saturating_mul(2));
        let late = |_| {
            Err(ConnectionError::BadConnection(format!(
                "no answer within {} s",
                limit.as_secs()
            )))
        };
        tokio::time::timeout(limit, opening)
            .await
            .unwrap_or_else(late)
    }
}

impl fmt::Debug for ConnectionSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ConnectionSettings({})", self.describe())
    }
}

/// Whether the handshake failed, or the server's access rules refused the connection.
fn tls_may_be_why(error: &tokio_postgres::Error) -> bool {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    let handshake = cause
        .and_then(io::Error::get_ref)
        .is_some_and(|inner| inner.is::<rustls::Error>());
    handshake || error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

#[cfg(test)]
mod tests {
    use super::ConnectionSettings;

    fn parsed(text: &str) -> String {
        match text.parse::<ConnectionSettings>() {
            Ok(settings) => settings.describe(),
            Err(message) => message,
        }
    }

    #[test]
    fn urls_and_pairs_give_the_same_settings() {
        let url = "postgres://u:p%40@h:6000,i/d?sslmode=require&connect_timeout=9";
        let pairs = r"host=h,i port=6000,5432 user=u password='p@' dbname = d sslmode=require";
        assert_eq!(
            parsed(url),
            "database d on h:6000, i:5432 (sslmode require)"
        );
        assert_eq!(parsed(url), parsed(pairs));
    }

    #[test]
    fn sockets_need_no_tls() {
        let expected = "database d on /run/pg:5433 (sslmode disable)";
        assert_eq!(
            parsed("postgresql://u@%2Frun%2Fpg:5433/d?sslmode=verify-full"),
            expected
        );
        assert_eq!(parsed("postgresql:///d?host=/run/pg&port=5433"), expected);
        assert_eq!(
            parsed("host=/run/pg port=5433 dbname=d sslmode=verify-full"),
            expected
        );
    }

    #[test]
    fn refusals_name_the_cause() {
        for (text, cause) in [
            ("host=h sslcert=/c", "option sslcert"),
            ("postgres://h/d?sslmod=require", "option sslmod"),
            ("host=h sslmode=yes", "sslmode other than"),
            (
                "host=h sslmode=require sslrootcert=system",
                "use verify-full",
            ),
            ("host=h sslmode=verify-ca sslrootcert=/no.pem", "/no.pem"),
            ("postgres:///d", "names no host"),
            ("host=h port=x", "port"),
        ] {
            assert!(parsed(text).contains(cause), "{}", parsed(text));
        }
    }

    #[test]
    fn messages_never_show_the_password() {
        for text in [
            "postgres://u:secret@h/d",
            "postgres://u:pa@secret@h/d",
            "postgres://u:pa/secret@h/d",
            "postgres://u:pa?secret=1@h/d",
            "postgres://u:secret",
            "mysql://u:secret@h/d?x=y",
            "host=h password=pa secret",
            "host=h password=pa secret=1",
            "host=h password='secret",
        ] {
            assert!(!parsed(text).contains("secret"), "{}", parsed(text));
        }
    }
}

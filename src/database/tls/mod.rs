//! PostgreSQL connections from the text of `DATABASE_URL`, with or without TLS.
//!
//! One rule: the password stays inside [`Config`]; no message, log line or `Debug` text of this module shows it, not even for a
//! mistyped URL. Start with [`ConnectionSettings`]; `address` parses the text, `trust` turns `sslmode` and `sslrootcert` into
//! a rustls client, `transport` opens connections, and `sqlstate` keeps the SQLSTATE of errors.

mod address;
mod sqlstate;
mod transport;
mod trust;

pub use sqlstate::sql_state;

use std::{error::Error, fmt, future::Future, io, str::FromStr};

use crate::domain::text;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use tokio::task::AbortHandle;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::{Client, Config, error::SqlState};
use tokio_postgres_rustls::MakeRustlsConnect;
use transport::{Opened, Plain, Tls, connect_over_sockets, connect_over_tcp};
use trust::TlsMode;

/// A parsed `DATABASE_URL`: where the database is and how TLS is used.
///
/// Certificate files are read once, during parsing; clones share them.
#[derive(Clone)]
pub struct ConnectionSettings {
    config: Config,
    mode: TlsMode,
    connector: MakeRustlsConnect,
}

impl FromStr for ConnectionSettings {
    type Err = String;

    /// Parses a `postgres://` or `postgresql://` URL or `key=value` pairs.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text.trim()).map_err(|why| format!("DATABASE_URL {why}."))
    }
}

impl ConnectionSettings {
    fn parse(text: &str) -> Result<Self, String> {
        let (mut config, options) = address::parse(text)?;
        let sockets_only = config.get_hostaddrs().is_empty()
            && !config
                .get_hosts()
                .iter()
                .any(|host| matches!(host, Host::Tcp(_)));
        let (mode, roots) = trust::effective_mode(&options, sockets_only)?;
        let direct = config.get_ssl_negotiation() == SslNegotiation::Direct;
        if direct && matches!(mode, TlsMode::Allow | TlsMode::Prefer) {
            return Err(
                "combines sslnegotiation=direct with a weak sslmode; use require or stronger"
                    .into(),
            );
        }
        config.ssl_mode(SslMode::Require);
        let connector = trust::connector(mode, roots, direct)?;
        Ok(Self {
            config,
            mode,
            connector,
        })
    }

    /// Opens a connection and drives it on the current tokio runtime. If it is dropped during a statement, it is closed when the
    /// statement ends.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        self.connect_with_end_hook(|| ()).await
    }

    /// Opens a connection, drives it on the current tokio runtime, and calls `at_end` when it has ended.
    pub async fn connect_with_end_hook(
        &self,
        at_end: impl FnOnce() + Send + 'static,
    ) -> ConnectionResult<AsyncPgConnection> {
        let (client, _) = self.with_timeout(self.drive(at_end)).await?;
        AsyncPgConnection::try_from(client).await
    }

    /// Opens a connection that is closed at once when the second value is dropped, even during a statement.
    pub async fn connect_abortable(&self) -> ConnectionResult<(AsyncPgConnection, AbortOnDrop)> {
        let (client, driver) = self.with_timeout(self.drive(|| ())).await?;
        let abort = AbortOnDrop(driver);
        Ok((AsyncPgConnection::try_from(client).await?, abort))
    }

    /// Opens a connection as a tokio-postgres client and drives it on the current tokio runtime.
    pub async fn connect_client(&self) -> ConnectionResult<Client> {
        Ok(self.with_timeout(self.drive(|| ())).await?.0)
    }

    async fn drive(
        &self,
        at_end: impl FnOnce() + Send + 'static,
    ) -> ConnectionResult<(Client, AbortHandle)> {
        let (client, driver) = self.open().await?;
        let driving = tokio::spawn(async move {
            if let Err(error) = driver.await {
                log::warn!("A database connection ended: {}.", text::causes(&error));
            }
            at_end();
        });
        Ok((client, driving.abort_handle()))
    }

    /// The hosts, ports, database and TLS mode, for logs; never the user or the password.
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

    /// Tries Unix sockets, which never use TLS, and then the network.
    async fn open(&self) -> ConnectionResult<Opened> {
        let is_tcp = |host: &Host| matches!(host, Host::Tcp(_));
        match connect_over_sockets(&self.config).await {
            Some(Ok(opened)) => return Ok(opened),
            Some(Err(error)) if !self.config.get_hosts().iter().any(is_tcp) => {
                return Err(ConnectionError::BadConnection(text::causes(&*error)));
            }
            Some(Err(_)) | None => {}
        }
        let opened = self.open_over_tcp().await;
        opened.map_err(|error| ConnectionError::BadConnection(text::causes(&error)))
    }

    /// Connects with TLS; if TLS is optional and fails, connects again without it.
    async fn open_over_tcp(&self) -> Result<Opened, tokio_postgres::Error> {
        let optional = matches!(self.mode, TlsMode::Allow | TlsMode::Prefer);
        if self.mode != TlsMode::Disable {
            match connect_over_tcp(&self.config, Tls(self.connector.clone())).await {
                Err(error) if optional => match level_of_tls_error(&error) {
                    Some(level) => log::log!(
                        level,
                        "Trying the database without TLS: {}.",
                        text::causes(&error)
                    ),
                    None => return Err(error),
                },
                result => return result,
            }
        }
        let mut config = self.config.clone();
        config.ssl_negotiation(SslNegotiation::Direct);
        connect_over_tcp(&config, Plain).await
    }

    /// Limits how long opening a connection may take. `connect_timeout` limits only the connection to one address; this also covers
    /// a server that does not respond, and allows each host the time for two addresses.
    async fn with_timeout<T>(
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
                "the server did not respond within {} s",
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

/// The level at which to log an error that TLS may have caused: the server does not support it, the handshake failed, or the
/// access rules of the server refused the connection. `None` for any other error.
fn level_of_tls_error(error: &tokio_postgres::Error) -> Option<log::Level> {
    let cause = error.source()?;
    match (error.code(), cause.downcast_ref::<io::Error>()) {
        (Some(code), _) => {
            (*code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION).then_some(log::Level::Warn)
        }
        (None, Some(cause)) => {
            let inner = cause.get_ref()?;
            inner.is::<rustls::Error>().then_some(log::Level::Warn)
        }
        // Errors that tokio-postgres itself detects have no distinct type, such as that the server does not support TLS.
        (None, None) => Some(log::Level::Debug),
    }
}

/// Closes a connection when it is dropped.
pub struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
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
    fn options_of_a_url_are_decoded_and_wrong_escapes_are_refused() {
        let options = "host=%68&port=6000&dbname=d%C3%A9%20%25%26%3D&sslmode=%72equire";
        assert_eq!(
            parsed(&format!("postgres:///?{options}")),
            "database d\u{e9} %&= on h:6000 (sslmode require)"
        );
        for escape in ["%", "%4", "%4g", "%+4", "%\u{e9}", "%FF", "%C3%28"] {
            let message = parsed(&format!("postgres://h/d?application_name={escape}"));
            assert!(message.contains("% escape"), "{escape}: {message}");
        }
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
            (
                "host=h sslnegotiation=direct",
                "sslnegotiation=direct with a weak sslmode",
            ),
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

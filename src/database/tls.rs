//! PostgreSQL connections from the text of `DATABASE_URL`, plain or over TLS.
//! The one rule: the password stays inside [`Config`]; no message, log line or
//! `Debug` text of this module may show it, not even for a mistyped address.
//! Start at [`ConnectionSettings`]; `address` takes the text apart, `trust`
//! turns `sslmode` and `sslrootcert` into a rustls client, `transport` opens
//! connections, and `sqlstate` keeps the SQLSTATE of errors.

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
use transport::{Opened, Plain, Tls, over_network, over_sockets};
use trust::TlsMode;

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
        let direct = config.get_ssl_negotiation() == SslNegotiation::Direct;
        if direct && matches!(mode, TlsMode::Allow | TlsMode::Prefer) {
            return Err(
                "joins sslnegotiation=direct with a weak sslmode; use require or more".into(),
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

    /// Opens one connection and drives it on the current tokio runtime. If it is dropped in the middle of a statement, it
    /// ends with the statement.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        self.connect_watched(|| ()).await
    }

    /// Opens one connection, drives it on the current tokio runtime, and calls `at_end` when it has ended.
    pub async fn connect_watched(
        &self,
        at_end: impl FnOnce() + Send + 'static,
    ) -> ConnectionResult<AsyncPgConnection> {
        let (client, _) = self.in_time(self.drive(at_end)).await?;
        AsyncPgConnection::try_from(client).await
    }

    /// Opens one connection that ends at once when the second value is dropped, even in the middle of a statement.
    pub async fn connect_bound(&self) -> ConnectionResult<(AsyncPgConnection, Bound)> {
        let (client, driver) = self.in_time(self.drive(|| ())).await?;
        let bound = Bound(driver);
        Ok((AsyncPgConnection::try_from(client).await?, bound))
    }

    /// Opens one plain tokio-postgres client and drives it on the current tokio runtime.
    pub async fn connect_client(&self) -> ConnectionResult<Client> {
        Ok(self.in_time(self.drive(|| ())).await?.0)
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

    /// Tries the sockets of this machine, which never use TLS, and then the network.
    async fn open(&self) -> ConnectionResult<Opened> {
        let is_tcp = |host: &Host| matches!(host, Host::Tcp(_));
        match over_sockets(&self.config).await {
            Some(Ok(opened)) => return Ok(opened),
            Some(Err(error)) if !self.config.get_hosts().iter().any(is_tcp) => {
                return Err(ConnectionError::BadConnection(text::causes(&*error)));
            }
            Some(Err(_)) | None => {}
        }
        let opened = self.open_over_network().await;
        opened.map_err(|error| ConnectionError::BadConnection(text::causes(&error)))
    }

    /// Connects once more without TLS if TLS was only wished for and went wrong.
    async fn open_over_network(&self) -> Result<Opened, tokio_postgres::Error> {
        let optional = matches!(self.mode, TlsMode::Allow | TlsMode::Prefer);
        if self.mode != TlsMode::Disable {
            match over_network(&self.config, Tls(self.connector.clone())).await {
                Err(error) if optional => match trouble_with_tls(&error) {
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
        over_network(&config, Plain).await
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

/// How much there is to say about it if the error may come from TLS: the server has none, the handshake failed, or the
/// server's access rules refused the connection.
fn trouble_with_tls(error: &tokio_postgres::Error) -> Option<log::Level> {
    let cause = error.source()?;
    match (error.code(), cause.downcast_ref::<io::Error>()) {
        (Some(code), _) => {
            (*code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION).then_some(log::Level::Warn)
        }
        (None, Some(cause)) => {
            let inner = cause.get_ref()?;
            inner.is::<rustls::Error>().then_some(log::Level::Warn)
        }
        // What tokio-postgres itself finds is a text: that the server has no TLS, for one.
        (None, None) => Some(log::Level::Debug),
    }
}

/// Ends a connection when it is dropped.
pub struct Bound(AbortHandle);

impl Drop for Bound {
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

//! Transports: TCP with or without TLS, and Unix sockets, each with the SQLSTATE in front of error messages.
//!
//! One rule: whatever is read from a server goes through [`SqlStates`]. tokio-postgres passes the stream of a TCP connection only to
//! a [`MakeTlsConnect`], so both [`Tls`] and [`Plain`] implement that trait. Start with [`connect_over_tcp`] and
//! [`connect_over_sockets`].

use super::sqlstate::SqlStates;
use std::convert::Infallible;
use std::error::Error;
use std::future::{Ready, ready};
use std::io;
use std::path::Path;
use std::pin::Pin;
use tokio::net::UnixStream;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, Socket};

/// The future that drives a connection; it completes when the connection ends.
pub(super) type Driver = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;
/// An open connection.
pub(super) type Opened = (Client, Driver);
type BoxedError = Box<dyn Error + Send + Sync>;

/// Opens a connection over TCP. `config` demands TLS, which [`Plain`] only pretends to use.
pub(super) async fn connect_over_tcp<T>(
    config: &Config,
    maker: T,
) -> Result<Opened, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket, Stream: Send + 'static>,
{
    let (client, connection) = config.connect(maker).await?;
    Ok((client, Box::pin(connection)))
}

/// Opens a connection over the first Unix socket that accepts one; `None` if the configuration names no sockets.
pub(super) async fn connect_over_sockets(config: &Config) -> Option<Result<Opened, BoxedError>> {
    // If there are addresses, the hosts are only names for certificates.
    if !config.get_hostaddrs().is_empty() {
        return None;
    }
    let ports = config.get_ports();
    let mut result = None;
    for (index, host) in config.get_hosts().iter().enumerate() {
        let Host::Unix(directory) = host else {
            continue;
        };
        let port = ports.get(index).or(ports.first()).unwrap_or(&5432);
        let socket = directory.join(format!(".s.PGSQL.{port}"));
        result = Some(connect_over_socket(config, &socket).await);
        if matches!(result, Some(Ok(_))) {
            break;
        }
    }
    result
}

async fn connect_over_socket(config: &Config, socket: &Path) -> Result<Opened, BoxedError> {
    let connecting = UnixStream::connect(socket);
    let stream = match config.get_connect_timeout() {
        Some(timeout) => tokio::time::timeout(*timeout, connecting).await?,
        None => connecting.await,
    };
    let stream = stream
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", socket.display())))?;
    let stream = SqlStates::new(stream, |_| ChannelBinding::none());
    let mut config = config.clone();
    config.ssl_mode(SslMode::Disable);
    let (client, connection) = config.connect_raw(stream, NoTls).await?;
    let mut driver: Driver = Box::pin(connection);
    let wanted = match config.get_target_session_attrs() {
        TargetSessionAttrs::ReadWrite => "off",
        TargetSessionAttrs::ReadOnly => "on",
        _ => return Ok((client, driver)),
    };
    let answers = tokio::select! {
        ended = &mut driver => return Err(ended.err().map_or_else(|| "connection closed".into(), Into::into)),
        answers = client.simple_query("SHOW transaction_read_only") => answers?,
    };
    let fits = answers
        .iter()
        .any(|answer| matches!(answer, SimpleQueryMessage::Row(row) if row.get(0) == Some(wanted)));
    if fits {
        Ok((client, driver))
    } else {
        Err("the server does not have the target_session_attrs that are asked for".into())
    }
}

/// Creates streams with TLS.
#[derive(Clone)]
pub(super) struct Tls<T>(pub(super) T);

impl<T> MakeTlsConnect<Socket> for Tls<T>
where
    T: MakeTlsConnect<Socket, TlsConnect: Send + 'static>,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    type Stream = SqlStates<T::Stream>;
    type TlsConnect = Tls<T::TlsConnect>;
    type Error = T::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Self::TlsConnect, Self::Error> {
        self.0.make_tls_connect(domain).map(Tls)
    }
}

impl<T> TlsConnect<Socket> for Tls<T>
where
    T: TlsConnect<Socket, Future: Send> + Send + 'static,
{
    type Stream = SqlStates<T::Stream>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, Self::Error>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let stream = self.0.connect(socket).await?;
            Ok(SqlStates::new(stream, T::Stream::channel_binding))
        })
    }
}

/// Creates streams without TLS.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl MakeTlsConnect<Socket> for Plain {
    type Stream = SqlStates<Socket>;
    type TlsConnect = Self;
    type Error = Infallible;

    fn make_tls_connect(&mut self, _: &str) -> Result<Self, Infallible> {
        Ok(*self)
    }
}

impl TlsConnect<Socket> for Plain {
    type Stream = SqlStates<Socket>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Stream, Infallible>>;

    fn connect(self, socket: Socket) -> Self::Future {
        ready(Ok(SqlStates::new(socket, |_| ChannelBinding::none())))
    }
}

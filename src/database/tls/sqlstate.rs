//! The SQLSTATE of errors. PostgreSQL translates its messages into the language of the setting `lc_messages`, so only the
//! SQLSTATE identifies an error; but diesel-async keeps the message and drops the SQLSTATE. So the stream of each connection puts
//! it in front of the message, as `psql` does with `VERBOSITY=verbose`: `57014: canceling statement due to statement timeout`.
//!
//! One rule: only error responses of the server are changed; all other data pass unchanged. Start with [`SqlStates`], which writes the SQLSTATE
//! into messages, and [`sql_state`], which reads it from them.

use diesel::result::DatabaseErrorInformation;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsStream};

/// The type of an error response in the frontend/backend protocol.
const ERROR_RESPONSE: u8 = b'E';
/// The type and the length in front of every message. The length includes itself, but not the type.
const HEADER_LENGTH: usize = 5;

/// The SQLSTATE of an error that the server reported: five digits or capital letters.
pub fn sql_state(information: &dyn DatabaseErrorInformation) -> Option<&str> {
    let (state, _) = information.message().split_once(": ")?;
    let is_code = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    (state.len() == 5 && state.bytes().all(is_code)).then_some(state)
}

/// A stream from a server that puts the SQLSTATE in front of the message of each error.
pub(super) struct SqlStates<S> {
    stream: S,
    channel_binding: fn(&S) -> ChannelBinding,
    messages: Messages,
    /// The bytes from the beginning of an error response on, until it is complete.
    pending: Vec<u8>,
    /// The bytes that are read before anything else.
    ready: Vec<u8>,
}

impl<S> SqlStates<S> {
    /// Wraps a stream that is at the beginning of a message.
    pub(super) fn new(stream: S, channel_binding: fn(&S) -> ChannelBinding) -> Self {
        Self {
            stream,
            channel_binding,
            messages: Messages::default(),
            pending: Vec::new(),
            ready: Vec::new(),
        }
    }

    /// Rewrites the pending error response and releases it together with the data up to the next one; false if it is not complete.
    fn rewrite_pending(&mut self) -> bool {
        let Some(length) =
            message_length(&self.pending).filter(|length| *length <= self.pending.len())
        else {
            return false;
        };
        let rest = self.pending.split_off(length);
        let response = std::mem::replace(&mut self.pending, rest);
        self.ready = with_sql_state(&response).unwrap_or(response);
        let next = self.messages.next_error(&self.pending);
        let next = self.pending.split_off(next.unwrap_or(self.pending.len()));
        self.ready.append(&mut self.pending);
        self.pending = next;
        true
    }
}

impl<S: AsyncRead + Unpin> SqlStates<S> {
    /// Receives more of the pending error response; at the end of the stream, an incomplete one is handed on unchanged.
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut room = [0; 1024];
        let mut buffer = ReadBuf::new(&mut room);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        if buffer.filled().is_empty() {
            self.ready = std::mem::take(&mut self.pending);
        }
        self.pending.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SqlStates<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if !this.ready.is_empty() {
                let length = this.ready.len().min(buffer.remaining());
                let rest = this.ready.split_off(length);
                buffer.put_slice(&std::mem::replace(&mut this.ready, rest));
                return Poll::Ready(Ok(()));
            }
            if !this.pending.is_empty() {
                if !this.rewrite_pending() {
                    ready!(this.poll_more(context))?;
                }
                continue;
            }
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
            let received = buffer.filled().get(before..).unwrap_or_default();
            let Some(error) = this.messages.next_error(received) else {
                return Poll::Ready(Ok(()));
            };
            this.pending = received.get(error..).unwrap_or_default().to_vec();
            buffer.set_filled(before + error);
            if error > 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SqlStates<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for SqlStates<S> {
    fn channel_binding(&self) -> ChannelBinding {
        (self.channel_binding)(&self.stream)
    }
}

/// The position of the stream within the messages of the server.
#[derive(Default)]
struct Messages {
    /// The received part of the header of a message.
    header: Vec<u8>,
    /// The number of bytes of the body that are still to come.
    body: usize,
}

impl Messages {
    /// Advances over received bytes; returns the position at which an error response begins, if there is one.
    fn next_error(&mut self, received: &[u8]) -> Option<usize> {
        let mut rest = received;
        loop {
            let (body, after) = rest.split_at(self.body.min(rest.len()));
            self.body -= body.len();
            rest = after;
            if self.header.is_empty() && *rest.first()? == ERROR_RESPONSE {
                return Some(received.len() - rest.len());
            }
            let (header, after) =
                rest.split_at((HEADER_LENGTH - self.header.len()).min(rest.len()));
            self.header.extend_from_slice(header);
            rest = after;
            self.body = message_length(&self.header)?.saturating_sub(HEADER_LENGTH);
            self.header.clear();
        }
    }
}

/// The length of a message with its header, once that has been received.
fn message_length(message: &[u8]) -> Option<usize> {
    let length = message.get(1..HEADER_LENGTH)?.try_into().ok()?;
    Some(usize::try_from(u32::from_be_bytes(length)).ok()? + 1)
}

/// The same error response with its SQLSTATE in front of its message. It consists of fields: a letter, a text, a zero byte.
fn with_sql_state(response: &[u8]) -> Option<Vec<u8>> {
    let fields = response.get(HEADER_LENGTH..)?.split(|byte| *byte == 0);
    let fields = fields.take_while(|field| !field.is_empty());
    let state = fields.clone().find_map(|field| field.strip_prefix(b"C"))?;
    let mut body = Vec::with_capacity(response.len() + state.len() + 2);
    for field in fields {
        match field.strip_prefix(b"M") {
            Some(message) => [b"M".as_slice(), state, b": ", message]
                .iter()
                .for_each(|part| body.extend_from_slice(part)),
            None => body.extend_from_slice(field),
        }
        body.push(0);
    }
    body.push(0);
    let length = u32::try_from(body.len() + HEADER_LENGTH - 1).ok()?;
    Some([&[ERROR_RESPONSE], length.to_be_bytes().as_slice(), &body].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[kind], length.to_be_bytes().as_slice(), body].concat()
    }

    /// What is read over a stream on which the server sends in pieces of a length.
    fn read(sent: Vec<u8>, piece: usize) -> Vec<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (mut server, client) = duplex(piece);
            let sending = tokio::spawn(async move {
                server.write_all(&sent).await.unwrap();
            });
            let mut received = Vec::new();
            let mut stream = SqlStates::new(client, |_| ChannelBinding::none());
            stream.read_to_end(&mut received).await.unwrap();
            sending.await.unwrap();
            received
        })
    }

    const GERMAN: &str =
        "SFEHLER\0VERROR\0C57014\0Mstorniere Anfrage wegen Zeitüberschreitung\0Fpostgres.c\0\0";
    const GERMAN_WITH_STATE: &str = "SFEHLER\0VERROR\0C57014\0M57014: storniere Anfrage wegen Zeitüberschreitung\0Fpostgres.c\0\0";

    #[test]
    fn an_error_has_its_sqlstate_in_front_of_its_message_however_it_arrives() {
        let error = message(b'E', GERMAN.as_bytes());
        let with_state = message(b'E', GERMAN_WITH_STATE.as_bytes());
        let row = message(b'D', &[b'E'; 3000]);
        let done = message(b'C', b"SELECT 1\0");
        let empty = message(b'I', b"");
        // A notice has the same form as an error, but is not an error.
        let notice = message(b'N', GERMAN.as_bytes());
        let sent = [
            &row, &error, &done, &notice, &error, &error, &empty, &row, &row, &error,
        ];
        let expected = [
            &row,
            &with_state,
            &done,
            &notice,
            &with_state,
            &with_state,
            &empty,
            &row,
            &row,
            &with_state,
        ];
        let concatenated = |messages: [&Vec<u8>; 10]| messages.map(Clone::clone).concat();
        for piece in [1, 2, 3, 5, 7, 64, 1000, 1024, 4096, 100_000] {
            assert_eq!(
                read(concatenated(sent), piece),
                concatenated(expected),
                "in pieces of {piece}"
            );
        }
    }

    #[test]
    fn what_is_no_whole_error_is_handed_on_as_it_is() {
        let error = message(b'E', GERMAN.as_bytes());
        let without_state = message(b'E', b"SFEHLER\0Mkein Code\0\0");
        for sent in [
            error[..error.len() - 1].to_vec(),
            error[..3].to_vec(),
            b"Ecould not fork new process for connection\n\0".to_vec(),
            without_state,
            message(b'E', b""),
            Vec::new(),
        ] {
            assert_eq!(read(sent.clone(), 4), sent);
        }
    }

    #[test]
    fn the_sqlstate_is_read_from_the_front_of_a_message_only() {
        let state = |message: &str| {
            let information: Box<dyn DatabaseErrorInformation> = Box::new(message.to_owned());
            sql_state(&*information).map(str::to_owned)
        };
        assert_eq!(state("57014: storniere Anfrage").as_deref(), Some("57014"));
        assert_eq!(state("P0001: error: 57014: x").as_deref(), Some("P0001"));
        assert_eq!(state("XX000: "), Some("XX000".to_owned()));
        for none in [
            "connection closed",
            "error: 57014: x",
            "5701: x",
            "57014",
            "abcde: x",
        ] {
            assert_eq!(state(none), None, "{none}");
        }
    }
}

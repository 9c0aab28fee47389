//! The lines of a file on their way to a registry.
//!
//! One rule: a command that is interrupted stops between two lines. So what is sent always ends with a whole line, and a reader
//! on a thread of its own may wait for more while the command does not. Start with [`lines_of`].

use crate::cli::interrupt::Interrupt;
use actix_web::web::{Bytes, BytesMut};
use futures_util::stream::{Stream, unfold};
use indicatif::ProgressBar;
use std::io::{self, Read};
use tokio::sync::mpsc::{Receiver, channel};

/// Bytes to read at a time.
const CHUNK: usize = 64 * 1024;
/// Bytes of a line that are held back at most; no registry accepts such a line.
const LONGEST: usize = 4 * 1024 * 1024;

/// What remains to be sent.
struct Lines {
    incoming: Receiver<io::Result<Bytes>>,
    held_back: BytesMut,
    interrupt: Interrupt,
    /// Whether an interruption ends the lines, or makes them fail so that nothing of them is stored.
    stops: bool,
    progress: ProgressBar,
}

/// The lines of a reader, in pieces. If the command is interrupted, they end early if it `stops` there, and fail otherwise.
pub(crate) fn lines_of(
    reader: Box<dyn Read + Send>,
    stops: bool,
    interrupt: &Interrupt,
    progress: ProgressBar,
) -> impl Stream<Item = io::Result<Bytes>> + Send + Unpin + use<> {
    let lines = Lines {
        incoming: read(reader),
        held_back: BytesMut::new(),
        interrupt: interrupt.clone(),
        stops,
        progress,
    };
    Box::pin(unfold(lines, |mut lines| async move {
        Some((lines.next().await?, lines))
    }))
}

/// Reads on a thread of its own.
fn read(mut reader: Box<dyn Read + Send>) -> Receiver<io::Result<Bytes>> {
    let (outgoing, incoming) = channel(2);
    let work = move || {
        loop {
            let mut bytes = vec![0; CHUNK];
            let read = match reader.read(&mut bytes) {
                Ok(0) => return,
                Ok(length) => {
                    bytes.truncate(length);
                    Ok(bytes.into())
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let ended = read.is_err();
            if outgoing.blocking_send(read).is_err() || ended {
                return;
            }
        }
    };
    std::thread::spawn(work);
    incoming
}

impl Lines {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            let received = tokio::select! {
                biased;
                () = self.interrupt.requested() => return self.interrupted(),
                received = self.incoming.recv() => received,
            };
            let bytes = match received {
                Some(Ok(bytes)) => bytes,
                Some(Err(error)) => return Some(Err(error)),
                None if self.held_back.is_empty() => return None,
                None => return Some(Ok(self.held_back.split().freeze())),
            };
            self.progress
                .inc(bytes.len().try_into().unwrap_or_default());
            self.held_back.extend_from_slice(&bytes);
            let end = self.held_back.iter().rposition(|byte| *byte == b'\n');
            match end {
                Some(end) => return Some(Ok(self.held_back.split_to(end + 1).freeze())),
                None if self.held_back.len() > LONGEST => {
                    return Some(Ok(self.held_back.split().freeze()));
                }
                None => {}
            }
        }
    }

    fn interrupted(&mut self) -> Option<io::Result<Bytes>> {
        (!self.stops).then(|| Err(io::Error::other("interrupted; nothing of it was stored")))
    }
}

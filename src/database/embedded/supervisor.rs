//! Starts the private server again when it ends by itself.
//!
//! The one rule: whoever wants the server stopped stops the [`Supervisor`], never the server beneath it.

use std::{
    io,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{Cluster, Settings};

/// How often to look.
const INTERVAL: Duration = Duration::from_millis(200);
/// How often to try while it does not start.
const LONGEST_INTERVAL: Duration = Duration::from_secs(30);

/// A cluster that is kept running until this is dropped.
#[derive(Debug)]
pub struct Supervisor {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Takes a running cluster into its care.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn watch(mut cluster: Cluster, settings: Settings) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let watch = move || {
            let mut pause = INTERVAL;
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let revived = cluster.revive(&settings);
                pause = if revived.is_ok() {
                    INTERVAL
                } else {
                    (pause * 2).min(LONGEST_INTERVAL)
                };
                match revived {
                    Ok(false) => {}
                    Ok(true) => log::warn!("the private database had ended and runs again"),
                    Err(error) => {
                        log::error!("the private database has ended and does not start: {error}")
                    }
                }
            }
        };
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(watch)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("the thread that keeps the private database running has failed");
        }
    }
}

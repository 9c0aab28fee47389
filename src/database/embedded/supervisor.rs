//! Restarts the private server if it ends unexpectedly.
//!
//! One rule: to stop the server, drop the [`Supervisor`]; otherwise it would start the server again.

use std::{
    io,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{Cluster, Settings};

/// How often the server is checked.
const INTERVAL: Duration = Duration::from_millis(200);
/// The longest pause between attempts to start a server that does not start.
const MAX_INTERVAL: Duration = Duration::from_secs(30);

/// Keeps a cluster running until it is dropped.
#[derive(Debug)]
pub struct Supervisor {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Starts to supervise a running cluster.
    ///
    /// # Errors
    /// The thread cannot be spawned.
    pub fn watch(mut cluster: Cluster, settings: Settings) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let watch = move || {
            let mut pause = INTERVAL;
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                let restarted = cluster.ensure_running(&settings);
                pause = if restarted.is_ok() {
                    INTERVAL
                } else {
                    (pause * 2).min(MAX_INTERVAL)
                };
                match restarted {
                    Ok(false) => {}
                    Ok(true) => log::warn!("the private database had ended and was started again"),
                    Err(error) => {
                        log::error!("the private database has ended and cannot be started: {error}")
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
            log::error!("the thread that supervises the private database has failed");
        }
    }
}

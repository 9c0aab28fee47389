//! SIGINT (Ctrl-C) and SIGTERM while a command runs.
//!
//! One rule: the first signal never cuts a step in half. While the database is being prepared, which loses nothing, it ends the
//! program; while the command works, the command finishes the current step and reports what was done. A second signal ends
//! the program at once. Start with [`Interrupt::install`].

use super::failure::{Failure, failed};
use super::output::report;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// The signals, each with its number and its name.
const INTERRUPT: (u8, &str) = (2, "SIGINT");
const TERMINATE: (u8, &str) = (15, "SIGTERM");

/// What the command is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It prepares its database; nothing was done yet.
    Preparing,
    /// It does its work, which can be interrupted between two steps.
    Working,
}

/// Whether a signal asked the command to stop.
#[derive(Clone)]
pub(super) struct Interrupt {
    state: Arc<Mutex<State>>,
    requested: watch::Receiver<Option<u8>>,
}

struct State {
    phase: Phase,
    /// A file that is not complete, which the end of the program must not leave behind.
    unfinished: Option<PathBuf>,
}

impl Interrupt {
    /// Begins to receive the signals, on a thread of its own.
    pub(super) fn install() -> Result<Self, Failure> {
        let state = Arc::new(Mutex::new(State {
            phase: Phase::Preparing,
            unfinished: None,
        }));
        let (request, requested) = watch::channel(None);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        // The handlers are installed before this function returns.
        let signals = {
            let _entered = runtime.enter();
            (
                signal(SignalKind::interrupt()),
                signal(SignalKind::terminate()),
            )
        };
        let (mut interrupt, mut terminate) =
            (signals.0.map_err(failed)?, signals.1.map_err(failed)?);
        let own = Arc::clone(&state);
        let receive = move || {
            runtime.block_on(async {
                loop {
                    let received = tokio::select! {
                        _ = interrupt.recv() => INTERRUPT,
                        _ = terminate.recv() => TERMINATE,
                    };
                    handle(received, &own, &request);
                }
            });
        };
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(receive)
            .map_err(failed)?;
        Ok(Self { state, requested })
    }

    /// From now on the command works, and stops only between two steps.
    pub(super) fn begin_work(&self) {
        lock(&self.state).phase = Phase::Working;
    }

    /// True if the command is to stop.
    pub(super) fn is_requested(&self) -> bool {
        self.requested.borrow().is_some()
    }

    /// Waits until the command is to stop.
    pub(super) async fn requested(&mut self) {
        if self.requested.wait_for(Option::is_some).await.is_err() {
            // No signal can come any more.
            std::future::pending::<()>().await;
        }
    }

    /// Fails with a message about what was done, if the command was asked to stop.
    pub(super) fn check(&self, done: impl FnOnce() -> String) -> Result<(), Failure> {
        match *self.requested.borrow() {
            Some(signal) => Err(Failure::Interrupted(
                signal,
                format!("interrupted {}", done()),
            )),
            None => Ok(()),
        }
    }

    /// Names the file that is not complete, or that there is none any more.
    pub(super) fn set_unfinished(&self, file: Option<&Path>) {
        lock(&self.state).unfinished = file.map(Path::to_path_buf);
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn handle(signal: (u8, &str), state: &Mutex<State>, request: &watch::Sender<Option<u8>>) {
    let (number, name) = signal;
    let state = lock(state);
    let again = request.borrow().is_some();
    match state.phase {
        Phase::Preparing => {
            report(format!(
                "error: {name} came while the database was being prepared; nothing else was done, and the next start completes it"
            ));
            std::process::exit((128 + number).into());
        }
        Phase::Working if again => {
            if let Some(file) = &state.unfinished {
                let _ = std::fs::remove_file(file);
            }
            report("error: interrupted at once; the last step may or may not have been done");
            std::process::exit((128 + number).into());
        }
        Phase::Working => {
            report(format!(
                "{name}: finishing the current step; a second one ends it at once"
            ));
            request.send_replace(Some(number));
        }
    }
}

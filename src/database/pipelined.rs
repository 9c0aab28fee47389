//! Connections over which many requests read at once: their statements are pipelined, that is, sent without waiting for the
//! results of earlier statements.
//!
//! Each thread has a few connections and drives them itself, so that no statement waits for another thread. One rule:
//! every statement is a separate transaction. Work that needs a longer transaction, or that may keep the server busy, takes a
//! connection of the pool. A connection that ended or hangs is replaced by the next request that needs it. Start with
//! [`Readers::lease`].

use super::connection::{CONNECTION_TIMEOUT, Connection, DatabaseError, PlanCache, set_up};
use super::tls::ConnectionSettings;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;

/// The number of connections of a thread. While a slow statement blocks one of them, the others are free.
const CONNECTIONS_PER_THREAD: usize = 2;

type Slots = Arc<[Slot; CONNECTIONS_PER_THREAD]>;

/// The shared connections of all threads.
pub(super) struct Readers {
    settings: Arc<ConnectionSettings>,
    plan_cache: PlanCache,
    threads: Mutex<HashMap<ThreadId, Slots>>,
}

/// A slot for one connection.
#[derive(Default)]
struct Slot {
    shared: Mutex<Option<Arc<Shared>>>,
    opening: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
}

struct Shared {
    connection: Connection,
    ended: Arc<AtomicBool>,
}

/// The use of a shared connection by one request.
pub(super) struct ReadLease {
    slots: Slots,
    slot: usize,
    shared: Arc<Shared>,
}

impl Readers {
    pub(super) fn new(settings: Arc<ConnectionSettings>, plan_cache: PlanCache) -> Self {
        Self {
            settings,
            plan_cache,
            threads: Mutex::default(),
        }
    }

    /// Leases the connection of this thread that the fewest requests are waiting for.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`].
    pub(super) async fn lease(&self) -> Result<ReadLease, DatabaseError> {
        let slots = lock(&self.threads)
            .entry(std::thread::current().id())
            .or_default()
            .clone();
        let waiting = |slot: &Slot| slot.waiting.load(Ordering::Relaxed);
        let Some((index, slot)) = slots
            .iter()
            .enumerate()
            .min_by_key(|(_, slot)| waiting(slot))
        else {
            return Err(DatabaseError::Unavailable(
                "there is no connection for this thread".into(),
            ));
        };
        let shared = match slot.current() {
            Some(shared) => shared,
            None => match tokio::time::timeout(
                CONNECTION_TIMEOUT,
                slot.open(&self.settings, self.plan_cache),
            )
            .await
            {
                Ok(opened) => {
                    opened.map_err(|error| DatabaseError::Unavailable(error.to_string()))?
                }
                Err(_) => {
                    return Err(DatabaseError::Unavailable(
                        "no connection was opened in time".into(),
                    ));
                }
            },
        };
        slot.waiting.fetch_add(1, Ordering::Relaxed);
        Ok(ReadLease {
            slot: index,
            shared,
            slots,
        })
    }

    /// Closes the connections as soon as the requests that use them are done.
    pub(super) fn close(&self) {
        lock(&self.threads).clear();
    }
}

impl Slot {
    fn current(&self) -> Option<Arc<Shared>> {
        lock(&self.shared)
            .as_ref()
            .filter(|shared| !shared.ended.load(Ordering::Relaxed))
            .cloned()
    }

    async fn open(
        &self,
        settings: &ConnectionSettings,
        plan_cache: PlanCache,
    ) -> diesel::ConnectionResult<Arc<Shared>> {
        let _opening = self.opening.lock().await;
        if let Some(shared) = self.current() {
            return Ok(shared);
        }
        let ended = Arc::new(AtomicBool::new(false));
        let at_end = ended.clone();
        let mut connection = settings
            .connect_with_end_hook(move || at_end.store(true, Ordering::Relaxed))
            .await?;
        set_up(&mut connection, plan_cache).await?;
        let shared = Arc::new(Shared { connection, ended });
        *lock(&self.shared) = Some(shared.clone());
        Ok(shared)
    }
}

impl ReadLease {
    /// Stops using a connection that does not respond: the next request opens another one.
    pub(super) fn discard(&self) {
        self.shared.ended.store(true, Ordering::Relaxed);
    }
}

impl Deref for ReadLease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.shared.connection
    }
}

impl Drop for ReadLease {
    fn drop(&mut self) {
        self.slots.get(self.slot).into_iter().for_each(|slot| {
            slot.waiting.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// Locks a mutex, even if another thread panicked while it held the lock: the values here are never left in an invalid state.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

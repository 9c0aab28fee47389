//! Connections that many requests read over at once: statements go out one behind the other, without waiting for answers.
//!
//! Each thread has a few of its own, driven on that thread, so that nothing waits for another core. One rule: a statement
//! here stands alone; whoever needs a transaction, or may keep the server busy for long, takes a connection of the pool.
//! A connection that ended or hangs is replaced by the next request that wants it. Start with [`Readers::lease`].

use super::connection::{CONNECTION_TIMEOUT, Connection, DatabaseError, PlanCache, set_up};
use super::tls::ConnectionSettings;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;

/// Connections of a thread: one that is kept waiting by a slow statement leaves the others free.
const LANES: usize = 2;

type Lanes = Arc<[Lane; LANES]>;

/// The reading connections of all threads.
pub(super) struct Readers {
    settings: Arc<ConnectionSettings>,
    planning: PlanCache,
    threads: Mutex<HashMap<ThreadId, Lanes>>,
}

/// A place for one connection.
#[derive(Default)]
struct Lane {
    shared: Mutex<Option<Arc<Shared>>>,
    opening: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
}

struct Shared {
    connection: Connection,
    ended: Arc<AtomicBool>,
}

/// A share in one of the connections.
pub(super) struct Reading {
    lanes: Lanes,
    lane: usize,
    shared: Arc<Shared>,
}

impl Readers {
    pub(super) fn new(settings: Arc<ConnectionSettings>, planning: PlanCache) -> Self {
        Self {
            settings,
            planning,
            threads: Mutex::default(),
        }
    }

    /// A share in the connection of this thread that fewest requests wait for.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`].
    pub(super) async fn lease(&self) -> Result<Reading, DatabaseError> {
        let lanes = held(&self.threads)
            .entry(std::thread::current().id())
            .or_default()
            .clone();
        let waiting = |lane: &Lane| lane.waiting.load(Ordering::Relaxed);
        let Some((index, lane)) = lanes
            .iter()
            .enumerate()
            .min_by_key(|(_, lane)| waiting(lane))
        else {
            return Err(DatabaseError::Unavailable("no lane".into()));
        };
        let shared = match lane.current() {
            Some(shared) => shared,
            None => match tokio::time::timeout(
                CONNECTION_TIMEOUT,
                lane.open(&self.settings, self.planning),
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
        lane.waiting.fetch_add(1, Ordering::Relaxed);
        Ok(Reading {
            lane: index,
            shared,
            lanes,
        })
    }

    /// Ends the connections as soon as those who read are done.
    pub(super) fn close(&self) {
        held(&self.threads).clear();
    }
}

impl Lane {
    fn current(&self) -> Option<Arc<Shared>> {
        held(&self.shared)
            .as_ref()
            .filter(|shared| !shared.ended.load(Ordering::Relaxed))
            .cloned()
    }

    async fn open(
        &self,
        settings: &ConnectionSettings,
        planning: PlanCache,
    ) -> diesel::ConnectionResult<Arc<Shared>> {
        let _first = self.opening.lock().await;
        if let Some(shared) = self.current() {
            return Ok(shared);
        }
        let ended = Arc::new(AtomicBool::new(false));
        let at_end = ended.clone();
        let mut connection = settings
            .connect_watched(move || at_end.store(true, Ordering::Relaxed))
            .await?;
        set_up(&mut connection, planning).await?;
        let shared = Arc::new(Shared { connection, ended });
        *held(&self.shared) = Some(shared.clone());
        Ok(shared)
    }
}

impl Reading {
    /// Gives up a connection that does not answer: the next request opens another.
    pub(super) fn abandon(&self) {
        self.shared.ended.store(true, Ordering::Relaxed);
    }
}

impl Deref for Reading {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.shared.connection
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.lanes.get(self.lane).into_iter().for_each(|lane| {
            lane.waiting.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// What the lock holds; a thread that panicked cannot have left it half-way.
fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

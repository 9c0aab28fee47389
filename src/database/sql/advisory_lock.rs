//! Advisory locks that a transaction holds until its end: writers that are assigned slugs or positions wait for each other.
//!
//! `migrations/README.md` lists all advisory locks of the service.

use diesel::QueryResult;
use diesel::sql_types::{Integer, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// A lock with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisoryLock {
    /// Name of the locked object, such as `cities/leipzig`.
    pub key: String,
    /// True for an exclusive lock, false for a shared one.
    pub exclusive: bool,
}

impl AdvisoryLock {
    /// Waits for the lock, which the transaction then holds until its end.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn acquire(&self, mut connection: &AsyncPgConnection) -> QueryResult<()> {
        let key = hashtext(self.key.as_str());
        if self.exclusive {
            let lock = diesel::select(pg_advisory_xact_lock(key));
            lock.execute(&mut connection).await.map(drop)
        } else {
            let lock = diesel::select(pg_advisory_xact_lock_shared(key));
            lock.execute(&mut connection).await.map(drop)
        }
    }
}

diesel::define_sql_function! {
    /// Waits for an exclusive lock, which the transaction then holds until its end.
    fn pg_advisory_xact_lock(key: Integer) -> diesel::sql_types::Nullable<Text>;
}
diesel::define_sql_function! {
    /// Waits for a shared lock, which the transaction then holds until its end.
    fn pg_advisory_xact_lock_shared(key: Integer) -> diesel::sql_types::Nullable<Text>;
}
diesel::define_sql_function! {
    /// The hash of a text.
    fn hashtext(text: Text) -> Integer;
}

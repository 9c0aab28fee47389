//! Advisory locks that a transaction holds to its end: whoever is assigned a slug or a position waits for the others.
//!
//! `migrations/README.md` lists all advisory locks that there are.

use diesel::QueryResult;
use diesel::sql_types::{Integer, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// A lock with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisoryLock {
    /// What is locked: `cities/leipzig`.
    pub key: String,
    /// True if nobody else may hold it at the same time; false to share it with others that share it.
    pub exclusive: bool,
}

impl AdvisoryLock {
    /// Waits for the lock, which the transaction then holds to its end.
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
    /// Waits for a lock that the transaction then holds alone to its end.
    fn pg_advisory_xact_lock(key: Integer) -> diesel::sql_types::Nullable<Text>;
}
diesel::define_sql_function! {
    /// Waits for a lock that the transaction then holds to its end together with others that share it.
    fn pg_advisory_xact_lock_shared(key: Integer) -> diesel::sql_types::Nullable<Text>;
}
diesel::define_sql_function! {
    /// A number for a text.
    fn hashtext(text: Text) -> Integer;
}

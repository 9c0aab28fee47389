//! The statistics of all plans, which several pages show.
//!
//! One rule: they are counted again after every write, and only then. Start with [`Overview`].

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::selection::Selection;
use crate::database::Connection;
use crate::database::sql::{Snapshot, current_snapshot};
use crate::discovery::statistics::{self, Statistics};
use std::sync::{Arc, Mutex, PoisonError};

/// The last statistics, and the snapshot of the database in which they were counted.
#[derive(Default)]
pub struct Overview(Mutex<Option<(Snapshot, Arc<Statistics>)>>);

impl Overview {
    /// The statistics of all plans as they are now.
    ///
    /// # Errors
    /// 503.
    pub async fn read(&self, context: &Context) -> Result<Arc<Statistics>, Problem> {
        let read = async |connection: &Connection| {
            Ok::<Snapshot, Problem>(current_snapshot(connection).await?)
        };
        let snapshot = context.database.read(read).await?;
        if let Some(known) = self.counted_in(&snapshot) {
            return Ok(known);
        }
        // A write in the meantime leads to another snapshot, so that the next request counts again.
        let counted = statistics::read(context, Selection::default()).await?;
        let counted = Arc::new(counted);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((snapshot, counted.clone()));
        Ok(counted)
    }

    fn counted_in(&self, snapshot: &Snapshot) -> Option<Arc<Statistics>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, statistics) = last.as_ref()?;
        (known == snapshot).then(|| statistics.clone())
    }
}

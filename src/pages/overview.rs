//! The statistics of all plans, which several pages show.
//!
//! One rule: they are counted again only if data were written since the last time. Start with [`Overview`].

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::database::Connection;
use crate::database::sql::{Snapshot, current_snapshot};
use crate::discovery::statistics::{self, PlanCounts};
use std::sync::{Arc, Mutex, PoisonError};

/// The last statistics, and the snapshot of the database from which they were counted.
#[derive(Default)]
pub struct Overview(Mutex<Option<(Snapshot, Arc<PlanCounts>)>>);

impl Overview {
    /// Returns the current statistics of all plans.
    ///
    /// # Errors
    /// 503.
    pub async fn read(&self, context: &Context) -> Result<Arc<PlanCounts>, Problem> {
        let read = async |connection: &Connection| {
            Ok::<Snapshot, Problem>(current_snapshot(connection).await?)
        };
        let snapshot = context.database.read(read).await?;
        if let Some(cached) = self.cached_for(&snapshot) {
            return Ok(cached);
        }
        // If data are written in the meantime, the snapshot is outdated and the next request counts again.
        let counted = statistics::count_all(context).await?;
        let counted = Arc::new(counted);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((snapshot, counted.clone()));
        Ok(counted)
    }

    fn cached_for(&self, snapshot: &Snapshot) -> Option<Arc<PlanCounts>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, statistics) = last.as_ref()?;
        (known == snapshot).then(|| statistics.clone())
    }
}

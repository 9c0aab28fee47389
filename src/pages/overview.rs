//! The statistics of all plans, which several pages show.
//!
//! One rule: they are counted again only after something was written, and always then. Start with [`Overview`].

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::selection::Selection;
use crate::database::Connection;
use crate::database::sql::{State, current_state};
use crate::discovery::statistics::{self, Statistics};
use std::sync::{Arc, Mutex, PoisonError};

/// What was counted last, and in which state of the database.
#[derive(Default)]
pub struct Overview(Mutex<Option<(State, Arc<Statistics>)>>);

impl Overview {
    /// The statistics of all plans as they are now.
    ///
    /// # Errors
    /// 503.
    pub async fn read(&self, context: &Context) -> Result<Arc<Statistics>, Problem> {
        let read =
            async |connection: &Connection| Ok::<State, Problem>(current_state(connection).await?);
        let state = context.database.read(read).await?;
        if let Some(known) = self.counted_in(&state) {
            return Ok(known);
        }
        // What is written meanwhile makes another state, in which they are counted again.
        let counted = statistics::read(context, Selection::default()).await?;
        let counted = Arc::new(counted);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((state, counted.clone()));
        Ok(counted)
    }

    fn counted_in(&self, state: &State) -> Option<Arc<Statistics>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, statistics) = kept.as_ref()?;
        (known == state).then(|| statistics.clone())
    }
}

//! The activities and outcomes of a document against those that are stored: what is to be made, changed, removed, and what
//! stays as it is. Each of the three is one statement, however many there are.

use super::matching;
use super::pointers::located;
use super::report::{ImportStatus, ImportedRecord, record};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{LAST_POSITION, Record, UNASSIGNED_POSITION, Writable};
use crate::conventions::writing::refusal;
use crate::database::sql::bulk;
use crate::resources::activities::{Activity, ActivityInput};
use crate::resources::outcomes::{Outcome, OutcomeInput};
use diesel_async::AsyncPgConnection;
use std::collections::HashSet;
use uuid::Uuid;

/// An activity or an outcome.
pub(super) trait Part: Writable {
    /// What people know it by.
    fn title(input: &Self::Input) -> &str;
    /// Its place in the plan.
    fn position(input: &mut Self::Input) -> &mut i32;
    /// The plan that it belongs to.
    fn plan(input: &mut Self::Input) -> &mut Uuid;
}

impl Part for Activity {
    fn title(input: &ActivityInput) -> &str {
        &input.content.title
    }

    fn position(input: &mut ActivityInput) -> &mut i32 {
        &mut input.position
    }

    fn plan(input: &mut ActivityInput) -> &mut Uuid {
        &mut input.plan_id
    }
}

impl Part for Outcome {
    fn title(input: &OutcomeInput) -> &str {
        &input.content.description
    }

    fn position(input: &mut OutcomeInput) -> &mut i32 {
        &mut input.position
    }

    fn plan(input: &mut OutcomeInput) -> &mut Uuid {
        &mut input.plan_id
    }
}

/// The activities or the outcomes of a plan, sorted by what is to be done with them.
pub(super) struct Parts<R: Writable> {
    created: Vec<(Uuid, R::Input)>,
    updated: Vec<(Uuid, R::Input)>,
    removed: Vec<Uuid>,
    records: Vec<ImportedRecord>,
}

impl<R: Part> Parts<R> {
    /// Pairs those of the document with those that are stored.
    pub(super) fn paired(
        plan: Uuid,
        mut given: Vec<R::Input>,
        stored: Vec<(Record, R::Input)>,
    ) -> Self {
        given.iter_mut().for_each(|input| *R::plan(input) = plan);
        let (ids, mut before): (Vec<Uuid>, Vec<R::Input>) = stored
            .into_iter()
            .map(|(record, input)| (record.id, input))
            .unzip();
        // All but the position is compared: that one follows from the order.
        let places: Vec<i32> = before
            .iter_mut()
            .map(|input| std::mem::replace(R::position(input), UNASSIGNED_POSITION))
            .collect();
        given
            .iter_mut()
            .for_each(|input| *R::position(input) = UNASSIGNED_POSITION);
        let pairs = matching::align(&given, &before, R::title, PartialEq::eq);
        let stored_places: Vec<_> = pairs
            .iter()
            .map(|pair| pair.and_then(|pair| Some((*places.get(pair)?, *ids.get(pair)?))))
            .collect();
        let positions = matching::positions(&stored_places, LAST_POSITION);
        let mut parts = Self {
            created: Vec::new(),
            updated: Vec::new(),
            removed: Vec::new(),
            records: Vec::new(),
        };
        for (index, ((mut input, pair), position)) in
            given.into_iter().zip(&pairs).zip(positions).enumerate()
        {
            let known = pair.and_then(|pair| {
                Some((
                    *ids.get(pair)?,
                    before.get(pair)? == &input && places.get(pair)? == &position,
                ))
            });
            *R::position(&mut input) = position;
            let (id, status) = match known {
                None => (Uuid::now_v7(), ImportStatus::Created),
                Some((id, true)) => (id, ImportStatus::Unchanged),
                Some((id, false)) => (id, ImportStatus::Updated),
            };
            parts.records.push(record::<R>(
                Some(format!("/{}/{index}", R::KIND.plural())),
                status,
                id,
                &input,
            ));
            match status {
                ImportStatus::Created => parts.created.push((id, input)),
                ImportStatus::Updated => parts.updated.push((id, input)),
                ImportStatus::Unchanged | ImportStatus::Removed => {}
            }
        }
        let kept: HashSet<usize> = pairs.into_iter().flatten().collect();
        for (_, (id, input)) in ids
            .into_iter()
            .zip(&before)
            .enumerate()
            .filter(|(place, _)| !kept.contains(place))
        {
            parts
                .records
                .push(record::<R>(None, ImportStatus::Removed, id, input));
            parts.removed.push(id);
        }
        parts
    }

    /// Writes what is to be written; gives a record of each.
    ///
    /// # Errors
    /// 409, 503.
    pub(super) async fn write(
        self,
        connection: &mut AsyncPgConnection,
    ) -> Result<Vec<ImportedRecord>, Problem> {
        let table = R::KIND.plural();
        let refused = |error| located(refusal::<R>(error, false), &format!("/{table}"));
        bulk::delete(connection, table, self.removed)
            .await
            .map_err(refused)?;
        bulk::update(connection, table, &self.updated)
            .await
            .map_err(refused)?;
        bulk::insert(connection, table, &self.created)
            .await
            .map_err(refused)?;
        Ok(self.records)
    }
}

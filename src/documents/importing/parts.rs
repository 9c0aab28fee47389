//! The activities and outcomes of a document against those that are stored: what is to be made, changed, removed, and what
//! stays as it is. Each of the three is one statement, however many there are.

use super::matching;
use super::pointers::located;
use super::report::{ImportStatus, ImportedRecord, record};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{MAX_POSITION, Record, UNASSIGNED_POSITION, Writable};
use crate::conventions::writing::store_problem;
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

/// Those that are stored: their ids, their positions, and what else is said of them.
struct Before<R: Writable> {
    ids: Vec<Uuid>,
    positions: Vec<i32>,
    inputs: Vec<R::Input>,
}

impl<R: Part> Before<R> {
    fn new(stored: Vec<(Record, R::Input)>) -> Self {
        let records = stored.into_iter().map(|(record, input)| (record.id, input));
        let (ids, mut inputs): (_, Vec<R::Input>) = records.unzip();
        let positions = inputs
            .iter_mut()
            .map(|input| std::mem::replace(R::position(input), UNASSIGNED_POSITION));
        Self {
            positions: positions.collect(),
            ids,
            inputs,
        }
    }

    fn at(&self, place: usize) -> Option<(Uuid, i32, &R::Input)> {
        let (id, position) = (self.ids.get(place)?, self.positions.get(place)?);
        Some((*id, *position, self.inputs.get(place)?))
    }
}

impl<R: Part> Parts<R> {
    /// Pairs those of the document with those that are stored.
    pub(super) fn paired(
        plan: Uuid,
        mut given: Vec<R::Input>,
        stored: Vec<(Record, R::Input)>,
    ) -> Self {
        let before = Before::<R>::new(stored);
        for input in &mut given {
            *R::plan(input) = plan;
            *R::position(input) = UNASSIGNED_POSITION;
        }
        let pairs = matching::align(&given, &before.inputs, R::title, PartialEq::eq);
        let places = pairs.iter().map(|pair| {
            let (id, position, _) = before.at((*pair)?)?;
            Some((position, id))
        });
        let positions = matching::positions(&places.collect::<Vec<_>>(), MAX_POSITION);
        let mut parts = Self {
            created: Vec::new(),
            updated: Vec::new(),
            removed: Vec::new(),
            records: Vec::new(),
        };
        for ((input, pair), position) in given.into_iter().zip(&pairs).zip(positions) {
            parts.give(input, pair.and_then(|pair| before.at(pair)), position);
        }
        let kept: HashSet<usize> = pairs.into_iter().flatten().collect();
        let gone = (0..before.ids.len()).filter(|place| !kept.contains(place));
        for (id, _, input) in gone.filter_map(|place| before.at(place)) {
            let record = record::<R>(None, ImportStatus::Removed, id, input);
            parts.records.push(record);
            parts.removed.push(id);
        }
        parts
    }

    /// Takes the next one of the document, with the stored one that it is, and its position.
    fn give(&mut self, mut input: R::Input, known: Option<(Uuid, i32, &R::Input)>, position: i32) {
        let (id, status) = match known {
            None => (Uuid::now_v7(), ImportStatus::Created),
            Some((id, place, before)) if *before == input && place == position => {
                (id, ImportStatus::Unchanged)
            }
            Some((id, ..)) => (id, ImportStatus::Updated),
        };
        *R::position(&mut input) = position;
        let pointer = format!("/{}/{}", R::KIND.plural(), self.records.len());
        let record = record::<R>(Some(pointer), status, id, &input);
        self.records.push(record);
        match status {
            ImportStatus::Created => self.created.push((id, input)),
            ImportStatus::Updated => self.updated.push((id, input)),
            ImportStatus::Unchanged | ImportStatus::Removed => {}
        }
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
        let refused = |error| located(store_problem::<R>(error), &format!("/{table}"));
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

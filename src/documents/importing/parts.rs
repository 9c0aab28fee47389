//! Compares the activities and outcomes of a document with the stored ones, and writes the differences.
//!
//! One rule: one statement each creates, updates and deletes all parts of a kind. Start with [`Parts::pair`].

use super::draft::NewId;
use super::matching;
use super::pointers::with_prefix;
use super::report::{ImportStatus, ImportedRecord, record};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{
    FIRST_VERSION, MAX_POSITION, Record, UNASSIGNED_POSITION, Writable, queries,
};
use crate::conventions::writing::store_problem;
use crate::database::sql::bulk;
use crate::resources::activities::{Activity, ActivityInput};
use crate::resources::outcomes::{Outcome, OutcomeInput};
use diesel_async::AsyncPgConnection;
use std::collections::HashSet;
use uuid::Uuid;

/// An activity or an outcome.
pub(super) trait Part: Writable {
    /// The title, or another text that identifies it.
    fn title(input: &Self::Input) -> &str;
    /// The position in the plan.
    fn position(input: &mut Self::Input) -> &mut i32;
    /// The id of the plan.
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

/// The activities or the outcomes of a plan, grouped by the statement that writes them.
pub(super) struct Parts<R: Writable> {
    created: Vec<(Uuid, R::Input)>,
    updated: Vec<(Uuid, R::Input)>,
    removed: Vec<Uuid>,
    records: Vec<ImportedRecord>,
}

/// The stored parts. Their positions are kept apart from their inputs, so that inputs can be compared without them.
struct Stored<R: Writable> {
    ids: Vec<Uuid>,
    positions: Vec<i32>,
    inputs: Vec<R::Input>,
}

impl<R: Part> Stored<R> {
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

    fn get(&self, index: usize) -> Option<(Uuid, i32, &R::Input)> {
        let (id, position) = (self.ids.get(index)?, self.positions.get(index)?);
        Some((*id, *position, self.inputs.get(index)?))
    }
}

impl<R: Part> Parts<R> {
    /// Pairs the parts of the document with the stored ones.
    pub(super) fn pair(
        plan: Uuid,
        mut given: Vec<R::Input>,
        stored: Vec<(Record, R::Input)>,
        new_id: NewId,
    ) -> Self {
        let stored = Stored::<R>::new(stored);
        for input in &mut given {
            *R::plan(input) = plan;
            *R::position(input) = UNASSIGNED_POSITION;
        }
        let pairs = matching::align(&given, &stored.inputs, R::title, PartialEq::eq);
        let stored_positions = pairs.iter().map(|pair| {
            let (id, position, _) = stored.get((*pair)?)?;
            Some((position, id))
        });
        let positions =
            matching::assign_positions(&stored_positions.collect::<Vec<_>>(), MAX_POSITION);
        let mut parts = Self {
            created: Vec::new(),
            updated: Vec::new(),
            removed: Vec::new(),
            records: Vec::new(),
        };
        for ((input, pair), position) in given.into_iter().zip(&pairs).zip(positions) {
            let stored = pair.and_then(|pair| stored.get(pair));
            parts.add(input, stored, position, new_id);
        }
        let paired: HashSet<usize> = pairs.into_iter().flatten().collect();
        let removed = (0..stored.ids.len()).filter(|index| !paired.contains(index));
        for (id, _, input) in removed.filter_map(|index| stored.get(index)) {
            let record = record::<R>(None, ImportStatus::Removed, id, input);
            parts.records.push(record);
            parts.removed.push(id);
        }
        parts
    }

    /// Adds the next part of the document, with the stored part that it is paired with, and its new position.
    fn add(
        &mut self,
        mut input: R::Input,
        stored: Option<(Uuid, i32, &R::Input)>,
        position: i32,
        new_id: NewId,
    ) {
        let (id, status) = match stored {
            None => (new_id(R::KIND, self.records.len()), ImportStatus::Created),
            Some((id, old_position, old)) if *old == input && old_position == position => {
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

    /// Writes the differences. Returns a record for the report for each part.
    ///
    /// # Errors
    /// 409, 503.
    pub(super) async fn write(
        self,
        connection: &mut AsyncPgConnection,
    ) -> Result<Vec<ImportedRecord>, Problem> {
        let table = R::KIND.plural();
        let problem = |error| with_prefix(store_problem::<R>(error), &format!("/{table}"));
        bulk::delete(connection, table, self.removed)
            .await
            .map_err(problem)?;
        let updated = self.updated.iter().map(|(id, input)| (*id, input));
        queries::update_all::<R>(connection, updated)
            .await
            .map_err(problem)?;
        let created = self
            .created
            .iter()
            .map(|(id, input)| (*id, FIRST_VERSION, input));
        queries::insert_all::<R>(connection, created)
            .await
            .map_err(problem)?;
        Ok(self.records)
    }
}

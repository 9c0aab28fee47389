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
    /// The id of the part of the same kind that it belongs to, if parts of this kind can belong to others.
    fn parent(_input: &mut Self::Input) -> Option<&mut Option<Uuid>> {
        None
    }
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

    fn parent(input: &mut ActivityInput) -> Option<&mut Option<Uuid>> {
        Some(&mut input.parent_id)
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

impl<R: Writable> Default for Parts<R> {
    fn default() -> Self {
        Self {
            created: Vec::new(),
            updated: Vec::new(),
            removed: Vec::new(),
            records: Vec::new(),
        }
    }
}

/// Where a part stands: its position, and the part that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    position: i32,
    parent: Option<Uuid>,
}

/// The stored parts. Where they stand is kept apart from their inputs, so that inputs can be compared without it.
struct Stored<R: Writable> {
    ids: Vec<Uuid>,
    standings: Vec<Standing>,
    inputs: Vec<R::Input>,
}

impl<R: Part> Stored<R> {
    fn new(stored: Vec<(Record, R::Input)>) -> Self {
        let records = stored.into_iter().map(|(record, input)| (record.id, input));
        let (ids, mut inputs): (_, Vec<R::Input>) = records.unzip();
        let standings = inputs.iter_mut().map(|input| Standing {
            position: std::mem::replace(R::position(input), UNASSIGNED_POSITION),
            parent: R::parent(input).and_then(Option::take),
        });
        Self {
            standings: standings.collect(),
            ids,
            inputs,
        }
    }

    fn get(&self, index: usize) -> Option<(Uuid, Standing, &R::Input)> {
        let (id, standing) = (self.ids.get(index)?, self.standings.get(index)?);
        Some((*id, *standing, self.inputs.get(index)?))
    }
}

impl<R: Part> Parts<R> {
    /// Pairs the parts of the document with the stored ones. `parents` has for each part the place of the one that it belongs to; it is
    /// empty for a kind whose parts cannot belong to others.
    pub(super) fn pair(
        plan: Uuid,
        mut given: Vec<R::Input>,
        parents: &[Option<usize>],
        stored: Vec<(Record, R::Input)>,
        new_id: NewId,
    ) -> Self {
        let stored = Stored::<R>::new(stored);
        for input in &mut given {
            *R::plan(input) = plan;
            *R::position(input) = UNASSIGNED_POSITION;
        }
        let pairs = matching::align(&given, &stored.inputs, R::title, PartialEq::eq);
        let pairs: Vec<_> = pairs.into_iter().map(|pair| stored.get(pair?)).collect();
        let places = pairs.iter().enumerate();
        let ids =
            places.map(|(place, pair)| pair.map_or_else(|| new_id(R::KIND, place), |(id, ..)| id));
        let ids: Vec<Uuid> = ids.collect();
        let positions = pairs
            .iter()
            .map(|pair| pair.map(|(id, at, _)| (at.position, id)));
        let positions = matching::assign_positions(&positions.collect::<Vec<_>>(), MAX_POSITION);
        let mut parts = Self::default();
        let mut parents = parents.iter().map(|parent| ids.get((*parent)?).copied());
        for (((input, pair), position), id) in
            given.into_iter().zip(&pairs).zip(positions).zip(&ids)
        {
            let parent = parents.next().flatten();
            parts.add(*id, input, *pair, Standing { position, parent });
        }
        let paired: HashSet<Uuid> = ids.into_iter().collect();
        let removed = (0..stored.ids.len()).filter_map(|index| stored.get(index));
        for (id, _, input) in removed.filter(|(id, ..)| !paired.contains(id)) {
            let record = record::<R>(None, ImportStatus::Removed, id, input);
            parts.records.push(record);
            parts.removed.push(id);
        }
        parts
    }

    /// Adds the next part of the document, with the stored part that it is paired with, and where it stands now.
    fn add(
        &mut self,
        id: Uuid,
        mut input: R::Input,
        stored: Option<(Uuid, Standing, &R::Input)>,
        standing: Standing,
    ) {
        let status = match stored {
            None => ImportStatus::Created,
            Some((_, before, old)) if *old == input && before == standing => {
                ImportStatus::Unchanged
            }
            Some(_) => ImportStatus::Updated,
        };
        *R::position(&mut input) = standing.position;
        if let Some(parent) = R::parent(&mut input) {
            *parent = standing.parent;
        }
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

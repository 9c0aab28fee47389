//! Imports of records of several kinds: each line says which kind its record has.
//!
//! A line is an object with one member, which is named after the kind: `{"plan": {…}}`. The lines of each kind are collected and
//! stored as in an import of that kind alone, those that others refer to first.
//!
//! One rule: such an import is all or nothing, and rules between records of different kinds only hold at its end. What lies between
//! may break them, so records that depend on each other can be changed together, in any order. Start with [`Import::run_mixed`].

use super::entry::{Entry, ParseError, parse_object};
use super::lines::{Line, Lines};
use super::report::ImportReport;
use super::run::{Import, Rollback, Run, within_record};
use crate::conventions::http::body;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Writable, queries};
use crate::conventions::writing::conflicts_of;
use crate::database::sql::bulk;
use crate::database::{Connection, DatabaseError, Purpose, transaction};
use crate::domain::{Fault, FaultCode, RecordKind};
use actix_web::web::Bytes;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::Stream;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The number of lines after which the lines of all kinds are stored.
const MAX_LINES: usize = 500;

/// What an import of several kinds does with the lines of one kind.
pub trait KindRun {
    /// Adds the record of a line, whose length is `bytes`.
    fn add<'r>(
        &'r mut self,
        connection: &'r mut Connection,
        line: (u64, Value, usize),
    ) -> LocalBoxFuture<'r, Result<(), Problem>>;
    /// Stores the lines so far, except for those that refer to later ones.
    fn store<'r>(
        &'r mut self,
        connection: &'r mut Connection,
    ) -> LocalBoxFuture<'r, Result<(), Problem>>;
    /// Stores the lines that refer to later ones.
    fn store_deferred<'r>(
        &'r mut self,
        connection: &'r mut Connection,
    ) -> LocalBoxFuture<'r, Result<(), Problem>>;
    /// The lines whose records conflict with others, with their faults.
    fn conflicts<'r>(
        &'r self,
        connection: &'r mut Connection,
    ) -> LocalBoxFuture<'r, Result<Conflicts, Problem>>;
}

/// Lines with the ids of their records and their faults.
pub type Conflicts = BTreeMap<u64, (Uuid, Vec<Fault>)>;

/// Begins the lines of one kind.
pub type BeginKind = for<'a> fn(&'a Import<'a>, &'a RefCell<ImportReport>) -> Box<dyn KindRun + 'a>;

/// Begins the lines with records of `R`.
pub fn begin<'a, R: Writable>(
    import: &'a Import<'a>,
    report: &'a RefCell<ImportReport>,
) -> Box<dyn KindRun + 'a> {
    Box::new(Run::<R>::of_several(import, report))
}

impl<R: Writable> KindRun for Run<'_, R> {
    fn add<'r>(
        &'r mut self,
        connection: &'r mut Connection,
        (number, value, bytes): (u64, Value, usize),
    ) -> LocalBoxFuture<'r, Result<(), Problem>> {
        let treatment = self.treatment();
        let (contract, on_existing) = (treatment.contract, treatment.on_existing);
        let entry = Entry::<R>::from_value(contract, on_existing, number, value, bytes);
        self.take(connection, number, entry).boxed_local()
    }

    fn store<'r>(
        &'r mut self,
        connection: &'r mut Connection,
    ) -> LocalBoxFuture<'r, Result<(), Problem>> {
        Run::store(self, connection).boxed_local()
    }

    fn store_deferred<'r>(
        &'r mut self,
        connection: &'r mut Connection,
    ) -> LocalBoxFuture<'r, Result<(), Problem>> {
        Run::store_deferred(self, connection).boxed_local()
    }

    fn conflicts<'r>(
        &'r self,
        connection: &'r mut Connection,
    ) -> LocalBoxFuture<'r, Result<Conflicts, Problem>> {
        let find = async move {
            let lines: BTreeMap<Uuid, u64> = self
                .written()
                .iter()
                .map(|(line, id)| (*id, *line))
                .collect();
            let ids: Vec<Uuid> = lines.keys().copied().collect();
            let mut conflicts = Conflicts::new();
            for record in queries::find_all::<R>(connection, &ids).await? {
                let id = record.record().id;
                let mut faults = conflicts_of::<R>(connection, id, record.input()).await?;
                faults.iter_mut().for_each(within_record::<R>);
                if let Some(line) = lines.get(&id).filter(|_| !faults.is_empty()) {
                    conflicts.insert(*line, (id, faults));
                }
            }
            Ok(conflicts)
        };
        find.boxed_local()
    }
}

/// The runs of an import of several kinds, in the order in which their lines are stored.
struct Mixed<'a> {
    kinds: Vec<(RecordKind, Box<dyn KindRun + 'a>)>,
    report: &'a RefCell<ImportReport>,
    /// The number of lines since they were last stored.
    waiting: usize,
}

impl Import<'_> {
    /// Stores all lines, or none if one fails. `kinds` are in the order in which they refer to each other; `rules` are the
    /// constraints that only hold at the end.
    ///
    /// # Errors
    /// The lines end unexpectedly or do not arrive in time, or 503.
    pub async fn run_mixed(
        &self,
        kinds: &[(RecordKind, BeginKind)],
        rules: &'static [&'static str],
        source: impl Stream<Item = Result<Bytes, Problem>> + Unpin,
    ) -> Result<ImportReport, Problem> {
        let mut connection = self.database.dedicate(Purpose::Import).await?;
        let mut lines = Lines::new(source);
        let report = RefCell::new(ImportReport::new());
        let begun = kinds
            .iter()
            .map(|(kind, begin)| (*kind, begin(self, &report)));
        let mut mixed = Mixed {
            kinds: begun.collect(),
            report: &report,
            waiting: 0,
        };
        let store_all = async |connection: &mut Connection| {
            self.begin(connection).await?;
            bulk::check_constraints_at_end(connection, rules).await?;
            while let Some((number, line)) = lines.next().await? {
                mixed.add(connection, number, line).await?;
            }
            mixed.store(connection).await?;
            for (_, kind) in &mut mixed.kinds {
                kind.store_deferred(connection).await?;
            }
            mixed.check_rules(connection).await?;
            self.keep(&report)
        };
        let kept = transaction(&mut connection, store_all).await;
        drop(mixed);
        Rollback::finish(kept, report)
    }
}

impl Mixed<'_> {
    async fn add(
        &mut self,
        connection: &mut Connection,
        number: u64,
        line: Line,
    ) -> Result<(), Problem> {
        let (kind, value, bytes) = match record_of(line) {
            Ok(record) => record,
            Err(ParseError::Faulty { id, faults }) => {
                return self.report.borrow_mut().add_failure(number, id, &faults);
            }
            Err(ParseError::Failed(problem)) => return Err(problem),
        };
        let mut kinds = self.kinds.iter_mut();
        if let Some((_, run)) = kinds.find(|(own, _)| *own == kind) {
            run.add(connection, (number, value, bytes)).await?;
        }
        self.waiting += 1;
        if self.waiting >= MAX_LINES {
            self.store(connection).await?;
        }
        Ok(())
    }

    async fn store(&mut self, connection: &mut Connection) -> Result<(), Problem> {
        self.waiting = 0;
        for (_, kind) in &mut self.kinds {
            kind.store(connection).await?;
        }
        Ok(())
    }

    /// Checks the rules that hold at the end. If one is broken, the lines that break it are reported.
    async fn check_rules(&self, connection: &mut Connection) -> Result<(), Problem> {
        let check = async |connection: &mut Connection| {
            bulk::check_constraints_immediately(connection)
                .await
                .map_err(DatabaseError::from)
        };
        if transaction(connection, check).await.is_ok() {
            return Ok(());
        }
        let mut conflicts = Conflicts::new();
        for (_, kind) in &self.kinds {
            conflicts.extend(kind.conflicts(connection).await?);
        }
        if conflicts.is_empty() {
            let detail = "other requests change what these records refer to at the same time";
            return Err(DatabaseError::Unavailable(detail.to_owned()).into());
        }
        self.report.borrow_mut().retract(conflicts)
    }
}

/// The kind and the record of a line, and the length of the line.
fn record_of(line: Line) -> Result<(RecordKind, Value, usize), ParseError> {
    let Line::Whole(bytes) = line else {
        let detail = format!("a line can have at most {} bytes", body::LIMIT);
        return Err(Fault::at("", FaultCode::MaxLength, detail).into());
    };
    let named = match parse_object(&bytes)? {
        Value::Object(members) if members.len() == 1 => members.into_iter().next(),
        _ => None,
    };
    let record = named.and_then(|(name, record)| Some((name.parse().ok()?, record)));
    let Some((kind, record)) = record else {
        let detail = "a line must have exactly one member, which is named city, theme, plan, activity or outcome and has the record";
        return Err(Fault::at("", FaultCode::Rule, detail).into());
    };
    Ok((kind, record, bytes.len()))
}

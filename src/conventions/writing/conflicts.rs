//! The conflicts of a write with stored records, and the meaning of constraint violations.
//!
//! One rule: the database decides. Conflicts are looked for only to name them; between concurrent requests, a constraint is
//! what refuses the second one. Start with [`check_conflicts`].

use super::change_log;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{Assigned, Input, Writable, references};
use crate::domain::{Fault, FaultCode};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

/// Fails if the input for the record `id` conflicts with stored records: it refers to records that do not exist, or another
/// record has one of its unique values.
pub(super) async fn check_conflicts<R: Writable>(
    connection: &AsyncPgConnection,
    id: Uuid,
    input: &R::Input,
) -> Result<(), Problem> {
    let mut conflicts = references::dangling(connection, &input.references()).await?;
    if conflicts.is_empty() {
        let slug = match input.assigned() {
            Assigned::Slug { slug, .. } => {
                references::slug_conflict(connection, R::KIND, id, slug).await?
            }
            Assigned::Position { .. } => None,
        };
        conflicts.extend(slug);
        conflicts.extend(R::conflicts(connection, id, input).await?);
    }
    let Some(first) = conflicts.first() else {
        return Ok(());
    };
    let code = problem_code(first.fault.code);
    let (faults, related): (Vec<_>, Vec<_>) = conflicts
        .into_iter()
        .map(|conflict| (conflict.fault, conflict.related))
        .unzip();
    Err(Problem {
        related: related.into_iter().flatten().collect(),
        ..Problem::from_faults(code, faults)
    })
}

/// The faults of a stored record that conflicts with others, as those between which a rule does not hold yet.
///
/// # Errors
/// 503.
pub async fn conflicts_of<R: Writable>(
    connection: &AsyncPgConnection,
    id: Uuid,
    input: &R::Input,
) -> Result<Vec<Fault>, Problem> {
    match check_conflicts::<R>(connection, id, input).await {
        Ok(()) => Ok(Vec::new()),
        Err(problem) if problem.faults.is_empty() => Err(problem),
        Err(problem) => Ok(problem.faults),
    }
}

fn problem_code(code: FaultCode) -> Code {
    match code {
        FaultCode::UnknownReference => Code::UnknownReference,
        FaultCode::Duplicate => Code::Duplicate,
        FaultCode::InUse => Code::InUse,
        FaultCode::Immutable => Code::Immutable,
        _ => Code::ValidationFailed,
    }
}

/// The problem for an error with which the database refused to delete a record of `R`.
pub fn delete_problem<R: Writable>(error: DieselError) -> Problem {
    match &error {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
            let detail = format!("other records refer to the {}", R::KIND.singular());
            Problem::new(Code::InUse, detail)
        }
        _ => store_problem::<R>(error),
    }
}

/// The problem for an error with which the database refused to store a record of `R`.
pub fn store_problem<R: Writable>(error: DieselError) -> Problem {
    let DieselError::DatabaseError(_, information) = &error else {
        return error.into();
    };
    let name = information.constraint_name().unwrap_or_default();
    if name == change_log::VERSION_CONSTRAINT {
        let detail = "another request stored or deleted this record at the same time";
        let fault = Fault::at("/id", FaultCode::Duplicate, detail);
        return Problem::from_faults(Code::Duplicate, vec![fault]);
    }
    match R::CONSTRAINTS
        .iter()
        .find(|constraint| constraint.name == name)
    {
        Some(constraint) => {
            let detail = format!("violates the constraint {name} of the registry");
            Problem::from_faults(
                problem_code(constraint.code),
                vec![Fault::at(constraint.pointer, constraint.code, detail)],
            )
        }
        None => error.into(),
    }
}

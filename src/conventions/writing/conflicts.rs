//! What stands against a write: references that lead nowhere, values that are taken, and what the database refuses.

use super::change_log;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{Assigned, Input, Writable, references};
use crate::domain::{Fault, FaultCode};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

pub(super) async fn refuse_conflicts<R: Writable>(
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

fn problem_code(code: FaultCode) -> Code {
    match code {
        FaultCode::UnknownReference => Code::UnknownReference,
        FaultCode::Duplicate => Code::Duplicate,
        FaultCode::InUse => Code::InUse,
        FaultCode::Immutable => Code::Immutable,
        _ => Code::ValidationFailed,
    }
}

/// What the database refused, by the name of the constraint: the last word where two requests ran side by side.
/// `removing` says that a record was to go.
pub fn refusal<R: Writable>(error: DieselError, removing: bool) -> Problem {
    let DieselError::DatabaseError(kind, information) = &error else {
        return error.into();
    };
    let name = information.constraint_name().unwrap_or_default();
    if removing && *kind == DatabaseErrorKind::ForeignKeyViolation {
        return Problem::new(Code::InUse, format!("the {} is in use", R::KIND.singular()));
    }
    if name == change_log::VERSIONS {
        let detail = "somebody else stored or deleted this record at the same time";
        let fault = Fault::at("/id", FaultCode::Duplicate, detail);
        return Problem::from_faults(Code::Duplicate, vec![fault]);
    }
    match R::CONSTRAINTS
        .iter()
        .find(|constraint| constraint.name == name)
    {
        Some(constraint) => {
            let detail = format!("refused by the rule {name} of the registry");
            Problem::from_faults(
                problem_code(constraint.code),
                vec![Fault::at(constraint.pointer, constraint.code, detail)],
            )
        }
        None => error.into(),
    }
}

//! What can be done with a record: create, replace, amend, remove.
//!
//! This is the only place where preconditions, validation, conflicts and the order between them are decided.

use super::change_log;
use super::conflicts::{refusal, refuse_conflicts};
use super::input::{Patch, parse};
use super::merge_patch::merge;
use crate::conventions::context::Context;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::reading::fetch::Target;
use crate::conventions::resource::assignment::{assign, lock_of};
use crate::conventions::resource::{Input, Record, Writable, queries, references};
use crate::conventions::writing::precondition::Precondition;
use crate::database::sql::bulk::{self, VersionedRow};
use chrono::DateTime;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::{join, try_join};
use uuid::Uuid;

/// Stores a new record. The database decides whether it can be; only if it refuses are the reasons looked for.
///
/// # Errors
/// 409, 503.
pub async fn create<R: Writable>(context: &Context, input: R::Input) -> Result<R, Problem> {
    let id = Uuid::now_v7();
    let write = async |connection: &AsyncPgConnection| {
        // Sent one behind the other without waiting for answers.
        let before = try_join(
            change_log::set_actor(connection, &context.actor),
            acquire_lock::<R>(connection, &input),
        );
        let insertion = async {
            let mut input = input.clone();
            assign(connection, R::KIND, &mut [&mut input]).await?;
            stored::<R>(connection, id, input).await
        };
        let (before, stored) = join(before, insertion).await;
        before?;
        stored
    };
    let refused = match context.database.pipelined_write(write).await {
        Err(problem) if problem.code.status().is_client_error() => problem,
        other => return other,
    };
    context
        .database
        .read(async |connection: &AsyncPgConnection| {
            refuse_conflicts::<R>(connection, id, &input).await
        })
        .await?;
    Err(refused)
}

/// Stores a new record, in the version in which it begins, in a transaction that is already there, unless something stands
/// against it.
///
/// # Errors
/// 409, 503.
pub async fn insert<R: Writable>(
    connection: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    mut input: R::Input,
) -> Result<(), Problem> {
    acquire_lock::<R>(connection, &input).await?;
    assign(connection, R::KIND, &mut [&mut input]).await?;
    refuse_conflicts::<R>(connection, id, &input).await?;
    let row = VersionedRow {
        version,
        row: input,
    };
    bulk::insert(connection, R::KIND.plural(), &[(id, row)])
        .await
        .map_err(|error| refusal::<R>(error, false))
}

/// Waits for others who are assigned the same slugs or positions.
async fn acquire_lock<R: Writable>(
    connection: &AsyncPgConnection,
    input: &R::Input,
) -> QueryResult<()> {
    match lock_of(R::KIND, input) {
        Some(lock) => lock.acquire(connection).await,
        None => Ok(()),
    }
}

async fn stored<R: Writable>(
    connection: &AsyncPgConnection,
    id: Uuid,
    input: R::Input,
) -> Result<R, Problem> {
    // The names are asked for before it is known what the database made of the record.
    let provisional = Record {
        id,
        version: 0,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    };
    let mut stored = R::new(provisional, input.clone());
    let (record, names) = join(
        R::insert(connection, id, input),
        R::load_names(connection, std::slice::from_mut(&mut stored)),
    )
    .await;
    *stored.record_mut() = record.map_err(|error| refusal::<R>(error, false))?;
    names?;
    Ok(stored)
}

/// Puts a whole new document in the place of the stored one.
///
/// # Errors
/// 404, 409, 412, 503.
pub async fn replace<R: Writable>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
    input: R::Input,
) -> Result<R, Problem> {
    change(context, target, precondition, |_| Ok(input)).await
}

/// Merges a patch into the stored document (RFC 7396) and stores the result, which must be as valid as a new one.
///
/// # Errors
/// 404, 409, 412, 422, 503.
pub async fn amend<R: Writable>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
    patch: Patch<R>,
) -> Result<R, Problem> {
    let merged = |stored: &R| {
        let mut document = serde_json::to_value(stored.input()).map_err(Problem::internal)?;
        merge(&mut document, patch.value);
        parse::<R>(&context.contract, document)
    };
    change(context, target, precondition, merged).await
}

async fn change<R: Writable>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
    make: impl FnOnce(&R) -> Result<R::Input, Problem>,
) -> Result<R, Problem> {
    let write = async |connection: &mut AsyncPgConnection| {
        change_log::set_actor(connection, &context.actor).await?;
        let mut stored = locked::<R>(connection, target, precondition).await?;
        let mut input = make(&stored)?;
        if let Some(fault) = input.carry_over(stored.input()) {
            return Err(Problem::from_faults(Code::Immutable, vec![fault]));
        }
        if input != *stored.input() {
            stored = update(connection, stored.record().id, input).await?;
        }
        R::load_names(connection, std::slice::from_mut(&mut stored)).await?;
        Ok(stored)
    };
    context.database.write(write).await
}

/// Writes a stored record anew, in a transaction that is already there.
///
/// # Errors
/// 409, 503.
pub async fn update<R: Writable>(
    connection: &mut AsyncPgConnection,
    id: Uuid,
    input: R::Input,
) -> Result<R, Problem> {
    refuse_conflicts::<R>(connection, id, &input).await?;
    let record = R::update(connection, id, input.clone()).await;
    let record = record.map_err(|error| refusal::<R>(error, false))?;
    Ok(R::new(record, input))
}

/// Deletes a record and what belongs to it.
///
/// # Errors
/// 404, 409 naming what uses it, 412, 503.
pub async fn remove<R: Writable>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
) -> Result<(), Problem> {
    let write = async |connection: &mut AsyncPgConnection| {
        change_log::set_actor(connection, &context.actor).await?;
        let stored = locked::<R>(connection, target, precondition).await?;
        let id = stored.record().id;
        let related = R::usage(connection, id).await?;
        if !related.is_empty() {
            let detail = format!(
                "the {} is used by the records in related",
                R::KIND.singular()
            );
            return Err(Problem {
                related,
                ..Problem::new(Code::InUse, detail)
            });
        }
        queries::delete::<R>(connection, id)
            .await
            .map_err(|error| refusal::<R>(error, true))
    };
    context.database.write(write).await
}

async fn locked<R: Writable>(
    connection: &mut AsyncPgConnection,
    target: &Target<R>,
    precondition: &Precondition,
) -> Result<R, Problem> {
    let id = references::resolve(connection, R::KIND, &target.key).await?;
    let mut stored = queries::lock::<R>(connection, &[id])
        .await?
        .pop()
        .ok_or_else(|| Problem::not_found(R::KIND.singular(), &target.key))?;
    if precondition.check(&stored).is_err() {
        // The tag of the answer is that of the representation, names included.
        R::load_names(connection, std::slice::from_mut(&mut stored)).await?;
        precondition.check(&stored)?;
    }
    Ok(stored)
}

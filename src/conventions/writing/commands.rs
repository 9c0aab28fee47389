//! The commands on a record: create, replace, amend and remove.
//!
//! One rule: each command is one transaction, and this is the only place that decides the order of its checks: lock the record
//! (404), check the precondition (412), validate (422), look for conflicts (409), and write. Start with [`amend`].

use super::change_log;
use super::conflicts::{check_conflicts, delete_problem, store_problem};
use super::input::merged;
use crate::conventions::context::Context;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::reading::fetch::Target;
use crate::conventions::resource::assignment::{assign, lock_of};
use crate::conventions::resource::{Input, Record, Writable, queries, references};
use crate::conventions::writing::precondition::Precondition;
use chrono::DateTime;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::{join, try_join};
use serde_json::Value;
use uuid::Uuid;

/// Stores a new record. Conflicts are only looked for if the database refuses to store it.
///
/// # Errors
/// 409, 503.
pub async fn create<R: Writable>(context: &Context, input: R::Input) -> Result<R, Problem> {
    let id = Uuid::now_v7();
    let write = async |connection: &AsyncPgConnection| {
        // The statements are pipelined: each is sent without waiting for the results of the previous ones.
        let preparation = try_join(
            change_log::set_actor(connection, &context.actor),
            acquire_lock::<R>(connection, &input),
        );
        let insertion = async {
            let mut input = input.clone();
            assign(connection, R::KIND, &mut [&mut input]).await?;
            insert_with_names::<R>(connection, id, input).await
        };
        let (preparation, stored) = join(preparation, insertion).await;
        preparation?;
        stored
    };
    let refusal = match context.database.pipelined_write(write).await {
        Err(problem) if problem.code.status().is_client_error() => problem,
        other => return other,
    };
    // The check locks the rows that it finds, so it must not share its connection with readers.
    context
        .database
        .write(async |connection: &mut AsyncPgConnection| {
            check_conflicts::<R>(connection, id, &input).await
        })
        .await?;
    Err(refusal)
}

/// Stores a new record with that version, as part of a transaction that is already open.
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
    check_conflicts::<R>(connection, id, &input).await?;
    queries::insert_all::<R>(connection, [(id, version, &input)])
        .await
        .map_err(store_problem::<R>)
}

/// Waits for concurrent transactions in which the same slugs or positions are assigned.
async fn acquire_lock<R: Writable>(
    connection: &AsyncPgConnection,
    input: &R::Input,
) -> QueryResult<()> {
    match lock_of(R::KIND, input) {
        Some(lock) => lock.acquire(connection).await,
        None => Ok(()),
    }
}

/// Inserts a record and loads the names of the records that it refers to, at the same time.
async fn insert_with_names<R: Writable>(
    connection: &AsyncPgConnection,
    id: Uuid,
    input: R::Input,
) -> Result<R, Problem> {
    // Loading names needs a record before the database has returned its metadata.
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
    *stored.record_mut() = record.map_err(store_problem::<R>)?;
    names?;
    Ok(stored)
}

/// Replaces the stored document by a new one.
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

/// Merges a patch into the stored document (RFC 7396) and stores the result, which is validated like a new document.
///
/// # Errors
/// 404, 409, 412, 422, 503.
pub async fn amend<R: Writable>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
    patch: Value,
) -> Result<R, Problem> {
    let apply_patch = |stored: &R| merged::<R>(&context.contract, stored.input(), patch);
    change(context, target, precondition, apply_patch).await
}

/// Replaces the stored document by the one that `new_input` makes of it. An equal document is not written.
async fn change<R: Writable>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
    new_input: impl FnOnce(&R) -> Result<R::Input, Problem>,
) -> Result<R, Problem> {
    let write = async |connection: &mut AsyncPgConnection| {
        change_log::set_actor(connection, &context.actor).await?;
        let mut stored = lock_and_check::<R>(connection, target, precondition).await?;
        let mut input = new_input(&stored)?;
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

/// Replaces the document of a stored record, as part of a transaction that is already open.
///
/// # Errors
/// 409, 503.
pub async fn update<R: Writable>(
    connection: &mut AsyncPgConnection,
    id: Uuid,
    input: R::Input,
) -> Result<R, Problem> {
    check_conflicts::<R>(connection, id, &input).await?;
    let record = R::update(connection, id, input.clone()).await;
    let record = record.map_err(store_problem::<R>)?;
    Ok(R::new(record, input))
}

/// Deletes a record and the records that belong to it.
///
/// # Errors
/// 404, 409 with the records that refer to it, 412, 503.
pub async fn remove<R: Writable>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
) -> Result<(), Problem> {
    let write = async |connection: &mut AsyncPgConnection| {
        change_log::set_actor(connection, &context.actor).await?;
        let stored = lock_and_check::<R>(connection, target, precondition).await?;
        let id = stored.record().id;
        let related = R::usage(connection, id).await?;
        if !related.is_empty() {
            let detail = format!("the records in related refer to the {}", R::KIND.singular());
            return Err(Problem {
                related,
                ..Problem::new(Code::InUse, detail)
            });
        }
        queries::delete::<R>(connection, id)
            .await
            .map_err(delete_problem::<R>)
    };
    context.database.write(write).await
}

/// Locks the record until the end of the transaction and checks the precondition.
async fn lock_and_check<R: Writable>(
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
        // The entity tag in the response covers the whole representation, including names.
        R::load_names(connection, std::slice::from_mut(&mut stored)).await?;
        precondition.check(&stored)?;
    }
    Ok(stored)
}

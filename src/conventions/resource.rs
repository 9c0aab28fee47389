//! What a resource is, and what can be done with one: fetch, list, create, replace, amend, remove.
//!
//! A slice implements [`Resource`] with ordinary queries on one connection; everything here is written over that trait
//! and is the only place where preconditions, validation, conflicts and the order between them are decided.

use super::body::{Patch, parse};
use super::change_log;
use super::context::Context;
use super::export::Rows;
use super::merge_patch::merge;
use super::paging::{Page, SortKey};
use super::problem::{Code, Problem, RelatedRecord};
use super::references::{self, Conflict, Queue, Reference};
use super::revision::Precondition;
use crate::database::bulk::{self, InVersion};
use crate::database::search::{Manner, Searched, finds_alike};
use crate::database::{Database, DatabaseError};
use crate::domain::{Fault, FaultCode, Faults, Slug};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::AsyncPgConnection;
use futures_util::future::{join, try_join};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::future::{Ready, ready};
use uuid::Uuid;

/// What the service itself keeps of each record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::Queryable, utoipa::ToSchema)]
pub struct Record {
    /// UUIDv7 of the record.
    #[schema(read_only, example = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b")]
    pub id: Uuid,
    /// Counts the writes that changed the record, from 1.
    #[schema(read_only, minimum = 1, example = 1)]
    pub version: i32,
    /// When the record was made.
    #[schema(read_only, example = "2026-03-01T09:30:00.123456Z")]
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    #[schema(read_only, example = "2026-03-01T09:30:00.123456Z")]
    pub updated_at: DateTime<Utc>,
}

/// The names of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    /// Of its schema: `City`.
    pub schema: &'static str,
    /// Of one, in texts and operation ids: `city`.
    pub singular: &'static str,
    /// Of many, in paths, operation ids and as the name of its table: `cities`.
    pub plural: &'static str,
    /// True if a slug identifies it as well as its id.
    pub has_slug: bool,
}

/// The input document of a resource: what POST and PUT take and PATCH is applied to.
pub trait Input:
    Serialize + DeserializeOwned + Clone + PartialEq + utoipa::ToSchema + 'static
{
    /// Notes the rules across fields that it breaks.
    fn validate(&self, faults: &mut Faults);

    /// The records that it names.
    fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    /// Takes over from the stored document what was left out and is kept when left out; a fault for what cannot change.
    fn keep(&mut self, _stored: &Self) -> Option<Fault> {
        None
    }
}

/// What it means when a named constraint of the database refuses a write of this resource.
#[derive(Debug, Clone, Copy)]
pub struct Constraint {
    /// Its name in the migration.
    pub name: &'static str,
    /// Where in the body.
    pub pointer: &'static str,
    /// What kind of refusal.
    pub code: FaultCode,
}

impl Constraint {
    /// A constraint with its meaning.
    pub const fn new(name: &'static str, pointer: &'static str, code: FaultCode) -> Self {
        Self {
            name,
            pointer,
            code,
        }
    }
}

/// A kind of record with its table.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait Resource: Serialize + Sized + 'static {
    /// Its names.
    const NAME: Name;
    /// The constraints that its writes can run into.
    const CONSTRAINTS: &'static [Constraint];
    /// Its input document.
    type Input: Input;
    /// The filters of its list.
    type Filter: DeserializeOwned + utoipa::IntoParams + 'static;
    /// The sort keys of its list.
    type Sort: SortKey;

    /// Where to search for it.
    const SEARCHED: Searched;

    /// What the service keeps of it.
    fn record(&self) -> &Record;
    /// The same, to be filled in.
    fn record_mut(&mut self) -> &mut Record;
    /// The stored input document.
    fn input(&self) -> &Self::Input;

    /// Reads one record, without the names of others.
    async fn find(connection: &AsyncPgConnection, key: &Key) -> QueryResult<Option<Self>>;
    /// Reads some records, in the order of their ids, and keeps others from changing them until the end of the transaction.
    async fn lock(connection: &mut AsyncPgConnection, ids: &[Uuid]) -> QueryResult<Vec<Self>>;
    /// Reads the rows of a page and the sort key of each.
    async fn page(
        connection: &AsyncPgConnection,
        filter: &Self::Filter,
        page: &Page<Self>,
    ) -> Result<Vec<(Self, String)>, Problem>;
    /// True if the page is read from a narrow table, where the best way is the same whatever the values of the filter are.
    fn is_narrow(_filter: &Self::Filter, _page: &Page<Self>) -> bool {
        false
    }
    /// Settles what the filter looks at and no write has settled.
    async fn settle(_database: &Database, _filter: &Self::Filter) -> Result<(), Problem> {
        Ok(())
    }
    /// Counts all rows of the list of a page.
    async fn count(
        connection: &AsyncPgConnection,
        filter: &Self::Filter,
        page: &Page<Self>,
    ) -> Result<i64, Problem>;
    /// Reads the rows of all records that the filter describes, in the order of their ids, as the database sends them.
    async fn rows<'a>(
        connection: &'a AsyncPgConnection,
        filter: &Self::Filter,
    ) -> Result<Rows<'a, Self>, Problem>;
    /// Fills in the names of the records that these refer to; `NotFound` if one of those is gone.
    async fn embed(_connection: &AsyncPgConnection, _records: &mut [Self]) -> QueryResult<()> {
        Ok(())
    }
    /// The queue in which a record waits for what is assigned to it, so that no two get the same.
    fn queue(_input: &Self::Input) -> Option<Queue> {
        None
    }
    /// Assigns what the inputs left to the service, slugs or positions, one after another.
    async fn assign(
        _connection: &AsyncPgConnection,
        _inputs: &mut [&mut Self::Input],
    ) -> QueryResult<()> {
        Ok(())
    }
    /// What stored records have against this input for the record `id`.
    async fn conflicts(
        _connection: &AsyncPgConnection,
        _id: Uuid,
        _input: &Self::Input,
    ) -> QueryResult<Vec<Conflict>> {
        Ok(Vec::new())
    }
    /// Some of the records that keep this one from being removed.
    async fn usage(_connection: &AsyncPgConnection, _id: Uuid) -> QueryResult<Vec<RelatedRecord>> {
        Ok(Vec::new())
    }
    /// The record that consists of that.
    fn of(record: Record, input: Self::Input) -> Self;
    /// Writes a new row.
    async fn insert(
        connection: &AsyncPgConnection,
        id: Uuid,
        input: Self::Input,
    ) -> QueryResult<Record>;
    /// Writes a row anew, in the next version.
    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: Self::Input,
    ) -> QueryResult<Self>;
    /// Deletes a row and what belongs to it.
    async fn delete(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()>;
}

/// What identifies a record in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Its id.
    Id(Uuid),
    /// Its slug.
    Slug(Slug),
}

impl Key {
    /// The key that the first parameter of the path names.
    ///
    /// # Errors
    /// 404 if it can be neither id nor slug.
    pub fn of_path<R: Resource>(request: &HttpRequest) -> Result<Self, Problem> {
        let key = Self::of_path_in(request, R::NAME.singular)?;
        match key {
            Self::Slug(slug) if !R::NAME.has_slug => {
                Err(Problem::not_found(R::NAME.singular, slug))
            }
            key => Ok(key),
        }
    }

    /// The key, id or slug, of the record of another resource that the path names.
    ///
    /// # Errors
    /// 404 if it can be neither id nor slug.
    pub fn of_path_in(request: &HttpRequest, singular: &str) -> Result<Self, Problem> {
        let text = request
            .match_info()
            .iter()
            .next()
            .map_or("", |(_, text)| text);
        if let Some(id) = Uuid::try_parse(text).ok().filter(|_| text.len() == 36) {
            return Ok(Self::Id(id));
        }
        text.parse()
            .map(Self::Slug)
            .map_err(|_| Problem::not_found(singular, text))
    }

    async fn resolve<R: Resource>(&self, connection: &AsyncPgConnection) -> Result<Uuid, Problem> {
        match self {
            Self::Id(id) => Ok(*id),
            slug => references::id_of_key(connection, R::NAME.plural, R::NAME.singular, slug).await,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(formatter),
            Self::Slug(slug) => slug.fmt(formatter),
        }
    }
}

/// The record of `R` that the path of a request names.
pub struct Target<R> {
    /// Its key.
    pub key: Key,
    resource: std::marker::PhantomData<R>,
}

impl<R: Resource> FromRequest for Target<R> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Key::of_path::<R>(request).map(|key| Self {
            key,
            resource: std::marker::PhantomData,
        }))
    }
}

/// How often to read again what changed between two statements.
const ATTEMPTS: usize = 5;

/// Fills in names; `false` if a record that is named went in the meantime, and those that name it must be read again.
async fn embedded<R: Resource>(
    connection: &AsyncPgConnection,
    records: &mut [R],
) -> QueryResult<bool> {
    match R::embed(connection, records).await {
        Ok(()) => Ok(true),
        Err(DieselError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

fn restless() -> Problem {
    DatabaseError::Unavailable("the records changed faster than they could be read".into()).into()
}

/// Reads one record with the names it embeds.
///
/// # Errors
/// 404, 503.
pub async fn fetch<R: Resource>(context: &Context, target: &Target<R>) -> Result<R, Problem> {
    let read = async |connection: &AsyncPgConnection| {
        for _ in 0..ATTEMPTS {
            let mut found = R::find(connection, &target.key)
                .await?
                .ok_or_else(|| Problem::not_found(R::NAME.singular, &target.key))?;
            if embedded(connection, std::slice::from_mut(&mut found)).await? {
                return Ok(found);
            }
        }
        Err(restless())
    };
    context.database.read(read).await
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub struct PageBody<R> {
    /// The items.
    pub data: Vec<R>,
    /// Leads to the next page; null on the last.
    pub next_cursor: Option<String>,
    /// Number of all items, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// Reads one page of the list that the filter describes.
///
/// # Errors
/// 400 for a reference in a filter that leads nowhere, 503.
pub async fn list<R: Resource>(
    context: &Context,
    filter: &R::Filter,
    mut page: Page<R>,
) -> Result<PageBody<R>, Problem> {
    R::settle(&context.database, filter).await?;
    let (counted, by_values) = (page.count, page.filtered && !R::is_narrow(filter, &page));
    let read = async |connection: &AsyncPgConnection| {
        if let Some(changed) = page.changed() {
            page.gathered |= changed.are_few(connection).await?;
        }
        if page.text.is_some()
            && page.manner == Manner::Likeness
            && !finds_alike(connection).await?
        {
            page.manner = Manner::Words;
        }
        for _ in 0..ATTEMPTS {
            let mut rows = R::page(connection, filter, &page).await?;
            // Only if there is nothing is it asked whether that is so because no record at all has the words.
            if let Some(text) = page
                .text
                .as_ref()
                .filter(|_| rows.is_empty() && page.start.after.is_none())
            {
                page.manner = R::SEARCHED.manner(connection, text).await?;
                if page.manner == Manner::Likeness {
                    rows = R::page(connection, filter, &page).await?;
                }
            }
            let (mut data, next_cursor) = page.finish(rows);
            if embedded(connection, &mut data).await? {
                let total = if page.count {
                    Some(R::count(connection, filter, &page).await?)
                } else {
                    None
                };
                return Ok(PageBody {
                    data,
                    next_cursor,
                    total,
                });
            }
        }
        Err(restless())
    };
    match (counted, by_values) {
        // Counting looks at all records of the list: nobody else should wait behind it.
        (true, _) => context.database.snapshot(read).await,
        (false, true) => context.database.search(read).await,
        (false, false) => context.database.read(read).await,
    }
}

/// Stores a new record. The database decides whether it can be; only if it refuses are the reasons looked for.
///
/// # Errors
/// 409, 503.
pub async fn create<R: Resource>(context: &Context, input: R::Input) -> Result<R, Problem> {
    let id = Uuid::now_v7();
    let write = async |connection: &AsyncPgConnection| {
        // Sent one behind the other without waiting for answers.
        let before = try_join(
            change_log::sign(connection, &context.actor),
            queue::<R>(connection, &input),
        );
        let insertion = async {
            let mut input = input.clone();
            R::assign(connection, &mut [&mut input]).await?;
            stored::<R>(connection, id, input).await
        };
        let (before, stored) = join(before, insertion).await;
        before?;
        stored
    };
    let refused = match context.database.write_together(write).await {
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
pub async fn insert<R: Resource>(
    connection: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    mut input: R::Input,
) -> Result<(), Problem> {
    queue::<R>(connection, &input).await?;
    R::assign(connection, &mut [&mut input]).await?;
    refuse_conflicts::<R>(connection, id, &input).await?;
    let row = InVersion {
        version,
        row: input,
    };
    bulk::insert(connection, R::NAME.plural, &[(id, row)])
        .await
        .map_err(|error| refusal::<R>(error, false))
}

/// Waits for others who are given the same slugs or places.
async fn queue<R: Resource>(connection: &AsyncPgConnection, input: &R::Input) -> QueryResult<()> {
    match R::queue(input) {
        Some(queue) => references::wait_in(connection, &queue).await,
        None => Ok(()),
    }
}

async fn stored<R: Resource>(
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
    let mut stored = R::of(provisional, input.clone());
    let (record, names) = join(
        R::insert(connection, id, input),
        R::embed(connection, std::slice::from_mut(&mut stored)),
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
pub async fn replace<R: Resource>(
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
pub async fn amend<R: Resource>(
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

async fn change<R: Resource>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
    make: impl FnOnce(&R) -> Result<R::Input, Problem>,
) -> Result<R, Problem> {
    let write = async |connection: &mut AsyncPgConnection| {
        change_log::sign(connection, &context.actor).await?;
        let mut stored = locked::<R>(connection, target, precondition).await?;
        let mut input = make(&stored)?;
        if let Some(fault) = input.keep(stored.input()) {
            return Err(Problem::of_faults(Code::Immutable, vec![fault]));
        }
        if input != *stored.input() {
            stored = update(connection, stored.record().id, input).await?;
        }
        R::embed(connection, std::slice::from_mut(&mut stored)).await?;
        Ok(stored)
    };
    context.database.write(write).await
}

/// Writes a stored record anew, in a transaction that is already there.
///
/// # Errors
/// 409, 503.
pub async fn update<R: Resource>(
    connection: &mut AsyncPgConnection,
    id: Uuid,
    input: R::Input,
) -> Result<R, Problem> {
    refuse_conflicts::<R>(connection, id, &input).await?;
    R::update(connection, id, input)
        .await
        .map_err(|error| refusal::<R>(error, false))
}

/// Deletes a record and what belongs to it.
///
/// # Errors
/// 404, 409 naming what uses it, 412, 503.
pub async fn remove<R: Resource>(
    context: &Context,
    target: &Target<R>,
    precondition: &Precondition,
) -> Result<(), Problem> {
    let write = async |connection: &mut AsyncPgConnection| {
        change_log::sign(connection, &context.actor).await?;
        let stored = locked::<R>(connection, target, precondition).await?;
        let id = stored.record().id;
        let related = R::usage(connection, id).await?;
        if !related.is_empty() {
            let detail = format!("the {} is used by the records in related", R::NAME.singular);
            return Err(Problem {
                related,
                ..Problem::new(Code::InUse, detail)
            });
        }
        R::delete(connection, id)
            .await
            .map_err(|error| refusal::<R>(error, true))
    };
    context.database.write(write).await
}

async fn locked<R: Resource>(
    connection: &mut AsyncPgConnection,
    target: &Target<R>,
    precondition: &Precondition,
) -> Result<R, Problem> {
    let id = target.key.resolve::<R>(connection).await?;
    let mut stored = R::lock(connection, &[id])
        .await?
        .pop()
        .ok_or_else(|| Problem::not_found(R::NAME.singular, &target.key))?;
    if precondition.check(&stored).is_err() {
        // The tag of the answer is that of the representation, names included.
        R::embed(connection, std::slice::from_mut(&mut stored)).await?;
        precondition.check(&stored)?;
    }
    Ok(stored)
}

async fn refuse_conflicts<R: Resource>(
    connection: &AsyncPgConnection,
    id: Uuid,
    input: &R::Input,
) -> Result<(), Problem> {
    let mut conflicts = references::dangling(connection, &input.references()).await?;
    if conflicts.is_empty() {
        conflicts = R::conflicts(connection, id, input).await?;
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
        ..Problem::of_faults(code, faults)
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
pub fn refusal<R: Resource>(error: DieselError, removing: bool) -> Problem {
    let DieselError::DatabaseError(kind, information) = &error else {
        return error.into();
    };
    let name = information.constraint_name().unwrap_or_default();
    if removing && *kind == DatabaseErrorKind::ForeignKeyViolation {
        return Problem::new(Code::InUse, format!("the {} is in use", R::NAME.singular));
    }
    if name == change_log::VERSIONS {
        let detail = "somebody else stored or deleted this record at the same time";
        let fault = Fault::at("/id", FaultCode::Duplicate, detail);
        return Problem::of_faults(Code::Duplicate, vec![fault]);
    }
    match R::CONSTRAINTS
        .iter()
        .find(|constraint| constraint.name == name)
    {
        Some(constraint) => {
            let detail = format!("refused by the rule {name} of the registry");
            Problem::of_faults(
                problem_code(constraint.code),
                vec![Fault::at(constraint.pointer, constraint.code, detail)],
            )
        }
        None => error.into(),
    }
}

//! One record by its key, with the names of the records that it refers to.

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Key, Readable, Resource, queries};
use crate::database::DatabaseError;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use diesel::QueryResult;
use diesel::result::Error as DieselError;
use diesel_async::AsyncPgConnection;
use std::future::{Ready, ready};

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
        ready(Key::from_path(request, R::KIND).map(|key| Self {
            key,
            resource: std::marker::PhantomData,
        }))
    }
}

/// How often to read again what changed between two statements.
pub(super) const ATTEMPTS: usize = 5;

/// Loads names; `false` if a record that is referred to was deleted in the meantime, so that the records must be read again.
pub(super) async fn load_names<R: Resource>(
    connection: &AsyncPgConnection,
    records: &mut [R],
) -> QueryResult<bool> {
    match R::load_names(connection, records).await {
        Ok(()) => Ok(true),
        Err(DieselError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn contention() -> Problem {
    DatabaseError::Unavailable("the records changed faster than they could be read".into()).into()
}

/// Reads one record with the names it embeds.
///
/// # Errors
/// 404, 503.
pub async fn fetch<R: Readable>(context: &Context, target: &Target<R>) -> Result<R, Problem> {
    let read = async |connection: &AsyncPgConnection| {
        for _ in 0..ATTEMPTS {
            let mut found = queries::find::<R>(connection, &target.key)
                .await?
                .ok_or_else(|| Problem::not_found(R::KIND.singular(), &target.key))?;
            if load_names(connection, std::slice::from_mut(&mut found)).await? {
                return Ok(found);
            }
        }
        Err(contention())
    };
    context.database.read(read).await
}

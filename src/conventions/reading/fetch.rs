//! Reads one record by its key, with the names of the records that it refers to.

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Key, Readable, Resource, queries, references};
use crate::database::DatabaseError;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use diesel::QueryResult;
use diesel::result::Error as DieselError;
use diesel_async::AsyncPgConnection;
use std::future::{Ready, ready};

/// The record of `R` that the path of a request names. It may not exist.
pub struct Target<R> {
    /// The key of the record.
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

/// How often records are read if other requests delete the records that they refer to in the meantime.
pub(super) const MAX_ATTEMPTS: usize = 5;

/// Loads names; `false` if a record that these refer to was deleted in the meantime, so that they must be read again.
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

/// The problem that other requests changed the records during every attempt to read them.
pub(super) fn contention() -> Problem {
    DatabaseError::Unavailable("the records changed faster than they could be read".into()).into()
}

/// Reads one record with the names of the records that it refers to.
///
/// # Errors
/// 404, 503.
pub async fn fetch<R: Readable>(context: &Context, target: &Target<R>) -> Result<R, Problem> {
    let read = async |connection: &AsyncPgConnection| {
        for _ in 0..MAX_ATTEMPTS {
            let Some(mut found) = queries::find::<R>(connection, &target.key).await? else {
                return Err(references::missing(connection, R::KIND, &target.key).await);
            };
            if load_names(connection, std::slice::from_mut(&mut found)).await? {
                return Ok(found);
            }
        }
        Err(contention())
    };
    context.database.read(read).await
}

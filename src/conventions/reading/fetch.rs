//! One record by its key, with the names of the records that it refers to.

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Key, Resource};
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
        ready(Key::of_path(request, &R::NAME).map(|key| Self {
            key,
            resource: std::marker::PhantomData,
        }))
    }
}

/// How often to read again what changed between two statements.
pub(super) const ATTEMPTS: usize = 5;

/// Fills in names; `false` if a record that is named went in the meantime, and those that name it must be read again.
pub(super) async fn embedded<R: Resource>(
    connection: &AsyncPgConnection,
    records: &mut [R],
) -> QueryResult<bool> {
    match R::embed(connection, records).await {
        Ok(()) => Ok(true),
        Err(DieselError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn restless() -> Problem {
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

//! Cities: places that take part in a plan or are named by one.
//!
//! One rule: a city is told by its slug and its identifiers, never by its name, which another may share. Start with
//! [`CityInput`].

mod handlers;
mod model;
mod queries;

pub use model::{City, CityFilter, CityIdentifier, CityInput, CityKind, CitySort};

use crate::conventions::openapi::operation::{self, Tag};
use crate::conventions::routes::Routes;

const TAG: Tag = Tag { name: "cities", description: "Places that take part in a plan or are named by one." };

/// The routes of cities.
pub fn routes() -> Routes {
    Routes::new()
        .at("/v1/cities", |path| path.on(operation::list::<City>(TAG), handlers::list).on(operation::create::<City>(TAG), handlers::create))
        .at("/v1/cities/{city_id}", |path| {
            path.on(operation::fetch::<City>(TAG), handlers::fetch)
                .on(operation::replace::<City>(TAG), handlers::replace)
                .on(operation::patch::<City>(TAG), handlers::patch)
                .on(operation::delete::<City>(TAG), handlers::delete)
        })
}

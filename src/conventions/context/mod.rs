//! The context of a request: the state of the application and the author of the request.
//!
//! One rule: a handler gets a [`Context`] only after access to its operation was decided, so a forgotten check cannot disclose
//! data. [`enforce`] checks headers, media types and query before a request is routed. Start with [`Context`].

mod actor;
mod admission;
mod headers;
mod include_loaders;

pub use actor::Actor;
pub use admission::{ChecksOnly, Destination, enforce};
pub use include_loaders::{Includes, Load};

use super::contract::{Access, Contract};
use super::http::problem::Problem;
use crate::database::Database;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use std::future::{Ready, ready};
use std::sync::Arc;

/// The state that all requests share.
pub struct ApplicationState {
    /// The database.
    pub database: Database,
    /// The published document, compiled.
    pub contract: Arc<Contract>,
    /// The base URL under which clients reach the service, without a trailing slash. If it is empty, links are paths.
    pub public_url: String,
    /// The loaders of the related records that `include` can ask for.
    pub includes: Includes,
    /// True if reading requires an API key as well.
    pub require_key_for_reads: bool,
}

/// The proof that access to the operation was granted. Without it a request gets no [`Context`].
#[derive(Debug, Clone, Copy)]
pub struct Admitted(pub Access);

/// The context of one request.
pub struct Context {
    state: web::Data<ApplicationState>,
    /// The owner of the API key of the request; the service itself if the request has none.
    pub actor: Actor,
}

impl std::ops::Deref for Context {
    type Target = ApplicationState;

    fn deref(&self) -> &ApplicationState {
        &self.state
    }
}

impl FromRequest for Context {
    type Error = Problem;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::from_admitted(request))
    }
}

impl Context {
    /// The application state, for work that continues after the response has begun.
    pub fn state(&self) -> web::Data<ApplicationState> {
        self.state.clone()
    }

    /// Fails closed: there is no context for a request whose access was not checked, nor for a write without an author.
    fn from_admitted(request: &HttpRequest) -> Result<Self, Problem> {
        let extensions = request.extensions();
        let Some(Admitted(access)) = extensions.get::<Admitted>() else {
            return Err(Problem::internal(format!(
                "access to {} was not checked",
                request.path()
            )));
        };
        let actor = match (extensions.get::<Actor>(), access) {
            (Some(actor), _) => actor.clone(),
            (None, Access::Public | Access::Read) => Actor::Service,
            (None, Access::Write) => {
                return Err(Problem::internal("a write request has no author"));
            }
        };
        let state = request.app_data::<web::Data<ApplicationState>>().cloned();
        state
            .map(|state| Self { state, actor })
            .ok_or_else(|| Problem::internal("the application has no state"))
    }
}

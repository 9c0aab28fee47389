//! What a handler knows beside its arguments: the registry it serves and who is calling.

mod actor;
mod admission;
mod headers;
mod include_loaders;

pub use actor::Actor;
pub use admission::{Destination, enforce};
pub use include_loaders::{Includes, Load};

use super::contract::{Access, Contract};
use super::http::problem::Problem;
use crate::database::Database;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use std::future::{Ready, ready};
use std::sync::Arc;

/// What all requests share.
pub struct ApplicationState {
    /// The database.
    pub database: Database,
    /// The published document, compiled.
    pub contract: Arc<Contract>,
    /// Address under which clients reach the service, without a slash at the end; empty = paths are enough.
    pub public_url: String,
    /// What loads records that are included in answers.
    pub includes: Includes,
    /// True if reading needs a key, too.
    pub require_key_for_reads: bool,
}

/// That access to an operation was decided; without it no handler gets a [`Context`].
#[derive(Debug, Clone, Copy)]
pub struct Admitted(pub Access);

/// One request: the registry, and the caller if it has a key.
pub struct Context {
    registry: web::Data<ApplicationState>,
    /// Who is calling; the service itself where no key is needed.
    pub actor: Actor,
}

impl std::ops::Deref for Context {
    type Target = ApplicationState;

    fn deref(&self) -> &ApplicationState {
        &self.registry
    }
}

impl FromRequest for Context {
    type Error = Problem;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::admitted(request))
    }
}

impl Context {
    /// The registry, for work that goes on after the request was answered.
    pub fn registry(&self) -> web::Data<ApplicationState> {
        self.registry.clone()
    }

    /// Fails closed: what nobody admitted is served nothing, and what writes has an author.
    fn admitted(request: &HttpRequest) -> Result<Self, Problem> {
        let extensions = request.extensions();
        let Some(Admitted(access)) = extensions.get::<Admitted>() else {
            return Err(Problem::internal(format!(
                "{} was not admitted by anybody",
                request.path()
            )));
        };
        let actor = match (extensions.get::<Actor>(), access) {
            (Some(actor), _) => actor.clone(),
            (None, Access::Public | Access::Read) => Actor::Service,
            (None, Access::Write) => return Err(Problem::internal("a write without an author")),
        };
        let registry = request.app_data::<web::Data<ApplicationState>>().cloned();
        registry
            .map(|registry| Self { registry, actor })
            .ok_or_else(|| Problem::internal("no registry"))
    }
}

//! Routes and their documentation, registered in one act, so that neither can be without the other.
//!
//! A slice says `Routes::new().at(path, |path| path.on(operation, handler) …)`. A path knows all its methods, so a
//! wrong one is answered with 405 and `Allow` (RFC 9110, section 15.5.6); reads answer HEAD as well.

use crate::conventions::openapi::Operation;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Resource, Responder, web};

/// The routes of a slice, each with its operation.
#[derive(Default)]
pub struct Routes {
    resources: Vec<Resource>,
    operations: Vec<(String, Operation)>,
}

/// One path while its operations are being added.
pub struct Path {
    template: String,
    resource: Resource,
    operations: Vec<(String, Operation)>,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a path with its operations.
    pub fn at(mut self, template: &str, build: impl FnOnce(Path) -> Path) -> Self {
        let path = Path {
            template: template.to_owned(),
            resource: web::resource(template),
            operations: Vec::new(),
        };
        let Path {
            resource,
            operations,
            ..
        } = build(path);
        self.resources.push(resource);
        self.operations.extend(operations);
        self
    }

    /// These routes and others.
    pub fn and(mut self, others: Routes) -> Self {
        self.resources.extend(others.resources);
        self.operations.extend(others.operations);
        self
    }

    /// The operations with the templates of their paths.
    pub fn operations(self) -> Vec<(String, Operation)> {
        self.operations
    }

    /// Makes the routes those of an application.
    pub fn mount(self, configuration: &mut web::ServiceConfig) {
        for resource in self.resources {
            configuration.service(resource);
        }
    }
}

impl Path {
    /// Serves an operation with a handler.
    pub fn on<H, Args>(mut self, operation: Operation, handler: H) -> Self
    where
        H: Handler<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        if operation.method == Method::GET {
            self.resource = self.resource.route(web::head().to(handler.clone()));
        }
        self.resource = self
            .resource
            .route(web::method(operation.method.clone()).to(handler));
        self.operations.push((self.template.clone(), operation));
        self
    }
}

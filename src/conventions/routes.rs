//! Routes and their documentation, registered together, so that neither can exist without the other.
//!
//! A slice writes `Routes::new().at(path, |path| path.on(operation, handler) …)`. All methods of a path are registered
//! together, so an unsupported one is answered with 405 and `Allow` (RFC 9110, section 15.5.6). GET routes also answer HEAD.

use crate::conventions::openapi::Operation;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Resource, Responder, web};

/// Routes, each with its documented operation.
#[derive(Default)]
pub struct Routes {
    resources: Vec<Resource>,
    operations: Vec<(String, Operation)>,
}

/// A path to which operations are being added.
pub struct Path {
    template: String,
    resource: Resource,
    operations: Vec<(String, Operation)>,
}

impl Routes {
    /// Makes an empty list of routes.
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

    /// Appends other routes.
    pub fn and(mut self, others: Routes) -> Self {
        self.resources.extend(others.resources);
        self.operations.extend(others.operations);
        self
    }

    /// The operations, each with the template of its path.
    pub fn operations(self) -> Vec<(String, Operation)> {
        self.operations
    }

    /// Adds the routes to an application.
    pub fn mount(self, configuration: &mut web::ServiceConfig) {
        for resource in self.resources {
            configuration.service(resource);
        }
    }
}

impl Path {
    /// Adds an operation and the handler that serves it.
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

//! Routes and their documentation, registered together, so that neither can exist without the other.
//!
//! [`Routes::for_resource`] and its parts register what all resources have. A slice adds what only it has with
//! `.at(path, |path| path.on(operation, handler))`. All methods of a path are registered together, so an unsupported one is
//! answered with 405 and `Allow` (RFC 9110, section 15.5.6). GET routes also answer HEAD.

use super::bulk::export::Tabular;
use super::bulk::import;
use super::handlers;
use super::openapi::operation::Tag;
use super::openapi::{Operation, bulk_operations, record_operations};
use super::resource::{Nested, Writable};
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Resource, Responder, web};
use utoipa::ToSchema;

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

    /// The routes of every resource: its collection, its records, its exports and its import, in the order of the document.
    pub fn for_resource<R: Writable + Tabular + ToSchema>(tag: Tag) -> Self {
        Self::collection::<R>(tag)
            .and(Self::record::<R>(tag))
            .and(Self::exports::<R>(tag))
            .and(Self::import::<R>(tag))
    }

    /// The exports that every resource has, such as `/v1/exports/cities.ndjson` and `/v1/exports/cities.csv`.
    pub fn exports<R: Writable + Tabular + ToSchema>(tag: Tag) -> Self {
        let plural = R::KIND.plural();
        Self::new()
            .at(&format!("/v1/exports/{plural}.ndjson"), |path| {
                let operation = bulk_operations::export_ndjson::<R>(tag);
                path.on(operation, handlers::export_ndjson::<R>)
            })
            .at(&format!("/v1/exports/{plural}.csv"), |path| {
                let operation = bulk_operations::export_csv::<R>(tag);
                path.on(operation, handlers::export_csv::<R>)
            })
    }

    /// The import, such as `/v1/imports/cities`.
    pub fn import<R: Writable + Tabular + ToSchema>(tag: Tag) -> Self {
        Self::new().at(&format!("/v1/imports/{}", R::KIND.plural()), |path| {
            path.on(bulk_operations::import::<R>(tag), import::respond::<R>)
        })
    }

    /// The collection, such as `/v1/cities`.
    pub fn collection<R: Writable + ToSchema>(tag: Tag) -> Self {
        Self::new().at(&format!("/v1/{}", R::KIND.plural()), |path| {
            path.on(record_operations::list::<R>(tag), handlers::list::<R>)
                .on(record_operations::create::<R>(tag), handlers::create::<R>)
        })
    }

    /// The record, such as `/v1/cities/{city_id}`.
    pub fn record<R: Writable + ToSchema>(tag: Tag) -> Self {
        let (plural, singular) = (R::KIND.plural(), R::KIND.singular());
        Self::new().at(&format!("/v1/{plural}/{{{singular}_id}}"), |path| {
            path.on(record_operations::fetch::<R>(tag), handlers::fetch::<R>)
                .on(record_operations::replace::<R>(tag), handlers::replace::<R>)
                .on(record_operations::patch::<R>(tag), handlers::patch::<R>)
                .on(record_operations::delete::<R>(tag), handlers::delete::<R>)
        })
    }

    /// The list of the records that belong to another record, such as `/v1/plans/{plan_id}/activities`.
    pub fn nested<R: Nested + Writable + ToSchema>(tag: Tag) -> Self {
        let (parents, parent) = (R::PARENT.plural(), R::PARENT.singular());
        let template = format!("/v1/{parents}/{{{parent}_id}}/{}", R::KIND.plural());
        Self::new().at(&template, |path| {
            let operation = record_operations::list_nested::<R>(tag);
            path.on(operation, handlers::list_nested::<R>)
        })
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
        H: Handler<Args, Output: Responder + 'static>,
        Args: FromRequest + 'static,
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

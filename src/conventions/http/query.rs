//! The query parameters of a request after they were checked, and their conversion into types of the handlers.
//!
//! The contract checks them before the request is routed; handlers take them as [`Query`] of their own type.

use super::problem::Problem;
use actix_web::dev::{Extensions, Payload};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::future::{Ready, ready};

/// The checked query parameters of a request, by name, as JSON.
#[derive(Default)]
pub struct QueryValues(Map<String, Value>);

impl QueryValues {
    /// Wraps parameters that were checked against the operation of the request.
    pub fn new(checked: Map<String, Value>) -> Self {
        Self(checked)
    }

    /// The checked parameters of a request.
    ///
    /// # Errors
    /// 500 if the parameters of the request were not checked.
    pub fn from_extensions(extensions: &Extensions) -> Result<&Self, Problem> {
        let values = extensions.get::<Self>();
        values.ok_or_else(|| Problem::internal("the query parameters were not checked"))
    }

    /// The value of a parameter; `None` if the request does not have it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Deserializes the parameters into a type whose fields have their names.
    ///
    /// # Errors
    /// 500 if the document allows a value that the type cannot hold.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let parsed = serde_json::from_value(Value::Object(self.0.clone()));
        parsed.map_err(|error| {
            Problem::internal(format!(
                "the document allows query parameters that their type cannot hold: {error}"
            ))
        })
    }

    /// All parameters of the request, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }
}

/// Extracts the query parameters of a request as a `T`, whose fields have the names of the parameters.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let checked = QueryValues::from_extensions(&extensions);
        ready(checked.and_then(QueryValues::parse).map(Self))
    }
}

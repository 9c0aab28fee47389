//! The query parameters of a request after they were checked, and as types of the handlers.
//!
//! The contract checks them before the request is routed; handlers take a [`Filter`] of their own type.

use super::problem::Problem;
use actix_web::dev::{Extensions, Payload};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::future::{Ready, ready};

/// The checked parameters of a request by their names, as JSON.
#[derive(Default)]
pub struct Values(Map<String, Value>);

impl Values {
    /// Parameters that were checked against the operation of the request.
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

    /// The value of a parameter that was given.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The parameters as a type whose fields have their names.
    ///
    /// # Errors
    /// 500 if the document allows what the type does not take.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let parsed = serde_json::from_value(Value::Object(self.0.clone()));
        parsed.map_err(|error| {
            Problem::internal(format!(
                "the document allows what the parameters do not take: {error}"
            ))
        })
    }

    /// All parameters that were given, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }
}

/// The parameters of a request as a type: the fields of `T` are the names of the document.
pub struct Filter<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Filter<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let checked = Values::from_extensions(&extensions);
        ready(checked.and_then(Values::parse).map(Self))
    }
}

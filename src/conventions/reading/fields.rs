//! Sparse fieldsets: the parameter `fields` names the properties of each record that a response contains.

use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::QueryValues;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::Serialize;
use serde_json::Value;
use std::future::{Ready, ready};

/// The properties that a request selects; all if it names none.
#[derive(Debug, Clone, Default)]
pub struct Fields(Option<Vec<String>>);

impl Fields {
    /// The properties that a checked request selects.
    pub fn from_query(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        let named = extensions
            .get::<QueryValues>()
            .and_then(|values| values.get("fields"))
            .and_then(Value::as_array);
        Self(named.map(|names| {
            names
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect()
        }))
    }

    /// True if the request selects all properties.
    pub fn selects_all(&self) -> bool {
        self.0.is_none()
    }

    /// Removes the properties that are not selected from a record.
    pub fn retain(&self, record: &mut Value) {
        if let (Some(selected), Value::Object(members)) = (&self.0, record) {
            members.retain(|name, _| selected.iter().any(|field| field == name));
        }
    }

    /// Writes the selected properties of a record as JSON.
    ///
    /// # Errors
    /// The value cannot be represented as JSON, which never happens for a record.
    pub fn write(&self, record: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Problem> {
        if self.selects_all() {
            return serde_json::to_writer(out, record).map_err(Problem::internal);
        }
        let mut value = serde_json::to_value(record).map_err(Problem::internal)?;
        self.retain(&mut value);
        serde_json::to_writer(out, &value).map_err(Problem::internal)
    }
}

impl FromRequest for Fields {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::from_query(request)))
    }
}

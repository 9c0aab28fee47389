//! Sparse answers: `fields` names the properties that a client wants of each record, and the others stay away.

use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::QueryValues;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::Serialize;
use serde_json::Value;
use std::future::{Ready, ready};

/// The properties that a request wants, in the order of the document; all if it names none.
#[derive(Debug, Clone, Default)]
pub struct Fields(Option<Vec<String>>);

impl Fields {
    /// The properties that a checked request wants.
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

    /// True if some properties are to be left out.
    pub fn are_some(&self) -> bool {
        self.0.is_some()
    }

    /// Takes from a record what is not wanted.
    pub fn retain(&self, record: &mut Value) {
        if let (Some(wanted), Value::Object(members)) = (&self.0, record) {
            members.retain(|name, _| wanted.iter().any(|field| field == name));
        }
    }

    /// Writes a record with what is wanted of it.
    ///
    /// # Errors
    /// A value that is no JSON; never for a record.
    pub fn write(&self, record: &impl Serialize, out: &mut Vec<u8>) -> Result<(), Problem> {
        if !self.are_some() {
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

//! The loaders of the related records that `include` asks for.
//!
//! Conventions do not know which resources are related; the server puts the loaders into the application state.

use crate::conventions::http::problem::Problem;
use crate::database::Connection;
use crate::domain::RecordKind;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Loads records that are related to the records with the given ids, as JSON, by these ids.
pub type Load = for<'a> fn(
    &'a Connection,
    Vec<Uuid>,
) -> LocalBoxFuture<'a, Result<HashMap<Uuid, Value>, Problem>>;

/// The loaders, by the kind of the records and the name of the relation.
pub type Includes = HashMap<(RecordKind, &'static str), Load>;

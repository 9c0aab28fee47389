//! What loads the related records that `include` asks for, put into the application state by whoever knows all slices.

use crate::conventions::http::problem::Problem;
use crate::database::Connection;
use crate::domain::RecordKind;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Loads what a relation leads to, as JSON, by the ids of the records that it starts from.
pub type Load = for<'a> fn(
    &'a Connection,
    Vec<Uuid>,
) -> LocalBoxFuture<'a, Result<HashMap<Uuid, Value>, Problem>>;

/// What loads the relations, by the kind of the records and the name of the relation.
pub type Includes = HashMap<(RecordKind, &'static str), Load>;

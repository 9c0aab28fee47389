//! Related records inside of a response: the parameter `include` names the relations.
//!
//! A resource only declares its relations ([`Related`](crate::conventions::resource::Related)); their loaders are part of the
//! application state. One rule: one relation is loaded with one statement for all records, and limited to
//! [`MAX_INCLUDED`](crate::conventions::resource::MAX_INCLUDED) related records for each. Start with [`load`].

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::QueryValues;
use crate::conventions::resource::Resource;
use crate::database::Connection;
use crate::database::sql::seen;
use actix_web::{HttpMessage, HttpRequest};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// The related records of one relation, by the ids of the records that they are added to.
pub(in crate::conventions) struct IncludedRelation {
    name: String,
    is_list: bool,
    values: HashMap<Uuid, Value>,
}

/// All relations that a request includes.
pub(in crate::conventions) type Included = Vec<IncludedRelation>;

/// Loads the records that a request includes.
///
/// # Errors
/// 503.
pub(in crate::conventions) async fn load<R: Resource>(
    context: &Context,
    request: &HttpRequest,
    records: &[R],
) -> Result<Included, Problem> {
    let mut included = Included::new();
    for name in requested_names(request) {
        let Some(((_, relation), load)) = context
            .includes
            .iter()
            .find(|((resource, relation), _)| *resource == R::KIND.plural() && *relation == name)
        else {
            return Err(Problem::internal(format!(
                "there is no loader for the relation {name} of {}",
                R::KIND.plural()
            )));
        };
        let ids: Vec<Uuid> = records.iter().map(|record| record.record().id).collect();
        let load = async |connection: &Connection| load(connection, ids.clone()).await;
        let values = context
            .database
            .consistent_read(async |connection: &Connection| seen(connection, &load).await)
            .await?;
        included.push(IncludedRelation {
            name,
            is_list: relation.ends_with('s'),
            values,
        });
    }
    Ok(included)
}

/// The names of the relations in the parameter `include`.
fn requested_names(request: &HttpRequest) -> Vec<String> {
    let extensions = request.extensions();
    let names = extensions
        .get::<QueryValues>()
        .and_then(|values| values.get("include"))
        .and_then(Value::as_array);
    names
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// Adds the included records to the JSON of a record.
pub(in crate::conventions) fn insert(included: &mut Included, id: Uuid, record: &mut Value) {
    let Some(members) = record.as_object_mut() else {
        return;
    };
    for relation in included {
        let empty = if relation.is_list {
            Value::Array(Vec::new())
        } else {
            Value::Null
        };
        let value = relation.values.remove(&id).unwrap_or(empty);
        members.insert(relation.name.clone(), value);
    }
}

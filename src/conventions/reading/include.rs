//! Related records inside of a response: the parameter `include` names the relations.
//!
//! A resource only declares its relations ([`Readable::RELATIONS`]); their loaders are part of the application state. One rule:
//! one relation is loaded with one statement for all records, and limited to
//! [`MAX_INCLUDED`](crate::conventions::resource::MAX_INCLUDED) related records for each. Start with `load`.

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::QueryValues;
use crate::conventions::resource::{Readable, Relation};
use crate::database::Connection;
use crate::database::sql::observe;
use actix_web::{HttpMessage, HttpRequest};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// The included records of a response: for each relation, the values by the ids of the records that they are added to.
pub(in crate::conventions) type Included = Vec<(&'static Relation, HashMap<Uuid, Value>)>;

/// Loads the records that a request includes.
///
/// # Errors
/// 503.
pub(in crate::conventions) async fn load<R: Readable>(
    context: &Context,
    request: &HttpRequest,
    records: &[R],
) -> Result<Included, Problem> {
    let mut included = Included::new();
    for name in requested_names(request) {
        let known = R::RELATIONS.iter().find(|relation| relation.name == name);
        let loader = known.and_then(|relation| {
            let load = context.includes.get(&(R::KIND, relation.name))?;
            Some((relation, load))
        });
        let Some((relation, load)) = loader else {
            let plural = R::KIND.plural();
            return Err(Problem::internal(format!(
                "there is no loader for the relation {name} of {plural}"
            )));
        };
        let ids: Vec<Uuid> = records.iter().map(|record| record.record().id).collect();
        let load = async |connection: &Connection| load(connection, ids.clone()).await;
        let values = context
            .database
            .consistent_read(async |connection: &Connection| observe(connection, &load).await)
            .await?;
        included.push((relation, values));
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
    for (relation, values) in included {
        let empty = if relation.many {
            Value::Array(Vec::new())
        } else {
            Value::Null
        };
        let value = values.remove(&id).unwrap_or(empty);
        members.insert(relation.name.to_owned(), value);
    }
}

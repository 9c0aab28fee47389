//! Related records inside of an answer: `include` names the relations that a client wants to have along.
//!
//! The slices know only the names of their relations ([`Readable::RELATIONS`]); what loads them is put into the registry by whoever knows
//! all slices. One relation is one statement, however many records there are, and at most [`MOST`] records for each.
//!
//! [`MOST`]: crate::conventions::resource::MOST

use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::Values;
use crate::conventions::resource::{Readable, Relation};
use crate::database::Connection;
use crate::database::sql::observe;
use actix_web::{HttpMessage, HttpRequest};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What is included in an answer: for each relation its values by the ids of the records.
pub(in crate::conventions) type Included = Vec<(&'static Relation, HashMap<Uuid, Value>)>;

/// Loads what a request wants to have along with those records.
///
/// # Errors
/// 503.
pub(in crate::conventions) async fn load<R: Readable>(
    context: &Context,
    request: &HttpRequest,
    records: &[R],
) -> Result<Included, Problem> {
    let names: Vec<String> = {
        let extensions = request.extensions();
        let named = extensions
            .get::<Values>()
            .and_then(|values| values.get("include"))
            .and_then(Value::as_array);
        named
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect()
    };
    let mut included = Included::new();
    for name in names {
        let known = R::RELATIONS.iter().find(|relation| relation.name == name);
        let loader = known.and_then(|relation| {
            let load = context.includes.get(&(R::KIND, relation.name))?;
            Some((relation, load))
        });
        let Some((relation, load)) = loader else {
            let plural = R::KIND.plural();
            return Err(Problem::internal(format!(
                "no loader for the relation {name} of {plural}"
            )));
        };
        let ids: Vec<Uuid> = records.iter().map(|record| record.record().id).collect();
        let load = async |connection: &Connection| load(connection, ids.clone()).await;
        let loaded = context
            .database
            .consistent_read(async |connection: &Connection| observe(connection, &load).await)
            .await?;
        included.push((relation, loaded));
    }
    Ok(included)
}

/// Puts what is included into the JSON of a record.
pub(in crate::conventions) fn insert(included: &mut Included, id: Uuid, record: &mut Value) {
    let Some(members) = record.as_object_mut() else {
        return;
    };
    for (relation, values) in included {
        let none = if relation.many {
            Value::Array(Vec::new())
        } else {
            Value::Null
        };
        let value = values.remove(&id).unwrap_or(none);
        members.insert(relation.name.to_owned(), value);
    }
}

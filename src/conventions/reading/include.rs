//! Related records inside of an answer: `include` names the relations that a client wants to have along.
//!
//! The slices know only the names of their relations ([`Related`]); what loads them is put into the registry by whoever knows
//! all slices. One relation is one statement, however many records there are, and at most [`MOST`] records for each.

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

/// The members that a request wants to have along with those records: for each a name, and values by the records' ids.
pub(in crate::conventions) type Included = Vec<(String, bool, HashMap<Uuid, Value>)>;

/// Loads what a request wants to have along with those records.
///
/// # Errors
/// 503.
pub(in crate::conventions) async fn load<R: Resource>(
    context: &Context,
    request: &HttpRequest,
    records: &[R],
) -> Result<Included, Problem> {
    let names: Vec<String> = {
        let extensions = request.extensions();
        let named = extensions
            .get::<QueryValues>()
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
        let Some(((_, relation), load)) = context
            .includes
            .iter()
            .find(|((resource, relation), _)| *resource == R::KIND.plural() && *relation == name)
        else {
            return Err(Problem::internal(format!(
                "nobody loads {name} of {}",
                R::KIND.plural()
            )));
        };
        let ids: Vec<Uuid> = records.iter().map(|record| record.record().id).collect();
        let load = async |connection: &Connection| load(connection, ids.clone()).await;
        let loaded = context
            .database
            .consistent_read(async |connection: &Connection| seen(connection, &load).await)
            .await?;
        included.push((name, relation.ends_with('s'), loaded));
    }
    Ok(included)
}

/// Puts what is included into the JSON of a record.
pub(in crate::conventions) fn insert(included: &mut Included, id: Uuid, record: &mut Value) {
    let Some(members) = record.as_object_mut() else {
        return;
    };
    for (name, many, values) in included {
        let none = if *many {
            Value::Array(Vec::new())
        } else {
            Value::Null
        };
        members.insert(name.clone(), values.remove(&id).unwrap_or(none));
    }
}

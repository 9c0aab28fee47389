//! The whole U-CAP as one document: the plan with everything that belongs to it, nested, with slugs as references.
//!
//! The only module that composes resources. So far it reads the sample plan of a new registry; start with
//! [`load_sample`].

mod queries;

use crate::conventions::body::parse;
use crate::conventions::contract::Contract;
use crate::conventions::problem::Problem;
use crate::conventions::resource::{self, Resource};
use crate::database::Database;
use crate::resources::activities::Activity;
use crate::resources::cities::City;
use crate::resources::outcomes::Outcome;
use crate::resources::plans::Plan;
use crate::resources::themes::Theme;
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// The sample plan.
const SAMPLE: &str = include_str!("../../openapi/examples/manchester.json");

/// Stores the sample plan in a registry in which nothing was ever stored; tells whether it did.
///
/// # Errors
/// 503.
pub async fn load_sample(database: &Database, contract: &Contract) -> Result<bool, Problem> {
    let mut document: Value = serde_json::from_str(SAMPLE).map_err(Problem::internal)?;
    crate::domain::text::normalise_json(&mut document);
    let load = async |connection: &mut AsyncPgConnection| {
        if queries::has_history(connection).await? {
            return Ok(false);
        }
        store(connection, contract, document).await?;
        Ok::<_, Problem>(true)
    };
    database.write(load).await
}

/// The ids of cities and themes by their slugs.
#[derive(Default)]
struct Ids {
    cities: HashMap<String, Uuid>,
    themes: HashMap<String, Uuid>,
}

async fn store(connection: &mut AsyncPgConnection, contract: &Contract, mut document: Value) -> Result<(), Problem> {
    let mut ids = Ids::default();
    for value in taken(&mut document, "cities") {
        let city = stored::<City>(connection, contract, value).await?;
        ids.cities.insert(city.input.slug.to_string(), city.record.id);
    }
    for value in taken(&mut document, "themes") {
        let theme = stored::<Theme>(connection, contract, value).await?;
        ids.themes.insert(theme.input.slug.to_string(), theme.record.id);
    }
    let mut plan = document.get_mut("plan").map(Value::take).unwrap_or_default();
    ids.resolve(&mut plan);
    let plan = stored::<Plan>(connection, contract, plan).await?;
    for mut value in taken(&mut document, "activities") {
        ids.resolve(&mut value);
        set(&mut value, "plan_id", json!(plan.record.id));
        stored::<Activity>(connection, contract, value).await?;
    }
    for mut value in taken(&mut document, "outcomes") {
        ids.resolve(&mut value);
        set(&mut value, "plan_id", json!(plan.record.id));
        stored::<Outcome>(connection, contract, value).await?;
    }
    Ok(())
}

async fn stored<R: Resource>(connection: &mut AsyncPgConnection, contract: &Contract, value: Value) -> Result<R, Problem> {
    let input = parse::<R>(contract, value)?;
    resource::insert(connection, input).await
}

fn taken(document: &mut Value, member: &str) -> Vec<Value> {
    match document.get_mut(member).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn set(value: &mut Value, member: &str, new: Value) {
    if let Some(members) = value.as_object_mut() {
        members.insert(member.to_owned(), new);
    }
}

impl Ids {
    /// Puts ids in the place of slugs: `city` becomes `city_id`, a list of slugs `cities` becomes `city_ids`, and the
    /// same for themes, wherever they stand.
    fn resolve(&self, value: &mut Value) {
        if let Some(members) = value.as_object_mut() {
            for (member, table) in [("city", &self.cities), ("theme", &self.themes)] {
                let id = members.get(member).and_then(Value::as_str).and_then(|slug| table.get(slug)).copied();
                if let Some(id) = id {
                    members.remove(member);
                    members.insert(format!("{member}_id"), json!(id));
                }
            }
            for (member, ids, table) in [("cities", "city_ids", &self.cities), ("themes", "theme_ids", &self.themes)] {
                let slugs = members.get(member).and_then(Value::as_array).filter(|items| items.iter().all(Value::is_string));
                if let Some(slugs) = slugs.filter(|items| !items.is_empty()) {
                    let resolved: Vec<_> = slugs.iter().filter_map(|slug| table.get(slug.as_str()?)).copied().collect();
                    members.remove(member);
                    members.insert(ids.to_owned(), json!(resolved));
                } else if members.get(member) == Some(&json!([])) {
                    members.remove(member);
                }
            }
        }
        match value {
            Value::Object(members) => members.values_mut().for_each(|member| self.resolve(member)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.resolve(item)),
            _ => {}
        }
    }
}

//! What loads related records: the one place that knows which resources are related.

use crate::conventions::context::Includes;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Resource, queries};
use crate::database::Connection;
use crate::domain::RecordKind;
use crate::resources::activities::{self, Activity};
use crate::resources::outcomes::{self, Outcome};
use crate::resources::plan_parts::{self, first_of_plans};
use crate::resources::plans::Plan;
use futures_util::FutureExt;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The relations of all resources.
pub fn includes() -> Includes {
    let mut includes = Includes::new();
    includes.insert((RecordKind::Plan, "activities"), |connection, plans| {
        async move {
            lists(
                first_of_plans(connection, &activities::TABLES, plans).await?,
                |activity: &Activity| activity.input.plan_id,
            )
        }
        .boxed_local()
    });
    includes.insert((RecordKind::Plan, "outcomes"), |connection, plans| {
        async move {
            lists(
                first_of_plans(connection, &outcomes::TABLES, plans).await?,
                |outcome: &Outcome| outcome.input.plan_id,
            )
        }
        .boxed_local()
    });
    includes.insert((RecordKind::Activity, "plan"), |connection, ids| {
        async move {
            plans_of(
                connection,
                plan_parts::plans_of(connection, &activities::TABLES, ids).await?,
            )
            .await
        }
        .boxed_local()
    });
    includes.insert((RecordKind::Outcome, "plan"), |connection, ids| {
        async move {
            plans_of(
                connection,
                plan_parts::plans_of(connection, &outcomes::TABLES, ids).await?,
            )
            .await
        }
        .boxed_local()
    });
    includes
}

/// Records as lists, by the plan that they belong to.
fn lists<R: Resource>(
    records: Vec<R>,
    plan: impl Fn(&R) -> Uuid,
) -> Result<HashMap<Uuid, Value>, Problem> {
    let mut lists: HashMap<Uuid, Vec<Value>> = HashMap::new();
    for record in records {
        lists
            .entry(plan(&record))
            .or_default()
            .push(serde_json::to_value(&record).map_err(Problem::internal)?);
    }
    Ok(lists
        .into_iter()
        .map(|(plan, records)| (plan, Value::Array(records)))
        .collect())
}

/// The plans that records belong to, by the ids of the records.
async fn plans_of(
    connection: &Connection,
    of: Vec<(Uuid, Uuid)>,
) -> Result<HashMap<Uuid, Value>, Problem> {
    let wanted: HashSet<Uuid> = of.iter().map(|(_, plan)| *plan).collect();
    let wanted: Vec<Uuid> = wanted.into_iter().collect();
    let mut plans: Vec<Plan> = queries::find_all(connection, &wanted).await?;
    Plan::load_names(connection, &mut plans).await?;
    let named = plans.iter().map(|plan| {
        Ok((
            plan.record.id,
            serde_json::to_value(plan).map_err(Problem::internal)?,
        ))
    });
    let plans: HashMap<Uuid, Value> = named.collect::<Result<_, Problem>>()?;
    Ok(of
        .into_iter()
        .filter_map(|(record, plan)| Some((record, plans.get(&plan)?.clone())))
        .collect())
}

//! The loaders of related records, which `include` adds to responses.

use crate::conventions::context::{Includes, Load};
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Resource, queries};
use crate::database::Connection;
use crate::domain::RecordKind;
use crate::resources::activities::Activity;
use crate::resources::outcomes::Outcome;
use crate::resources::plan_parts::{PlanPart, first_of_plans, plans_of};
use crate::resources::plans::Plan;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The loaders of the relations of all resources.
pub fn includes() -> Includes {
    let load: [((RecordKind, &str), Load); 4] = [
        ((RecordKind::Plan, "activities"), parts::<Activity>),
        ((RecordKind::Plan, "outcomes"), parts::<Outcome>),
        ((RecordKind::Activity, "plan"), plans::<Activity>),
        ((RecordKind::Outcome, "plan"), plans::<Outcome>),
    ];
    Includes::from(load)
}

type Loading<'a> = LocalBoxFuture<'a, Result<HashMap<Uuid, Value>, Problem>>;

/// Loads the first activities or outcomes of plans as lists, by the ids of the plans.
fn parts<P: PlanPart>(connection: &Connection, plans: Vec<Uuid>) -> Loading<'_> {
    let load = async move {
        let mut lists: HashMap<Uuid, Vec<Value>> = HashMap::new();
        for part in first_of_plans::<P>(connection, plans).await? {
            let list = lists.entry(part.plan_id()).or_default();
            list.push(serde_json::to_value(&part).map_err(Problem::internal)?);
        }
        let lists = lists.into_iter();
        Ok(lists.map(|(plan, list)| (plan, list.into())).collect())
    };
    load.boxed_local()
}

/// Loads the plans of activities or outcomes, by the ids of these.
fn plans<P: PlanPart>(connection: &Connection, ids: Vec<Uuid>) -> Loading<'_> {
    let load = async move {
        let pairs = plans_of::<P>(connection, ids).await?;
        let wanted: HashSet<Uuid> = pairs.iter().map(|(_, plan)| *plan).collect();
        let wanted: Vec<Uuid> = wanted.into_iter().collect();
        let mut plans: Vec<Plan> = queries::find_all(connection, &wanted).await?;
        Plan::load_names(connection, &mut plans).await?;
        let plans = plans.iter().map(|plan| {
            let json = serde_json::to_value(plan).map_err(Problem::internal)?;
            Ok((plan.record.id, json))
        });
        let plans: HashMap<Uuid, Value> = plans.collect::<Result<_, Problem>>()?;
        let found = pairs.into_iter();
        let found = found.filter_map(|(part, plan)| Some((part, plans.get(&plan)?.clone())));
        Ok(found.collect())
    };
    load.boxed_local()
}

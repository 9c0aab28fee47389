//! Request bodies as input documents, checked against the published schema and the rules of the resource.
//!
//! One rule: all faults of a body are reported at once. [`Body`] is the body of POST and PUT, [`Patch`] that of PATCH; neither
//! is read before access was granted. Start with [`parse`].

use crate::conventions::context::ApplicationState;
use crate::conventions::contract::Contract;
use crate::conventions::http::body::{Extracting, LIMIT, json};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{Input, Resource};
use crate::conventions::writing::merge_patch::merge;
use crate::conventions::writing::named::{Named, look_up};
use crate::domain::{Fault, Faults, Place};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use diesel_async::AsyncPgConnection;
use serde_json::Value;
use std::collections::BTreeSet;

/// A valid input document of `R`.
pub struct Body<R: Resource> {
    /// The document.
    pub input: R::Input,
    /// The records that it names by slug.
    pub named: Named,
}

/// A merge patch for `R` that satisfies the schema of patches.
pub struct Patch<R> {
    /// The patch itself.
    pub value: Value,
    /// The records that it names by slug.
    pub named: Named,
    resource: std::marker::PhantomData<R>,
}

impl<R: Resource> FromRequest for Body<R> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let mut value = json(&request, payload, &["application/json"], LIMIT).await?;
            let state = state(&request)?;
            let named = identify(state, &mut value).await?;
            let input = parse::<R>(&state.contract, value)?;
            Ok(Self { input, named })
        })
    }
}

impl<R: Resource> FromRequest for Patch<R> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let mut value = json(
                &request,
                payload,
                &["application/merge-patch+json", "application/json"],
                LIMIT,
            )
            .await?;
            let state = state(&request)?;
            let named = identify(state, &mut value).await?;
            check_patch::<R>(&state.contract, &value)?;
            Ok(Self {
                value,
                named,
                resource: std::marker::PhantomData,
            })
        })
    }
}

fn state(request: &HttpRequest) -> Result<&ApplicationState, Problem> {
    let state = request.app_data::<web::Data<ApplicationState>>();
    state
        .map(|state| state.as_ref())
        .ok_or_else(|| Problem::internal("the application has no state"))
}

/// Replaces the slugs by which a body names records by ids.
async fn identify(state: &ApplicationState, body: &mut Value) -> Result<Named, Problem> {
    let named = Named::find(body);
    if !named.is_empty() {
        let look_up = async |connection: &AsyncPgConnection| {
            look_up(connection, [&named]).await.map_err(Problem::from)
        };
        let ids = state.database.read(look_up).await?;
        named.replace(body, &ids);
    }
    Ok(named)
}

fn input_schema<R: Resource>() -> String {
    format!("{}Input", R::KIND.schema())
}

/// Checks a value against the schema and the rules of `R` and deserializes it.
///
/// # Errors
/// `validation_failed` with every fault.
pub fn parse<R: Resource>(contract: &Contract, value: Value) -> Result<R::Input, Problem> {
    let schema_faults = contract.check(&input_schema::<R>(), &value);
    let (input, faults) = apply_rules::<R>(contract, value, schema_faults)?;
    input
        .filter(|_| faults.is_empty())
        .ok_or_else(|| Problem::from_faults(Code::ValidationFailed, faults))
}

/// Checks a value against the schema of patches of `R`.
///
/// # Errors
/// `validation_failed` with every fault.
pub fn check_patch<R: Resource>(contract: &Contract, value: &Value) -> Result<(), Problem> {
    let faults = contract.check(&format!("{}Patch", R::KIND.schema()), value);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Problem::from_faults(Code::ValidationFailed, faults))
    }
}

/// True if a value conforms to the schema of `R`, whatever the rules say.
pub fn conforms<R: Resource>(contract: &Contract, value: &Value) -> bool {
    contract.accepts(&input_schema::<R>(), value)
}

/// Merges a patch into a stored document (RFC 7396). The result is checked like a new document.
///
/// # Errors
/// `validation_failed` with every fault of the result.
pub fn merged<R: Resource>(
    contract: &Contract,
    stored: &R::Input,
    patch: Value,
) -> Result<R::Input, Problem> {
    let mut document = serde_json::to_value(stored).map_err(Problem::internal)?;
    merge(&mut document, patch);
    parse::<R>(contract, document)
}

/// Checks a value against the rules of `R`, given its faults against the schema. Returns the input document, if the schema
/// allows it, and all faults.
///
/// # Errors
/// The schema allows a value that the type cannot hold. Tests compare the two, so a released binary does not fail here.
pub fn apply_rules<R: Resource>(
    contract: &Contract,
    value: Value,
    mut faults: Vec<Fault>,
) -> Result<(Option<R::Input>, Vec<Fault>), Problem> {
    let value = without_nulls(value);
    if !faults.is_empty() {
        faults.extend(rule_faults_with_placeholders::<R>(
            contract, &value, &faults,
        ));
        return Ok((None, faults));
    }
    let mut input: R::Input = serde_json::from_value(value).map_err(|error| {
        Problem::internal(format!(
            "the schema of {} allows a value that its type cannot hold: {error}",
            R::KIND.schema()
        ))
    })?;
    input.remove_repetitions();
    let mut rules = Faults::default();
    input.validate(&mut rules);
    Ok((Some(input), rules.into_vec()))
}

/// The value without the members that are null. The schema allows null only where a member may be left out, and means the same.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let given = members.into_iter().filter(|(_, member)| !member.is_null());
            let given = given.map(|(name, member)| (name, without_nulls(member)));
            Value::Object(given.collect())
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// The rules that a value violates in addition to the schema, so that one response names all faults.
///
/// The rules can only be checked on a valid document. Each member of the body with a fault is therefore replaced by valid
/// values: all values of an enum in turn, otherwise the example of the document. A rule counts as violated only if it is
/// violated with each of these values; faults in the replaced members themselves are not reported.
fn rule_faults_with_placeholders<R: Resource>(
    contract: &Contract,
    value: &Value,
    schema_faults: &[Fault],
) -> Vec<Fault> {
    let members: BTreeSet<&str> = schema_faults.iter().filter_map(member_of).collect();
    let replacements: Vec<(&str, Vec<Value>)> = members
        .iter()
        .map(|member| (*member, contract.valid_values(&input_schema::<R>(), member)))
        .collect();
    let rounds = replacements
        .iter()
        .map(|(_, values)| values.len())
        .max()
        .unwrap_or(1)
        .max(1);
    let faults_of_round = |round: usize| {
        let mut document = value.clone();
        for (member, values) in &replacements {
            let replacement = values.get(round % values.len().max(1));
            replace(&mut document, member, replacement);
        }
        let mut rules = Faults::default();
        serde_json::from_value::<R::Input>(document)
            .ok()?
            .validate(&mut rules);
        Some(rules.into_vec())
    };
    let rounds = (0..rounds).map(faults_of_round).collect::<Option<Vec<_>>>();
    let mut faults = common_faults(rounds.unwrap_or_default());
    faults.retain(|fault| !member_of(fault).is_some_and(|member| members.contains(member)));
    faults
}

/// The faults of the first round at places that have a fault in every other round, too.
fn common_faults(rounds: Vec<Vec<Fault>>) -> Vec<Fault> {
    let mut rounds = rounds.into_iter();
    let mut faults = rounds.next().unwrap_or_default();
    for round in rounds {
        faults.retain(|fault| round.iter().any(|other| other.place == fault.place));
    }
    faults
}

/// The member of the body in which a fault is.
fn member_of(fault: &Fault) -> Option<&str> {
    match &fault.place {
        Place::Pointer(pointer) => pointer.split('/').nth(1),
        Place::Parameter(_) => None,
    }
}

/// Replaces a member of a document, or removes it if there is no replacement.
fn replace(document: &mut Value, member: &str, replacement: Option<&Value>) {
    let Some(members) = document.as_object_mut() else {
        return;
    };
    match replacement {
        Some(value) => drop(members.insert(member.to_owned(), value.clone())),
        None => drop(members.shift_remove(&member.replace("~1", "/").replace("~0", "~"))),
    }
}

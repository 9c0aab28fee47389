//! Request bodies as input documents: checked against the published schema and the rules of the resource.
//!
//! [`Body`] is what POST and PUT take, [`Patch`] what PATCH takes. Neither is read before access was granted.

use crate::conventions::context::ApplicationState;
use crate::conventions::contract::Contract;
use crate::conventions::http::body::{Extracting, LIMIT, json};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{Input, Resource};
use crate::domain::{Fault, Faults, Place};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde_json::Value;
use std::collections::BTreeSet;

/// A valid input document of `R`.
pub struct Body<R: Resource>(pub R::Input);

/// A merge patch for `R`, of valid shape.
pub struct Patch<R> {
    /// The patch itself.
    pub value: Value,
    resource: std::marker::PhantomData<R>,
}

impl<R: Resource> FromRequest for Body<R> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let value = json(&request, payload, &["application/json"], LIMIT).await?;
            parse::<R>(contract(&request)?, value).map(Self)
        })
    }
}

impl<R: Resource> FromRequest for Patch<R> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let value = json(
                &request,
                payload,
                &["application/merge-patch+json", "application/json"],
                LIMIT,
            )
            .await?;
            let faults = contract(&request)?.check(&format!("{}Patch", R::KIND.schema()), &value);
            if faults.is_empty() {
                return Ok(Self {
                    value,
                    resource: std::marker::PhantomData,
                });
            }
            Err(Problem::from_faults(Code::ValidationFailed, faults))
        })
    }
}

fn contract(request: &HttpRequest) -> Result<&Contract, Problem> {
    let registry = request.app_data::<web::Data<ApplicationState>>();
    registry
        .map(|registry| &*registry.contract)
        .ok_or_else(|| Problem::internal("no registry"))
}

fn input_schema<R: Resource>() -> String {
    format!("{}Input", R::KIND.schema())
}

/// Checks a value against the schema and the rules of `R` and gives it its type.
///
/// # Errors
/// `validation_failed` with every fault.
pub fn parse<R: Resource>(contract: &Contract, value: Value) -> Result<R::Input, Problem> {
    let faults = contract.check(&input_schema::<R>(), &value);
    let (input, faults) = understand::<R>(contract, value, faults)?;
    input
        .filter(|_| faults.is_empty())
        .ok_or_else(|| Problem::from_faults(Code::ValidationFailed, faults))
}

/// Gives a value of which all faults of shape are known its type, if it has none, and adds the rules that it breaks.
///
/// # Errors
/// The schema allows what the type does not take; never in a binary that was tested.
pub fn understand<R: Resource>(
    contract: &Contract,
    value: Value,
    mut faults: Vec<Fault>,
) -> Result<(Option<R::Input>, Vec<Fault>), Problem> {
    if !faults.is_empty() {
        faults.extend(rule_faults_beside::<R>(contract, &value, &faults));
        return Ok((None, faults));
    }
    let input: R::Input = serde_json::from_value(value).map_err(|error| {
        Problem::internal(format!(
            "the schema of {} allows what its type does not take: {error}",
            R::KIND.schema()
        ))
    })?;
    let mut rules = Faults::default();
    input.validate(&mut rules);
    Ok((Some(input), rules.into_vec()))
}

/// The rules that a value of wrong shape breaks besides, so that one answer names them too.
///
/// What is wrong is put aside, member by member of the body, and a valid stand-in takes its place: every value of an
/// enum in turn, else the example of the document. A rule counts as broken if it is with each stand-in; nothing more is
/// said of the members that were put aside.
fn rule_faults_beside<R: Resource>(
    contract: &Contract,
    value: &Value,
    known: &[Fault],
) -> Vec<Fault> {
    let members: BTreeSet<&str> = known.iter().filter_map(member_of).collect();
    let stand_ins: Vec<(&str, Vec<Value>)> = members
        .iter()
        .map(|member| (*member, contract.valid_values(&input_schema::<R>(), member)))
        .collect();
    let rounds = stand_ins
        .iter()
        .map(|(_, values)| values.len())
        .max()
        .unwrap_or(1)
        .max(1);
    let broken = |round: usize| {
        let mut whole = value.clone();
        for (member, values) in &stand_ins {
            replace(&mut whole, member, values.get(round % values.len().max(1)));
        }
        let mut rules = Faults::default();
        serde_json::from_value::<R::Input>(whole)
            .ok()?
            .validate(&mut rules);
        Some(rules.into_vec())
    };
    let rounds = (0..rounds).map(broken).collect::<Option<Vec<_>>>();
    let aside = |fault: &Fault| member_of(fault).is_some_and(|member| members.contains(member));
    let mut faults = found_in_all(rounds.unwrap_or_default());
    faults.retain(|fault| !aside(fault));
    faults
}

/// The faults of the first round whose places have a fault in every other round as well.
fn found_in_all(rounds: Vec<Vec<Fault>>) -> Vec<Fault> {
    let mut rounds = rounds.into_iter();
    let mut faults = rounds.next().unwrap_or_default();
    for round in rounds {
        faults.retain(|fault| round.iter().any(|other| other.place == fault.place));
    }
    faults
}

/// The member of the body that a fault is in.
fn member_of(fault: &Fault) -> Option<&str> {
    match &fault.place {
        Place::Pointer(pointer) => pointer.split('/').nth(1),
        Place::Parameter(_) => None,
    }
}

fn replace(whole: &mut Value, member: &str, value: Option<&Value>) {
    let Some(members) = whole.as_object_mut() else {
        return;
    };
    match value {
        Some(value) => drop(members.insert(member.to_owned(), value.clone())),
        None => drop(members.shift_remove(&member.replace("~1", "/").replace("~0", "~"))),
    }
}

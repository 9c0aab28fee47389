//! A document goes in: all of it or nothing, in one transaction and a bounded number of statements.
//!
//! The plan is locked with all its parts; cities and themes are found or made; then the parts are paired with the stored
//! ones, and only what differs is written. A dry run does the same and undoes it. Start with [`import`].

use super::draft::{Draft, Given};
use super::matching::Told;
use super::parts::Parts;
use super::queries::{self, Wanted};
use super::report::{
    ImportDifference, ImportOptions, ImportStatus, ImportedKind, ImportedRecord, PlanImport,
};
use super::resolution::{Settled, placed, settle};
use super::stored::{self, StoredParts};
use crate::conventions::body::parse;
use crate::conventions::change_log::{self, Actor};
use crate::conventions::contract::Contract;
use crate::conventions::http::entity_tag::EntityTag;
use crate::conventions::problem::{Code, Problem};
use crate::conventions::resource::{Input, Key, Resource, refusal};
use crate::conventions::writing::precondition::Precondition;
use crate::database::{Database, DatabaseError, bulk};
use crate::domain::{Fault, FaultCode, Slug};
use crate::resources::activities::Activity;
use crate::resources::cities::City;
use crate::resources::outcomes::Outcome;
use crate::resources::plans::Plan;
use crate::resources::themes::Theme;
use diesel_async::AsyncPgConnection;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// A document on its way in.
pub struct Import<'a> {
    /// What the document must be valid under.
    pub contract: &'a Contract,
    /// Who imports it.
    pub actor: &'a Actor,
    /// What must hold of the document that is stored so far.
    pub precondition: Precondition,
    /// How.
    pub options: ImportOptions,
}

/// A document that was imported.
#[derive(Debug)]
pub struct Imported {
    /// What was done.
    pub report: PlanImport,
    /// The entity tag of the document as it is stored now; none after a dry run.
    pub tag: Option<EntityTag>,
    /// True if there was no such plan before.
    pub created: bool,
}

/// How an import ends without anything being stored.
enum Undone {
    Refused(Problem),
    DryRun(Box<Imported>),
}

impl From<DatabaseError> for Undone {
    fn from(error: DatabaseError) -> Self {
        Self::Refused(error.into())
    }
}

/// Imports a document under the key of its address, or under its own slug if there is no address.
///
/// # Errors
/// 404 for an id that no plan has, 409, 412, 422, 503.
pub async fn import(
    database: &Database,
    import: &Import<'_>,
    key: Option<&Key>,
    document: Value,
) -> Result<Imported, Problem> {
    let slug = match key {
        Some(Key::Slug(slug)) => Some(slug.clone()),
        Some(key) => {
            let slug = database.read(async |connection: &AsyncPgConnection| {
                queries::slug_of(connection, key)
                    .await
                    .map_err(Problem::from)
            });
            Some(slug.await?.ok_or_else(|| Problem::not_found("plan", key))?)
        }
        None => None,
    };
    let draft = Draft::read(import.contract, document, slug.as_ref())?;
    let outcome = database.write(async |connection: &mut AsyncPgConnection| {
        match import.run(connection, draft).await {
            Ok(imported) if import.options.dry_run => Err(Undone::DryRun(Box::new(imported))),
            Ok(imported) => Ok(imported),
            Err(problem) => Err(Undone::Refused(problem)),
        }
    });
    match outcome.await {
        Ok(imported) => Ok(imported),
        Err(Undone::DryRun(imported)) => Ok(Imported {
            tag: None,
            ..*imported
        }),
        Err(Undone::Refused(problem)) => Err(problem),
    }
}

impl Import<'_> {
    /// Imports a draft in the transaction that the connection is in.
    ///
    /// # Errors
    /// 409, 412, 422, 503.
    pub async fn run(
        &self,
        connection: &mut AsyncPgConnection,
        mut draft: Draft,
    ) -> Result<Imported, Problem> {
        if draft.plan.slug.is_unassigned() {
            draft.plan.slug = Slug::derive(&draft.plan.title, Plan::NAME.singular);
        }
        let slug = draft.plan.slug.clone();
        change_log::sign(connection, self.actor).await?;
        if !queries::begin_import(connection, slug.as_str()).await? {
            return Err(Problem::new(
                Code::ImportRunning,
                format!("another import of the plan {:?} is at work", slug.as_str()),
            ));
        }
        let before = match queries::lock_parts(connection, &slug).await? {
            Some(id) => queries::parts(connection, &Key::Id(id)).await?,
            None => None,
        };
        if self.precondition.is_set() {
            let tag = match &before {
                Some(parts) => Some(
                    stored::show(connection, parts.clone())
                        .await?
                        .value
                        .json()?
                        .1,
                ),
                None => None,
            };
            self.precondition.check_tag(tag.as_ref())?;
        }
        let mut records = self.settle_references(connection, &mut draft).await?;
        let created = before.is_none();
        let (plan, own) = write_parts(connection, draft, before).await?;
        records.splice(0..0, own.plan);
        records.extend(own.parts);
        let shown = stored::read(connection, &Key::Id(plan)).await?.value;
        let plan_id = Some(plan).filter(|_| !(created && self.options.dry_run));
        let report = PlanImport::new(plan_id, slug.to_string(), self.options.dry_run, records);
        Ok(Imported {
            report,
            tag: Some(shown.json()?.1),
            created,
        })
    }

    /// Finds or makes the cities and themes of a draft and puts their ids in it.
    async fn settle_references(
        &self,
        connection: &mut AsyncPgConnection,
        draft: &mut Draft,
    ) -> Result<Vec<ImportedRecord>, Problem> {
        let wanted = wanted_cities(draft);
        let stored_cities = queries::city_candidates(connection, &wanted).await?;
        let stored_themes = queries::theme_candidates(connection, &wanted_themes(draft)).await?;
        let plans: Vec<String> = draft.provisional.plans.values().cloned().collect();
        let stored_plans = queries::plans_by_slug(connection, &plans).await?;
        let cities = settle::<City>(&draft.cities, &stored_cities)?;
        let themes = settle::<Theme>(&draft.themes, &stored_themes)?;
        let mut places = HashMap::new();
        places.extend(placed(
            &draft.provisional.cities,
            &draft.cities,
            &cities,
            &stored_cities,
        ));
        places.extend(placed(
            &draft.provisional.themes,
            &draft.themes,
            &themes,
            &stored_themes,
        ));
        places.extend(
            draft
                .provisional
                .plans
                .iter()
                .filter_map(|(id, slug)| Some((*id, *stored_plans.get(slug)?))),
        );
        retarget(draft, &places)?;
        let mut records = self
            .write_references::<City>(connection, "cities", &draft.cities, cities, stored_cities)
            .await?;
        records.extend(
            self.write_references::<Theme>(
                connection,
                "themes",
                &draft.themes,
                themes,
                stored_themes,
            )
            .await?,
        );
        Ok(records)
    }

    /// Makes the new records, writes over stored ones if that is wished, and says what was done.
    async fn write_references<R>(
        &self,
        connection: &mut AsyncPgConnection,
        member: &str,
        given: &[Given<R::Input>],
        settled: Vec<Settled>,
        stored: Vec<(Uuid, R::Input)>,
    ) -> Result<Vec<ImportedRecord>, Problem>
    where
        R: Resource<Input: Told>,
    {
        let (mut created, mut updated, mut records) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (given, settled)) in given.iter().zip(settled).enumerate() {
            let pointer = format!("/{member}/{index}");
            let known = settled
                .stored
                .and_then(|(place, by)| Some((stored.get(place)?, by)));
            let mut record = record::<R>(
                Some(pointer.clone()),
                ImportStatus::Created,
                settled.id,
                known.map_or(&given.input, |((_, input), _)| input),
            );
            match known {
                None => created.push((settled.id, given.input.clone())),
                Some(((id, input), by)) => {
                    record.status = ImportStatus::Unchanged;
                    record.matched_by = Some(by);
                    record.differences = differences(&pointer, given, input)?;
                    if self.options.update_references && !record.differences.is_empty() {
                        updated.push((*id, overlaid::<R>(self.contract, &pointer, given, input)?));
                        record.status = ImportStatus::Updated;
                    }
                }
            }
            records.push(record);
        }
        // In the order of their slugs, so that two imports never wait for each other in a circle.
        created.sort_by(|(_, one), (_, other)| one.slug().as_str().cmp(other.slug().as_str()));
        updated.sort_by_key(|(id, _)| *id);
        let refused = |error| located(refusal::<R>(error, false), &format!("/{member}"));
        bulk::insert(connection, R::NAME.plural, &created)
            .await
            .map_err(refused)?;
        bulk::update(connection, R::NAME.plural, &updated)
            .await
            .map_err(refused)?;
        Ok(records)
    }
}

fn wanted_cities(draft: &Draft) -> Wanted {
    let mut wanted = Wanted {
        slugs: draft.provisional.cities.values().cloned().collect(),
        ..Wanted::default()
    };
    for Given { input, .. } in &draft.cities {
        wanted.slugs.push(input.slug.to_string());
        wanted.names.push(input.name.clone());
        wanted.names.extend(input.alternative_names.iter().cloned());
        for identifier in &input.identifiers {
            wanted.schemes.push(identifier.scheme.clone());
            wanted.values.push(identifier.value.clone());
        }
    }
    wanted
}

fn wanted_themes(draft: &Draft) -> Wanted {
    let mut wanted = Wanted {
        slugs: draft.provisional.themes.values().cloned().collect(),
        ..Wanted::default()
    };
    for Given { input, .. } in &draft.themes {
        wanted.slugs.push(input.slug.to_string());
        wanted.names.push(input.name.clone());
        wanted.names.extend(input.aliases.iter().cloned());
    }
    wanted
}

/// Puts stored ids in the place of all provisional ones.
fn retarget(draft: &mut Draft, places: &HashMap<Uuid, Uuid>) -> Result<(), Problem> {
    let slugs = &draft.provisional;
    let unknown = draft
        .references()
        .into_iter()
        .filter(|(_, _, id)| !places.contains_key(id))
        .map(|(pointer, table, id)| {
            let slug = [&slugs.cities, &slugs.themes, &slugs.plans]
                .into_iter()
                .find_map(|slugs| slugs.get(&id))
                .map_or("", String::as_str);
            let detail = format!(
                "{slug:?} is not among the {table} of the registry, nor listed in the document"
            );
            Fault::at(pointer, FaultCode::UnknownReference, detail)
        });
    let unknown: Vec<Fault> = unknown.collect();
    if !unknown.is_empty() {
        return Err(Problem::of_faults(Code::UnknownReference, unknown));
    }
    let theme = |id: &mut Uuid| places.get(id).map(|place| *id = *place);
    let done = draft
        .plan
        .links()
        .try_for_each(|link| link.retarget(places));
    let done = done.and(draft.activities.iter_mut().try_for_each(|activity| {
        activity.theme_ids.iter_mut().try_for_each(theme)?;
        activity
            .content
            .links()
            .try_for_each(|link| link.retarget(places))
    }));
    let done = done.and(draft.outcomes.iter_mut().try_for_each(|outcome| {
        outcome.theme_id.iter_mut().try_for_each(theme)?;
        outcome
            .content
            .links()
            .try_for_each(|link| link.retarget(places))
    }));
    done.ok_or_else(|| Problem::internal("a reference of a document was not looked up"))
}

/// What the document says otherwise than what is stored; of what it leaves out it says nothing.
fn differences<T: Input>(
    pointer: &str,
    given: &Given<T>,
    stored: &T,
) -> Result<Vec<ImportDifference>, Problem> {
    let as_given = serde_json::to_value(&given.input).map_err(Problem::internal)?;
    let as_stored = serde_json::to_value(stored).map_err(Problem::internal)?;
    let said = given.members.keys().filter(|member| *member != "slug");
    let pairs =
        said.filter_map(|member| Some((member, as_stored.get(member)?, as_given.get(member)?)));
    let differing = pairs.filter(|(_, stored, given)| stored != given);
    let difference = |(member, stored, given): (&String, &Value, &Value)| ImportDifference {
        pointer: format!("{pointer}/{member}"),
        stored: stored.to_string(),
        given: given.to_string(),
    };
    Ok(differing.map(difference).collect())
}

/// The stored record with what the document says written over it.
fn overlaid<R: Resource>(
    contract: &Contract,
    pointer: &str,
    given: &Given<R::Input>,
    stored: &R::Input,
) -> Result<R::Input, Problem> {
    let mut value = serde_json::to_value(stored).map_err(Problem::internal)?;
    if let Some(members) = value.as_object_mut() {
        members.extend(
            given
                .members
                .iter()
                .filter(|(member, _)| *member != "slug")
                .map(|(member, value)| (member.clone(), value.clone())),
        );
    }
    parse::<R>(contract, value).map_err(|problem| located(problem, pointer))
}

/// The same problem, with its faults where the record is in the document.
pub(super) fn located(mut problem: Problem, pointer: &str) -> Problem {
    for fault in &mut problem.faults {
        if let crate::domain::Place::Pointer(own) = &mut fault.place {
            own.insert_str(0, pointer);
        }
    }
    problem
}

/// The records of an import that are the plan's own.
struct OwnRecords {
    plan: Vec<ImportedRecord>,
    parts: Vec<ImportedRecord>,
}

/// Writes the plan, its activities and its outcomes; gives the id of the plan.
async fn write_parts(
    connection: &mut AsyncPgConnection,
    draft: Draft,
    before: Option<StoredParts>,
) -> Result<(Uuid, OwnRecords), Problem> {
    let refused = |error| located(refusal::<Plan>(error, false), "/plan");
    queries::defer_themes(connection).await?;
    let (id, status, activities, outcomes) = match before {
        None => {
            let id = Uuid::now_v7();
            Plan::insert(connection, id, draft.plan.clone())
                .await
                .map_err(refused)?;
            (id, ImportStatus::Created, Vec::new(), Vec::new())
        }
        Some(StoredParts {
            plan,
            activities,
            outcomes,
            ..
        }) => {
            let id = plan.record.id;
            let changed = plan.input != draft.plan;
            if changed {
                Plan::update(connection, id, draft.plan.clone())
                    .await
                    .map_err(refused)?;
            }
            (
                id,
                if changed {
                    ImportStatus::Updated
                } else {
                    ImportStatus::Unchanged
                },
                activities,
                outcomes,
            )
        }
    };
    let plan = vec![record::<Plan>(
        Some("/plan".into()),
        status,
        id,
        &draft.plan,
    )];
    let mut parts = Parts::<Activity>::paired(id, draft.activities, activities)
        .write(connection)
        .await?;
    let outcomes = Parts::<Outcome>::paired(id, draft.outcomes, outcomes)
        .write(connection)
        .await?;
    let removed = |record: &ImportedRecord| record.status == ImportStatus::Removed;
    let (gone, kept): (Vec<_>, Vec<_>) = parts.into_iter().chain(outcomes).partition(removed);
    parts = kept;
    parts.extend(gone);
    Ok((id, OwnRecords { plan, parts }))
}

/// What an input is called, for people.
fn label<T: Input>(input: &T) -> String {
    let value = serde_json::to_value(input).unwrap_or_default();
    let text = ["slug", "title", "description"]
        .iter()
        .find_map(|member| value.get(*member)?.as_str())
        .unwrap_or_default();
    text.chars().take(200).collect()
}

pub(super) fn record<R: Resource>(
    pointer: Option<String>,
    status: ImportStatus,
    id: Uuid,
    input: &R::Input,
) -> ImportedRecord {
    let kind = match R::NAME.singular {
        "city" => ImportedKind::City,
        "theme" => ImportedKind::Theme,
        "activity" => ImportedKind::Activity,
        "outcome" => ImportedKind::Outcome,
        _ => ImportedKind::Plan,
    };
    ImportedRecord {
        pointer,
        kind,
        status,
        id: Some(id),
        label: label(input),
        matched_by: None,
        differences: Vec::new(),
    }
}

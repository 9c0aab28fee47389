//! A document goes in: all of it or nothing, in one transaction and a bounded number of statements.
//!
//! The plan is locked with all its parts; cities and themes are found or made; then the parts are paired with the stored
//! ones, and only what differs is written. A dry run does the same and undoes it.
//!
//! `draft` checks what somebody sent, `check` does so without a database, `matching` and `resolution` decide which stored records it means, `references` and `parts`
//! write what differs, `report` says what was done. Start with [`import`].

mod check;
mod contradiction;
mod draft;
mod matching;
mod parts;
mod pointers;
mod queries;
mod references;
mod report;
mod resolution;

pub use check::{OpenReference, check};
pub use draft::Draft;
pub use queries::has_history;
pub use report::{
    ImportDifference, ImportOptions, ImportStatus, ImportedKind, ImportedRecord, MatchedBy,
    PlanImport,
};

use crate::conventions::context::Actor;
use crate::conventions::contract::Contract;
use crate::conventions::http::entity_tag::EntityTag;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{Key, Writable};
use crate::conventions::writing::change_log;
use crate::conventions::writing::precondition::Precondition;
use crate::conventions::writing::refusal;
use crate::database::{Database, DatabaseError};
use crate::documents::summary::{self, StoredParts};
use crate::domain::{RecordKind, Slug};
use crate::resources::activities::Activity;
use crate::resources::cities::City;
use crate::resources::outcomes::Outcome;
use crate::resources::plans::{Plan, PlanInput};
use crate::resources::themes::Theme;
use diesel_async::AsyncPgConnection;
use parts::Parts;
use pointers::located;
use references::{References, retarget, wanted_cities, wanted_themes};
use report::record;
use resolution::{placed, resolve};
use serde_json::Value;
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
            draft.plan.slug = Slug::derive(&draft.plan.title, RecordKind::Plan.singular());
        }
        let slug = draft.plan.slug.clone();
        change_log::set_actor(connection, self.actor).await?;
        if !queries::begin_import(connection, slug.as_str()).await? {
            return Err(Problem::new(
                Code::ImportRunning,
                format!("another import of the plan {:?} is at work", slug.as_str()),
            ));
        }
        let before = match queries::lock_parts(connection, &slug).await? {
            Some(id) => summary::parts(connection, &Key::Id(id)).await?,
            None => None,
        };
        self.check(connection, before.as_ref()).await?;
        let mut records = self.settle_references(connection, &mut draft).await?;
        let created = before.is_none();
        let (plan, own) = write_parts(connection, draft, before).await?;
        records.splice(0..0, own.plan);
        records.extend(own.parts);
        let shown = summary::read(connection, &Key::Id(plan)).await?.value;
        let plan_id = Some(plan).filter(|_| !(created && self.options.dry_run));
        let report = PlanImport::new(plan_id, slug.to_string(), self.options.dry_run, records);
        Ok(Imported {
            report,
            tag: Some(shown.json()?.1),
            created,
        })
    }

    /// Checks the precondition against the document that is stored so far.
    async fn check(
        &self,
        connection: &AsyncPgConnection,
        before: Option<&StoredParts>,
    ) -> Result<(), Problem> {
        if !self.precondition.is_set() {
            return Ok(());
        }
        let tag = match before {
            Some(parts) => Some(
                summary::show(connection, parts.clone())
                    .await?
                    .value
                    .json()?
                    .1,
            ),
            None => None,
        };
        self.precondition.check_tag(tag.as_ref())
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
        let cities = resolve::<City>(&draft.cities, &stored_cities)?;
        let themes = resolve::<Theme>(&draft.themes, &stored_themes)?;
        let slugs = &draft.provisional;
        let mut places = placed(&slugs.cities, &draft.cities, &cities, &stored_cities);
        places.extend(placed(
            &slugs.themes,
            &draft.themes,
            &themes,
            &stored_themes,
        ));
        let plans = slugs.plans.iter();
        places.extend(plans.filter_map(|(id, slug)| Some((*id, *stored_plans.get(slug)?))));
        retarget(draft, &places)?;
        let update = self.options.update_references;
        let given = &draft.cities;
        let cities =
            References::<City>::compared(self.contract, update, given, cities, &stored_cities)?;
        let mut records = cities.write(connection).await?;
        let given = &draft.themes;
        let themes =
            References::<Theme>::compared(self.contract, update, given, themes, &stored_themes)?;
        records.extend(themes.write(connection).await?);
        Ok(records)
    }
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
    queries::defer_themes(connection).await?;
    let (id, status) = write_plan(connection, &draft.plan, before.as_ref()).await?;
    let pointer = Some("/plan".into());
    let plan = vec![record::<Plan>(pointer, status, id, &draft.plan)];
    let (activities, outcomes) = before
        .map(|before| (before.activities, before.outcomes))
        .unwrap_or_default();
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

/// Writes the plan itself, if the document says otherwise than what is stored; gives its id and what became of it.
async fn write_plan(
    connection: &mut AsyncPgConnection,
    plan: &PlanInput,
    before: Option<&StoredParts>,
) -> Result<(Uuid, ImportStatus), Problem> {
    let refused = |error| located(refusal::<Plan>(error, false), "/plan");
    let Some(StoredParts { plan: stored, .. }) = before else {
        let id = Uuid::now_v7();
        Plan::insert(connection, id, plan.clone())
            .await
            .map_err(refused)?;
        return Ok((id, ImportStatus::Created));
    };
    let id = stored.record.id;
    if stored.input == *plan {
        return Ok((id, ImportStatus::Unchanged));
    }
    Plan::update(connection, id, plan.clone())
        .await
        .map_err(refused)?;
    Ok((id, ImportStatus::Updated))
}

//! The import of a document.
//!
//! One rule: a document is imported completely or not at all, in one transaction and with a limited number of statements.
//!
//! The plan is locked with all its parts. Cities and themes are matched with stored ones or created. Then the parts are paired with
//! the stored ones, and only differences are written. A dry run does the same and is rolled back.
//!
//! `draft` validates the document, and `check` does so without a database. `matching` and `resolution` determine the stored records
//! that it refers to, `references` and `parts` write the differences, and `report` describes the result. Start with [`import`].

mod check;
mod contradiction;
mod draft;
mod hierarchy;
mod matching;
mod parts;
mod pointers;
mod put;
mod queries;
mod references;
mod report;
mod resolution;

pub use check::{OpenReference, check};
pub use draft::Draft;
use draft::NewId;
pub use put::put;
pub use queries::{DEFERRED_CONSTRAINTS, has_history};
pub use report::{
    ImportDifference, ImportOptions, ImportStatus, ImportedKind, ImportedRecord, MatchedBy,
    PlanImport, UpdateReferences,
};

use crate::conventions::context::Actor;
use crate::conventions::contract::Contract;
use crate::conventions::http::entity_tag::EntityTag;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::{Key, Writable};
use crate::conventions::writing::change_log;
use crate::conventions::writing::precondition::Precondition;
use crate::conventions::writing::store_problem;
use crate::database::sql::bulk;
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
use pointers::with_prefix;
use references::{References, city_search_keys, replace_ids, theme_search_keys};
use report::record;
use resolution::{resolve, stored_ids};
use serde_json::Value;
use uuid::Uuid;

/// The settings of an import.
pub struct Import<'a> {
    /// The schemas that the document is validated against.
    pub contract: &'a Contract,
    /// The author of the changes.
    pub actor: &'a Actor,
    /// The precondition for the stored document.
    pub precondition: Precondition,
    /// The options of the request.
    pub options: ImportOptions,
}

/// The result of an import.
#[derive(Debug)]
pub struct Imported {
    /// The report for the client.
    pub report: PlanImport,
    /// The entity tag of the document as it is stored now; `None` after a dry run.
    pub tag: Option<EntityTag>,
    /// True if the plan did not exist before.
    pub created: bool,
}

/// Why the transaction of an import is rolled back.
enum Rollback {
    /// The import failed.
    Failed(Problem),
    /// It was a dry run.
    DryRun(Box<Imported>),
}

impl From<DatabaseError> for Rollback {
    fn from(error: DatabaseError) -> Self {
        Self::Failed(error.into())
    }
}

/// Imports a document. `key` is the key of the plan in the path; without it, the slug in the document is used.
///
/// # Errors
/// 404 if no plan has the id, 409, 412, 422, 503.
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
    let draft = Draft::parse(import.contract, document, slug.as_ref())?;
    let outcome = database.write(async |connection: &mut AsyncPgConnection| {
        match import.run(connection, draft).await {
            Ok(imported) if import.options.dry_run => Err(Rollback::DryRun(Box::new(imported))),
            Ok(imported) => Ok(imported),
            Err(problem) => Err(Rollback::Failed(problem)),
        }
    });
    match outcome.await {
        Ok(imported) => Ok(imported),
        Err(Rollback::DryRun(imported)) => Ok(Imported {
            tag: None,
            ..*imported
        }),
        Err(Rollback::Failed(problem)) => Err(problem),
    }
}

impl Import<'_> {
    /// Imports a draft within the transaction of the connection.
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
                format!("another import of the plan {:?} is running", slug.as_str()),
            ));
        }
        let before = match queries::lock_parts(connection, &slug).await? {
            Some(id) => summary::load_parts(connection, &Key::Id(id)).await?,
            None => None,
        };
        self.check_precondition(connection, before.as_ref()).await?;
        let mut records = self.resolve_references(connection, &mut draft).await?;
        let created = before.is_none();
        let (plan, own) = write_parts(connection, draft, before).await?;
        records.splice(0..0, own.plan);
        records.extend(own.parts);
        let stored = summary::read(connection, &Key::Id(plan)).await?.value;
        let plan_id = Some(plan).filter(|_| !(created && self.options.dry_run));
        let report = PlanImport::new(plan_id, slug.to_string(), self.options.dry_run, records);
        Ok(Imported {
            report,
            tag: Some(stored.json()?.1),
            created,
        })
    }

    /// Checks the precondition against the stored document.
    async fn check_precondition(
        &self,
        connection: &AsyncPgConnection,
        before: Option<&StoredParts>,
    ) -> Result<(), Problem> {
        if !self.precondition.is_set() {
            return Ok(());
        }
        let tag = match before {
            Some(parts) => {
                let stored = summary::compose(connection, parts.clone()).await?;
                Some(stored.value.json()?.1)
            }
            None => None,
        };
        self.precondition.check_tag(tag.as_ref())
    }

    /// Matches the cities and themes of a draft with stored ones or creates them, and replaces the provisional ids of the draft.
    async fn resolve_references(
        &self,
        connection: &mut AsyncPgConnection,
        draft: &mut Draft,
    ) -> Result<Vec<ImportedRecord>, Problem> {
        let update = self.options.update_references;
        let will_update = update != UpdateReferences::False;
        let stored_cities =
            queries::city_candidates(connection, &city_search_keys(draft), will_update).await?;
        let stored_themes =
            queries::theme_candidates(connection, &theme_search_keys(draft), will_update).await?;
        let plans: Vec<String> = draft.provisional.plans.values().cloned().collect();
        let stored_plans = queries::plans_by_slug(connection, &plans).await?;
        let cities = resolve::<City>(&draft.cities, &stored_cities, draft.new_id)?;
        let themes = resolve::<Theme>(&draft.themes, &stored_themes, draft.new_id)?;
        let slugs = &draft.provisional;
        let mut ids = stored_ids(&slugs.cities, &draft.cities, &cities, &stored_cities);
        ids.extend(stored_ids(
            &slugs.themes,
            &draft.themes,
            &themes,
            &stored_themes,
        ));
        let plans = slugs.plans.iter();
        ids.extend(plans.filter_map(|(id, slug)| Some((*id, *stored_plans.get(slug)?))));
        replace_ids(draft, &ids)?;
        let given = &draft.cities;
        let cities =
            References::<City>::compare(self.contract, update, given, cities, &stored_cities)?;
        let mut records = cities.write(connection).await?;
        let given = &draft.themes;
        let themes =
            References::<Theme>::compare(self.contract, update, given, themes, &stored_themes)?;
        records.extend(themes.write(connection).await?);
        Ok(records)
    }
}

/// The records in the report for the plan and for its parts.
struct OwnRecords {
    plan: Vec<ImportedRecord>,
    parts: Vec<ImportedRecord>,
}

/// Writes the plan, its activities and its outcomes. Returns the id of the plan.
async fn write_parts(
    connection: &mut AsyncPgConnection,
    draft: Draft,
    before: Option<StoredParts>,
) -> Result<(Uuid, OwnRecords), Problem> {
    bulk::check_constraints_at_end(connection, DEFERRED_CONSTRAINTS).await?;
    let new_id = draft.new_id;
    let (id, status) = write_plan(connection, &draft.plan, before.as_ref(), new_id).await?;
    let pointer = Some("/plan".into());
    let plan = vec![record::<Plan>(pointer, status, id, &draft.plan)];
    let (activities, outcomes) = before
        .map(|before| (before.activities, before.outcomes))
        .unwrap_or_default();
    let parents = draft.hierarchy.parents();
    let activities = Parts::<Activity>::pair(id, draft.activities, &parents, activities, new_id);
    let mut parts = activities.write(connection).await?;
    let outcomes = Parts::<Outcome>::pair(id, draft.outcomes, &[], outcomes, new_id)
        .write(connection)
        .await?;
    let removed = |record: &ImportedRecord| record.status == ImportStatus::Removed;
    let (removed, others): (Vec<_>, Vec<_>) = parts.into_iter().chain(outcomes).partition(removed);
    parts = others;
    parts.extend(removed);
    Ok((id, OwnRecords { plan, parts }))
}

/// Writes the plan itself, if the document differs from the stored plan. Returns its id and its status.
async fn write_plan(
    connection: &mut AsyncPgConnection,
    plan: &PlanInput,
    before: Option<&StoredParts>,
    new_id: NewId,
) -> Result<(Uuid, ImportStatus), Problem> {
    let problem = |error| with_prefix(store_problem::<Plan>(error), "/plan");
    let Some(StoredParts { plan: stored, .. }) = before else {
        let id = new_id(RecordKind::Plan, 0);
        Plan::insert(connection, id, plan.clone())
            .await
            .map_err(problem)?;
        return Ok((id, ImportStatus::Created));
    };
    let id = stored.record.id;
    if stored.input == *plan {
        return Ok((id, ImportStatus::Unchanged));
    }
    Plan::update(connection, id, plan.clone())
        .await
        .map_err(problem)?;
    Ok((id, ImportStatus::Updated))
}

//! How many records of each kind there are, and what changed last.
//!
//! One rule: what belongs to a plan counts as a change of the plan, so that a long plan is one line. Start with [`read`].

use super::reading::last;
use super::rows::Named;
use super::words::page_kind;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Readable, Record};
use crate::documents::sheets::text::grouped;
use crate::domain::RecordKind;
use crate::resources::activities::{Activity, ActivityFilter, ActivitySort};
use crate::resources::cities::{City, CityFilter, CitySort};
use crate::resources::outcomes::{Outcome, OutcomeFilter, OutcomeSort};
use crate::resources::plans::{Plan, PlanFilter, PlanSort};
use crate::resources::themes::{Theme, ThemeFilter, ThemeSort};
use chrono::{DateTime, Utc};

/// Changes that are listed.
const LISTED: usize = 8;
/// Records of each kind that are looked at.
const READ: i64 = 60;

/// How many records of a kind there are.
pub struct Holding {
    /// The number, in words.
    pub number: String,
    /// The kind.
    pub kind: &'static str,
    /// Where they are listed.
    pub page: String,
}

/// A page on which something was written.
pub struct Change {
    /// When something was written last.
    pub at: DateTime<Utc>,
    /// What sort of record the page is of.
    pub kind: RecordKind,
    /// True if the record was made then.
    pub is_new: bool,
    /// The record.
    pub record: Named,
    /// The kinds of its parts that were written.
    pub parts: Vec<&'static str>,
}

#[derive(Default)]
struct Latest {
    holdings: Vec<Holding>,
    writes: Vec<(RecordKind, Change)>,
}

/// Reads both.
///
/// # Errors
/// 503.
pub async fn read(context: &Context) -> Result<(Vec<Holding>, Vec<Change>), Problem> {
    let mut latest = Latest::default();
    let (filter, sort) = (PlanFilter::default(), PlanSort::UpdatedAt);
    let shown = |plan: &Plan| (plan.input.slug.to_string(), plan.input.title.clone());
    latest.add(context, filter, sort, shown).await?;
    let (filter, sort) = (CityFilter::default(), CitySort::UpdatedAt);
    let shown = |city: &City| (city.input.slug.to_string(), city.input.name.clone());
    latest.add(context, filter, sort, shown).await?;
    let (filter, sort) = (ThemeFilter::default(), ThemeSort::UpdatedAt);
    let shown = |theme: &Theme| (theme.input.slug.to_string(), theme.input.name.clone());
    latest.add(context, filter, sort, shown).await?;
    let (filter, sort) = (ActivityFilter::default(), ActivitySort::UpdatedAt);
    let shown = |part: &Activity| (part.plan_slug.clone(), part.plan_title.clone());
    latest.add(context, filter, sort, shown).await?;
    let (filter, sort) = (OutcomeFilter::default(), OutcomeSort::UpdatedAt);
    let shown = |part: &Outcome| (part.plan_slug.clone(), part.plan_title.clone());
    latest.add(context, filter, sort, shown).await?;
    Ok((latest.holdings, changes(latest.writes)))
}

impl Latest {
    /// Adds a kind of record; `shown` gives slug and name of the record on whose page one is shown.
    async fn add<R: Readable>(
        &mut self,
        context: &Context,
        filter: R::Filter,
        sort: R::Sort,
        shown: impl Fn(&R) -> (String, String),
    ) -> Result<(), Problem> {
        let listed = last::<R>(context, filter, sort, READ).await?;
        let kind = page_kind(R::KIND);
        self.holdings.push(Holding {
            number: grouped(&listed.total.to_string()),
            kind: R::KIND.plural(),
            page: format!("/{}", kind.plural()),
        });
        self.writes.extend(listed.records.iter().map(|record| {
            let (slug, name) = shown(record);
            let change = Change::new(record.record(), kind, Named::new(kind, &slug, &name));
            (R::KIND, change)
        }));
        Ok(())
    }
}

impl Change {
    fn new(written: &Record, kind: RecordKind, record: Named) -> Self {
        Self {
            at: written.updated_at,
            kind,
            is_new: written.created_at == written.updated_at,
            record,
            parts: Vec::new(),
        }
    }
}

/// The writes, page by page, the last first.
fn changes(mut writes: Vec<(RecordKind, Change)>) -> Vec<Change> {
    writes.sort_by_key(|(_, change)| std::cmp::Reverse(change.at));
    let mut changes: Vec<Change> = Vec::new();
    for (kind, mut write) in writes {
        let (is_part, part) = (kind != write.kind, kind.plural());
        write.is_new &= !is_part;
        let mut known = changes.iter_mut();
        let known = known.find(|change| change.record.page == write.record.page);
        if let Some(change) = known {
            change.is_new |= write.is_new;
            if is_part && !change.parts.contains(&part) {
                change.parts.push(part);
            }
        } else {
            write.parts.extend(is_part.then_some(part));
            changes.push(write);
        }
    }
    changes.truncate(LISTED);
    changes
}

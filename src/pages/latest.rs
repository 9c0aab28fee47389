//! The number of records of each kind, and the latest changes.
//!
//! One rule: changes of activities and outcomes are listed as one change of their plan. Start with [`read`].

use super::amount::Amount;
use super::reading::last;
use super::rows::Named;
use super::words::kind_of_page;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::{Readable, Record};
use crate::domain::RecordKind;
use crate::resources::activities::{Activity, ActivityFilter, ActivitySort};
use crate::resources::cities::{City, CityFilter, CitySort};
use crate::resources::outcomes::{Outcome, OutcomeFilter, OutcomeSort};
use crate::resources::plans::{Plan, PlanFilter, PlanSort};
use crate::resources::themes::{Theme, ThemeFilter, ThemeSort};
use chrono::{DateTime, Utc};

/// The maximum number of changes in the list.
const LISTED: usize = 8;
/// The number of records of each kind that are read to find the latest changes.
const READ: i64 = 60;

/// The number of records of a kind.
pub struct KindCount {
    /// The number.
    pub number: Amount,
    /// The kind, in the plural.
    pub kind: &'static str,
    /// The path of the list that contains them.
    pub page: String,
}

/// A record that was changed, or whose parts were changed.
pub struct Change {
    /// The time of the latest change.
    pub at: DateTime<Utc>,
    /// The kind of the record.
    pub kind: RecordKind,
    /// True if the record was created and has not been changed since.
    pub is_new: bool,
    /// The record.
    pub record: Named,
    /// The kinds of the changed parts, in the plural.
    pub parts: Vec<&'static str>,
}

#[derive(Default)]
struct Latest {
    counts: Vec<KindCount>,
    writes: Vec<(RecordKind, Change)>,
}

/// Reads the numbers and the latest changes.
///
/// # Errors
/// 503.
pub async fn read(context: &Context) -> Result<(Vec<KindCount>, Vec<Change>), Problem> {
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
    Ok((latest.counts, changes(latest.writes)))
}

impl Latest {
    /// Adds the records of a kind. `shown` returns the slug and the name of the record whose page shows the given record.
    async fn add<R: Readable>(
        &mut self,
        context: &Context,
        filter: R::Filter,
        sort: R::Sort,
        shown: impl Fn(&R) -> (String, String),
    ) -> Result<(), Problem> {
        let listed = last::<R>(context, filter, sort, READ).await?;
        let kind = kind_of_page(R::KIND);
        self.counts.push(KindCount {
            number: listed.total,
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

/// Combines the writes of each page to one change; the latest change comes first.
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

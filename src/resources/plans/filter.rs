//! The filters of the list of plans. Their SQL is in `conditions.rs`.

use super::findings::FindingCode;
use super::groups::PlanGroup;
use super::model::{ActiveBy, PlanKind, PlanStatus};
use super::relations::RelationFilter;
use crate::conventions::resource::filter::RecordKeys;
use crate::domain::{CountryCode, PartialDate};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter};
use utoipa::{IntoParams, ToSchema};

/// Role of a city in a plan, in its activities or in its outcomes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, Display, EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CityRole {
    /// The plan is written from its perspective.
    Lead,
    /// The lead cooperates with it, or it is one of the cities of a cluster.
    Partner,
    /// A key focus names it.
    Focus,
    /// It hosts an activity.
    Host,
    /// An activity takes place there.
    Venue,
    /// It visits the host of an activity.
    Visitor,
    /// It takes part in an activity.
    Participant,
    /// It benefits from an outcome.
    Beneficiary,
    /// It funds an outcome.
    Funder,
    /// It implements an outcome.
    Implementer,
    /// It is a partner in an outcome.
    OutcomePartner,
    /// An activity or an outcome mentions it.
    Mentioned,
}

/// Where words are searched for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchScope {
    /// In the plan itself.
    #[default]
    Plan,
    /// In the plan, in its activities and in its outcomes; one of these records must have all words.
    All,
}

/// Filters of the list of plans.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanFilter {
    /// The city in the path.
    #[serde(skip)]
    #[param(ignore)]
    pub within_city: RecordKeys,
    /// City that has any part in the plan, in its activities or in its outcomes, by id or slug.
    #[serde(default)]
    #[param(inline, example = json!(["manchester"]))]
    pub city: RecordKeys,
    /// Role of that city, or of the city in the path; if neither is given, of any city.
    #[serde(default)]
    #[param(example = json!(["lead", "partner"]))]
    pub city_role: Vec<CityRole>,
    /// Country of a city that cooperates in the plan; together with a `city_role` of any city, of a city with that role.
    #[serde(default)]
    #[param(example = json!(["CN"]))]
    pub country: Vec<CountryCode>,
    /// Theme, by id or slug.
    #[serde(default)]
    #[param(inline, example = json!(["circular-economy"]))]
    pub theme: RecordKeys,
    /// Sustainable Development Goal, by number.
    #[serde(default)]
    #[param(minimum = 1, maximum = 17, example = json!([11, 9]))]
    pub sdg: Vec<i32>,
    /// Partnership of the Urban Agenda for the EU, by slug.
    #[serde(default)]
    #[param(format = "urban-agenda-partnership", example = json!(["urban-mobility"]))]
    pub urban_agenda: Vec<String>,
    /// Topic of the programme, by slug.
    #[serde(default)]
    #[param(format = "topic", example = json!(["urban-mobility"]))]
    pub topic: Vec<String>,
    /// Language in which the plan is written, as it is stored: `en` does not find `en-GB`.
    #[serde(default)]
    #[param(max_length = 35, example = json!(["en"]))]
    pub language: Vec<String>,
    /// Kind of cooperation.
    #[serde(default)]
    #[param(example = json!(["pairing"]))]
    pub kind: Vec<PlanKind>,
    /// Status of the plan.
    #[serde(default)]
    #[param(example = json!(["active", "completed"]))]
    pub status: Vec<PlanStatus>,
    /// Full name of the programme; case, accents and marks are ignored.
    #[serde(default)]
    #[param(max_length = 200, example = json!(["IUC Asia"]))]
    pub programme: Vec<String>,
    /// The names by which the programmes and organisations are stored.
    #[serde(skip)]
    #[param(ignore)]
    pub spellings: Vec<String>,
    /// Code of a finding that the plan has.
    #[serde(default)]
    #[param(example = json!(["source_breaks_off"]))]
    pub has_finding: Vec<FindingCode>,
    /// Day, month or year: only plans whose period ends in it or later.
    #[param(example = "2019-07")]
    pub active_from: Option<PartialDate>,
    /// Day, month or year: only plans whose period begins in it or earlier.
    #[param(example = "2019-12")]
    pub active_to: Option<PartialDate>,
    /// `activities` to find by `active_from` and `active_to` also the plans that state no period: those of which the days from the
    /// first to the last dated activity overlap the range. Each plan of the list then says by what it was found (`active_by`).
    #[param(example = "period")]
    pub active_by: Option<ActiveBy>,
    /// `all` to search with `q` also the activities and outcomes of the plans.
    #[param(example = "plan")]
    pub q_scope: Option<SearchScope>,
    /// Relation that the plan has to another, stated by itself (`mirrors`, `member_of`, `continues`) or by the other one (`mirrored_by`,
    /// `has_member`, `continued_by`); together with `related_to`, to one of those plans.
    #[serde(default)]
    #[param(example = json!(["continues"]))]
    pub relation: Vec<RelationFilter>,
    /// Plan to which it is related, by id or slug, whichever of the two states it.
    #[serde(default)]
    #[param(inline, example = json!(["manchester-chengdu-liuzhou-yangzhou"]))]
    pub related_to: RecordKeys,
    /// Group that the statistics count, as `property:value`. The answer of `/v1/stats` has the addresses of its groups. If there are
    /// several groups, a plan must be in all of them.
    #[serde(default)]
    #[param(inline, example = json!(["activity_kind:mission"]))]
    pub group: Vec<PlanGroup>,
}

/// The only filter of a list, by a value for which there is a lookup table.
pub(super) enum OnlyFilter<'f> {
    /// A country, and no roles.
    Country(CountryCode),
    /// A city, with its roles if they are given.
    City(&'f RecordKeys),
}

impl PlanFilter {
    /// True if the days of activities count for plans that state no period.
    pub(super) fn is_active_by_activities(&self) -> bool {
        self.has_range() && self.active_by == Some(ActiveBy::Activities)
    }

    /// True if a range of days is given.
    pub(super) fn has_range(&self) -> bool {
        self.active_from.is_some() || self.active_to.is_some()
    }

    /// The filter by one city or one country, if it is the only one.
    pub(super) fn only(&self) -> Option<OnlyFilter<'_>> {
        let cities: Vec<&RecordKeys> = [&self.within_city, &self.city]
            .into_iter()
            .filter(|keys| !keys.is_empty())
            .collect();
        match (cities.as_slice(), self.country.as_slice()) {
            _ if self.has_other_filters() => None,
            ([], [country]) if self.city_role.is_empty() => Some(OnlyFilter::Country(*country)),
            ([city], []) if city.is_single() => Some(OnlyFilter::City(city)),
            _ => None,
        }
    }

    /// True if there are filters by anything but cities and countries. All filters are listed, so that a new filter causes a compiler
    /// error here.
    fn has_other_filters(&self) -> bool {
        let Self {
            within_city: _,
            city: _,
            city_role: _,
            country: _,
            theme,
            sdg,
            urban_agenda,
            topic,
            language,
            kind,
            status,
            programme,
            spellings: _,
            has_finding,
            active_from,
            active_to,
            // These change what other filters mean.
            active_by: _,
            q_scope: _,
            relation,
            related_to,
            group,
        } = self;
        !theme.is_empty()
            || !sdg.is_empty()
            || !urban_agenda.is_empty()
            || !topic.is_empty()
            || !language.is_empty()
            || !kind.is_empty()
            || !status.is_empty()
            || !programme.is_empty()
            || !has_finding.is_empty()
            || active_from.is_some()
            || active_to.is_some()
            || !relation.is_empty()
            || !related_to.is_empty()
            || !group.is_empty()
    }
}

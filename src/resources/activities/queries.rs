//! The SQL of activities.

use super::derived::ActivityDerived;
use super::model::{Activity, ActivityFilter, ActivityInput, ActivitySort};
use crate::conventions::http::problem::RelatedRecord;
use crate::conventions::paging::{DayBounds, DayKeys};
use crate::conventions::resource::filter::{FilterReference, ListFilter};
use crate::conventions::resource::references::Conflict;
use crate::conventions::resource::{
    Constraint, Readable, Record, Relation, Resource, Row, Rows, Writable,
};
use crate::database::schema::{activities, activity_themes};
use crate::database::sql::full_text::SearchSource;
use crate::database::sql::{Conditions, Metadata, NextVersion, Select};
use crate::domain::{Fault, FaultCode, RecordKind};
use crate::resources::plan_parts::{self, PartFilter};
use crate::resources::references::{MAX_USERS, users};
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, QueryDsl};
use diesel::{QueryResult, insert_into, update};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::StreamExt;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The sort keys whose range the date filters limit.
const DAYS: DayKeys = DayKeys {
    keys: &[
        ("activities.date_ascending", None),
        ("activities.date_descending", None),
    ],
    longest: Some("SELECT max(last_day - first_day) FROM activities"),
};

impl ListFilter for ActivityFilter {
    fn references(&mut self) -> Vec<FilterReference<'_>> {
        vec![
            FilterReference::new("plan", RecordKind::Plan, &mut self.within_plan),
            FilterReference::new("plan", RecordKind::Plan, &mut self.plan),
            FilterReference::new("city", RecordKind::City, &mut self.city),
            FilterReference::new("theme", RecordKind::Theme, &mut self.theme),
        ]
    }

    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.add_any_of(&self.kind, |any| activities::kind.eq_any(any));
        conditions.add_any_of(&self.mode, |any| activities::mode.eq_any(any));
        conditions.add_any_of(&self.status, |any| activities::status.eq_any(any));
        let (from, to) = (self.date_from, self.date_to);
        conditions.add_some(from.map(|from| activities::last_day.ge(from.earliest())));
        conditions.add_some(to.map(|to| activities::first_day.le(to.latest())));
        let of_parents = activities::parent_id.eq_any(self.parent.ids.clone());
        let has_none = activities::parent_id.is_null();
        match (self.parent.none, self.parent.ids.is_empty()) {
            (true, true) => conditions.add(has_none),
            (true, false) => conditions.add(of_parents.or(has_none)),
            (false, false) => conditions.add(of_parents),
            (false, true) => {}
        }
        if !self.theme.is_empty() {
            let links = activity_themes::table
                .filter(activity_themes::theme_id.eq_any(self.theme.ids()))
                .select(activity_themes::activity_id);
            conditions.add(activities::id.eq_any(links));
        }
        let part = PartFilter {
            plans: [&self.within_plan, &self.plan],
            cities: &self.city,
            roles: self.city_role.iter().map(ToString::to_string).collect(),
            organisations: &self.organisation,
        };
        part.add_to::<Activity>(&mut conditions);
        conditions
    }

    fn days(&self) -> Option<DayBounds> {
        Some(DayBounds {
            keys: &DAYS,
            from: self.date_from,
            to: self.date_to,
        })
    }
}

impl Resource for Activity {
    const KIND: RecordKind = RecordKind::Activity;
    type Input = ActivityInput;

    fn new(record: Record, input: ActivityInput) -> Self {
        Self {
            record,
            input,
            plan_slug: String::new(),
            plan_title: String::new(),
            parent_title: None,
            themes: Vec::new(),
        }
    }

    fn record(&self) -> &Record {
        &self.record
    }

    fn record_mut(&mut self) -> &mut Record {
        &mut self.record
    }

    fn input(&self) -> &ActivityInput {
        &self.input
    }

    async fn load_names(
        connection: &AsyncPgConnection,
        activities: &mut [Self],
    ) -> QueryResult<()> {
        plan_parts::load_names(connection, activities).await?;
        load_parents(connection, activities).await
    }
}

impl Readable for Activity {
    type Filter = ActivityFilter;
    type Sort = ActivitySort;

    const SEARCH: SearchSource = SearchSource {
        table: "activities",
        folded_name: "folded_title",
        has_proper_names: false,
        title: "title",
        text: "array_to_string(description || outputs || search_texts(organisations, '$[*].name') \
               || search_texts(organisations, '$[*].acronym') || note, ' … ')",
        parts: &[],
    };
    const REFERS_TO: &'static [RecordKind] =
        &[RecordKind::Plan, RecordKind::City, RecordKind::Theme];
    const RELATIONS: &'static [Relation] = &[Relation {
        name: "plan",
        schema: "Plan",
        many: false,
    }];

    async fn rows<'a>(
        mut connection: &'a AsyncPgConnection,
        select: Select,
    ) -> QueryResult<Rows<'a, Row<Self>>> {
        let rows = select.typed::<ActivityInput>().load_stream(&mut connection);
        Ok(rows.await?.boxed_local())
    }
}

impl Writable for Activity {
    type Derived = ActivityDerived;

    const EXAMPLES: &'static str = include_str!("../../../openapi/examples/activities.json");
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("activities_pkey", "/id", FaultCode::Duplicate),
        Constraint::new(
            "activities_plan_id_fkey",
            "/plan_id",
            FaultCode::UnknownReference,
        ),
        Constraint::new(
            "activities_parent_fkey",
            "/parent_id",
            FaultCode::UnknownReference,
        ),
        Constraint::new("activities_title_length", "/title", FaultCode::MaxLength),
        Constraint::new("activities_kind_known", "/kind", FaultCode::Enum),
        Constraint::new("activities_mode_known", "/mode", FaultCode::Enum),
        Constraint::new("activities_status_known", "/status", FaultCode::Enum),
        Constraint::new("activities_date_ordered", "/date/end", FaultCode::Rule),
        Constraint::new(
            "activities_position_not_negative",
            "/position",
            FaultCode::Minimum,
        ),
        Constraint::new("activity_cities_pkey", "/cities", FaultCode::UniqueItems),
        Constraint::new(
            "activity_cities_city_id_fkey",
            "/cities",
            FaultCode::UnknownReference,
        ),
        Constraint::new("activity_cities_role_known", "/cities", FaultCode::Enum),
        Constraint::new(
            "activity_organisations_pkey",
            "/organisations",
            FaultCode::UniqueItems,
        ),
        Constraint::new(
            "activity_organisations_city_id_fkey",
            "/organisations",
            FaultCode::UnknownReference,
        ),
        Constraint::new("activity_themes_pkey", "/theme_ids", FaultCode::UniqueItems),
        Constraint::new(
            "activity_themes_plan_theme_fkey",
            "/theme_ids",
            FaultCode::UnknownReference,
        ),
    ];

    fn derived(input: &ActivityInput) -> Self::Derived {
        ActivityDerived::from(input)
    }

    async fn insert(
        mut connection: &AsyncPgConnection,
        id: Uuid,
        input: ActivityInput,
    ) -> QueryResult<Record> {
        insert_into(activities::table)
            .values((activities::id.eq(id), Self::derived(&input), input))
            .returning(Metadata)
            .get_result(&mut connection)
            .await
    }

    async fn update(
        connection: &mut AsyncPgConnection,
        id: Uuid,
        input: ActivityInput,
    ) -> QueryResult<Record> {
        update(activities::table.find(id))
            .set((
                Self::derived(&input),
                input,
                NextVersion::new(activities::table),
            ))
            .returning(Metadata)
            .get_result(connection)
            .await
    }

    async fn conflicts(
        connection: &AsyncPgConnection,
        id: Uuid,
        input: &ActivityInput,
    ) -> QueryResult<Vec<Conflict>> {
        let themes = input.theme_ids.iter().enumerate();
        let themes = themes.map(|(index, id)| (format!("/theme_ids/{index}"), *id));
        let themes = themes.collect();
        let mut conflicts = plan_parts::foreign_themes(connection, input.plan_id, themes).await?;
        conflicts.extend(wrong_parent(connection, id, input).await?);
        conflicts.extend(lost_children(connection, id, input).await?);
        Ok(conflicts)
    }

    async fn usage(connection: &AsyncPgConnection, id: Uuid) -> QueryResult<Vec<RelatedRecord>> {
        let children = children(connection, id).await?;
        let children = children.into_iter().map(|(id, _)| id).collect();
        users(connection, Vec::new(), children, Vec::new()).await
    }
}

/// Loads the titles of the activities to which others belong.
async fn load_parents(
    mut connection: &AsyncPgConnection,
    children: &mut [Activity],
) -> QueryResult<()> {
    let ids: HashSet<Uuid> = children
        .iter()
        .filter_map(|activity| activity.input.parent_id)
        .collect();
    if ids.is_empty() {
        return Ok(());
    }
    let wanted = ids.len();
    let titles = activities::table.filter(activities::id.eq_any(ids));
    let titles = titles.select((activities::id, activities::title));
    let titles: HashMap<Uuid, String> = titles.load(&mut connection).await?.into_iter().collect();
    if titles.len() < wanted {
        // A parent was deleted after its child was read.
        return Err(diesel::result::Error::NotFound);
    }
    for activity in children {
        let parent = activity.input.parent_id;
        activity.parent_title = parent.and_then(|id| titles.get(&id).cloned());
    }
    Ok(())
}

/// The conflict with the activity to which the record `id` should belong: it is the record itself, one of another plan, or one that
/// belongs to another itself.
async fn wrong_parent(
    mut connection: &AsyncPgConnection,
    id: Uuid,
    input: &ActivityInput,
) -> QueryResult<Option<Conflict>> {
    let Some(parent_id) = input.parent_id else {
        return Ok(None);
    };
    let parent = activities::table.find(parent_id);
    let parent = parent.select((activities::plan_id, activities::parent_id));
    let (plan_id, grandparent): (Uuid, Option<Uuid>) = parent.first(&mut connection).await?;
    let (code, detail) = if parent_id == id {
        let detail = "an activity cannot belong to itself";
        (FaultCode::Rule, detail)
    } else if plan_id != input.plan_id {
        let detail = "this activity is not one of the same plan";
        (FaultCode::UnknownReference, detail)
    } else if grandparent.is_some() {
        let detail = "this activity belongs to another one itself, so no others can belong to it";
        (FaultCode::UnknownReference, detail)
    } else {
        return Ok(None);
    };
    Ok(Some(Conflict {
        fault: Fault::at("/parent_id", code, detail),
        related: Vec::new(),
    }))
}

/// The conflict with the activities that belong to the record `id`: they must be of the same plan, and it cannot belong to another.
async fn lost_children(
    connection: &AsyncPgConnection,
    id: Uuid,
    input: &ActivityInput,
) -> QueryResult<Option<Conflict>> {
    let children = children(connection, id).await?;
    let moves = children
        .iter()
        .any(|(_, plan_id)| *plan_id != input.plan_id);
    let (pointer, detail) = match input.parent_id {
        _ if children.is_empty() => return Ok(None),
        _ if moves => (
            "/plan_id",
            "the activities in related belong to it and are of another plan",
        ),
        Some(parent_id) if parent_id != id => (
            "/parent_id",
            "the activities in related belong to it, so it cannot belong to another",
        ),
        _ => return Ok(None),
    };
    let ids = children.into_iter().map(|(id, _)| id).collect();
    Ok(Some(Conflict {
        fault: Fault::at(pointer, FaultCode::InUse, detail),
        related: users(connection, Vec::new(), ids, Vec::new()).await?,
    }))
}

/// Some of the activities that belong to another, each with its plan.
async fn children(mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<Vec<(Uuid, Uuid)>> {
    let children = activities::table.filter(activities::parent_id.eq(id));
    let children = children.select((activities::id, activities::plan_id));
    children.limit(MAX_USERS).load(&mut connection).await
}

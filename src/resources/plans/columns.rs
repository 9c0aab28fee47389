//! Plans as a table: the ids, slugs and names of cities and themes are parallel lists in the same order.

use super::model::Plan;
use super::parts::{PlanCity, PlanCityRole};
use crate::conventions::bulk::export::{Cell, Column, Tabular};

impl Tabular for Plan {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::property("id"),
        Column::property("slug"),
        Column::property("title"),
        Column::property("programme"),
        Column::property("kind"),
        Column::property("status"),
        Column::at("period_start", "period/start"),
        Column::at("period_end", "period/end"),
        Column::at("period_text", "period/text"),
        Column::computed("lead_id", |plan| {
            Cell::list(leads(plan).map(|city| city.city.id()))
        }),
        Column::computed("lead_slug", |plan| {
            Cell::list(leads(plan).map(|city| city.city.slug()))
        }),
        Column::computed("lead_name", |plan| {
            Cell::list(leads(plan).map(|city| city.city.name()))
        }),
        Column::computed("partner_ids", |plan| {
            Cell::list(partners(plan).map(|city| city.city.id()))
        }),
        Column::computed("partner_slugs", |plan| {
            Cell::list(partners(plan).map(|city| city.city.slug()))
        }),
        Column::computed("partner_names", |plan| {
            Cell::list(partners(plan).map(|city| city.city.name()))
        }),
        Column::at("theme_ids", "themes/theme_id"),
        Column::at("theme_slugs", "themes/slug"),
        Column::computed("theme_labels", |plan| {
            let themes = plan.input.themes.iter();
            Cell::list(themes.map(|theme| theme.label.as_deref().unwrap_or(theme.theme.name())))
        }),
        Column::computed("sdgs", |plan| {
            let goals = plan.input.sdgs.iter();
            Cell::list(goals.map(|sdg| sdg.target.clone().unwrap_or_else(|| sdg.goal.to_string())))
        }),
        Column::at("urban_agenda", "urban_agenda/partnership"),
        Column::property("objectives"),
        Column::property("challenges"),
        Column::computed("sources", |plan| {
            let sources = plan.input.sources.iter();
            Cell::list(sources.map(|source| source.url.as_ref().unwrap_or(&source.title)))
        }),
        Column::property("note"),
        Column::property("version"),
        Column::property("created_at"),
        Column::property("updated_at"),
    ];
}

fn leads(plan: &Plan) -> impl Iterator<Item = &PlanCity> {
    with_role(plan, PlanCityRole::Lead)
}

fn partners(plan: &Plan) -> impl Iterator<Item = &PlanCity> {
    with_role(plan, PlanCityRole::Partner)
}

fn with_role(plan: &Plan, role: PlanCityRole) -> impl Iterator<Item = &PlanCity> {
    let cities = plan.input.cities.iter();
    cities.filter(move |city| city.role == role)
}

//! Plans as a table: what is a list in the record is a list in its cell, ids, slugs and names side by side.

use super::model::Plan;
use super::parts::{PlanCity, PlanCityRole};
use crate::conventions::bulk::export::{Cell, Column, Tabular};
use std::fmt::Display;

fn cities<T: Display>(plan: &Plan, role: PlanCityRole, of: impl Fn(&PlanCity) -> T) -> Cell {
    Cell::list(
        plan.input
            .cities
            .iter()
            .filter(|city| city.role == role)
            .map(of),
    )
}

impl Tabular for Plan {
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |plan| Cell::plain(plan.record.id)),
        ("slug", |plan| Cell::plain(&plan.input.slug)),
        ("title", |plan| Cell::text(&plan.input.title)),
        ("programme", |plan| {
            Cell::text_or_empty(plan.input.programme.as_deref())
        }),
        ("kind", |plan| Cell::plain(plan.input.kind)),
        ("status", |plan| Cell::plain(plan.input.status)),
        ("period_start", |plan| {
            Cell::plain_or_empty(plan.input.period.start)
        }),
        ("period_end", |plan| {
            Cell::plain_or_empty(plan.input.period.end)
        }),
        ("period_text", |plan| {
            Cell::text_or_empty(plan.input.period.text.as_deref())
        }),
        ("lead_id", |plan| {
            cities(plan, PlanCityRole::Lead, |city| city.city.id())
        }),
        ("lead_slug", |plan| {
            cities(plan, PlanCityRole::Lead, |city| city.city.slug().to_owned())
        }),
        ("lead_name", |plan| {
            cities(plan, PlanCityRole::Lead, |city| city.city.name().to_owned())
        }),
        ("partner_ids", |plan| {
            cities(plan, PlanCityRole::Partner, |city| city.city.id())
        }),
        ("partner_slugs", |plan| {
            cities(plan, PlanCityRole::Partner, |city| {
                city.city.slug().to_owned()
            })
        }),
        ("partner_names", |plan| {
            cities(plan, PlanCityRole::Partner, |city| {
                city.city.name().to_owned()
            })
        }),
        ("theme_ids", |plan| {
            Cell::list(plan.input.themes.iter().map(|theme| theme.theme.id()))
        }),
        ("theme_slugs", |plan| {
            Cell::list(
                plan.input
                    .themes
                    .iter()
                    .map(|theme| theme.theme.slug().to_owned()),
            )
        }),
        ("theme_labels", |plan| {
            Cell::list(plan.input.themes.iter().map(|theme| {
                theme
                    .label
                    .as_deref()
                    .unwrap_or(theme.theme.name())
                    .to_owned()
            }))
        }),
        ("sdgs", |plan| {
            Cell::list(
                plan.input
                    .sdgs
                    .iter()
                    .map(|sdg| sdg.target.clone().unwrap_or_else(|| sdg.goal.to_string())),
            )
        }),
        ("urban_agenda", |plan| {
            Cell::list(
                plan.input
                    .urban_agenda
                    .iter()
                    .map(|entry| &entry.partnership),
            )
        }),
        ("objectives", |plan| Cell::list(&plan.input.objectives)),
        ("challenges", |plan| Cell::list(&plan.input.challenges)),
        ("sources", |plan| {
            Cell::list(
                plan.input
                    .sources
                    .iter()
                    .map(|source| source.url.as_ref().unwrap_or(&source.title)),
            )
        }),
        ("note", |plan| {
            Cell::text_or_empty(plan.input.note.as_deref())
        }),
        ("version", |plan| Cell::plain(plan.record.version)),
        ("created_at", |plan| Cell::time(plan.record.created_at)),
        ("updated_at", |plan| Cell::time(plan.record.updated_at)),
    ];
}

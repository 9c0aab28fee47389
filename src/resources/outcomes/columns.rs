//! Outcomes as a table: the ids, slugs and names of cities and of the theme are parallel lists in the same order.

use super::model::Outcome;
use crate::conventions::bulk::export::{Column, Tabular};

impl Tabular for Outcome {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::property("id"),
        Column::property("plan_id"),
        Column::property("plan_slug"),
        Column::property("plan_title"),
        Column::property("position"),
        Column::property("theme_id"),
        Column::property("theme_slug"),
        Column::property("theme_name"),
        Column::property("heading"),
        Column::property("description"),
        Column::property("kind"),
        Column::property("status"),
        Column::at("due_start", "due/start"),
        Column::at("due_end", "due/end"),
        Column::at("due_text", "due/text"),
        Column::at("city_ids", "cities/city_id"),
        Column::at("city_slugs", "cities/slug"),
        Column::at("city_names", "cities/name"),
        Column::at("city_roles", "cities/role"),
        Column::at("organisations", "organisations/name"),
        Column::at("indicators", "indicators/name"),
        Column::property("note"),
        Column::property("version"),
        Column::property("created_at"),
        Column::property("updated_at"),
        Column::at("organisation_acronyms", "organisations/acronym"),
        Column::at("organisation_kinds", "organisations/kind"),
        Column::at("organisation_roles", "organisations/role"),
        Column::at("organisation_city_ids", "organisations/city_id"),
        Column::at("organisation_city_slugs", "organisations/city_slug"),
        Column::at("indicator_units", "indicators/unit"),
        Column::at("indicator_baselines", "indicators/baseline"),
        Column::at("indicator_targets", "indicators/target"),
        Column::at("indicator_actuals", "indicators/actual"),
    ];
}

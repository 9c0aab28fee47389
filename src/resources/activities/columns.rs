//! Activities as a table: the ids, slugs and names of cities and themes are parallel lists in the same order.

use super::model::Activity;
use crate::conventions::bulk::export::{Column, Tabular};

impl Tabular for Activity {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::property("id"),
        Column::property("plan_id"),
        Column::property("plan_slug"),
        Column::property("plan_title"),
        Column::property("position"),
        Column::property("title"),
        Column::property("description"),
        Column::property("kind"),
        Column::property("mode"),
        Column::property("status"),
        Column::at("date_start", "date/start"),
        Column::at("date_end", "date/end"),
        Column::at("date_text", "date/text"),
        Column::at("city_ids", "cities/city_id"),
        Column::at("city_slugs", "cities/slug"),
        Column::at("city_names", "cities/name"),
        Column::at("city_roles", "cities/role"),
        Column::at("organisations", "organisations/name"),
        Column::property("theme_ids"),
        Column::at("theme_slugs", "themes/slug"),
        Column::at("theme_names", "themes/name"),
        Column::property("outputs"),
        Column::property("note"),
        Column::property("version"),
        Column::property("created_at"),
        Column::property("updated_at"),
        Column::at("organisation_acronyms", "organisations/acronym"),
        Column::at("organisation_kinds", "organisations/kind"),
        Column::at("organisation_roles", "organisations/role"),
        Column::at("organisation_city_ids", "organisations/city_id"),
        Column::at("organisation_city_slugs", "organisations/city_slug"),
        Column::property("parent_id"),
        Column::property("parent_title"),
    ];
}

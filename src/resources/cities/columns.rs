//! Cities as a table.

use super::model::City;
use crate::conventions::bulk::export::{Cell, Column, Tabular};

impl Tabular for City {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::property("id"),
        Column::property("slug"),
        Column::property("name"),
        Column::property("alternative_names"),
        Column::property("kind"),
        Column::property("country"),
        Column::property("region"),
        Column::property("population"),
        Column::property("area_km2"),
        Column::property("latitude"),
        Column::property("longitude"),
        Column::computed("identifiers", |city| {
            let identifiers = city.input.identifiers.iter();
            Cell::list(identifiers.map(|one| format!("{}:{}", one.scheme, one.value)))
        }),
        Column::property("version"),
        Column::property("created_at"),
        Column::property("updated_at"),
    ];
}

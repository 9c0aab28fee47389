//! Cities as a table.

use super::model::City;
use crate::conventions::bulk::export::{Cell, Column, Tabular};

impl Tabular for City {
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |city| Cell::plain(city.record.id)),
        ("slug", |city| Cell::plain(&city.input.slug)),
        ("name", |city| Cell::text(&city.input.name)),
        ("alternative_names", |city| {
            Cell::list(&city.input.alternative_names)
        }),
        ("kind", |city| Cell::plain(city.input.kind)),
        ("country", |city| {
            Cell::plain_or_empty(city.input.country.as_ref())
        }),
        ("region", |city| {
            Cell::text_or_empty(city.input.region.as_deref())
        }),
        ("population", |city| {
            Cell::plain_or_empty(city.input.population)
        }),
        ("area_km2", |city| {
            Cell::plain_or_empty(city.input.area_km2.as_ref())
        }),
        ("latitude", |city| Cell::plain_or_empty(city.input.latitude)),
        ("longitude", |city| {
            Cell::plain_or_empty(city.input.longitude)
        }),
        ("identifiers", |city| {
            Cell::list(
                city.input
                    .identifiers
                    .iter()
                    .map(|identifier| format!("{}:{}", identifier.scheme, identifier.value)),
            )
        }),
        ("version", |city| Cell::plain(city.record.version)),
        ("created_at", |city| Cell::time(city.record.created_at)),
        ("updated_at", |city| Cell::time(city.record.updated_at)),
    ];
}

//! Themes as a table.

use super::model::Theme;
use crate::conventions::bulk::export::{Column, Tabular};

impl Tabular for Theme {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::property("id"),
        Column::property("slug"),
        Column::property("name"),
        Column::property("description"),
        Column::property("aliases"),
        Column::property("sdgs"),
        Column::property("urban_agenda"),
        Column::property("version"),
        Column::property("created_at"),
        Column::property("updated_at"),
    ];
}

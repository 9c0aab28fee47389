//! The fields of a theme, its rules, filters and sort keys.

use crate::conventions::paging::{Cast, Column, Order, SortKey};
use crate::conventions::resource::{Assigned, Assignment, Input, Record, keep_first_of_equals};
use crate::database::schema::themes;
use crate::domain::{Faults, Slug};
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A theme of the shared catalogue of cooperation themes, as it is written.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Serialize,
    Deserialize,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = themes, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ThemeInput {
    /// Human-readable identifier for URLs; derived from the name if it is not given, and never changed.
    #[serde(default)]
    #[schema(example = "circular-economy")]
    pub slug: Slug,
    /// Name of the theme.
    #[schema(max_length = 200, example = "Circular economy")]
    pub name: String,
    /// What belongs to the theme.
    #[schema(example = "Keeping materials in use and waste out of the city.")]
    pub description: Option<String>,
    /// Other names that plans use for it. Of equal names, the first is kept.
    #[serde(default)]
    #[schema(example = json!(["Zero waste"]))]
    pub aliases: Vec<String>,
    /// Sustainable Development Goals that it usually serves, by number.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 17, example = json!([12]))]
    pub sdgs: Vec<i32>,
    /// Urban Agenda partnerships that it usually serves, by slug.
    #[serde(default)]
    #[schema(format = "urban-agenda-partnership", example = json!(["circular-economy"]))]
    pub urban_agenda: Vec<String>,
}

impl Input for ThemeInput {
    fn validate(&self, faults: &mut Faults) {
        faults.add_duplicates("/sdgs", &self.sdgs, |goal| *goal, "the goal");
        faults.add_duplicates(
            "/urban_agenda",
            &self.urban_agenda,
            Clone::clone,
            "the partnership",
        );
    }

    fn remove_repetitions(&mut self) {
        keep_first_of_equals(&mut self.aliases);
    }

    fn assigned(&self) -> Assigned<'_> {
        Assigned::Slug {
            slug: &self.slug,
            name: &self.name,
        }
    }

    fn assign(&mut self, value: Assignment) {
        if let Assignment::Slug(slug) = value {
            self.slug = slug;
        }
    }
}

/// A theme of the shared catalogue of cooperation themes.
#[derive(Debug, Clone, Serialize, Queryable, ToSchema)]
pub struct Theme {
    /// The metadata that the service maintains.
    #[serde(flatten)]
    pub record: Record,
    /// The stored document.
    #[serde(flatten)]
    pub input: ThemeInput,
}

/// Filters of the list of themes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThemeFilter {
    /// Sustainable Development Goal that the theme usually serves, by number.
    #[serde(default)]
    #[param(minimum = 1, maximum = 17, example = json!([11]))]
    pub sdg: Vec<i32>,
    /// Urban Agenda partnership that the theme usually serves, by slug.
    #[serde(default)]
    #[param(format = "urban-agenda-partnership", example = json!(["urban-mobility"]))]
    pub urban_agenda: Vec<String>,
}

/// Sort keys of the list of themes.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThemeSort {
    /// When the record was created.
    #[default]
    CreatedAt,
    /// When the record was last changed.
    UpdatedAt,
    /// Name, in the order of code points.
    Name,
}

impl SortKey for ThemeSort {
    fn column(self, _: Order) -> Column {
        let (sql, cast) = match self {
            Self::CreatedAt => ("themes.created_at", Cast::Time),
            Self::UpdatedAt => ("themes.updated_at", Cast::Time),
            Self::Name => ("themes.folded_name", Cast::Text),
        };
        Column {
            sql,
            id: "themes.id",
            cast,
        }
    }
}

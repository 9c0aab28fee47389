//! The columns of a theme that are derived from its document.
//!
//! One rule: they depend on the document alone, so whoever writes a row can derive them.

use super::model::ThemeInput;
use crate::database::SearchVector;
use crate::database::schema::themes;
use crate::domain::folding::fold;
use crate::domain::words::{Vector, Weight};
use diesel::prelude::{AsChangeset, Insertable};
use serde::Serialize;

/// The derived columns of a theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Insertable, AsChangeset)]
#[diesel(table_name = themes)]
pub struct ThemeDerived {
    folded_name: String,
    search: SearchVector,
}

impl From<&ThemeInput> for ThemeDerived {
    fn from(input: &ThemeInput) -> Self {
        Self {
            folded_name: fold(&input.name),
            search: SearchVector(words(input).lexemes()),
        }
    }
}

/// The words by which a theme is found.
fn words(input: &ThemeInput) -> Vector {
    Vector::default()
        .name(&input.name)
        .texts(Weight::Content, &input.aliases)
        .texts(Weight::Detail, &input.description)
        .whole_names(&input.name, &input.aliases)
}

//! How a table is written: what the programs that open it expect differs from country to country.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The character between the cells of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TableDelimiter)]
pub enum Delimiter {
    /// A comma, which most programs expect.
    #[default]
    Comma,
    /// A semicolon, which spreadsheets expect where numbers have a decimal comma.
    Semicolon,
    /// A tab.
    Tab,
}

impl Delimiter {
    /// The character.
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// What becomes of the line breaks in texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TableLineBreaks)]
pub enum LineBreaks {
    /// They are kept, in quotation marks.
    #[default]
    Keep,
    /// A space takes their place, so that each record is one line.
    Space,
}

/// The query parameters of tables.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TableOptions {
    /// True to begin the file with a byte order mark, by which some spreadsheets recognise UTF-8.
    #[serde(default)]
    #[param(example = true)]
    pub byte_order_mark: bool,
    /// The character between the cells.
    #[serde(default)]
    #[param(example = "comma")]
    pub delimiter: Delimiter,
    /// What becomes of the line breaks in texts.
    #[serde(default)]
    #[param(example = "keep")]
    pub line_breaks: LineBreaks,
}

//! Sort keys as data: a column, its type, and a direction.
//!
//! One rule: the column of a sort key is indexed together with the id and is never null. Start with [`SortKey`].

use super::position::Position;
use chrono::Datelike;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Direction in which a list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SortOrder)]
pub enum Order {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

/// The PostgreSQL type of a sort key, to which its text in a cursor is cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// `timestamptz`
    Time,
    /// `date`
    Date,
    /// `text`
    Text,
    /// `bigint`
    Integer,
    /// A rank of the search, as text: a number, or the numbers of a position.
    Rank,
}

impl Cast {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Time => "timestamptz",
            Self::Date => "date",
            Self::Text | Self::Rank => "text",
            Self::Integer => "bigint",
        }
    }

    /// True if PostgreSQL can cast the text to this type. Cursors come from clients, so they are not trusted.
    pub(super) fn accepts(self, text: &str) -> bool {
        let is_valid_year = |year: i32| (1..=9999).contains(&year);
        match self {
            Self::Time => {
                let parsed = chrono::DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z");
                parsed.is_ok_and(|time| {
                    is_valid_year(time.year())
                        && text.ends_with("+00")
                        && text.starts_with(|first: char| first.is_ascii_digit())
                })
            }
            Self::Date => text
                .parse::<chrono::NaiveDate>()
                .is_ok_and(|date| is_valid_year(date.year()) && date.to_string() == text),
            Self::Text => !text.contains('\0'),
            Self::Integer => text
                .parse::<i64>()
                .is_ok_and(|number| number.to_string() == text),
            Self::Rank => {
                text.parse::<f32>().is_ok_and(f32::is_finite) || text.parse::<Position>().is_ok()
            }
        }
    }
}

/// The column of a sort key. It is indexed together with the id and is never null.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The column with its table, as SQL.
    pub sql: &'static str,
    /// The column with the id, with its table, as SQL.
    pub id: &'static str,
    /// The type of the column.
    pub cast: Cast,
}

/// The sort keys of a resource: an enum whose values are the values of the parameter `sort`.
pub trait SortKey:
    Copy + Default + Serialize + DeserializeOwned + utoipa::ToSchema + 'static
{
    /// The column to sort by in that direction. A key that can be unknown has one column for each direction, so that unknown
    /// values always come last.
    fn column(self, order: Order) -> Column;
}

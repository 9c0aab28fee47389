//! Sort keys as data: the column, its type, and the direction.

use chrono::Datelike;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Direction of a list.
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

/// The PostgreSQL type of a sort key: how its text in a cursor becomes a value again.
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
    /// `numeric`
    Decimal,
    /// `real`
    Real,
}

impl Cast {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Time => "timestamptz",
            Self::Date => "date",
            Self::Text => "text",
            Self::Integer => "bigint",
            Self::Decimal => "numeric",
            Self::Real => "real",
        }
    }

    /// True if PostgreSQL will take the text as that type: a cursor is the client's word.
    pub(super) fn takes(self, text: &str) -> bool {
        let bounded = |year: i32| (1..=9999).contains(&year);
        match self {
            Self::Time => {
                let parsed = chrono::DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z");
                parsed.is_ok_and(|time| {
                    bounded(time.year())
                        && text.ends_with("+00")
                        && text.starts_with(|first: char| first.is_ascii_digit())
                })
            }
            Self::Date => text
                .parse::<chrono::NaiveDate>()
                .is_ok_and(|date| bounded(date.year()) && date.to_string() == text),
            Self::Text => !text.contains('\0'),
            Self::Integer => text
                .parse::<i64>()
                .is_ok_and(|number| number.to_string() == text),
            Self::Real => text.parse::<f32>().is_ok_and(f32::is_finite),
            Self::Decimal => {
                let digits = text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
                text.len() < 40 && digits && text.parse::<f64>().is_ok()
            }
        }
    }
}

/// The column of a sort key. It has an index together with the id and is never null.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The expression as SQL, qualified.
    pub sql: &'static str,
    /// The id of the same table, qualified.
    pub id: &'static str,
    /// Its type.
    pub cast: Cast,
}

/// The sort keys of a resource: an enum whose names are the values of `sort`.
pub trait SortKey:
    Copy + Default + Serialize + DeserializeOwned + utoipa::ToSchema + 'static
{
    /// The column to sort by in that direction; a key with unknown values has one for each, so that they come last.
    fn column(self, order: Order) -> Column;
}

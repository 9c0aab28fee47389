//! A collection as a table (RFC 4180): fixed columns, one row for each record, for spreadsheets and data frames.
//!
//! One rule: no cell can be executed. A text that a spreadsheet would interpret as a formula is prefixed with an apostrophe.
//! The items of a list are joined by `|`; inside an item, `|` and the backslash are escaped with a backslash.

use super::Format;
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Readable;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use std::fmt::Display;

/// The content of a cell.
pub enum Cell {
    /// A text from a user, in which formulas are disarmed.
    Text(String),
    /// A number, a date or an id, which the service itself formatted.
    Plain(String),
}

impl Cell {
    /// Makes a cell with a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Makes a cell with a text, or an empty cell.
    pub fn text_or_empty(text: Option<&str>) -> Self {
        Self::Text(text.unwrap_or_default().to_owned())
    }

    /// Makes a cell with a number, a date, an id or a value of an enum.
    pub fn plain(value: impl Display) -> Self {
        Self::Plain(value.to_string())
    }

    /// Makes a cell with a number, a date, an id or a value of an enum, or an empty cell.
    pub fn plain_or_empty(value: Option<impl Display>) -> Self {
        Self::Plain(value.map(|value| value.to_string()).unwrap_or_default())
    }

    /// Makes a cell with an instant.
    pub fn time(value: DateTime<Utc>) -> Self {
        Self::Plain(value.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    /// Makes a cell with the items of a list.
    pub fn list<T: Display>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items
            .into_iter()
            .map(|item| item.to_string().replace('\\', "\\\\").replace('|', "\\|"));
        Self::Text(items.collect::<Vec<_>>().join("|"))
    }

    /// The text of the cell, with an apostrophe before a formula.
    fn disarmed(self) -> String {
        match self {
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => {
                format!("'{text}")
            }
            Self::Text(text) | Self::Plain(text) => text,
        }
    }
}

/// The name of a column, and the function that makes its cell for a record.
pub type Column<R> = (&'static str, fn(&R) -> Cell);

/// A resource that can be exported as a table.
pub trait Tabular: Readable {
    /// The columns in their order. New columns are only added at the end.
    const COLUMNS: &'static [Column<Self>];
}

/// The query parameter of tables.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ByteOrderMark {
    /// True to begin the file with a byte order mark, by which some spreadsheets recognise UTF-8.
    #[param(example = true)]
    byte_order_mark: Option<bool>,
}

/// Writes a table.
pub struct Csv {
    byte_order_mark: bool,
}

impl Csv {
    /// Makes a writer of tables.
    pub fn new(parameter: &ByteOrderMark) -> Self {
        Self {
            byte_order_mark: parameter.byte_order_mark.unwrap_or_default(),
        }
    }
}

fn row(cells: impl Iterator<Item = String>, out: &mut Vec<u8>) -> Result<(), Problem> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    writer
        .write_record(cells)
        .and_then(|()| Ok(writer.flush()?))
        .map_err(Problem::internal)
}

impl<R: Tabular> Format<R> for Csv {
    const MEDIA_TYPE: &'static str = "text/csv; charset=utf-8; header=present";

    fn begin(&mut self, out: &mut Vec<u8>) {
        if self.byte_order_mark {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        out.extend_from_slice(
            R::COLUMNS
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
                .join(",")
                .as_bytes(),
        );
        out.extend_from_slice(b"\r\n");
    }

    async fn prepare(&mut self, _: &ApplicationState, _: &[R]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, record: &R, out: &mut Vec<u8>) -> Result<(), Problem> {
        row(
            R::COLUMNS.iter().map(|(_, cell)| cell(record).disarmed()),
            out,
        )
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::{Cell, row};

    fn written(cells: Vec<Cell>) -> String {
        let mut out = Vec::new();
        row(cells.into_iter().map(Cell::disarmed), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not_changed() {
        assert_eq!(
            written(vec![
                Cell::text("=1+1"),
                Cell::text("@now"),
                Cell::plain(-2.5)
            ]),
            "'=1+1,'@now,-2.5\r\n"
        );
    }

    #[test]
    fn separators_inside_of_items_and_cells_are_escaped() {
        assert_eq!(
            written(vec![Cell::list(["a|b", "c\\d"]), Cell::text("e, \"f\"\ng")]),
            "a\\|b|c\\\\d,\"e, \"\"f\"\"\ng\"\r\n"
        );
    }
}

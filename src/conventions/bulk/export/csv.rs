//! A collection as a table (RFC 4180): fixed columns, one row for each record, for spreadsheets and data frames.
//!
//! One rule: a cell never does anything but be read. Text that a spreadsheet would take for a formula gets an apostrophe in
//! front. Items of a list are joined by `|`; a bar or a backslash inside an item has a backslash in front.

use super::Format;
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Readable;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use std::fmt::Display;

/// What stands in a cell.
pub enum Cell {
    /// Text, which is made safe.
    Text(String),
    /// A number, a date or an id that the service wrote itself.
    Plain(String),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A text, or nothing.
    pub fn maybe(text: Option<&str>) -> Self {
        Self::Text(text.unwrap_or_default().to_owned())
    }

    /// A number, a date, an id or a value of an enum.
    pub fn plain(value: impl Display) -> Self {
        Self::Plain(value.to_string())
    }

    /// The same, or nothing.
    pub fn plain_or_empty(value: Option<impl Display>) -> Self {
        Self::Plain(value.map(|value| value.to_string()).unwrap_or_default())
    }

    /// An instant.
    pub fn time(value: DateTime<Utc>) -> Self {
        Self::Plain(value.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    /// A list.
    pub fn list<T: Display>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items
            .into_iter()
            .map(|item| item.to_string().replace('\\', "\\\\").replace('|', "\\|"));
        Self::Text(items.collect::<Vec<_>>().join("|"))
    }

    fn safe(self) -> String {
        match self {
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => {
                format!("'{text}")
            }
            Self::Text(text) | Self::Plain(text) => text,
        }
    }
}

/// The name of a column, and its cell of a record.
pub type Column<R> = (&'static str, fn(&R) -> Cell);

/// The columns of a resource, each with what stands in it.
pub trait Tabular: Readable {
    /// Names and cells, in order; the list only ever grows at its end.
    const COLUMNS: &'static [Column<Self>];
}

/// The parameter of tables.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ByteOrderMark {
    /// True to begin with the mark by which some spreadsheets know UTF-8.
    #[param(example = true)]
    byte_order_mark: Option<bool>,
}

/// A table.
pub struct Csv {
    byte_order_mark: bool,
}

impl Csv {
    /// A table as the parameter wants it.
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
        row(R::COLUMNS.iter().map(|(_, cell)| cell(record).safe()), out)
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::{Cell, row};

    fn written(cells: Vec<Cell>) -> String {
        let mut out = Vec::new();
        row(cells.into_iter().map(Cell::safe), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_made_harmless_and_numbers_stay() {
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
    fn separators_inside_of_items_and_cells_are_marked() {
        assert_eq!(
            written(vec![Cell::list(["a|b", "c\\d"]), Cell::text("e, \"f\"\ng")]),
            "a\\|b|c\\\\d,\"e, \"\"f\"\"\ng\"\r\n"
        );
    }
}

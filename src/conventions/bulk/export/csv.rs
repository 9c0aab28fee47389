//! A collection as a table (RFC 4180): fixed columns, one row for each record, for spreadsheets and data frames.
//!
//! One rule: a cell never does anything but be read. Text that a spreadsheet would take for a formula gets an apostrophe in
//! front. Items of a list are joined by `|`; a bar or a backslash inside an item has a backslash in front.

use super::Format;
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Readable;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Display;

/// What stands in a cell.
pub enum Cell {
    /// Text, which is made safe.
    Text(String),
    /// A number, a date or an id that the service wrote itself.
    Plain(String),
}

impl Cell {
    /// A number, a date, an id or a value of an enum; empty if there is none.
    pub fn plain(value: Option<impl Display>) -> Self {
        Self::Plain(value.map(|value| value.to_string()).unwrap_or_default())
    }

    /// A list.
    pub fn list<T: Display>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items
            .into_iter()
            .map(|item| item.to_string().replace('\\', "\\\\").replace('|', "\\|"));
        Self::Text(items.collect::<Vec<_>>().join("|"))
    }

    /// What a path leads to in a value.
    fn at(value: &Value, path: &str) -> Self {
        match value {
            Value::Array(items) => {
                Self::list(items.iter().map(|item| Self::at(item, path).into_text()))
            }
            Value::Object(members) => {
                let (name, rest) = path.split_once('/').unwrap_or((path, ""));
                Self::at(members.get(name).unwrap_or(&Value::Null), rest)
            }
            Value::Null => Self::Plain(String::new()),
            Value::Bool(flag) => Self::Plain(flag.to_string()),
            // JSON would write some numbers with an exponent, and whole ones with a decimal point.
            Value::Number(number) => Self::Plain(match number.as_f64() {
                Some(float) if number.is_f64() => float.to_string(),
                _ => number.to_string(),
            }),
            Value::String(text) => Self::Text(text.clone()),
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Text(text) | Self::Plain(text) => text,
        }
    }

    fn safe(self) -> String {
        match self {
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => {
                format!("'{text}")
            }
            safe => safe.into_text(),
        }
    }
}

/// A column of a table: its name, and where its cells come from.
pub struct Column<R> {
    /// Its name.
    pub name: &'static str,
    source: Source<R>,
}

enum Source<R> {
    Path(&'static str),
    Computed(fn(&R) -> Cell),
}

impl<R: Serialize> Column<R> {
    /// A property of the record under its own name.
    pub const fn property(name: &'static str) -> Self {
        Self::at(name, name)
    }

    /// What a path through the JSON of the record leads to, such as `period/start`. A path that passes through a list, such as
    /// `cities/slug`, leads to the list of what it finds in each item.
    pub const fn at(name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            source: Source::Path(path),
        }
    }

    /// A cell that is not a value of the JSON of the record but made from it.
    pub const fn computed(name: &'static str, cell: fn(&R) -> Cell) -> Self {
        Self {
            name,
            source: Source::Computed(cell),
        }
    }

    /// The path through the JSON of the record; `None` for a computed column.
    pub fn path(&self) -> Option<&'static str> {
        match self.source {
            Source::Path(path) => Some(path),
            Source::Computed(_) => None,
        }
    }

    fn cell(&self, record: &R, json: &Value) -> Cell {
        match self.source {
            Source::Path(path) => Cell::at(json, path),
            Source::Computed(cell) => cell(record),
        }
    }
}

/// The columns of a resource.
pub trait Tabular: Readable {
    /// The columns in their order; new ones are only ever added at the end.
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
                .map(|column| column.name)
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
        let json = serde_json::to_value(record).map_err(Problem::internal)?;
        let cells = R::COLUMNS.iter().map(|column| column.cell(record, &json));
        row(cells.map(Cell::safe), out)
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::{Cell, row};
    use serde_json::json;

    fn written(cells: Vec<Cell>) -> String {
        let mut out = Vec::new();
        row(cells.into_iter().map(Cell::safe), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn formulas_are_made_harmless_and_numbers_stay() {
        assert_eq!(
            written(vec![text("=1+1"), text("@now"), Cell::plain(Some(-2.5))]),
            "'=1+1,'@now,-2.5\r\n"
        );
    }

    #[test]
    fn separators_inside_of_items_and_cells_are_marked() {
        assert_eq!(
            written(vec![Cell::list(["a|b", "c\\d"]), text("e, \"f\"\ng")]),
            "a\\|b|c\\\\d,\"e, \"\"f\"\"\ng\"\r\n"
        );
    }

    #[test]
    fn a_path_leads_through_objects_and_lists_to_a_cell() {
        let record = json!({
            "title": "=1", "note": null, "period": {"start": "2019", "end": null}, "latitude": -0.000_000_1, "east": 10.0,
            "cities": [{"id": 1, "name": "a|b"}, {"id": 2, "name": "c"}], "tags": ["x", "-y"]
        });
        for (path, cell) in [
            ("title", "'=1"),
            ("note", ""),
            ("missing", ""),
            ("period/start", "2019"),
            ("period/end", ""),
            ("latitude", "-0.0000001"),
            ("east", "10"),
            ("cities/id", "1|2"),
            ("cities/name", "a\\|b|c"),
            ("tags", "x|-y"),
        ] {
            assert_eq!(Cell::at(&record, path).safe(), cell, "{path}");
        }
    }
}

//! A collection as a table (RFC 4180): fixed columns, one row for each record, for spreadsheets and data frames.
//!
//! One rule: no cell can be executed. A text that a spreadsheet would interpret as a formula is prefixed with an apostrophe.
//! The items of a list are joined by `|`; inside an item, `|` and the backslash are escaped with a backslash.

use super::Format;
use super::table_options::{Delimiter, LineBreaks, TableOptions};
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Readable;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Display;

/// The content of a cell.
pub enum Cell {
    /// A text from a user, in which formulas are disarmed.
    Text(String),
    /// A number, a date or an id, which the service itself formatted.
    Plain(String),
}

impl Cell {
    /// Makes a cell with a number, a date, an id or a value of an enum. `None` makes an empty cell.
    pub fn plain(value: Option<impl Display>) -> Self {
        Self::Plain(value.map(|value| value.to_string()).unwrap_or_default())
    }

    /// Makes a cell with the items of a list.
    pub fn list<T: Display>(items: impl IntoIterator<Item = T>) -> Self {
        let items = items
            .into_iter()
            .map(|item| item.to_string().replace('\\', "\\\\").replace('|', "\\|"));
        Self::Text(items.collect::<Vec<_>>().join("|"))
    }

    /// The cell for the value at the end of a path.
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
            // serde_json writes some numbers with an exponent, and floats that are whole numbers with a decimal point.
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

    /// The text of the cell, with an apostrophe before a formula.
    fn disarmed(self) -> String {
        match self {
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => {
                format!("'{text}")
            }
            safe => safe.into_text(),
        }
    }
}

/// A column of a table: its name and the source of its cells.
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
    /// Makes a column for a property of the record, which has the same name.
    pub const fn property(name: &'static str) -> Self {
        Self::at(name, name)
    }

    /// Makes a column for the value at a path through the JSON of the record, such as `period/start`. A path through a list, such
    /// as `cities/slug`, gives the list of the values in all items.
    pub const fn at(name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            source: Source::Path(path),
        }
    }

    /// Makes a column whose cells are computed from the record, because its JSON does not contain their values.
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

/// A resource that can be exported as a table.
pub trait Tabular: Readable {
    /// The columns in their order. New columns are only added at the end.
    const COLUMNS: &'static [Column<Self>];
}

/// Writes a table.
pub struct Csv {
    options: TableOptions,
}

impl Csv {
    /// Makes a writer of tables.
    pub fn new(options: TableOptions) -> Self {
        Self { options }
    }

    /// The text of a cell as these options demand it.
    fn text(&self, cell: Cell) -> String {
        let cell = match (self.options.line_breaks, cell) {
            (LineBreaks::Space, Cell::Text(text)) => Cell::Text(on_one_line(&text)),
            (_, cell) => cell,
        };
        cell.disarmed()
    }
}

/// The text with a space in place of each line break.
fn on_one_line(text: &str) -> String {
    text.replace(['\n', '\u{2028}', '\u{2029}'], " ")
}

fn row(
    delimiter: Delimiter,
    cells: impl Iterator<Item = String>,
    out: &mut Vec<u8>,
) -> Result<(), Problem> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter.byte())
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
        if self.options.byte_order_mark {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        let names: Vec<&[u8]> = R::COLUMNS
            .iter()
            .map(|column| column.name.as_bytes())
            .collect();
        out.extend_from_slice(&names.join(&self.options.delimiter.byte()));
        out.extend_from_slice(b"\r\n");
    }

    async fn prepare(&mut self, _: &ApplicationState, _: &[R]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, record: &R, out: &mut Vec<u8>) -> Result<(), Problem> {
        let json = serde_json::to_value(record).map_err(Problem::internal)?;
        let cells = R::COLUMNS.iter().map(|column| column.cell(record, &json));
        let texts = cells.map(|cell| self.text(cell));
        row(self.options.delimiter, texts, out)
    }

    fn end(&mut self, _: &mut Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::{Cell, Delimiter, row};
    use serde_json::json;

    fn written(cells: Vec<Cell>) -> String {
        let mut out = Vec::new();
        let texts = cells.into_iter().map(Cell::disarmed);
        row(Delimiter::Comma, texts, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not_changed() {
        assert_eq!(
            written(vec![text("=1+1"), text("@now"), Cell::plain(Some(-2.5))]),
            "'=1+1,'@now,-2.5\r\n"
        );
    }

    #[test]
    fn separators_inside_of_items_and_cells_are_escaped() {
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
            assert_eq!(Cell::at(&record, path).disarmed(), cell, "{path}");
        }
    }
}

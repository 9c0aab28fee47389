//! The table of cities. For a plan with a lead city, it has a column for each side, as on the form; for a cluster, it has a row for
//! each city.
//!
//! One rule: a value that the plan states is shown unchanged, and a value from the record of the city is marked. Start with
//! [`table`].

use super::sheet::{CityCell, CityLine, CityRow, CityTable};
use super::text::line;

/// What the table shows about a city of a plan.
pub struct CityFacts {
    /// True if it is the lead city.
    pub lead: bool,
    /// The name that identifies it in a cell about several cities.
    pub short: String,
    /// The name as the plan states it.
    pub name: String,
    /// The path of its page.
    pub page: String,
    /// Other names, and the kind of place.
    pub remarks: Vec<String>,
    /// The region, the country, the population, the area and the mayor, in the order of [`ROWS`].
    pub rows: [CityLine; 5],
}

/// The headings of the rows of the form.
const ROWS: [&str; 5] = [
    "Province, State, Department",
    "Country",
    "Population",
    "Size (km²)",
    MAYOR,
];
/// The row that only some forms have; it is shown if a plan states a mayor.
const MAYOR: &str = "Mayor";

/// The rows that the table shows, with their places in [`ROWS`].
fn shown_rows<'c>(cities: impl IntoIterator<Item = &'c CityFacts>) -> Vec<(usize, &'static str)> {
    let mut values = cities.into_iter().flat_map(|city| city.rows.last());
    let has_mayor = values.any(|mayor| mayor.value.is_some());
    let rows = ROWS.into_iter().enumerate();
    rows.filter(|(_, heading)| has_mayor || *heading != MAYOR)
        .collect()
}

/// The value that the plan states, or otherwise the value from the record of the city.
pub fn value(stated: Option<&str>, known: Option<String>) -> CityLine {
    let from_record = stated.is_none() && known.is_some();
    CityLine {
        city: None,
        value: stated.map(line).or_else(|| known.as_deref().map(line)),
        from_record,
        page: None,
    }
}

/// Creates the table; `None` if there are no cities.
pub fn table(cities: Vec<CityFacts>) -> Option<CityTable> {
    if cities.is_empty() {
        return None;
    }
    let from_record = cities
        .iter()
        .flat_map(|city| &city.rows)
        .any(|value| value.from_record);
    let (leads, partners): (Vec<_>, Vec<_>) = cities.into_iter().partition(|city| city.lead);
    if leads.is_empty() {
        Some(roster(&partners, from_record))
    } else {
        Some(form(&leads, &partners, from_record))
    }
}

/// The table with a column for each side.
fn form(leads: &[CityFacts], partners: &[CityFacts], from_record: bool) -> CityTable {
    let partner = if partners.len() == 1 {
        "Partner city"
    } else {
        "Partner cities"
    };
    let sides = [("Lead city", leads), (partner, partners)].into_iter();
    let sides: Vec<_> = sides.filter(|(_, cities)| !cities.is_empty()).collect();
    let names = sides.iter().map(|(column, cities)| CityCell {
        column,
        lines: cities.iter().map(name_line).collect(),
    });
    let mut rows = vec![CityRow {
        heading: "City".to_owned(),
        page: None,
        cells: names.collect(),
    }];
    for (index, heading) in shown_rows(leads.iter().chain(partners)) {
        let cells = sides.iter().map(|(column, cities)| CityCell {
            column,
            lines: lines_of_side(cities, index),
        });
        rows.push(CityRow {
            heading: heading.to_owned(),
            page: None,
            cells: cells.collect(),
        });
    }
    let columns = ["Fact"]
        .into_iter()
        .chain(sides.iter().map(|(column, _)| *column))
        .collect();
    CityTable {
        columns,
        rows,
        roster: false,
        from_record,
    }
}

/// The table with a row for each city.
fn roster(cities: &[CityFacts], from_record: bool) -> CityTable {
    let shown = shown_rows(cities);
    let row = |city: &CityFacts| {
        let cells = shown.iter().map(|(index, column)| CityCell {
            column,
            lines: city.rows.get(*index).map(line_of).unwrap_or_default(),
        });
        CityRow {
            heading: full_name(city),
            page: Some(city.page.clone()),
            cells: cells.collect(),
        }
    };
    let headings = shown.iter().map(|(_, heading)| *heading);
    let columns = ["City"].into_iter().chain(headings).collect();
    CityTable {
        columns,
        rows: cities.iter().map(row).collect(),
        roster: true,
        from_record,
    }
}

fn full_name(city: &CityFacts) -> String {
    if city.remarks.is_empty() {
        city.name.clone()
    } else {
        format!("{} ({})", city.name, city.remarks.join(", "))
    }
}

fn name_line(city: &CityFacts) -> CityLine {
    CityLine {
        city: None,
        value: Some(full_name(city)),
        from_record: false,
        page: Some(city.page.clone()),
    }
}

/// The line of a value, if there is a value.
fn line_of(value: &CityLine) -> Vec<CityLine> {
    value.value.iter().map(|_| value.clone()).collect()
}

/// The lines of one fact about several cities: a single line if all have the same value, otherwise a line for each city.
fn lines_of_side(cities: &[CityFacts], row: usize) -> Vec<CityLine> {
    let values: Vec<_> = cities
        .iter()
        .filter_map(|city| Some((&city.short, city.rows.get(row)?)))
        .collect();
    match values.as_slice() {
        [] => Vec::new(),
        [(_, first), rest @ ..] if rest.iter().all(|(_, value)| value == first) => line_of(first),
        _ => values
            .into_iter()
            .map(|(city, value)| CityLine {
                city: Some(city.clone()),
                ..value.clone()
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{CityFacts, ROWS, table, value};

    fn city(name: &str, lead: bool, country: &str, population: Option<&str>) -> CityFacts {
        let rows = [
            value(None, None),
            value(None, Some(country.into())),
            value(population, None),
            value(None, None),
            value(None, None),
        ];
        CityFacts {
            lead,
            short: name.into(),
            name: name.into(),
            page: format!("/cities/{name}"),
            remarks: Vec::new(),
            rows,
        }
    }

    #[test]
    fn partners_share_a_line_only_if_their_values_are_equal() {
        let cities = vec![
            city("A", true, "Italy", Some("3.1 Mio")),
            city("B", false, "China", Some("590,000")),
            city("C", false, "China", None),
        ];
        let table = table(cities).unwrap();
        assert_eq!(table.columns, ["Fact", "Lead city", "Partner cities"]);
        assert!(table.from_record && table.rows[1].cells[1].lines.is_empty());
        let [country] = table.rows[2].cells[1].lines.as_slice() else {
            panic!("one line")
        };
        assert_eq!(
            (
                country.value.as_deref(),
                country.city.as_deref(),
                country.from_record
            ),
            (Some("China"), None, true)
        );
        let [first, second] = table.rows[3].cells[1].lines.as_slice() else {
            panic!("two lines")
        };
        assert_eq!(
            (
                first.city.as_deref(),
                first.value.as_deref(),
                first.from_record
            ),
            (Some("B"), Some("590,000"), false)
        );
        assert_eq!(
            (second.city.as_deref(), second.value.as_deref()),
            (Some("C"), None)
        );
    }

    #[test]
    fn the_row_of_mayors_is_shown_if_a_plan_states_one() {
        let mut lead = city("A", true, "Italy", None);
        lead.rows[4] = value(Some("The mayor of A"), None);
        let table = table(vec![lead, city("B", false, "China", None)]).unwrap();
        let mayors = table.rows.last().unwrap();
        assert_eq!(mayors.heading, "Mayor");
        assert!(mayors.cells[1].lines.is_empty());
    }

    #[test]
    fn a_cluster_has_a_row_for_each_city() {
        let table = table(vec![
            city("A", false, "Italy", None),
            city("B", false, "China", None),
        ])
        .unwrap();
        assert!(table.roster && table.rows.len() == 2 && table.columns[1..] == ROWS[..4]);
        assert!(super::table(Vec::new()).is_none());
    }
}

//! The table of cities: two columns for a plan with a lead city, as on the form, and one row for each city of a cluster.
//!
//! A value that the plan states stands as it is stated; one from the record of the city is marked as such.

use super::sheet::{CityCell, CityLine, CityRow, CityTable};
use super::text::line;

/// What is known of a city of a plan.
pub struct CityFacts {
    /// Whether the plan is written from its side.
    pub lead: bool,
    /// The name by which lines about it begin.
    pub short: String,
    /// Its name as the plan states it.
    pub name: String,
    /// Address of its page.
    pub page: String,
    /// Other names, and what sort of place it is.
    pub asides: Vec<String>,
    /// Region, country, population and area, as in [`ROWS`].
    pub rows: [CityLine; 4],
}

/// The rows of the form.
const ROWS: [&str; 4] = [
    "Province, State, Department",
    "Country",
    "Population",
    "Size (km²)",
];

/// A value as the plan states it, else as the record of the city has it.
pub fn value(stated: Option<&str>, known: Option<String>) -> CityLine {
    let from_record = stated.is_none() && known.is_some();
    CityLine {
        city: None,
        value: stated.map(line).or_else(|| known.as_deref().map(line)),
        from_record,
        page: None,
    }
}

/// The table; `None` without cities.
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
        lines: cities.iter().map(named).collect(),
    });
    let mut rows = vec![CityRow {
        heading: "City".to_owned(),
        page: None,
        cells: names.collect(),
    }];
    for (at, heading) in ROWS.iter().enumerate() {
        let cells = sides.iter().map(|(column, cities)| CityCell {
            column,
            lines: side(cities, at),
        });
        rows.push(CityRow {
            heading: (*heading).to_owned(),
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

fn roster(cities: &[CityFacts], from_record: bool) -> CityTable {
    let row = |city: &CityFacts| {
        let cells = ROWS.iter().zip(&city.rows).map(|(column, value)| CityCell {
            column,
            lines: stated(value),
        });
        CityRow {
            heading: in_full(city),
            page: Some(city.page.clone()),
            cells: cells.collect(),
        }
    };
    let columns = ["City"].into_iter().chain(ROWS).collect();
    CityTable {
        columns,
        rows: cities.iter().map(row).collect(),
        roster: true,
        from_record,
    }
}

fn in_full(city: &CityFacts) -> String {
    if city.asides.is_empty() {
        city.name.clone()
    } else {
        format!("{} ({})", city.name, city.asides.join(", "))
    }
}

fn named(city: &CityFacts) -> CityLine {
    CityLine {
        city: None,
        value: Some(in_full(city)),
        from_record: false,
        page: Some(city.page.clone()),
    }
}

fn stated(value: &CityLine) -> Vec<CityLine> {
    value.value.iter().map(|_| value.clone()).collect()
}

/// One fact of several cities: told once if it is the same for all, else city by city.
fn side(cities: &[CityFacts], row: usize) -> Vec<CityLine> {
    let values: Vec<_> = cities
        .iter()
        .filter_map(|city| Some((&city.short, city.rows.get(row)?)))
        .collect();
    match values.as_slice() {
        [] => Vec::new(),
        [(_, first), rest @ ..] if rest.iter().all(|(_, value)| value == first) => stated(first),
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
        ];
        CityFacts {
            lead,
            short: name.into(),
            name: name.into(),
            page: format!("/cities/{name}"),
            asides: Vec::new(),
            rows,
        }
    }

    #[test]
    fn partners_share_a_line_where_they_agree_and_have_their_own_where_not() {
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
    fn a_cluster_has_a_row_for_each_city() {
        let table = table(vec![
            city("A", false, "Italy", None),
            city("B", false, "China", None),
        ])
        .unwrap();
        assert!(table.roster && table.rows.len() == 2 && table.columns[1..] == ROWS);
        assert!(super::table(Vec::new()).is_none());
    }
}

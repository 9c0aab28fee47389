//! The columns that the program derives from documents, such as days and sort keys, whichever way a row was written.

use crate::harness::specimens::{ALL, activity, city, outcome, plan, stored_plan};
use crate::harness::{App, Options};
use serde_json::{Value, json};
use ucap::conventions::resource::Writable;
use ucap::resources::activities::Activity;
use ucap::resources::cities::City;
use ucap::resources::outcomes::Outcome;
use ucap::resources::plans::Plan;
use ucap::resources::themes::Theme;

/// Asserts that each row has the derived columns that follow from its document, and returns the number of rows.
async fn check<R: Writable>(app: &App) -> usize {
    let table = R::KIND.plural();
    let query = format!("SELECT to_jsonb(stored)::text FROM {table} AS stored");
    let rows = app.database.client().await.query(&query, &[]).await;
    let rows = rows.unwrap();
    for row in &rows {
        let row: Value = serde_json::from_str(row.get(0)).unwrap();
        let input: R::Input = serde_json::from_value(row.clone()).unwrap();
        let derived = serde_json::to_value(R::derived(&input)).unwrap();
        for (column, value) in derived.as_object().into_iter().flatten() {
            assert_eq!(&row[column], value, "{column} of {table}: {row}");
        }
    }
    rows.len()
}

/// Checks all tables, each of which must have rows.
async fn check_all(app: &App) {
    let counts = [
        check::<Plan>(app).await,
        check::<City>(app).await,
        check::<Theme>(app).await,
        check::<Activity>(app).await,
        check::<Outcome>(app).await,
    ];
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

/// The name of the member with the period of a record, for kinds that have one.
fn period_of(collection: &str) -> Option<&'static str> {
    match collection {
        "plans" => Some("period"),
        "activities" => Some("date"),
        "outcomes" => Some("due"),
        _ => None,
    }
}

/// Partial dates of all precisions at the borders of months, years and centuries.
fn partial_dates() -> Vec<String> {
    let mut dates = Vec::new();
    for year in ["1000", "1900", "1999", "2000", "2019", "2020", "9999"] {
        dates.push(year.to_owned());
        for month in ["01", "02", "04", "12"] {
            dates.push(format!("{year}-{month}"));
            for day in ["01", "28"] {
                dates.push(format!("{year}-{month}-{day}"));
            }
        }
        dates.push(format!("{year}-12-31"));
    }
    dates.extend(["2000-02-29".to_owned(), "2020-02-29".to_owned()]);
    dates
}

/// All periods with these dates that do not end before they start, and those without a date.
fn periods() -> Vec<Value> {
    let mut periods = vec![json!({}), json!({"text": "one day"})];
    let dates = partial_dates();
    for (index, start) in dates.iter().enumerate() {
        periods.push(json!({"start": start}));
        periods.push(json!({"end": start, "text": "by then"}));
        let ends = dates.iter().skip(index % 9).step_by(9);
        let ends = ends.filter(|end| !start.starts_with(end.as_str()) && *end > start);
        periods.extend(ends.map(|end| json!({"start": start, "end": end})));
    }
    periods
}

async fn import(app: &App, collection: &str, lines: &[Value]) {
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let request = app.request("POST", &format!("/v1/imports/{collection}"));
    let answer = request.bytes("application/x-ndjson", body).send().await;
    let text = answer.text();
    let summary: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(summary["summary"]["failed"], 0, "{summary}");
}

/// The first and the last day of a period, as PostgreSQL computes them. `$1` is the partial date at which it starts, `$2` that at
/// which it ends.
const DAYS: &str = "SELECT ($1 || substr('-01-01', length($1) - 3))::date::text, \
    ((substr($2 || '-01-01', 1, 10))::date + CASE length($2) WHEN 4 THEN interval '1 year' WHEN 7 THEN interval '1 month' \
    ELSE interval '1 day' END - interval '1 day')::date::text";

#[actix_web::test]
async fn the_days_of_a_record_are_those_that_its_partial_dates_can_mean() {
    let app = App::start().await;
    let owner = stored_plan(&app).await;
    let lead = app.create("cities", &city()).await;
    let periods = periods();
    assert!(periods.len() > 500, "{}", periods.len());
    for (collection, template) in [
        ("plans", plan(&lead)),
        ("activities", activity(&owner)),
        ("outcomes", outcome(&owner)),
    ] {
        let member = period_of(collection).unwrap();
        let line = |period: &Value| {
            let mut line = template.clone();
            line[member] = period.clone();
            line
        };
        import(
            &app,
            collection,
            &periods.iter().map(line).collect::<Vec<_>>(),
        )
        .await;
    }
    let counts = [
        check::<Plan>(&app).await,
        check::<Activity>(&app).await,
        check::<Outcome>(&app).await,
    ];
    assert!(
        counts.iter().all(|count| *count >= periods.len()),
        "{counts:?}"
    );
    let client = app.database.client().await;
    for table in ["activities", "outcomes"] {
        let member = period_of(table).unwrap();
        let query = format!(
            "SELECT {member} ->> 'start', {member} ->> 'end', first_day::text, last_day::text FROM {table}"
        );
        for row in client.query(&query, &[]).await.unwrap() {
            let given: (Option<String>, Option<String>) = (row.get(0), row.get(1));
            let stored: (Option<String>, Option<String>) = (row.get(2), row.get(3));
            let (Some(start), Some(end)) = (
                given.0.clone().or(given.1.clone()),
                given.1.clone().or(given.0.clone()),
            ) else {
                assert_eq!(stored, (None, None));
                continue;
            };
            let days = client.query_one(DAYS, &[&start, &end]).await.unwrap();
            assert_eq!(stored, (days.get(0), days.get(1)), "{given:?}");
        }
    }
    let open = "SELECT count(*) FROM plans WHERE first_day IS DISTINCT FROM CASE WHEN period ->> 'start' IS NULL AND period ->> 'end' IS NOT NULL \
        THEN '0001-01-01' ELSE first_day END OR last_day IS DISTINCT FROM CASE WHEN period ->> 'end' IS NULL AND period ->> 'start' IS NOT NULL \
        THEN '9999-12-31' ELSE last_day END OR (first_day IS NULL) <> (num_nulls(period ->> 'start', period ->> 'end') = 2)";
    assert_eq!(app.database.number(open).await, 0);
}

#[actix_web::test]
async fn every_way_to_write_a_record_writes_its_derived_columns() {
    let app = App::with(Options {
        sample: true,
        ..Options::default()
    })
    .await;
    check_all(&app).await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        let mut changes = vec![
            json!({"population": 7, "area_km2": 0.5}),
            json!({"population": null, "area_km2": null}),
        ];
        if let Some(member) = period_of(specimen.collection) {
            changes = vec![
                json!({member: {"start": "2020-02", "end": "2021"}}),
                json!({member: {"start": null, "end": "2020-02"}}),
                json!({member: {"end": null, "text": "soon"}}),
            ];
        } else if specimen.collection == "themes" {
            changes = vec![json!({"aliases": ["Another"]})];
        }
        for change in &changes {
            let answer = app.patch(&path, change).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            check_all(&app).await;
        }
        let mut document = specimen.document(&app).await;
        if specimen.has_slug {
            document["slug"] = record["slug"].clone();
        }
        for (member, value) in changes[0].as_object().unwrap() {
            document[member] = value.clone();
        }
        let answer = app.put(&path, &document).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        check_all(&app).await;
        // As lines of an import: one that updates the record, and one that the database refuses and that is written alone.
        document["id"] = record["id"].clone();
        document[specimen.text] = json!("Imported");
        import(&app, specimen.collection, &[document]).await;
        check_all(&app).await;
    }
}

#[actix_web::test]
async fn the_import_of_a_document_writes_derived_columns() {
    let app = App::with(Options {
        sample: true,
        ..Options::default()
    })
    .await;
    let plan = app.get("/v1/plans").await.json()["data"][0].clone();
    let path = format!("{}/summary", ALL[0].path(&plan));
    let mut document = app.get(&path).await.json();
    document["plan"]["period"] = json!({"start": "2001"});
    document["activities"][0]["date"] = json!({"start": "2001-02"});
    document["outcomes"][0]["due"] = json!({"end": "2002-02-03"});
    document["activities"].as_array_mut().unwrap().pop();
    document["cities"][0]["population"] = json!(12);
    let answer = app
        .put(&format!("{path}?update_references=true"), &document)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    check_all(&app).await;
    let changed = "SELECT count(*) FROM (SELECT FROM plans WHERE first_day = '2001-01-01' UNION ALL SELECT FROM activities \
        WHERE last_day = '2001-02-28' UNION ALL SELECT FROM outcomes WHERE first_day = '2002-02-03') AS changed";
    assert_eq!(app.database.number(changed).await, 3);
    document["plan"]["slug"] = json!("another");
    document["plan"]["relations"] = json!([]);
    let answer = app.put("/v1/plans/another/summary", &document).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    check_all(&app).await;
}

//! Exports as lines of JSON and as tables, tested with all resources.

use crate::harness::specimens::{ALL, activity, outcome, stored_plan};
use crate::harness::{App, Options};
use serde_json::{Value, json};
use ucap::database::Purpose;
use ucap::resources::SLICES;

/// The lines of an export.
pub async fn lines(app: &App, path: &str) -> Vec<Value> {
    let answer = app.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The rows of a table, each as texts.
async fn table(app: &App, path: &str) -> Vec<Vec<String>> {
    let answer = app.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(answer.text().into_bytes().leak() as &[u8]);
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[actix_web::test]
async fn an_export_contains_every_record_once_as_get_returns_it() {
    let app = App::start().await;
    for specimen in ALL {
        for _ in 0..3 {
            specimen.stored(&app).await;
        }
        let lines = lines(&app, &format!("/v1/exports/{}.ndjson", specimen.collection)).await;
        let mut listed = app.all(&format!("/v1/{}", specimen.collection), 200).await;
        listed.sort_by_key(|record| record["id"].as_str().unwrap().to_owned());
        assert_eq!(lines, listed, "{}", specimen.collection);
        let some = self::lines(
            &app,
            &format!(
                "/v1/exports/{}.ndjson?fields=id,version",
                specimen.collection
            ),
        )
        .await;
        assert!(
            some.iter()
                .zip(&lines)
                .all(|(some, whole)| *some == json!({"id": whole["id"], "version": 1}))
        );
    }
}

#[actix_web::test]
async fn a_table_has_a_row_for_each_record_and_the_documented_columns() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let document = app.get("/openapi.json").await.json();
    for specimen in ALL {
        let path = format!("/v1/exports/{}.csv", specimen.collection);
        let rows = table(&app, &path).await;
        let described = document["paths"][&path]["get"]["description"]
            .as_str()
            .unwrap();
        let (header, rows) = rows.split_first().unwrap();
        assert!(
            described.contains(
                &header
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            "{described}"
        );
        let records = lines(&app, &path.replace(".csv", ".ndjson")).await;
        assert_eq!(rows.len(), records.len());
        for (row, record) in rows.iter().zip(&records) {
            for (name, cell) in header.iter().zip(row) {
                match record.get(name) {
                    Some(Value::String(text)) => assert_eq!(cell, text, "{name}"),
                    Some(Value::Number(number)) => assert_eq!(*cell, number.to_string(), "{name}"),
                    Some(Value::Null) => assert_eq!(cell, "", "{name}"),
                    _ => {}
                }
            }
        }
    }
    let plans = table(&app, "/v1/exports/plans.csv").await;
    let of =
        |name: &str| plans[1][plans[0].iter().position(|column| column == name).unwrap()].clone();
    assert_eq!(
        (of("lead_slug"), of("partner_names")),
        ("manchester".into(), "Chengdu|Liuzhou|Yangzhou".into())
    );
    assert_eq!(of("theme_labels").split('|').count(), 4);
}

/// The schema of the value at a path in records of the kind `schema`; the path may lead through lists.
fn schema_at<'d>(document: &'d Value, schema: &str, path: &str) -> Option<&'d Value> {
    let resolve = |schema: &'d Value| match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')),
        None => Some(schema),
    };
    let mut at = document.pointer(&format!("/components/schemas/{schema}"))?;
    for name in path.split('/') {
        at = resolve(at)?;
        if let Some(items) = at.get("items") {
            at = resolve(items)?;
        }
        at = at["properties"].get(name)?;
    }
    Some(at)
}

#[actix_web::test]
async fn every_column_of_a_table_refers_to_a_property_of_the_record() {
    let document = App::start().await.get("/openapi.json").await.json();
    assert!(schema_at(&document, "Activity", "cities/slug").is_some());
    assert!(schema_at(&document, "Activity", "cities/slag").is_none());
    for slice in SLICES {
        let schema = slice.kind.schema();
        for path in (slice.table_paths)() {
            let found = schema_at(&document, schema, path);
            assert!(found.is_some(), "{schema} has nothing at {path}");
        }
    }
}

#[actix_web::test]
async fn cells_of_a_table_are_never_formulas_and_separators_are_escaped() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mut document = activity(&plan);
    document["title"] = json!("=HYPERLINK(\"http://x\")");
    document["description"] = json!("-2 degrees, \"quoted\"\nnext line");
    document["outputs"] = json!(["a|b", "c"]);
    app.create("activities", &document).await;
    let rows = table(&app, "/v1/exports/activities.csv").await;
    let of =
        |name: &str| rows[1][rows[0].iter().position(|column| column == name).unwrap()].clone();
    assert_eq!(of("title"), "'=HYPERLINK(\"http://x\")");
    assert_eq!(of("description"), "'-2 degrees, \"quoted\"\nnext line");
    assert_eq!(of("outputs"), "a\\|b|c");
    let answer = app
        .get("/v1/exports/activities.csv?byte_order_mark=true")
        .await;
    assert!(answer.text().starts_with("\u{feff}id,plan_id,"));
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    assert!(answer.text().ends_with("\r\n"));
}

/// The cells of a column of a table.
fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let (header, rows) = rows.split_first().expect("a header");
    let at = header.iter().position(|column| column == name);
    let at = at.unwrap_or_else(|| panic!("{name} in {header:?}"));
    rows.iter().map(|row| row[at].clone()).collect()
}

#[actix_web::test]
async fn cells_stand_between_the_delimiters_that_are_asked_for() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mut document = activity(&plan);
    document["title"] = json!("one, two; three\tfour \"five\"");
    document["description"] = json!("a\nb\u{2028}c\r\n\n=d");
    document["outputs"] = json!(["x\ny", "z"]);
    app.create("activities", &document).await;
    let path = "/v1/exports/activities.csv";
    let plain = table(&app, path).await;
    for (name, delimiter) in [("comma", b','), ("semicolon", b';'), ("tab", b'\t')] {
        let text = app.get(&format!("{path}?delimiter={name}")).await.text();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        assert_eq!(rows, plain, "{name}");
        assert_eq!(
            column(&rows, "title"),
            [document["title"].as_str().unwrap()]
        );
    }
    app.get(&format!("{path}?delimiter=pipe"))
        .await
        .problem(400, "invalid_parameters");
    let flat = app
        .get(&format!(
            "{path}?line_breaks=space&byte_order_mark=true&delimiter=semicolon"
        ))
        .await
        .text();
    assert!(flat.starts_with("\u{feff}id;plan_id;"));
    assert_eq!(flat.split("\r\n").count(), 3, "{flat}");
    assert_eq!(flat.matches(['\n', '\u{2028}', '\u{2029}']).count(), 2);
    let flat = table(&app, &format!("{path}?line_breaks=space")).await;
    assert_eq!(column(&flat, "description"), ["a b c  =d"]);
    assert_eq!(column(&flat, "outputs"), ["x y|z"]);
    let kept = table(&app, &format!("{path}?line_breaks=keep")).await;
    assert_eq!(kept, plain);
}

#[actix_web::test]
async fn a_table_has_what_a_record_states_in_its_parts() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let city = json!({"name": "Vast", "kind": "region", "area_km2": 1277.5, "population": 1});
    app.create("cities", &city).await;
    let cities = table(&app, "/v1/exports/cities.csv").await;
    assert_eq!(column(&cities, "area_km2").last().unwrap(), "1277.5");

    let lead = app.get("/v1/cities/manchester").await.json();
    let related = app
        .get("/v1/plans/manchester-chengdu-liuzhou-yangzhou")
        .await;
    let related = related.json();
    let other = json!({
        "title": "Zzz", "kind": "pairing", "status": "draft", "cities": [{"city_id": lead["id"], "role": "lead"}],
        "relations": [{"plan_id": related["id"], "kind": "continues"}]
    });
    app.create("plans", &other).await;
    let plans = table(&app, "/v1/exports/plans.csv").await;
    let cell = |name: &str, row: usize| column(&plans, name)[row].clone();
    for (name, content) in [
        ("city_roles", "lead|partner|partner|partner"),
        ("as_stated_populations", "2.682.500|||"),
        ("as_stated_areas", "1.277 km ²|||"),
        ("contact_emails", "office@iuc-asia.eu"),
        ("contact_organisations", "IUC-ASIA"),
        ("relation_kinds", ""),
        (
            "urban_agenda_labels",
            "EU UP Jobs & Skills in Local Economy|EU UP Urban Mobility",
        ),
    ] {
        assert_eq!(cell(name, 0), content, "{name}");
    }
    let focus = cell("focus_theme_slugs", 0);
    let themes: Vec<&str> = focus.split('|').collect();
    assert_eq!(themes[..2], ["e-mobility-and-renewable-energy"; 2]);
    assert_eq!(cell("focus_texts", 0).split('|').count(), themes.len());
    assert!(cell("focus_city_slugs", 0).starts_with("liuzhou chengdu|chengdu|"));
    assert_eq!(cell("sdg_labels", 0).split('|').count(), 2);
    assert_eq!(
        (cell("relation_plan_slugs", 1), cell("relation_kinds", 1)),
        (related["slug"].as_str().unwrap().into(), "continues".into())
    );

    let mut document = activity(&related);
    document["organisations"] = json!([
        {"name": "One", "acronym": "O", "role": "organiser", "kind": "company", "city_id": lead["id"]}, {"name": "Two", "role": "support"}
    ]);
    app.create("activities", &document).await;
    let activities = table(&app, "/v1/exports/activities.csv").await;
    let last = |name: &str| column(&activities, name).pop().unwrap();
    for (name, content) in [
        ("organisations", "One|Two"),
        ("organisation_roles", "organiser|support"),
        ("organisation_acronyms", "O|"),
        ("organisation_kinds", "company|"),
        ("organisation_city_slugs", "manchester|"),
    ] {
        assert_eq!(last(name), content, "{name}");
    }
    let mut document = outcome(&related);
    document["indicators"] = json!([{"name": "Buses", "unit": "number", "baseline": -1, "target": 2.5}, {"name": "Trips"}]);
    app.create("outcomes", &document).await;
    let outcomes = table(&app, "/v1/exports/outcomes.csv").await;
    let last = |name: &str| column(&outcomes, name).pop().unwrap();
    assert_eq!(last("indicators"), "Buses|Trips");
    assert_eq!(last("indicator_units"), "number|");
    assert_eq!(last("indicator_targets"), "2.5|");
    assert_eq!(last("indicator_baselines"), "'-1|");
}

#[actix_web::test]
async fn the_filters_of_the_list_apply_to_exports_and_invalid_filters_are_refused() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let online = lines(&app, "/v1/exports/activities.ndjson?mode=online").await;
    assert_eq!(online, {
        let mut listed = app.all("/v1/activities?mode=online", 200).await;
        listed.sort_by_key(|record| record["id"].as_str().unwrap().to_owned());
        listed
    });
    assert!(!online.is_empty());
    app.get("/v1/exports/activities.ndjson?city=nowhere")
        .await
        .problem(400, "invalid_parameters");
    app.get("/v1/exports/activities.csv?fields=id")
        .await
        .problem(400, "invalid_parameters");
    let problem = app
        .get("/v1/exports/plans.ndjson?fields=titel")
        .await
        .problem(400, "invalid_parameters");
    assert!(problem.text().contains("fields"), "{}", problem.text());
    app.get("/v1/exports/plans.ndjson?limit=2")
        .await
        .problem(400, "invalid_parameters");
    app.get("/v1/exports/nothing.ndjson")
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn an_export_without_records_is_well_formed() {
    let app = App::start().await;
    assert_eq!(app.get("/v1/exports/plans.ndjson").await.text(), "");
    assert_eq!(
        app.get("/v1/exports/plans.csv")
            .await
            .text()
            .lines()
            .count(),
        1
    );
    assert_eq!(
        app.get("/v1/exports/plans.geojson").await.json()["features"],
        json!([])
    );
    assert!(
        app.get("/v1/exports/activities.ics")
            .await
            .text()
            .ends_with("END:VCALENDAR\r\n")
    );
}

#[actix_web::test]
async fn exports_above_the_limit_are_refused_with_retry_after() {
    let app = App::start().await;
    let database = ucap::database::Database::new(app.database.settings(), 2).unwrap();
    let mut connections = Vec::new();
    for _ in 0..8 {
        connections.push(database.dedicate(Purpose::Export).await.ok().unwrap());
    }
    assert!(database.dedicate(Purpose::Export).await.is_err());
    assert!(
        database.dedicate(Purpose::Import).await.is_ok(),
        "who reads does not keep those who write"
    );
    connections.pop();
    assert!(database.dedicate(Purpose::Export).await.is_ok());
}

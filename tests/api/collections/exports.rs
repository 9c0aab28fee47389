//! Exports as lines of JSON and as tables, tested with all resources.

use crate::harness::specimens::{ALL, activity, stored_plan};
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

//! Records of another version of the program, with codes that this version does not know: they never lead to 500. The tests of the
//! change feed are in `collections::changes`.

use crate::harness::specimens::{city, plan};
use crate::harness::{App, Options};
use serde_json::{Value, json};

#[actix_web::test]
async fn a_finding_with_an_unknown_code_is_omitted() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let paths = [
        "/v1/plans/manchester-chengdu-liuzhou-yangzhou/findings",
        "/v1/plans?has_finding=city_not_partner,date_text_only",
        "/v1/stats?has_finding=city_not_partner",
    ];
    let mut before = Vec::new();
    for path in paths {
        before.push(app.get(path).await.json());
    }
    assert!(!before[0]["data"].as_array().unwrap().is_empty());
    let newer = "ALTER VIEW plan_findings RENAME TO known_findings; \
         CREATE VIEW plan_findings AS SELECT * FROM known_findings \
         UNION ALL SELECT id, 'unheard_of', 0, 0, '/plan', title FROM plans; \
         INSERT INTO plan_finding_codes (plan_id, code) SELECT id, 'unheard_of' FROM plans; \
         INSERT INTO stale_findings (plan_id) SELECT id FROM plans";
    let client = app.database.client().await;
    client.batch_execute(newer).await.unwrap();
    for (path, before) in paths.iter().zip(before) {
        let answer = app.get(path).await;
        assert_eq!((answer.status, answer.json()), (200, before), "{path}");
    }
}

#[actix_web::test]
async fn an_unknown_country_is_returned_as_it_is_stored() {
    let app = App::start().await;
    let stored = app.create("cities", &city()).await;
    let plan = app.create("plans", &plan(&stored)).await;
    let client = app.database.client().await;
    client
        .batch_execute("UPDATE cities SET country = 'QZ', version = 2")
        .await
        .unwrap();
    let path = format!("/v1/cities/{}", stored["slug"].as_str().unwrap());
    assert_eq!(app.get(&path).await.json()["country"], "QZ");
    let plan = format!("/v1/plans/{}", plan["slug"].as_str().unwrap());
    assert_eq!(app.get(&plan).await.json()["cities"][0]["country"], "QZ");
    for path in ["/v1/cities", "/v1/plans", "/v1/search?q=city"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.json()["data"].as_array().unwrap().is_empty());
    }
    for path in [
        "/v1/exports/cities.ndjson",
        "/v1/exports/cities.csv",
        "/v1/stats",
        &format!("{plan}/summary"),
        &format!("{plan}/summary.html"),
        &format!("{plan}/findings"),
    ] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    let cleared = app.patch(&path, &json!({"country": null})).await;
    assert_eq!(cleared.json()["country"], Value::Null);
}

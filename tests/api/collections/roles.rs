//! The plans of a city: every part that it has in them, in every operation that takes the filters of plans.

use crate::harness::App;
use serde_json::{Value, json};

/// Every role that a city can have in a plan or in what belongs to it.
const ROLES: [&str; 12] = [
    "lead",
    "partner",
    "focus",
    "host",
    "venue",
    "visitor",
    "participant",
    "beneficiary",
    "funder",
    "implementer",
    "outcome_partner",
    "mentioned",
];

/// A registry with one plan for each role, called after it, in which the city `haikou` has this role and no other.
async fn registry() -> App {
    let app = App::start().await;
    let theme = app.create("themes", &json!({"name": "Mobility"})).await;
    let other = json!({"name": "Brussels", "kind": "city", "country": "BE"});
    let other = app.create("cities", &other).await;
    let haikou = json!({"name": "Haikou", "kind": "city", "country": "CN"});
    let haikou = app.create("cities", &haikou).await;
    for role in ROLES {
        create_plan(&app, role, &theme, &other, &haikou).await;
    }
    app
}

async fn create_plan(app: &App, role: &str, theme: &Value, other: &Value, haikou: &Value) {
    let place = json!([{"city_id": haikou["id"], "role": role}]);
    let (lead, partner) = match role {
        "lead" => (haikou, other),
        "partner" => (other, haikou),
        _ => (other, other),
    };
    let mut cities = vec![json!({"city_id": lead["id"], "role": "lead"})];
    if lead["id"] != partner["id"] {
        cities.push(json!({"city_id": partner["id"], "role": "partner"}));
    }
    let focus = match role {
        "focus" => json!([{"text": "Trams", "city_ids": [haikou["id"]]}]),
        _ => json!([]),
    };
    let slug = role.replace('_', "-");
    let plan = json!({"slug": slug, "title": role, "kind": "pairing", "cities": cities,
        "themes": [{"theme_id": theme["id"], "focus": focus}], "period": {"start": "2019", "end": "2020"}});
    let plan = app.create("plans", &plan).await;
    match role {
        "host" | "venue" | "visitor" | "participant" | "mentioned" => {
            let activity = json!({"plan_id": plan["id"], "title": "Visit", "kind": "visit", "status": "held", "cities": place});
            app.create("activities", &activity).await;
        }
        "beneficiary" | "funder" | "implementer" | "outcome_partner" => {
            let place =
                json!([{"city_id": haikou["id"], "role": role.trim_start_matches("outcome_")}]);
            let outcome = json!({"plan_id": plan["id"], "description": "Trams", "cities": place});
            app.create("outcomes", &outcome).await;
        }
        _ => {}
    }
}

/// The titles of the plans of a list, in its order.
async fn titles(app: &App, path: &str) -> Vec<String> {
    let answer = app.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let plans = answer.json()["data"].as_array().unwrap().clone();
    let title = |plan: &Value| plan["title"].as_str().unwrap().to_owned();
    plans.iter().map(title).collect()
}

#[actix_web::test]
async fn a_city_finds_every_plan_in_which_it_has_any_part() {
    let app = registry().await;
    let mut all = ROLES.map(str::to_owned).to_vec();
    all.sort();
    for path in [
        "/v1/plans?city=haikou&sort=title",
        "/v1/cities/haikou/plans?sort=title",
        // Together with another filter, the plans are found in another way.
        "/v1/plans?city=haikou&sort=title&kind=pairing",
        "/v1/plans?city=haikou&city=brussels&sort=title",
    ] {
        assert_eq!(titles(&app, path).await, all, "{path}");
    }
    for role in ROLES {
        for path in [
            format!("/v1/plans?city=haikou&city_role={role}"),
            format!("/v1/plans?city=haikou&city_role={role}&sort=period_start&order=desc"),
            format!("/v1/plans?city=haikou&city_role={role}&active_from=2019"),
            format!("/v1/cities/haikou/plans?city_role={role}"),
            // The role is that of the city in the path, whatever the city of the query does.
            format!("/v1/cities/haikou/plans?city_role={role}&city=brussels"),
            format!("/v1/plans?city_role={role}&country=CN"),
        ] {
            assert_eq!(titles(&app, &path).await, [role], "{path}");
        }
        let path = format!("/v1/exports/plans.csv?city=haikou&city_role={role}");
        let table = app.get(&path).await.text();
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let title = rows
            .headers()
            .unwrap()
            .iter()
            .position(|head| head == "title")
            .unwrap();
        let rows: Vec<_> = rows
            .records()
            .map(|row| row.unwrap()[title].to_owned())
            .collect();
        assert_eq!(rows, [role], "{path}");
    }
    let some = "/v1/plans?city=haikou&city_role=host,funder&sort=title";
    assert_eq!(titles(&app, some).await, ["funder", "host"]);
}

#[actix_web::test]
async fn statistics_and_maps_count_the_same_plans_as_the_list() {
    let app = registry().await;
    for (query, plans) in [
        ("city=haikou", 12),
        ("city=haikou&city_role=venue", 1),
        ("city_role=mentioned", 1),
        ("city=brussels", 12),
        ("city=brussels&city_role=funder", 0),
    ] {
        let statistics = app.get(&format!("/v1/stats?{query}")).await.json();
        assert_eq!(statistics["plans"], plans, "{query}");
        let listed = app.all(&format!("/v1/plans?{query}"), 5).await;
        assert_eq!(listed.len(), plans, "{query}");
    }
    let map = app.get("/v1/exports/plans.geojson?city=haikou").await;
    assert_eq!(map.status, 200, "{}", map.text());
}

#[actix_web::test]
async fn a_city_loses_its_part_with_the_last_record_that_names_it() {
    let app = registry().await;
    let activity = app.get("/v1/plans/host/activities").await.json()["data"][0].clone();
    let path = format!("/v1/activities/{}", activity["id"].as_str().unwrap());
    let elsewhere = app.get("/v1/plans/lead").await.json();
    let moved = json!({"plan_id": elsewhere["id"]});
    assert_eq!(app.patch(&path, &moved).await.status, 200);
    let hosts = "/v1/plans?city=haikou&city_role=host";
    assert_eq!(titles(&app, hosts).await, ["lead"]);
    let renamed = json!({"title": "Renamed"});
    let answer = app.patch("/v1/plans/lead", &renamed).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(titles(&app, hosts).await, ["Renamed"]);
    assert_eq!(app.patch(&path, &json!({"cities": []})).await.status, 200);
    assert!(titles(&app, hosts).await.is_empty());
    assert_eq!(
        titles(&app, "/v1/plans?city=haikou&city_role=lead").await,
        ["Renamed"]
    );
    let outcome = app.get("/v1/plans/funder/outcomes").await.json()["data"][0].clone();
    let path = format!("/v1/outcomes/{}", outcome["id"].as_str().unwrap());
    assert_eq!(app.delete(&path).await.status, 204);
    assert!(
        titles(&app, "/v1/plans?city=haikou&city_role=funder")
            .await
            .is_empty()
    );
    assert_eq!(titles(&app, "/v1/plans?city=haikou").await.len(), 10);
}

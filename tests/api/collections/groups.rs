//! Who and what plans have in common: statistics with their lists, programmes and organisations.

use crate::harness::{App, Options};
use serde_json::{Value, json};

/// A registry with four plans: three of one programme in two spellings, and one of another.
async fn registry() -> App {
    let app = App::start().await;
    let theme = app.create("themes", &json!({"name": "Mobility"})).await;
    let city = json!({"name": "Bologna", "kind": "city", "country": "IT"});
    let city = app.create("cities", &city).await;
    for (number, programme) in ["IUC Asia", "IUC-Asia", "IUC Asia", "Other, one"]
        .iter()
        .enumerate()
    {
        let mut plan = json!({"title": format!("Plan {number}"), "kind": "cluster", "programme": programme,
            "cities": [{"city_id": city["id"], "role": "partner"}], "period": {"start": format!("{}", 2018 + number % 2)}});
        if number < 2 {
            plan["status"] = json!("active");
            plan["themes"] = json!([{"theme_id": theme["id"]}]);
            plan["sdgs"] = json!([{"goal": 11}, {"goal": 3}]);
            plan["urban_agenda"] = json!([{"partnership": "housing"}]);
            plan["topics"] = json!([{"topic": "air-quality"}]);
        }
        let plan = app.create("plans", &plan).await;
        add_parts(&app, &plan, &city, number).await;
    }
    app
}

async fn add_parts(app: &App, plan: &Value, city: &Value, number: usize) {
    let name = ["Port Authority", "PORT AUTHORITY", "Port authority"][number % 3];
    let kind = ["mission", "visit"][number % 2];
    for year in [2018, 2019] {
        let activity = json!({"plan_id": plan["id"], "title": "Trip", "kind": kind, "status": "held",
            "date": {"start": format!("{year}-05")},
            "organisations": [{"name": name, "acronym": "PA", "kind": "government", "country": "IT", "city_id": city["id"]},
                {"name": format!("Institute {number}")}]});
        app.create("activities", &activity).await;
    }
    let outcome = json!({"plan_id": plan["id"], "description": "Trams", "organisations": [{"name": "Port Authority"}]});
    app.create("outcomes", &outcome).await;
}

/// Asserts that each number of the statistics is that of the list whose address it has, and returns how many there are.
async fn check_lists(app: &App, statistics: &Value) -> usize {
    let mut checked = 0;
    let mut open = vec![statistics];
    while let Some(value) = open.pop() {
        open.extend(value.as_array().into_iter().flatten());
        let Some(members) = value.as_object() else {
            continue;
        };
        open.extend(members.values());
        let list = members["list"].as_str().unwrap();
        let separator = if list.contains('?') { '&' } else { '?' };
        let counted = app
            .get(&format!("{list}{separator}count=exact&limit=1"))
            .await;
        assert_eq!(counted.status, 200, "{list}: {}", counted.text());
        assert_eq!(counted.json()["total"], members["plans"], "{list}");
        checked += 1;
    }
    checked
}

#[actix_web::test]
async fn every_number_of_the_statistics_is_that_of_its_list() {
    let app = registry().await;
    for query in [
        "",
        "?status=active",
        "?theme=mobility&sdg=3",
        "?q=plan&country=IT",
        "?group=activity_kind:visit&group=year:2019",
        "?programme=iuc+asia",
    ] {
        let statistics = app.get(&format!("/v1/stats{query}")).await.json();
        let checked = check_lists(&app, &statistics).await;
        assert!(checked > 12, "{query}: {checked}");
    }
    let sample = App::with(Options {
        sample: true,
        ..Default::default()
    });
    let sample = sample.await;
    let statistics = sample.get("/v1/stats").await.json();
    let checked = check_lists(&sample, &statistics).await;
    assert!(checked > 30, "{checked}");
}

#[actix_web::test]
async fn statistics_count_programmes_activities_and_organisations() {
    let app = registry().await;
    let statistics = app.get("/v1/stats").await.json();
    let numbers = |name: &str, key: &str| -> Vec<(Value, Value)> {
        let groups = statistics[name].as_array().unwrap().iter();
        groups
            .map(|group| (group[key].clone(), group["plans"].clone()))
            .collect()
    };
    let pair = |value: Value, plans: i32| (value, json!(plans));
    assert_eq!(
        numbers("by_programme", "programme"),
        [pair(json!("IUC Asia"), 3), pair(json!("Other, one"), 1)]
    );
    assert_eq!(numbers("by_activity_kind", "kind").len(), 2);
    assert_eq!(
        numbers("by_activity_year", "year"),
        [pair(json!(2019), 4), pair(json!(2018), 4)]
    );
    let organisations = numbers("by_organisation", "organisation");
    assert_eq!(organisations[0], pair(json!("Port Authority"), 4));
    assert_eq!(organisations.len(), 5);
    let statistics = app.get("/v1/stats?group=status:none").await.json();
    assert_eq!(statistics["plans"], 2);
}

#[actix_web::test]
async fn a_group_that_does_not_exist_has_no_plans() {
    let app = registry().await;
    for group in [
        "status:draft",
        "sdg:17",
        "theme:none",
        "programme:none",
        "organisation:none",
        "activity_year:9999",
        "year:1",
        "organisation:PA",
    ] {
        assert!(
            app.all(&format!("/v1/plans?group={group}"), 5)
                .await
                .is_empty(),
            "{group}"
        );
    }
    for group in [
        "colour:red",
        "status",
        "status:",
        ":active",
        "status:lost",
        "sdg:18",
        "sdg:x",
        "country:cn",
        "year:twenty",
        "year:0",
        "year:-5000",
        "activity_year:2019.5",
        "theme:%00",
        "programme:a%00",
        "organisation:%00",
    ] {
        let answer = app.get(&format!("/v1/plans?group={group}")).await;
        assert_eq!(answer.status, 400, "{group}: {}", answer.text());
    }
}

#[actix_web::test]
async fn spellings_of_a_programme_are_one_programme() {
    let app = registry().await;
    let programmes = app.get("/v1/programmes").await.json();
    let expected = json!([
        {"name": "IUC Asia", "spellings": ["IUC Asia", "IUC-Asia"], "plans": 3},
        {"name": "Other, one", "spellings": ["Other, one"], "plans": 1},
    ]);
    assert_eq!(programmes["data"], expected);
    for (query, plans) in [
        ("IUC-Asia", 3),
        ("iuc%20asia", 3),
        ("Other%2C%20one", 1),
        ("iuc+asia&programme=other+one", 4),
        ("IUC", 0),
    ] {
        let found = app.all(&format!("/v1/plans?programme={query}"), 2).await;
        assert_eq!(found.len(), plans, "{query}");
    }
}

#[actix_web::test]
async fn organisations_are_listed_with_where_they_are_named() {
    let app = registry().await;
    let list = app.get("/v1/organisations").await.json();
    let first = &list["data"][0];
    for (property, expected) in [
        ("name", json!("Port Authority")),
        ("acronyms", json!(["PA"])),
        ("kinds", json!(["government"])),
        ("countries", json!(["IT"])),
        ("plans", json!(4)),
        ("activities", json!(8)),
        ("outcomes", json!(4)),
    ] {
        assert_eq!(first[property], expected, "{property}");
    }
    assert_eq!(first["cities"][0]["slug"], "bologna");
    let pages = app.all("/v1/organisations", 2).await;
    let names: Vec<&str> = pages
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "Port Authority",
            "Institute 0",
            "Institute 1",
            "Institute 2",
            "Institute 3"
        ]
    );
    for (query, counts) in [
        ("kind=mission", json!([2, 4, 0])),
        ("date_to=2018", json!([4, 4, 0])),
        ("city=bologna", Value::Null),
        ("organisation=institute+1", json!([1, 2, 0])),
        ("q=trip", json!([4, 8, 0])),
        ("plan=plan-0", json!([1, 2, 1])),
        ("name=authority", json!([4, 8, 4])),
        ("name=nobody", Value::Null),
    ] {
        let found = app.get(&format!("/v1/organisations?{query}")).await;
        assert_eq!(found.status, 200, "{query}: {}", found.text());
        let found = found.json();
        let one = found["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == "Port Authority");
        let found = one.map_or(Value::Null, |one| {
            json!([one["plans"], one["activities"], one["outcomes"]])
        });
        assert_eq!(found, counts, "{query}");
    }
    assert_eq!(app.get("/v1/organisations?city=nowhere").await.status, 400);
}

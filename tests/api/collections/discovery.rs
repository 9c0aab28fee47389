//! Statistics, and related records in responses.

use crate::harness::specimens::{activity, city, outcome, plan, stored_plan, theme};
use crate::harness::{App, Options};
use serde_json::{Value, json};

const PLAN: &str = "/v1/plans/manchester-chengdu-liuzhou-yangzhou";

#[actix_web::test]
async fn plans_can_include_their_activities_and_outcomes() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let whole = app
        .get(&format!("{PLAN}?include=activities,outcomes"))
        .await;
    let record = app.get(PLAN).await;
    assert_ne!(whole.etag(), record.etag());
    let (mut whole, record) = (whole.json(), record.json());
    let activities = app.all(&format!("{PLAN}/activities"), 200).await;
    assert_eq!(
        whole.as_object_mut().unwrap().remove("activities"),
        Some(Value::Array(activities))
    );
    assert_eq!(
        whole
            .as_object_mut()
            .unwrap()
            .remove("outcomes")
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        8
    );
    assert_eq!(whole, record);
    let listed = app
        .get("/v1/plans?include=outcomes&fields=slug")
        .await
        .json();
    assert_eq!(
        listed["data"][0]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["slug", "outcomes"]
    );
    app.get(&format!("{PLAN}?include=cities"))
        .await
        .problem(400, "invalid_parameters");
    let put = app
        .put(
            PLAN,
            &app.get(&format!("{PLAN}?include=activities")).await.json(),
        )
        .await;
    let put = put.problem(422, "validation_failed");
    assert_eq!(
        put.faults()[0].0,
        "/activities",
        "what is included is not written with the plan, so it must not seem to be"
    );
}

#[actix_web::test]
async fn activities_and_outcomes_can_include_their_plan_in_one_statement() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let record = app.get(PLAN).await.json();
    for collection in ["activities", "outcomes"] {
        let listed = app
            .get(&format!("/v1/{collection}?include=plan&limit=3"))
            .await
            .json();
        assert!(
            listed["data"]
                .as_array()
                .unwrap()
                .iter()
                .all(|item| item["plan"] == record)
        );
        let id = listed["data"][0]["id"].as_str().unwrap();
        assert_eq!(
            app.get(&format!("/v1/{collection}/{id}?include=plan&fields=id"))
                .await
                .json(),
            json!({"id": id, "plan": record})
        );
        // The minimum of several attempts: a read is repeated after a concurrent commit, even in the database of another test.
        let least = async |limit: usize| {
            let mut least = usize::MAX;
            for _ in 0..40 {
                let before = crate::harness::statements();
                app.get(&format!("/v1/{collection}?include=plan&limit={limit}"))
                    .await;
                least = least.min(crate::harness::statements() - before);
            }
            least
        };
        let (one, eight) = (least(1).await, least(8).await);
        assert!(
            eight <= one + 1,
            "{eight} and {one}: others may name a city where the first names none"
        );
    }
}

#[actix_web::test]
async fn at_most_two_hundred_children_are_included() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let line = |number: usize| {
        format!(
            "{}\n",
            json!({"plan_id": plan["id"], "title": format!("A {number}"), "kind": "meeting", "status": "held"})
        )
    };
    let lines: String = (0..205).map(line).collect();
    app.request("POST", "/v1/imports/activities")
        .bytes("application/x-ndjson", lines)
        .send()
        .await;
    app.create("outcomes", &outcome(&plan)).await;
    let whole = app
        .get(&format!(
            "/v1/plans/{}?include=activities",
            plan["id"].as_str().unwrap()
        ))
        .await
        .json();
    let positions: Vec<i64> = whole["activities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["position"].as_i64().unwrap())
        .collect();
    assert_eq!(positions, (0..200).collect::<Vec<_>>());
    assert!(whole.get("outcomes").is_none());
    let empty = stored_plan(&app).await;
    assert_eq!(
        app.get(&format!(
            "/v1/plans/{}?include=outcomes",
            empty["id"].as_str().unwrap()
        ))
        .await
        .json()["outcomes"],
        json!([])
    );
}

#[actix_web::test]
async fn plans_are_counted_by_their_properties_under_the_filters_of_the_list() {
    let app = App::start().await;
    let chinese = app
        .create(
            "cities",
            &json!({"name": "Chengdu", "kind": "city", "country": "CN"}),
        )
        .await;
    let other = app
        .create(
            "cities",
            &json!({"name": "Liuzhou", "kind": "city", "country": "CN"}),
        )
        .await;
    let lead = app.create("cities", &city()).await;
    let water = app.create("themes", &theme()).await;
    for (year, status) in [
        ("2018-03", "active"),
        ("2018", "completed"),
        ("2019-01-01", "active"),
    ] {
        let mut document = plan(&lead);
        document["status"] = json!(status);
        document["period"] = json!({"start": year});
        document["themes"] = json!([{"theme_id": water["id"]}]);
        document["sdgs"] = json!([{"goal": 11}, {"goal": 11, "target": "11.2"}, {"goal": 9}]);
        document["urban_agenda"] = json!([{"partnership": "urban-mobility"}]);
        for city in [&chinese, &other] {
            document["cities"]
                .as_array_mut()
                .unwrap()
                .push(json!({"city_id": city["id"], "role": "partner"}));
        }
        app.create("plans", &document).await;
    }
    app.create("activities", &activity(&stored_plan(&app).await))
        .await;
    let counts = app.get("/v1/stats").await.json();
    assert_eq!(counts["plans"], 4);
    assert_eq!(
        counts["by_status"],
        json!([
            {"status": "active", "plans": 3, "list": "/v1/plans?group=status:active"},
            {"status": "completed", "plans": 1, "list": "/v1/plans?group=status:completed"}
        ])
    );
    assert_eq!(
        counts["by_country"],
        json!([{"country": "CN", "plans": 3, "list": "/v1/plans?group=country:CN"}])
    );
    assert_eq!(counts["by_theme"][0]["plans"], 3);
    let goals = counts["by_sdg"].as_array().unwrap();
    assert!(goals.len() == 2 && goals.iter().all(|count| count["plans"] == 3));
    assert_eq!(
        counts["by_urban_agenda"],
        json!([{"partnership": "urban-mobility", "plans": 3, "list": "/v1/plans?group=urban_agenda:urban-mobility"}])
    );
    assert_eq!(
        counts["by_year"],
        json!([
            {"year": 2019, "plans": 1, "list": "/v1/plans?group=year:2019"},
            {"year": 2018, "plans": 2, "list": "/v1/plans?group=year:2018"}
        ])
    );
    let cells: Vec<_> = counts["themes_by_sdg"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| {
            (
                cell["goal"].as_i64().unwrap(),
                cell["plans"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(cells, [(9, 3), (11, 3)]);
    let active = app.get("/v1/stats?status=active&country=CN").await.json();
    assert_eq!(
        (&active["plans"], &active["by_year"][1]["plans"]),
        (&json!(2), &json!(1))
    );
    app.get("/v1/stats?theme=nowhere")
        .await
        .problem(400, "invalid_parameters");
}

//! The import of a document: completely or not at all, and without writing unchanged records.

use super::{MANCHESTER, changes, import, manchester, outcome_of, small};
use crate::harness::{App, Options};
use serde_json::{Value, json};

const SMALL: &str = "/v1/plans/small/summary";

#[actix_web::test]
async fn a_new_document_is_201_and_the_same_again_changes_nothing() {
    let app = App::start().await;
    let answer = app.put(MANCHESTER, &manchester()).await;
    assert_eq!(answer.status, 201);
    let report = answer.json();
    assert_eq!(
        answer.header("location").unwrap(),
        format!("/v1/plans/{}", report["plan_id"].as_str().unwrap())
    );
    assert_eq!(
        (
            &report["created"],
            &report["updated"],
            &report["unchanged"],
            &report["removed"]
        ),
        (&json!(31), &json!(0), &json!(0), &json!(0))
    );
    let tag = answer.etag();
    assert_eq!(app.get(MANCHESTER).await.etag(), tag);
    let logged = changes(&app).await;
    for document in [manchester(), app.get(MANCHESTER).await.json()] {
        let again = app.put(MANCHESTER, &document).await;
        assert_eq!((again.status, again.etag()), (200, tag.clone()));
        let report = again.json();
        assert_eq!(
            (&report["unchanged"], &report["created"], &report["updated"]),
            (&json!(31), &json!(0), &json!(0)),
            "{report:#}"
        );
        assert!(
            report["records"]
                .as_array()
                .unwrap()
                .iter()
                .all(|record| record["differences"] == json!([]))
        );
    }
    assert_eq!(changes(&app).await, logged);
}

#[actix_web::test]
async fn only_changed_records_are_written_and_all_changes_are_reported() {
    let app = App::start().await;
    import(&app, SMALL, &small()).await;
    let mut document = app.get(SMALL).await.json();
    document["activities"][0]["mode"] = json!("online");
    document["activities"].as_array_mut().unwrap().insert(
        0,
        json!({"title": "Before", "kind": "mission", "status": "held"}),
    );
    document["outcomes"] = json!([]);
    let logged = changes(&app).await;
    let report = import(&app, SMALL, &document).await;
    let expected = [
        ("plan", "unchanged", "/plan"),
        ("city", "unchanged", "/cities/0"),
        ("theme", "unchanged", "/themes/0"),
        ("activity", "created", "/activities/0"),
        ("activity", "updated", "/activities/1"),
        ("outcome", "removed", "-"),
    ];
    assert_eq!(
        outcome_of(&report),
        expected.map(|(kind, status, pointer)| (
            kind.to_owned(),
            status.to_owned(),
            pointer.to_owned()
        ))
    );
    assert_eq!(changes(&app).await, logged + 3);
    let activities = app
        .all("/v1/plans/small/activities?sort=position", 50)
        .await;
    assert_eq!(
        activities
            .iter()
            .map(|activity| activity["title"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["Before", "Kick-off"]
    );
    assert_eq!(
        activities[1]["version"], 2,
        "the same activity, in its next version"
    );
}

#[actix_web::test]
async fn a_dry_run_returns_the_same_report_and_stores_nothing() {
    let app = App::start().await;
    let dry = app.put(&format!("{SMALL}?dry_run=true"), &small()).await;
    assert_eq!(
        (dry.status, dry.header("etag"), dry.header("location")),
        (200, None, None)
    );
    assert_eq!(changes(&app).await, 0);
    app.get(SMALL).await.problem(404, "not_found");
    let dry = dry.json();
    assert!(dry["dry_run"] == true && dry["plan_id"].is_null());
    assert!(
        dry["records"]
            .as_array()
            .unwrap()
            .iter()
            .all(|record| record["id"].is_null())
    );
    let report = import(&app, SMALL, &small()).await;
    assert_eq!(outcome_of(&dry), outcome_of(&report));
    let mut faulty = small();
    faulty["plan"]["cities"][0]["city"] = json!("nowhere");
    app.put(&format!("{SMALL}?dry_run=true"), &faulty)
        .await
        .problem(409, "unknown_reference");
}

#[actix_web::test]
async fn every_fault_of_the_document_is_reported_at_once_with_its_pointer() {
    let app = App::start().await;
    let mut document = manchester();
    document["activities"][3]["date"]["start"] = json!("2019-13");
    document["activities"][4]["date"] = json!({"start": "2020", "end": "2019"});
    document["activities"][5]["themes"] = json!(["urban-mobility"]);
    document["outcomes"][7]["kind"] = json!("wish");
    document["outcomes"][6]["theme"] = json!("nothing-of-the-plan");
    document["cities"][2]["latitude"] = Value::Null;
    document["cities"][3]["slug"] = json!("chengdu");
    document["plan"]["cities"][1]["role"] = json!("lead");
    document["plan"]["colour"] = json!("blue");
    let answer = app
        .put(MANCHESTER, &document)
        .await
        .problem(422, "validation_failed");
    let mut places: Vec<String> = answer
        .faults()
        .into_iter()
        .map(|(place, _)| place)
        .collect();
    places.sort_unstable();
    let expected = [
        "/activities/3/date/start",
        "/activities/4/date/end",
        "/activities/5/themes/0",
        "/cities/2/latitude",
        "/cities/3/slug",
        "/outcomes/6/theme",
        "/outcomes/7/kind",
        "/plan/cities",
        "/plan/colour",
    ];
    assert_eq!(places, expected, "{}", answer.text());
    assert_eq!(changes(&app).await, 0);
}

#[actix_web::test]
async fn a_fault_in_the_last_outcome_stores_nothing() {
    let app = App::start().await;
    for (member, value, status) in [
        ("status", json!("perhaps"), 422),
        (
            "cities",
            json!([{"city": "atlantis", "role": "partner"}]),
            409,
        ),
    ] {
        let mut document = manchester();
        document["outcomes"][7][member] = value;
        assert_eq!(app.put(MANCHESTER, &document).await.status, status);
        assert_eq!(changes(&app).await, 0);
        for collection in ["plans", "cities", "themes", "activities", "outcomes"] {
            assert_eq!(
                app.get(&format!("/v1/{collection}?count=true"))
                    .await
                    .json()["total"],
                0,
                "{collection}"
            );
        }
    }
}

#[actix_web::test]
async fn the_slug_in_the_path_and_in_the_document_must_be_equal() {
    let app = App::start().await;
    let mut document = small();
    document["plan"]["slug"] = json!("other");
    let answer = app
        .put(SMALL, &document)
        .await
        .problem(422, "validation_failed");
    assert_eq!(
        answer.faults(),
        [("/plan/slug".to_owned(), "rule".to_owned())]
    );
    let report = import(&app, SMALL, &small()).await;
    let by_id = format!("/v1/plans/{}/summary", report["plan_id"].as_str().unwrap());
    assert_eq!(import(&app, &by_id, &small()).await["unchanged"], 5);
}

#[actix_web::test]
async fn if_match_protects_the_whole_document() {
    let app = App::start().await;
    let with = |name: &str, tag: &str| app.request("PUT", SMALL).header(name, tag).json(&small());
    with("if-match", "*")
        .send()
        .await
        .problem(412, "stale_version");
    assert_eq!(with("if-none-match", "*").send().await.status, 201);
    with("if-none-match", "*")
        .send()
        .await
        .problem(412, "already_exists");
    let tag = app.get(SMALL).await.etag();
    with("if-none-match", &tag)
        .send()
        .await
        .problem(412, "already_exists");
    assert_eq!(
        with("if-none-match", "\"1-other\", \"nonsense\", 1")
            .send()
            .await
            .status,
        200
    );
    with("if-none-match", "\"1-other\", nonsense")
        .send()
        .await
        .problem(400, "malformed_header");
    assert_eq!(with("if-match", &tag).send().await.status, 200);
    app.patch("/v1/cities/leipzig", &json!({"country": "DE"}))
        .await;
    let current = app.get(SMALL).await.etag();
    let stale = with("if-match", &tag)
        .send()
        .await
        .problem(412, "stale_version");
    assert_eq!(stale.etag(), current);
    with("if-match", "\"1\"")
        .send()
        .await
        .problem(412, "stale_version");
    with("if-match", "nonsense")
        .send()
        .await
        .problem(400, "malformed_header");
    assert_eq!(
        with("if-match", &format!("\"9-x\", {current}"))
            .send()
            .await
            .status,
        200
    );
    assert_eq!(with("if-match", "*").send().await.status, 200);
}

#[actix_web::test]
async fn concurrent_imports_of_one_plan_are_not_mixed() {
    let app = App::start().await;
    import(&app, SMALL, &small()).await;
    let tag = app.get(SMALL).await.etag();
    let document = |number: usize| {
        let mut document = small();
        document["plan"]["note"] = json!(format!("version {number}"));
        document["activities"] = (0..20).map(|index| json!({"title": format!("{number}.{index}"), "kind": "other", "status": "planned"})).collect();
        document
    };
    for condition in [Some(tag), None] {
        let requests = (0..8).map(|number| {
            let request = app.request("PUT", SMALL).json(&document(number));
            let request = if let Some(tag) = &condition {
                request.header("if-match", tag)
            } else {
                request
            };
            async move { (number, request.send().await.status) }
        });
        let answers = futures_util::future::join_all(requests).await;
        assert!(
            answers
                .iter()
                .all(|(_, status)| [200, 409, 412].contains(status)),
            "{answers:?}"
        );
        let won = answers.iter().filter(|(_, status)| *status == 200).count();
        assert!(won >= 1 && (condition.is_none() || won == 1), "{answers:?}");
        let summary = app.get(SMALL).await.json();
        let number = summary["plan"]["note"]
            .as_str()
            .unwrap()
            .trim_start_matches("version ")
            .to_owned();
        let titles = summary["activities"].as_array().unwrap();
        assert_eq!(titles.len(), 20);
        assert!(titles.iter().all(|activity| {
            activity["title"]
                .as_str()
                .unwrap()
                .starts_with(&format!("{number}."))
        }));
    }
}

#[actix_web::test]
async fn two_concurrent_imports_that_create_the_same_city_succeed_or_report_a_conflict() {
    let app = App::start().await;
    let requests = (0..6).map(|number| {
        let path = format!("/v1/plans/plan-{number}/summary");
        let app = &app;
        async move { app.put(&path, &small()).await.status }
    });
    let statuses = futures_util::future::join_all(requests).await;
    assert!(
        statuses.iter().all(|status| [201, 409].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&201));
    assert_eq!(app.get("/v1/cities?count=true").await.json()["total"], 1);
}

#[actix_web::test]
async fn a_theme_can_be_removed_together_with_the_parts_that_serve_it() {
    let app = App::start().await;
    import(&app, SMALL, &small()).await;
    let mut document = small();
    document["plan"]["themes"] = json!([{"theme": "energy"}]);
    document["themes"] = json!([{"slug": "energy", "name": "Energy"}]);
    document["activities"][0]["themes"] = json!(["energy"]);
    document["outcomes"][0]["theme"] = Value::Null;
    let report = import(&app, SMALL, &document).await;
    assert_eq!(
        (&report["updated"], &report["removed"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(
        app.get(SMALL).await.json()["activities"][0]["themes"],
        json!(["energy"])
    );
}

#[actix_web::test]
async fn an_import_requires_a_key_that_may_write() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let anybody = app
        .request("PUT", MANCHESTER)
        .without("authorization")
        .json(&manchester())
        .send()
        .await;
    anybody.problem(401, "unauthorized");
    let reader = app.create_key(ucap::access::Role::Reader).await;
    let reader = app
        .request("PUT", &format!("{MANCHESTER}?dry_run=true"))
        .header("authorization", &format!("Bearer {reader}"));
    reader
        .json(&manchester())
        .send()
        .await
        .problem(403, "forbidden");
}

#[actix_web::test]
async fn hostile_documents_are_refused_with_a_problem() {
    let app = App::start().await;
    for body in [
        "",
        "[]",
        "null",
        "{\"plan\": []}",
        "{\"plan\": {}}",
        "{}",
        "{\"plan\": {\"cities\": 3}, \"cities\": {}, \"activities\": [3, null]}",
    ] {
        let answer = app
            .request("PUT", SMALL)
            .bytes("application/json", body)
            .send()
            .await;
        assert!(
            [400, 422].contains(&answer.status),
            "{body}: {}",
            answer.text()
        );
    }
    let mut many = small();
    many["outcomes"] = (0..10_001)
        .map(|_| json!({"description": "x", "kind": "rumour"}))
        .collect();
    let answer = app
        .put(SMALL, &many)
        .await
        .problem(422, "validation_failed");
    assert_eq!(answer.faults().len(), 100);
    many["outcomes"] = (0..10_001)
        .map(|_| json!({"description": "x", "kind": "result", "status": "possible"}))
        .collect();
    let answer = app
        .put(SMALL, &many)
        .await
        .problem(422, "validation_failed");
    assert_eq!(
        answer.faults(),
        [("/outcomes".to_owned(), "max_items".to_owned())]
    );
    many["outcomes"].as_array_mut().unwrap().truncate(10_000);
    assert_eq!(app.put(SMALL, &many).await.status, 201);
    let mut large = small();
    large["plan"]["note"] = json!("x".repeat(9 * 1024 * 1024));
    app.put(SMALL, &large).await.problem(413, "body_too_large");
    app.put(&format!("{SMALL}?dryrun=true"), &small())
        .await
        .problem(400, "invalid_parameters");
}

//! Activities.

use crate::harness::App;
use crate::harness::specimens::{self, ALL};
use serde_json::{Value, json};

fn titles(items: &[Value]) -> String {
    items
        .iter()
        .map(|item| item["title"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn every_field_is_returned_as_it_was_sent_with_the_names_of_referenced_records() {
    let app = App::start().await;
    let city = app
        .create(
            "cities",
            &json!({"name": "Nanjing", "kind": "city", "country": "CN"}),
        )
        .await;
    let theme = app
        .create("themes", &json!({"name": "Circular economy"}))
        .await;
    let plan = specimens::stored_plan(&app).await;
    app.patch(
        &ALL[0].path(&plan),
        &json!({"themes": [{"theme_id": theme["id"]}]}),
    )
    .await;
    let document = json!({
        "plan_id": plan["id"], "title": "Forum", "description": "A forum", "kind": "conference", "mode": "in_person", "status": "held",
        "date": {"start": "2019-10", "end": "2019-10-20", "text": "October 2019"}, "cities": [{"city_id": city["id"], "role": "venue"}, {"city_id": city["id"], "role": "mentioned"}],
        "organisations": [{"name": "University", "acronym": "U", "kind": "university", "role": "participant", "country": "CN", "city_id": city["id"]}],
        "theme_ids": [theme["id"]], "outputs": ["Notes"], "position": 3, "note": "remark"
    });
    let mut activity = app.create("activities", &document).await;
    assert_eq!(
        (&activity["plan_slug"], &activity["plan_title"]),
        (&plan["slug"], &plan["title"])
    );
    assert_eq!(
        (
            &activity["themes"][0]["slug"],
            &activity["cities"][0]["name"]
        ),
        (&json!("circular-economy"), &json!("Nanjing"))
    );
    assert_eq!(
        (
            &activity["organisations"][0]["city_slug"],
            &activity["organisations"][0]["city_name"]
        ),
        (&json!("nanjing"), &json!("Nanjing"))
    );
    for (list, names) in [
        ("cities", vec!["slug", "name", "country"]),
        ("organisations", vec!["city_slug", "city_name"]),
    ] {
        for item in activity[list].as_array_mut().unwrap() {
            names
                .iter()
                .for_each(|name| drop(item.as_object_mut().unwrap().remove(*name)));
        }
    }
    for (name, value) in document.as_object().unwrap() {
        assert_eq!(&activity[name], value, "{name}");
    }
}

#[actix_web::test]
async fn the_themes_of_an_activity_must_be_themes_of_its_plan() {
    let app = App::start().await;
    let theme = app.create("themes", &specimens::theme()).await;
    let plan = specimens::stored_plan(&app).await;
    let mut activity = specimens::activity(&plan);
    activity["theme_ids"] = json!([theme["id"]]);
    let answer = app
        .post("/v1/activities", &activity)
        .await
        .problem(409, "unknown_reference");
    assert_eq!(
        answer.faults(),
        [("/theme_ids/0".to_owned(), "unknown_reference".to_owned())]
    );
}

#[actix_web::test]
async fn an_activity_can_move_to_another_plan_with_the_same_theme() {
    let app = App::start().await;
    let theme = app.create("themes", &specimens::theme()).await;
    let plans = [
        specimens::stored_plan(&app).await,
        specimens::stored_plan(&app).await,
        specimens::stored_plan(&app).await,
    ];
    for plan in &plans[..2] {
        app.patch(
            &ALL[0].path(plan),
            &json!({"themes": [{"theme_id": theme["id"]}]}),
        )
        .await;
    }
    let mut activity = specimens::activity(&plans[0]);
    activity["theme_ids"] = json!([theme["id"]]);
    let path = ALL[3].path(&app.create("activities", &activity).await);
    assert_eq!(
        app.patch(&path, &json!({"plan_id": plans[1]["id"]}))
            .await
            .status,
        200
    );
    app.patch(&path, &json!({"plan_id": plans[2]["id"]}))
        .await
        .problem(409, "unknown_reference");
    assert_eq!(app.delete(&ALL[0].path(&plans[0])).await.status, 204);
    assert_eq!(app.get(&path).await.json()["plan_id"], plans[1]["id"]);
}

#[actix_web::test]
async fn a_partial_date_matches_every_range_that_it_may_overlap() {
    let app = App::start().await;
    let plan = specimens::stored_plan(&app).await;
    for (title, date) in [
        ("A", json!({"start": "2019-11"})),
        ("B", json!({"start": "2019-11-20"})),
        ("C", json!({"start": "2018-04-22", "end": "2018-04-27"})),
        ("D", json!({"start": "2020"})),
        ("E", json!({"end": "2021-02"})),
        ("F", json!({"text": "some day"})),
    ] {
        app.create("activities", &json!({"plan_id": plan["id"], "title": title, "kind": "meeting", "status": "held", "date": date})).await;
    }
    for (query, expected) in [
        ("date_from=2019-11-20&date_to=2019-12", "AB"),
        ("date_from=2019-11-05&date_to=2019-11-05", "A"),
        ("date_to=2019-11-05", "AC"),
        ("date_from=2019-12-01&date_to=2019-12-31", ""),
        ("date_from=2018-04-25&date_to=2018-04-25", "C"),
        ("date_from=2018-04-28&date_to=2019-10", ""),
        ("date_from=2019&date_to=2019", "AB"),
        ("date_from=2020-12-31&date_to=2021", "DE"),
        ("date_from=2021-02-28", "E"),
        ("date_from=2021-03", ""),
        ("date_to=9999", "ABCDE"),
        ("date_from=1000", "ABCDE"),
    ] {
        assert_eq!(
            titles(
                &app.all(&format!("/v1/activities?sort=title&{query}"), 2)
                    .await
            ),
            expected,
            "{query}"
        );
        for order in [
            "sort=date",
            "sort=date&order=desc",
            "sort=updated_at",
            "sort=position&order=desc",
        ] {
            let mut found: Vec<char> =
                titles(&app.all(&format!("/v1/activities?{order}&{query}"), 2).await)
                    .chars()
                    .collect();
            found.sort_unstable();
            assert_eq!(
                found.into_iter().collect::<String>(),
                expected,
                "{query} {order}"
            );
        }
    }
    let answer = app
        .post(
            "/v1/activities",
            &json!({"plan_id": plan["id"], "title": "G", "kind": "meeting", "status": "held", "date": {"start": "2019-12", "end": "2019-11-30"}}),
        )
        .await;
    assert_eq!(
        answer.problem(422, "validation_failed").faults(),
        [("/date/end".to_owned(), "rule".to_owned())]
    );
}

#[actix_web::test]
async fn filters_select_the_matching_records() {
    let app = App::with(crate::harness::Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let count = async |query: &str| app.all(&format!("/v1/activities?{query}"), 3).await.len();
    let all = app.all("/v1/activities", 200).await;
    assert_eq!(all.len(), 8);
    let holds =
        |test: &dyn Fn(&Value) -> bool| all.iter().filter(|activity| test(activity)).count();
    let city = |activity: &Value, slug: &str| {
        activity["cities"]
            .as_array()
            .unwrap()
            .iter()
            .any(|city| city["slug"] == slug)
    };
    assert_eq!(
        count("city=brussels").await,
        holds(&|activity| city(activity, "brussels"))
    );
    assert!(count("city=brussels").await >= 3);
    assert_eq!(
        count("mode=online").await,
        holds(&|activity| activity["mode"] == "online")
    );
    assert_eq!(
        count("kind=webinar,coaching").await,
        holds(&|activity| activity["kind"] == "webinar" || activity["kind"] == "coaching")
    );
    assert_eq!(count("status=planned").await, 0);
    assert_eq!(count("plan=manchester-chengdu-liuzhou-yangzhou").await, 8);
    assert_eq!(count("theme=circular-economy").await, 1);
    assert_eq!(count("organisation=mmu").await, 1);
    assert_eq!(
        count("organisation=MANCHESTER%20METROPOLITAN%20UNIVERSITY").await,
        1
    );
    assert_eq!(
        count("city=chengdu&mode=online&date_from=2020-01&date_to=2020-12").await,
        1
    );
    assert_eq!(count("date_from=2019-07&date_to=2019-12").await, 4);
    let plan = app
        .get("/v1/plans/manchester-chengdu-liuzhou-yangzhou")
        .await
        .json();
    let organised = json!({"plan_id": plan["id"], "title": "A", "kind": "meeting", "status": "held", "organisations": [{"name": "École Normale", "acronym": "ÖBB"}]});
    app.create("activities", &organised).await;
    for (name, found) in [
        ("%C3%89cole%20Normale", 1),
        ("%C3%89COLE%20normale", 1),
        ("%C3%96BB", 1),
        ("%C3%96bb", 1),
        ("cole%20Normale", 0),
    ] {
        assert_eq!(
            count(&format!("organisation={name}")).await,
            found,
            "{name}"
        );
    }
    app.get("/v1/activities?plan=nothing")
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn the_parts_of_a_plan_are_listed_below_it_in_their_order() {
    let app = App::with(crate::harness::Options {
        sample: true,
        ..Default::default()
    })
    .await;
    specimens::stored_plan(&app).await;
    let listed = app
        .all(
            "/v1/plans/manchester-chengdu-liuzhou-yangzhou/activities",
            3,
        )
        .await;
    let positions: Vec<i64> = listed
        .iter()
        .map(|item| item["position"].as_i64().unwrap())
        .collect();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5, 6, 7]);
    let dated = app.all("/v1/plans/manchester-chengdu-liuzhou-yangzhou/activities?sort=date&order=desc&mode=online", 1).await;
    assert!(dated.len() >= 2 && dated[0]["date"]["start"] == "2020-06");
    app.get("/v1/plans/nothing/activities")
        .await
        .problem(404, "not_found");
    app.get("/v1/plans/0190a3b2-7c1d-7e4f-8a5b-6c7d8e9fffff/outcomes")
        .await
        .problem(404, "not_found");
}

//! Plans.

use crate::harness::App;
use crate::harness::specimens::{self, ALL, plan};
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
    let lead = app
        .create(
            "cities",
            &json!({"name": "Manchester", "kind": "city", "country": "GB"}),
        )
        .await;
    let partner = app
        .create(
            "cities",
            &json!({"name": "Chengdu", "kind": "city", "country": "CN"}),
        )
        .await;
    let theme = app
        .create("themes", &json!({"name": "Circular economy"}))
        .await;
    let other = app.create("plans", &specimens::plan(&partner)).await;
    let document = json!({
        "slug": "manchester", "title": "Manchester", "programme": "IUC Asia", "language": "en", "kind": "pairing", "status": "completed",
        "period": {"start": "2019-04", "end": "2020-11", "text": "April 2019 – November 2020"},
        "objectives": ["one", "two"], "challenges": ["three"],
        "cities": [
            {"city_id": lead["id"], "role": "lead", "as_stated": {"name": "Manchester", "region": null, "country": "United Kingdom", "population": "2.682.500", "area": "1.277 km ²", "mayor": "The Lord Mayor"}},
            {"city_id": partner["id"], "role": "partner", "as_stated": {"name": null, "region": null, "country": null, "population": null, "area": null, "mayor": null}}
        ],
        "themes": [{"theme_id": theme["id"], "label": "Circular Economy", "focus": [{"text": "away from plastic", "city_ids": [partner["id"]]}]}],
        "sdgs": [{"goal": 11, "target": "11.2", "label": "Resilient cities", "basis": "stated"}, {"goal": 1, "target": "1.a", "label": null, "basis": "assigned"}],
        "urban_agenda": [{"partnership": "urban-mobility", "label": "EU UP Urban Mobility", "basis": "stated"}],
        "topics": [{"topic": "urban-mobility", "label": "Mobility", "basis": "stated"}, {"topic": "air-quality", "label": null, "basis": "assigned"}],
        "contacts": [{"organisation": "IUC-ASIA", "name": null, "email": "office@iuc-asia.eu", "url": "https://www.iuc-asia.eu/x?y=z#a", "purpose": null}],
        "sources": [{"title": "Sheet", "kind": "full_plan", "url": null, "language": "en-GB", "retrieved_on": "2020-06-30", "note": "a note"}],
        "relations": [{"plan_id": other["id"], "kind": "mirrors", "text": null, "url": null}], "note": "remark"
    });
    let mut plan = app.create("plans", &document).await;
    assert_eq!(
        (
            &plan["cities"][1]["name"],
            &plan["cities"][1]["slug"],
            &plan["cities"][1]["country"]
        ),
        (&json!("Chengdu"), &json!("chengdu"), &json!("CN"))
    );
    assert_eq!(
        (
            &plan["themes"][0]["name"],
            &plan["themes"][0]["focus"][0]["cities"][0]["slug"]
        ),
        (&json!("Circular economy"), &json!("chengdu"))
    );
    assert_eq!(plan["relations"][0]["title"], other["title"]);
    for (list, names) in [
        ("cities", vec!["slug", "name", "country"]),
        ("themes", vec!["slug", "name"]),
        ("relations", vec!["slug", "title"]),
    ] {
        for item in plan[list].as_array_mut().unwrap() {
            names
                .iter()
                .for_each(|name| drop(item.as_object_mut().unwrap().remove(*name)));
        }
    }
    plan["themes"][0]["focus"][0]
        .as_object_mut()
        .unwrap()
        .remove("cities");
    for (name, value) in document.as_object().unwrap() {
        assert_eq!(&plan[name], value, "{name}");
    }
}

#[actix_web::test]
async fn a_pairing_has_at_most_one_lead_and_a_cluster_none() {
    let app = App::start().await;
    let [one, two] = [
        app.create("cities", &specimens::city()).await,
        app.create("cities", &specimens::city()).await,
    ];
    let plan = |kind: &str, roles: &[(&Value, &str)]| {
        let cities: Vec<Value> = roles
            .iter()
            .map(|(city, role)| json!({"city_id": city["id"], "role": role}))
            .collect();
        json!({"title": "P", "kind": kind, "status": "draft", "cities": cities})
    };
    for (document, status) in [
        (plan("pairing", &[(&one, "lead"), (&two, "partner")]), 201),
        (
            plan("pairing", &[(&one, "partner"), (&two, "partner")]),
            201,
        ),
        (plan("pairing", &[(&one, "lead"), (&two, "lead")]), 422),
        (plan("pairing", &[]), 201),
        (
            plan("cluster", &[(&one, "partner"), (&two, "partner")]),
            201,
        ),
        (plan("cluster", &[(&one, "lead"), (&two, "partner")]), 422),
        (plan("cluster", &[]), 201),
    ] {
        let answer = app.post("/v1/plans", &document).await;
        assert_eq!(answer.status, status, "{document}");
        if status == 422 {
            assert_eq!(answer.faults(), [("/cities".to_owned(), "rule".to_owned())]);
        }
    }
    let twice = app
        .post(
            "/v1/plans",
            &plan("pairing", &[(&one, "lead"), (&one, "partner")]),
        )
        .await
        .problem(422, "validation_failed");
    assert_eq!(
        twice.faults(),
        [("/cities/1".to_owned(), "unique_items".to_owned())]
    );
}

#[actix_web::test]
async fn violations_of_rules_across_fields_are_reported_with_pointers() {
    let app = App::start().await;
    let mut plan = specimens::plan(&app.create("cities", &specimens::city()).await);
    plan["period"] = json!({"start": "2020-11", "end": "2019"});
    plan["sdgs"] = json!([{"goal": 11, "target": "9.1"}, {"goal": 11}, {"goal": 11}]);
    plan["contacts"] = json!([{"purpose": "nothing to reach"}]);
    plan["urban_agenda"] = json!([{"partnership": "housing"}, {"partnership": "housing"}]);
    let mut pointers: Vec<String> = app
        .post("/v1/plans", &plan)
        .await
        .problem(422, "validation_failed")
        .faults()
        .into_iter()
        .map(|(pointer, _)| pointer)
        .collect();
    pointers.sort_unstable();
    assert_eq!(
        pointers,
        [
            "/contacts/0",
            "/period/end",
            "/sdgs/0/target",
            "/sdgs/2",
            "/urban_agenda/1"
        ]
    );
}

#[actix_web::test]
async fn contacts_and_sources_accept_only_valid_urls_email_addresses_and_dates() {
    let app = App::start().await;
    let mut plan = specimens::plan(&app.create("cities", &specimens::city()).await);
    plan["contacts"] = json!([{"email": "no address"}, {"url": "javascript:alert(1)"}, {"url": "ftp://x"}, {"url": "http://a\u{0}b"}, {"email": "a\u{0}b@example.org"}]);
    plan["sources"] = json!([{"title": "S", "url": "//x", "language": "english language", "retrieved_on": "2019-02-30"}]);
    plan["period"] = json!({"start": "2019-02-30", "end": "19"});
    let mut pointers: Vec<String> = app
        .post("/v1/plans", &plan)
        .await
        .problem(422, "validation_failed")
        .faults()
        .into_iter()
        .map(|(pointer, _)| pointer)
        .collect();
    pointers.sort_unstable();
    let expected = [
        "/contacts/0/email",
        "/contacts/1/url",
        "/contacts/2/url",
        "/contacts/3/url",
        "/contacts/4/email",
        "/period/end",
        "/period/start",
        "/sources/0/language",
        "/sources/0/retrieved_on",
        "/sources/0/url",
    ];
    pointers.dedup();
    assert_eq!(pointers, expected);
}

#[actix_web::test]
async fn a_plan_cannot_relate_to_itself_and_a_related_plan_cannot_be_deleted() {
    let app = App::start().await;
    let plan = ALL[0].stored(&app).await;
    let other = ALL[0].stored(&app).await;
    let itself = app
        .patch(
            &ALL[0].path(&plan),
            &json!({"relations": [{"plan_id": plan["id"], "kind": "continues"}]}),
        )
        .await;
    assert_eq!(
        itself.problem(422, "validation_failed").faults(),
        [("/relations/0/plan_id".to_owned(), "rule".to_owned())]
    );
    app.patch(
        &ALL[0].path(&plan),
        &json!({"relations": [{"plan_id": other["id"], "kind": "continues"}]}),
    )
    .await;
    let answer = app
        .delete(&ALL[0].path(&other))
        .await
        .problem(409, "in_use");
    assert_eq!(answer.json()["related"][0]["id"], plan["id"]);
}

#[actix_web::test]
async fn a_theme_that_an_activity_or_outcome_serves_cannot_be_removed_from_the_plan() {
    let app = App::start().await;
    let theme = app.create("themes", &specimens::theme()).await;
    let plan = specimens::stored_plan(&app).await;
    let path = ALL[0].path(&plan);
    app.patch(&path, &json!({"themes": [{"theme_id": theme["id"]}]}))
        .await;
    let mut outcome = specimens::outcome(&plan);
    app.create("outcomes", &outcome).await;
    outcome["theme_id"] = theme["id"].clone();
    let outcome = app.create("outcomes", &outcome).await;
    let answer = app
        .patch(&path, &json!({"themes": []}))
        .await
        .problem(409, "in_use");
    assert_eq!(
        answer.faults(),
        [("/themes".to_owned(), "in_use".to_owned())]
    );
    assert_eq!(answer.json()["related"].as_array().unwrap().len(), 1);
    assert_eq!(answer.json()["related"][0]["id"], outcome["id"]);
    app.patch(&ALL[4].path(&outcome), &json!({"theme_id": null}))
        .await;
    assert_eq!(app.patch(&path, &json!({"themes": []})).await.status, 200);
}

#[actix_web::test]
async fn activities_and_outcomes_are_deleted_with_their_plan() {
    let app = App::start().await;
    let theme = app.create("themes", &specimens::theme()).await;
    let plan = specimens::stored_plan(&app).await;
    app.patch(
        &ALL[0].path(&plan),
        &json!({"themes": [{"theme_id": theme["id"]}]}),
    )
    .await;
    let mut activity = specimens::activity(&plan);
    activity["theme_ids"] = json!([theme["id"]]);
    let activity = app.create("activities", &activity).await;
    let mut outcome = specimens::outcome(&plan);
    outcome["theme_id"] = theme["id"].clone();
    let outcome = app.create("outcomes", &outcome).await;
    assert_eq!(app.delete(&ALL[0].path(&plan)).await.status, 204);
    app.get(&ALL[3].path(&activity))
        .await
        .problem(404, "not_found");
    app.get(&ALL[4].path(&outcome))
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn filters_select_the_matching_records() {
    let app = App::start().await;
    let city =
        |name: &str, country: &str| json!({"name": name, "kind": "city", "country": country});
    let manchester = app.create("cities", &city("Manchester", "GB")).await;
    let chengdu = app.create("cities", &city("Chengdu", "CN")).await;
    let water = app.create("themes", &json!({"name": "Water"})).await;
    let plans = [
        json!({"title": "A", "kind": "pairing", "status": "active", "programme": "IUC Asia", "period": {"start": "2019-04", "end": "2020-11"},
            "cities": [{"city_id": manchester["id"], "role": "lead"}, {"city_id": chengdu["id"], "role": "partner"}],
            "sdgs": [{"goal": 11}, {"goal": 9}], "urban_agenda": [{"partnership": "urban-mobility"}], "themes": [{"theme_id": water["id"]}],
            "topics": [{"topic": "urban-mobility"}], "language": "en"}),
        json!({"title": "B", "kind": "pairing", "status": "completed", "period": {"start": "2015", "end": "2016"},
            "cities": [{"city_id": chengdu["id"], "role": "lead"}], "sdgs": [{"goal": 11, "target": "11.1"}, {"goal": 11, "target": "11.2"}]}),
        json!({"title": "C", "kind": "cluster", "status": "draft", "period": {"start": "2021"}}),
    ];
    for plan in &plans {
        app.create("plans", plan).await;
    }
    let id = manchester["id"].as_str().unwrap();
    let by_id = format!("city={id}");
    for (query, expected) in [
        ("city=manchester", "A"),
        (by_id.as_str(), "A"),
        ("city=chengdu", "AB"),
        ("city=chengdu&city_role=lead", "B"),
        ("city_role=partner", "A"),
        ("city=manchester,chengdu", "AB"),
        ("country=CN", "AB"),
        ("country=GB", "A"),
        ("country=GB&city_role=partner", ""),
        ("country=FR", ""),
        ("theme=water", "A"),
        ("sdg=11", "AB"),
        ("sdg=9", "A"),
        ("sdg=9,11", "AB"),
        ("sdg=11&urban_agenda=urban-mobility", "A"),
        ("urban_agenda=urban-mobility,housing", "A"),
        ("topic=urban-mobility", "A"),
        ("topic=urban-mobility,air-quality", "A"),
        ("topic=air-quality", ""),
        ("language=en", "A"),
        ("kind=cluster", "C"),
        ("status=active,completed", "AB"),
        ("programme=IUC%20Asia", "A"),
        ("active_from=2019-07&active_to=2019-12", "A"),
        ("active_from=2020-11-30&active_to=2020-11-30", "A"),
        ("active_from=2020-12&active_to=2020-12", ""),
        ("active_to=2015-01-01", "B"),
        ("active_from=2016-12-31", "ABC"),
        ("active_from=2017", "AC"),
        ("active_from=2030", "C"),
        ("active_to=2014", ""),
    ] {
        assert_eq!(
            titles(&app.all(&format!("/v1/plans?sort=title&{query}"), 2).await),
            expected,
            "{query}"
        );
        for order in [
            "sort=period_start",
            "sort=period_start&order=desc",
            "sort=created_at&order=desc",
        ] {
            let mut found: Vec<char> =
                titles(&app.all(&format!("/v1/plans?{order}&{query}"), 1).await)
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
}

#[actix_web::test]
async fn the_plans_of_a_city_are_listed_below_it_and_filtered_by_its_role() {
    let app = App::start().await;
    let mut cities = Vec::new();
    for name in ["A", "B", "C"] {
        cities.push(app.create("cities", &json!({"name": name, "kind": "city", "country": if name == "C" { "CN" } else { "DE" }})).await);
    }
    for (title, lead, partner) in [("1", 0, 1), ("2", 1, 2), ("3", 0, 2)] {
        let cities = json!([{"city_id": cities[lead]["id"], "role": "lead"}, {"city_id": cities[partner]["id"], "role": "partner"}]);
        app.create(
            "plans",
            &json!({"title": title, "kind": "pairing", "status": "active", "cities": cities}),
        )
        .await;
    }
    for (path, expected) in [
        ("a/plans", "13"),
        ("b/plans", "12"),
        ("b/plans?city_role=lead", "2"),
        ("b/plans?city_role=partner", "1"),
        ("b/plans?city_role=partner,lead&order=desc", "21"),
        ("a/plans?country=CN", "3"),
        ("a/plans?city=b", "1"),
        ("b/plans?city=a&city_role=lead", ""),
        ("c/plans?sort=title&limit=1", "2"),
    ] {
        let list = app.get(&format!("/v1/cities/{path}")).await.json();
        assert_eq!(titles(list["data"].as_array().unwrap()), expected, "{path}");
    }
    assert_eq!(app.all("/v1/cities/c/plans?sort=title", 1).await.len(), 2);
    app.get("/v1/cities/nowhere/plans")
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn the_plans_of_a_country_are_sorted_by_period_after_any_change_of_cities_and_plans() {
    let app = App::start().await;
    let place = async |name: &str, country: Value| {
        app.create(
            "cities",
            &json!({"name": name, "kind": "city", "country": country}),
        )
        .await
    };
    let (lead, chengdu, liuzhou) = (
        place("Leipzig", json!("DE")).await,
        place("Chengdu", json!("CN")).await,
        place("Liuzhou", json!("CN")).await,
    );
    let mut plans = Vec::new();
    for (number, start) in ["2019-04", "2017", "2018-01-01", "2017-01", "2020"]
        .into_iter()
        .enumerate()
    {
        let mut document = plan(&lead);
        document["title"] = json!(format!("Plan {number}"));
        document["period"] = json!({"start": start});
        // Two cities of one country are one country.
        let partners =
            [&chengdu, &liuzhou].map(|city| json!({"city_id": city["id"], "role": "partner"}));
        document["cities"].as_array_mut().unwrap().extend(partners);
        plans.push(app.create("plans", &document).await);
    }
    let mut undated = plan(&lead);
    undated["cities"] = json!([{"city_id": chengdu["id"], "role": "lead"}]);
    app.create("plans", &undated).await;
    let starts = async |query: &str| {
        let pages =
            [1, 2, 50].map(async |limit| app.all(&format!("/v1/plans?{query}"), limit).await);
        let pages = futures_util::future::join_all(pages).await;
        assert!(pages.iter().all(|page| *page == pages[0]), "{query}");
        pages[0]
            .iter()
            .map(|plan| plan["period"]["start"].as_str().unwrap_or("-").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        starts("country=CN&sort=period_start").await,
        ["2017", "2017-01", "2018-01-01", "2019-04", "2020", "-"]
    );
    assert_eq!(
        starts("country=CN&sort=period_start&order=desc").await,
        ["2020", "2019-04", "2018-01-01", "2017-01", "2017", "-"]
    );
    assert_eq!(starts("country=CN,DE&sort=period_start").await.len(), 6);
    assert_eq!(
        starts("country=CN&status=cancelled&sort=period_start")
            .await
            .len(),
        0
    );
    assert_eq!(
        starts("country=CN&city_role=lead&sort=period_start").await,
        ["-"]
    );

    app.patch(
        &format!("/v1/plans/{}", plans[0]["id"].as_str().unwrap()),
        &json!({"period": {"start": "2016"}}),
    )
    .await;
    app.delete(&format!("/v1/plans/{}", plans[1]["id"].as_str().unwrap()))
        .await;
    assert_eq!(
        starts("country=CN&sort=period_start").await,
        ["2016", "2017-01", "2018-01-01", "2020", "-"]
    );
    app.patch(
        &format!("/v1/cities/{}", liuzhou["id"].as_str().unwrap()),
        &json!({"country": "TW"}),
    )
    .await;
    app.patch(
        &format!("/v1/cities/{}", chengdu["id"].as_str().unwrap()),
        &json!({"country": null}),
    )
    .await;
    assert_eq!(starts("country=CN&sort=period_start").await.len(), 0);
    assert_eq!(
        starts("country=TW&sort=period_start&order=desc").await,
        ["2020", "2018-01-01", "2017-01", "2016"]
    );
    app.patch(
        &format!("/v1/plans/{}", plans[0]["id"].as_str().unwrap()),
        &json!({"cities": [{"city_id": lead["id"], "role": "lead"}]}),
    )
    .await;
    assert_eq!(starts("country=TW&sort=period_start").await.len(), 3);
}

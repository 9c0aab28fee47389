//! Cities.

use crate::harness::App;
use crate::harness::specimens::{self, ALL};
use serde_json::{Value, json};

fn names(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn every_field_is_returned_as_it_was_sent() {
    let app = App::start().await;
    let document = json!({
        "slug": "manchester", "name": "Manchester", "alternative_names": ["曼彻斯特", "Mancunium"], "kind": "metropolitan_area", "country": "GB",
        "region": "North West England", "population": 2_682_500, "area_km2": 1276.97, "latitude": 53.4809, "longitude": -2.2374,
        "identifiers": [{"scheme": "geonames", "value": "2643123"}, {"scheme": "wikidata", "value": "Q18125"}]
    });
    let city = app.create("cities", &document).await;
    for (name, value) in document.as_object().unwrap() {
        assert_eq!(&city[name], value, "{name}");
    }
}

#[actix_web::test]
async fn an_area_is_exact_to_two_decimals_and_more_are_refused() {
    let app = App::start().await;
    for area in [
        0.01,
        0.1,
        1277.0,
        12.2,
        4.35,
        70.07,
        999_999_999.99,
        1_000_000_000.0,
    ] {
        let city = app
            .create(
                "cities",
                &json!({"name": "A", "kind": "city", "area_km2": area}),
            )
            .await;
        assert_eq!(city["area_km2"].as_f64(), Some(area));
        assert_eq!(
            app.get(&ALL[1].path(&city)).await.json()["area_km2"].as_f64(),
            Some(area)
        );
    }
    for area in [0.0, -1.0, 1.001, 1_000_000_000.01, 1e300] {
        let answer = app
            .post(
                "/v1/cities",
                &json!({"name": "A", "kind": "city", "area_km2": area}),
            )
            .await
            .problem(422, "validation_failed");
        assert_eq!(answer.faults()[0].0, "/area_km2", "{area}");
    }
}

#[actix_web::test]
async fn the_country_codes_of_eu_texts_are_converted_and_other_invalid_codes_refused() {
    let app = App::start().await;
    for (given, stored) in [("UK", "GB"), ("EL", "GR"), ("CN", "CN")] {
        let city = app
            .create(
                "cities",
                &json!({"name": "A", "kind": "city", "country": given}),
            )
            .await;
        assert_eq!(city["country"], stored);
    }
    for code in ["XX", "cn", "CHN", "", "C"] {
        let answer = app
            .post(
                "/v1/cities",
                &json!({"name": "A", "kind": "city", "country": code}),
            )
            .await
            .problem(422, "validation_failed");
        assert_eq!(answer.faults()[0].0, "/country");
    }
    assert_eq!(app.all("/v1/cities?country=UK", 200).await.len(), 1);
    app.get("/v1/cities?country=XX")
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn both_coordinates_must_be_given_or_neither() {
    let app = App::start().await;
    let answer = app
        .post(
            "/v1/cities",
            &json!({"name": "A", "kind": "city", "latitude": 1.5}),
        )
        .await
        .problem(422, "validation_failed");
    assert_eq!(
        answer.faults(),
        [("/longitude".to_owned(), "rule".to_owned())]
    );
    let city = app
        .create(
            "cities",
            &json!({"name": "A", "kind": "city", "latitude": -90, "longitude": 180}),
        )
        .await;
    app.patch(&ALL[1].path(&city), &json!({"latitude": null}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(
        app.patch(
            &ALL[1].path(&city),
            &json!({"latitude": null, "longitude": null})
        )
        .await
        .status,
        200
    );
    for body in [
        json!({"latitude": 90.1, "longitude": 0}),
        json!({"latitude": 0, "longitude": -180.5}),
    ] {
        app.patch(&ALL[1].path(&city), &body)
            .await
            .problem(422, "validation_failed");
    }
}

#[actix_web::test]
async fn an_identifier_belongs_to_only_one_city() {
    let app = App::start().await;
    let identified =
        json!({"name": "A", "kind": "city", "identifiers": [{"scheme": "geonames", "value": "1"}]});
    let first = app.create("cities", &identified).await;
    let answer = app
        .post("/v1/cities", &identified)
        .await
        .problem(409, "duplicate");
    assert_eq!(
        answer.faults(),
        [("/identifiers/0".to_owned(), "duplicate".to_owned())]
    );
    assert_eq!(answer.json()["related"][0]["id"], first["id"]);
    assert_eq!(
        app.put(&ALL[1].path(&first), &identified).await.status,
        200,
        "its own identifier is no conflict"
    );
    app.patch(&ALL[1].path(&first), &json!({"identifiers": []}))
        .await;
    app.create("cities", &identified).await;
}

#[actix_web::test]
async fn two_cities_may_have_the_same_name() {
    let app = App::start().await;
    for _ in 0..2 {
        app.create(
            "cities",
            &json!({"name": "Yangzhou", "kind": "city", "country": "CN"}),
        )
        .await;
    }
    assert_eq!(app.all("/v1/cities?country=CN", 200).await.len(), 2);
}

#[actix_web::test]
async fn filters_select_the_matching_records() {
    let app = App::start().await;
    for (name, kind, country, population, area, id) in [
        ("A", "city", "CN", 100, 10.5, "1"),
        ("B", "county", "CN", 200, 20.5, "2"),
        ("C", "city", "GB", 300, 30.5, "3"),
        ("D", "city", "BE", 400, 40.5, "4:5"),
    ] {
        let identifiers = json!([{"scheme": "geonames", "value": id}]);
        app.create(
            "cities",
            &json!({"name": name, "kind": kind, "country": country, "population": population, "area_km2": area, "identifiers": identifiers}),
        )
        .await;
    }
    for (query, expected) in [
        ("country=CN", "AB"),
        ("country=CN,GB", "ABC"),
        ("country=CN&kind=city", "A"),
        ("kind=county&kind=city", "ABCD"),
        ("identifier=geonames:3", "C"),
        ("identifier=geonames:1,geonames:4:5", "AD"),
        ("population_min=200", "BCD"),
        ("population_max=200", "AB"),
        ("population_min=200&population_max=300", "BC"),
        ("area_km2_min=20.5", "BCD"),
        ("area_km2_max=20.49", "A"),
        ("updated_after=2001-01-01T00:00:00Z", "ABCD"),
        ("updated_before=2001-01-01T00:00:00Z", ""),
        ("identifier=wikidata:3", ""),
    ] {
        let found = app.all(&format!("/v1/cities?sort=name&{query}"), 2).await;
        assert_eq!(names(&found).concat(), expected, "{query}");
    }
    app.get("/v1/cities?identifier=3")
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn a_city_in_use_cannot_be_deleted_and_its_users_are_named() {
    let app = App::start().await;
    let [lead, focus, visitor, seat] = [
        app.create("cities", &specimens::city()).await,
        app.create("cities", &specimens::city()).await,
        app.create("cities", &specimens::city()).await,
        app.create("cities", &specimens::city()).await,
    ];
    let theme = app.create("themes", &specimens::theme()).await;
    let mut plan = specimens::plan(&lead);
    plan["themes"] =
        json!([{"theme_id": theme["id"], "focus": [{"text": "x", "city_ids": [focus["id"]]}]}]);
    let plan = app.create("plans", &plan).await;
    let mut activity = specimens::activity(&plan);
    activity["cities"] = json!([{"city_id": visitor["id"], "role": "visitor"}]);
    let activity = app.create("activities", &activity).await;
    let mut outcome = specimens::outcome(&plan);
    outcome["organisations"] = json!([{"name": "University", "city_id": seat["id"]}]);
    let outcome = app.create("outcomes", &outcome).await;
    for (city, resource, user) in [
        (&lead, "plan", &plan),
        (&focus, "plan", &plan),
        (&visitor, "activity", &activity),
        (&seat, "outcome", &outcome),
    ] {
        let answer = app.delete(&ALL[1].path(city)).await.problem(409, "in_use");
        let related = &answer.json()["related"][0];
        assert_eq!(
            (&related["resource"], &related["id"]),
            (&json!(resource), &user["id"])
        );
    }
    app.delete(&ALL[0].path(&plan)).await;
    for city in [&lead, &focus, &visitor, &seat] {
        assert_eq!(app.delete(&ALL[1].path(city)).await.status, 204);
    }
}

#[actix_web::test]
async fn the_partners_of_a_city_are_listed_with_the_number_of_plans_and_their_themes() {
    let app = App::start().await;
    let mut cities = Vec::new();
    for name in ["A", "B", "C", "D"] {
        cities.push(
            app.create("cities", &json!({"name": name, "kind": "city"}))
                .await,
        );
    }
    let mut themes = Vec::new();
    for name in ["Water", "Energy"] {
        themes.push(app.create("themes", &json!({"name": name})).await);
    }
    for (members, serving) in [
        (vec![0, 1], vec![0]),
        (vec![0, 2, 1], vec![0, 1]),
        (vec![3, 2], vec![1]),
    ] {
        let members: Vec<Value> = members
            .iter()
            .enumerate()
            .map(|(at, city)| json!({"city_id": cities[*city]["id"], "role": if at == 0 { "lead" } else { "partner" }}))
            .collect();
        let serving: Vec<Value> = serving
            .iter()
            .map(|theme: &usize| json!({"theme_id": themes[*theme]["id"]}))
            .collect();
        app.create("plans", &json!({"title": "P", "kind": "pairing", "status": "active", "cities": members, "themes": serving})).await;
    }
    let partners = |answer: Value| -> Vec<String> {
        let partner = |partner: &Value| {
            let themes: Vec<String> = partner["themes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|theme| format!("{}:{}", theme["slug"].as_str().unwrap(), theme["plans"]))
                .collect();
            format!(
                "{} {} {}",
                partner["slug"].as_str().unwrap(),
                partner["plans"],
                themes.join(" ")
            )
        };
        answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(partner)
            .collect()
    };
    assert_eq!(
        partners(app.get("/v1/cities/a/partners").await.json()),
        ["b 2 water:2 energy:1", "c 1 energy:1 water:1"]
    );
    assert_eq!(
        partners(app.get("/v1/cities/d/partners").await.json()),
        ["c 1 energy:1"]
    );
    let lonely = app
        .create("cities", &json!({"name": "E", "kind": "city"}))
        .await;
    let answer = app
        .get(&format!(
            "/v1/cities/{}/partners",
            lonely["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(
        (answer.json()["data"].clone(), answer.status),
        (json!([]), 200)
    );
    app.get("/v1/cities/nowhere/partners")
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn kosovo_has_the_code_that_the_eu_uses() {
    let app = App::start().await;
    let document = json!({"name": "Prizren", "kind": "city", "country": "XK"});
    assert_eq!(app.create("cities", &document).await["country"], "XK");
    let found = app.get("/v1/cities?country=XK").await.json();
    assert_eq!(found["data"][0]["name"], "Prizren");
    let countries = app.get("/v1/countries").await.json();
    let countries = countries["data"].as_array().unwrap();
    let kosovo = countries.iter().find(|country| country["code"] == "XK");
    assert_eq!(kosovo.unwrap()["name"], "Kosovo");
    let refused = json!({"name": "Nowhere", "kind": "city", "country": "XX"});
    let refused = app.post("/v1/cities", &refused).await;
    refused.problem(422, "validation_failed");
}

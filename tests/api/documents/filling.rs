//! Documents that fill in what the registry does not know of stored cities and themes.

use super::{changes, import, small};
use crate::harness::App;
use futures_util::future::join;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

const FILL: &str = "/v1/plans/small/summary?update_references=fill";

/// A document about Leipzig.
fn about(city: &Value) -> Value {
    let mut document = small();
    document["cities"][0] = city.clone();
    document["cities"][0]["slug"] = json!("leipzig");
    document
}

/// The values of a report that differ from the stored ones: the member, and whether it was written.
fn differences(record: &Value) -> Vec<(&str, bool)> {
    let all = record["differences"].as_array().unwrap();
    let differences = all.iter().map(|difference| {
        let pointer = difference["pointer"].as_str().unwrap();
        let written = difference["written"].as_bool().unwrap();
        (pointer.rsplit('/').next().unwrap(), written)
    });
    differences.collect()
}

fn is_open(value: &Value) -> bool {
    value.is_null() || *value == json!([])
}

#[actix_web::test]
async fn gaps_of_stored_cities_and_themes_are_filled_in_and_nothing_is_renamed_or_overwritten() {
    let app = App::start().await;
    app.create("cities", &json!({"name": "Leipzig", "kind": "city", "country": "DE", "alternative_names": ["Lipsk"]})).await;
    app.create("themes", &json!({"name": "Water", "sdgs": [6]}))
        .await;
    let mut document = about(&json!({
        "name": "City of Leipzig", "kind": "municipality", "country": "DE", "region": "Saxony", "population": 628_718,
        "area_km2": 297.8, "latitude": 51.34, "longitude": 12.37, "alternative_names": ["Lipsia"],
        "identifiers": [{"scheme": "geonames", "value": "2879139"}]
    }));
    document["themes"][0] = json!({"slug": "water", "name": "Water and rain", "description": "Rivers and sewers.", "aliases": ["Wasser"], "sdgs": [6, 14], "urban_agenda": []});
    let filled = [
        ("name", false),
        ("kind", false),
        ("region", true),
        ("population", true),
        ("area_km2", true),
        ("latitude", true),
        ("longitude", true),
        ("alternative_names", false),
        ("identifiers", true),
    ];
    let before = changes(&app).await;
    for dry_run in [true, false] {
        let report = import(&app, &format!("{FILL}&dry_run={dry_run}"), &document).await;
        let [city, theme] = [1, 2].map(|index| &report["records"][index]);
        assert_eq!(
            (&city["status"], &theme["status"]),
            (&json!("updated"), &json!("updated"))
        );
        assert_eq!(differences(city), filled);
        assert_eq!(
            differences(theme),
            [
                ("name", false),
                ("description", true),
                ("aliases", true),
                ("sdgs", false)
            ]
        );
        if dry_run {
            assert_eq!(changes(&app).await, before);
        }
    }
    let city = app.get("/v1/cities/leipzig").await.json();
    let expected = json!({"name": "Leipzig", "kind": "city", "country": "DE", "region": "Saxony", "population": 628_718, "area_km2": 297.8, "latitude": 51.34, "longitude": 12.37, "alternative_names": ["Lipsk"], "version": 2});
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(city[member], *value, "{member}");
    }
    assert_eq!(city["identifiers"][0]["value"], "2879139");
    let theme = app.get("/v1/themes/water").await.json();
    assert_eq!(
        [&theme["name"], &theme["description"]],
        [&json!("Water"), &json!("Rivers and sewers.")]
    );
    assert_eq!(
        [&theme["aliases"], &theme["sdgs"]],
        [&json!(["Wasser"]), &json!([6])]
    );

    let stored = changes(&app).await;
    let again = import(&app, FILL, &document).await;
    assert_eq!(again["updated"], 0, "{again}");
    assert_eq!(changes(&app).await, stored);
}

#[actix_web::test]
async fn what_the_document_leaves_open_fills_nothing_and_clears_nothing() {
    let app = App::start().await;
    let stored = app.create("cities", &json!({"name": "Leipzig", "kind": "city", "population": 1, "alternative_names": ["Lipsk"]})).await;
    let document = about(
        &json!({"name": "Leipzig", "kind": "city", "population": null, "region": null, "alternative_names": []}),
    );
    let report = import(&app, FILL, &document).await;
    let city = &report["records"][1];
    assert_eq!(city["status"], "unchanged");
    assert_eq!(
        differences(city),
        [("population", false), ("alternative_names", false)]
    );
    assert_eq!(app.get("/v1/cities/leipzig").await.json(), stored);
}

#[actix_web::test]
async fn a_city_that_contradicts_the_stored_one_is_refused_and_not_filled_in() {
    let app = App::start().await;
    let stored = app
        .create(
            "cities",
            &json!({"name": "Leipzig", "kind": "city", "country": "DE"}),
        )
        .await;
    let document =
        about(&json!({"name": "Leipzig", "kind": "city", "country": "US", "population": 1}));
    app.put(FILL, &document)
        .await
        .problem(409, "ambiguous_reference");
    assert_eq!(app.get("/v1/cities/leipzig").await.json(), stored);
    for value in ["maybe", "", "Fill", "1"] {
        let path = format!("/v1/plans/small/summary?update_references={value}");
        app.put(&path, &small())
            .await
            .problem(400, "invalid_parameters");
    }
}

/// What a source may say of a city. Sources do not contradict each other in what proves cities to be different.
fn facts() -> impl Strategy<Value = Value> {
    let text = |texts: &'static [&'static str]| {
        let texts: Vec<_> = texts.iter().map(|text| Just(json!(text))).collect();
        option::of(proptest::strategy::Union::new(texts))
    };
    let numbers = option::of(1..1000_i64);
    let names = option::of(vec(
        prop_oneof![Just("Lipsk"), Just("Lipsia"), Just("Leipsic")],
        0..3,
    ));
    let open = option::of(Just(Value::Null));
    (
        text(&["Saxony", "Sachsen"]),
        text(&["DE"]),
        numbers,
        names,
        option::of(Just(51.34)),
        open,
    )
        .prop_map(|(region, country, number, names, latitude, open)| {
            let mut facts = Map::new();
            let mut add = |member: &str, value: Option<Value>| {
                let value =
                    value.or_else(|| open.clone().filter(|_| member != "alternative_names"));
                facts.extend(value.map(|value| (member.to_owned(), value)));
            };
            add("region", region);
            add("country", country);
            add("population", number.map(|number| json!(number)));
            add(
                "area_km2",
                number
                    .filter(|number| number % 2 == 0)
                    .map(|number| json!(number)),
            );
            add("latitude", latitude.map(|latitude| json!(latitude)));
            add("longitude", latitude.map(|_| json!(12.37)));
            add("alternative_names", names.map(|names| json!(names)));
            Value::Object(facts)
        })
}

fn city(facts: &Value, name: &str) -> Value {
    let mut city = facts.clone();
    city["name"] = json!(name);
    city["kind"] = json!("city");
    city
}

#[actix_web::test]
async fn filling_in_never_changes_what_is_known_and_doing_it_twice_is_doing_it_once() {
    let app = App::start().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..40 {
        let mut facts = || facts().new_tree(&mut runner).unwrap().current();
        let (stored, given) = (facts(), facts());
        let before = app.create("cities", &city(&stored, "Leipzig")).await;
        let mut document = about(&city(&given, "Leipzig again"));
        document["cities"][0]["slug"] = before["slug"].clone();
        document["plan"]["cities"][0]["city"] = before["slug"].clone();
        let path = format!("/v1/cities/{}", before["slug"].as_str().unwrap());
        let mut rounds = Vec::new();
        for _ in 0..2 {
            import(&app, FILL, &document).await;
            rounds.push(app.get(&path).await.json());
        }
        assert_eq!(rounds[0], rounds[1], "{given}");
        for (member, value) in before.as_object().unwrap() {
            let after = &rounds[0][member];
            let expected = match given.get(member) {
                Some(given) if is_open(value) && !is_open(given) => after,
                _ => value,
            };
            if !["version", "updated_at"].contains(&member.as_str()) {
                assert_eq!(after, expected, "{member}: {stored} {given}");
                assert!(
                    is_open(after) == (is_open(value) && given.get(member).is_none_or(is_open))
                );
            }
        }
        app.delete("/v1/plans/small").await;
        app.delete(&path).await;
    }
}

#[actix_web::test]
async fn of_two_that_fill_in_the_same_gap_at_once_the_first_wins_and_the_second_is_told() {
    let app = App::start().await;
    for round in 0..8 {
        let slug = format!("city-{round}");
        app.create(
            "cities",
            &json!({"slug": slug, "name": "A city", "kind": "city"}),
        )
        .await;
        let document = |population: i64, member: &str, value: &str| {
            let mut document = small();
            document["plan"]["cities"][0]["city"] = json!(slug);
            document["cities"] = json!([{"slug": slug, "name": "A city", "kind": "city", "population": population, (member): value}]);
            document
        };
        let [one, other] = [
            document(1, "country", "DE"),
            document(2, "region", "Saxony"),
        ];
        let paths = [1, 2].map(|number| {
            format!("/v1/plans/plan-{round}-{number}/summary?update_references=fill")
        });
        let (one, other) = join(
            import(&app, &paths[0], &one),
            import(&app, &paths[1], &other),
        )
        .await;
        let written = |report: &Value| {
            let all = differences(&report["records"][1]).into_iter();
            all.filter(|(member, _)| *member == "population")
                .map(|(_, written)| written)
                .next()
        };
        let written = [written(&one), written(&other)];
        let city = app.get(&format!("/v1/cities/{slug}")).await.json();
        let winner = city["population"].as_i64().unwrap();
        let expected = if winner == 1 {
            [Some(true), Some(false)]
        } else {
            [Some(false), Some(true)]
        };
        assert_eq!(written, expected, "round {round}");
        assert_eq!(
            [&city["country"], &city["region"]],
            [&json!("DE"), &json!("Saxony")]
        );
        assert_eq!(city["version"], 3);
    }
}

#[actix_web::test]
async fn filling_in_does_not_undo_what_is_changed_at_the_same_time() {
    let app = App::start().await;
    for round in 0..8 {
        let slug = format!("city-{round}");
        app.create(
            "cities",
            &json!({"slug": slug, "name": "A city", "kind": "city"}),
        )
        .await;
        let mut document = small();
        document["plan"]["cities"][0]["city"] = json!(slug);
        document["cities"] = json!([{"slug": slug, "name": "A city", "kind": "city", "population": 1, "region": "Filled"}]);
        let path = format!("/v1/plans/plan-{round}/summary?update_references=fill");
        let city = format!("/v1/cities/{slug}");
        let patch = json!({"name": "Renamed", "region": "Patched"});
        let (_, patched) = join(import(&app, &path, &document), app.patch(&city, &patch)).await;
        assert_eq!(patched.status, 200, "{}", patched.text());
        let stored = app.get(&city).await.json();
        assert_eq!(
            [&stored["name"], &stored["region"], &stored["population"]],
            [&json!("Renamed"), &json!("Patched"), &json!(1)]
        );
    }
}

#[actix_web::test]
async fn a_theme_of_a_plan_is_replaced_together_with_what_serves_it() {
    let app = App::start().await;
    let path = "/v1/plans/small/summary";
    import(&app, path, &small()).await;
    let before = app.get("/v1/plans/small").await.json();
    let mut document = small();
    document["plan"]["themes"] = json!([{"theme": "rain"}]);
    document["themes"] = json!([{"slug": "rain", "name": "Rain"}]);
    document["activities"][0]["themes"] = json!(["rain"]);
    document["outcomes"][0]["theme"] = json!("rain");
    let report = import(&app, path, &document).await;
    assert_eq!(
        [&report["updated"], &report["created"]],
        [&json!(3), &json!(1)],
        "{report}"
    );
    let after = app.get(path).await.json();
    assert_eq!(after["plan"]["themes"][0]["theme"], "rain");
    assert_eq!(after["activities"][0]["themes"], json!(["rain"]));
    assert_eq!(after["outcomes"][0]["theme"], "rain");
    assert_eq!(app.get("/v1/plans/small").await.json()["id"], before["id"]);
    assert_eq!(app.get("/v1/themes/water").await.status, 200);

    document["outcomes"][0]["theme"] = json!("water");
    let problem = app
        .put(path, &document)
        .await
        .problem(422, "validation_failed");
    assert_eq!(problem.json()["errors"][0]["pointer"], "/outcomes/0/theme");
}

//! Generated plans are unchanged after an export, an import into another registry, and another export.

use super::{changes, import};
use crate::harness::App;
use proptest::prelude::{Just, Strategy, any, prop};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use ucap::domain::Slug;

/// Texts in many scripts, some of which are not in normal form.
fn text() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "Hydrogen",
        "成都",
        "Ko\u{304}riyama",
        "São Leopoldo",
        "مدينة",
        "Bologna (Metropolitan)",
        "l'Île-d'Yeu",
        "a < b & \"c\"",
        "¾ km²",
        "🌱",
        "x\ny",
        "~/1",
    ]);
    prop::collection::vec(plain, 1..4).prop_map(|words| words.join(" "))
}

fn maybe<S: Strategy<Value = Value>>(inner: S) -> impl Strategy<Value = Value> {
    prop::option::of(inner).prop_map(|value| value.unwrap_or(Value::Null))
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 0..3)
}

fn period() -> impl Strategy<Value = Value> {
    let date = |year: i32| {
        prop::sample::select(vec![
            Value::Null,
            json!(format!("{year}")),
            json!(format!("{year}-04")),
            json!(format!("{year}-11-20")),
        ])
    };
    (date(2019), date(2021), maybe(text().prop_map(Value::from)))
        .prop_map(|(start, end, text)| json!({"start": start, "end": end, "text": text}))
}

/// Some of the given slugs, each at most once.
fn some(slugs: Vec<String>) -> impl Strategy<Value = Vec<String>> {
    let most = slugs.len().min(4);
    prop::sample::subsequence(slugs, 0..=most)
}

fn organisations(cities: Vec<String>) -> impl Strategy<Value = Value> {
    let city = prop::option::of(prop::sample::select(cities));
    let one = (text(), city, any::<bool>()).prop_map(|(name, city, known)| {
        json!({"name": name, "acronym": null, "kind": if known { json!("university") } else { Value::Null }, "role": null, "country": known.then_some("IT"), "city": city})
    });
    prop::collection::vec(one, 0..3).prop_map(Value::from)
}

fn with_role(slugs: Vec<String>, role: &'static str) -> Value {
    slugs
        .into_iter()
        .map(|slug| json!({"city": slug, "role": role}))
        .collect()
}

fn activity(cities: Vec<String>, themes: Vec<String>) -> impl Strategy<Value = Value> {
    let mode = prop::sample::select(vec![Value::Null, json!("online"), json!("hybrid")]);
    let kind = prop::sample::select(vec!["meeting", "visit", "document"]);
    let parts = (
        (text(), kind),
        mode,
        period(),
        some(cities.clone()),
        organisations(cities),
        some(themes),
        texts(),
        maybe(text().prop_map(Value::from)),
    );
    parts.prop_map(|((title, kind), mode, date, cities, organisations, themes, outputs, note)| {
        json!({
            "title": title, "description": note, "kind": kind, "mode": mode, "status": "held", "date": date,
            "cities": with_role(cities, "host"), "organisations": organisations, "themes": themes, "outputs": outputs, "note": null,
            "key": null, "parent": null
        })
    })
}

/// Puts activities below others that are not below any themselves. The keys are those that the service makes of the titles.
fn put_below(activities: &mut [Value], parents: &[Option<usize>]) {
    let parents: Vec<Option<usize>> = parents.iter().take(activities.len()).copied().collect();
    let is_top = |place: usize| parents.get(place) == Some(&None);
    let parent_of = |place: usize| parents[place].filter(|parent| is_top(*parent));
    let mut taken = Vec::new();
    for place in 0..activities.len() {
        let children = (0..activities.len()).filter(|child| parent_of(*child) == Some(place));
        let children: Vec<usize> = children.collect();
        if children.is_empty() {
            continue;
        }
        let first = Slug::derive(activities[place]["title"].as_str().unwrap(), "activity");
        let mut key = first.clone();
        let mut number = 1;
        while taken.contains(&key) {
            number += 1;
            key = first.with_number(number);
        }
        taken.push(key.clone());
        activities[place]["key"] = json!(key);
        for child in children {
            activities[child]["parent"] = json!(key);
        }
    }
}

fn outcome(cities: Vec<String>, themes: Vec<String>) -> impl Strategy<Value = Value> {
    let theme = if themes.is_empty() {
        Just(None).boxed()
    } else {
        prop::option::of(prop::sample::select(themes)).boxed()
    };
    let number = maybe((-1e6..1e6f64).prop_map(Value::from));
    let indicators = prop::collection::vec(
        (text(), number).prop_map(|(name, actual)| json!({"name": name, "unit": null, "baseline": null, "target": 0.1, "actual": actual})),
        0..3,
    );
    let open = |value: &str| prop::sample::select(vec![Value::Null, json!(value)]);
    let parts = (
        (text(), open("benefit"), open("possible")),
        theme,
        maybe(text().prop_map(Value::from)),
        period(),
        some(cities.clone()),
        organisations(cities),
        indicators,
    );
    parts.prop_map(|((description, kind, status), theme, heading, due, cities, organisations, indicators)| {
        json!({
            "heading": heading, "description": description, "kind": kind, "status": status, "due": due,
            "cities": with_role(cities, "beneficiary"), "organisations": organisations, "indicators": indicators, "note": null, "theme": theme
        })
    })
}

/// A city; two in three share a name with another.
fn city(index: usize, name: String, point: Option<(f64, f64)>, area: Option<i64>) -> Value {
    let name = if index.is_multiple_of(3) {
        name
    } else {
        "Yangzhou".to_owned()
    };
    json!({
        "slug": if index == 0 { "yangzhou".to_owned() } else { format!("yangzhou-{}", index + 1) }, "name": name, "alternative_names": [], "kind": if index == 1 { "municipality" } else { "city" },
        "country": if index.is_multiple_of(2) { json!("CN") } else { Value::Null }, "region": null, "population": null, "area_km2": area.map(|area| area as f64 / 100.0),
        "latitude": point.map(|point| point.0), "longitude": point.map(|point| point.1), "identifiers": []
    })
}

fn plan(cities: Vec<String>, themes: Vec<String>) -> impl Strategy<Value = Value> {
    let focus =
        (maybe(text().prop_map(Value::from)), some(cities.clone())).prop_map(|(text, cities)| {
            match cities.is_empty() {
                true => json!({"cities": cities, "text": "No city"}),
                false => json!({"cities": cities, "text": text}),
            }
        });
    let basis = prop::sample::select(vec!["stated", "assigned"]);
    let focus = prop::collection::vec(prop::collection::vec(focus, 0..3), themes.len());
    let roles = prop::bool::ANY;
    ((text(), basis), texts(), texts(), period(), focus, roles, maybe(text().prop_map(Value::from))).prop_map(
        move |((title, basis), objectives, challenges, period, focus, paired, note)| {
            let members: Vec<Value> = cities.iter().enumerate().map(|(index, slug)| {
                let stated = json!({"name": null, "region": note, "country": null, "population": "2.682.500", "area": null, "mayor": note});
                json!({"city": slug, "role": if paired && index == 0 { "lead" } else { "partner" }, "as_stated": stated})
            }).collect();
            let themes: Vec<Value> = themes.iter().zip(focus).map(|(slug, focus)| json!({"theme": slug, "label": note, "focus": focus})).collect();
            json!({
                "title": title, "programme": null, "language": "zh-Hans", "kind": if paired { "pairing" } else { "cluster" }, "status": if paired { json!("active") } else { Value::Null }, "period": period,
                "objectives": objectives, "challenges": challenges, "cities": members, "themes": themes,
                "sdgs": [{"goal": 11, "target": "11.2", "label": null, "basis": basis}],
                "urban_agenda": [{"partnership": "housing", "label": note, "basis": basis}],
                "topics": [{"topic": "air-quality", "label": note, "basis": basis}], "contacts": [],
                "sources": [{"title": "Plan", "kind": "agreement", "url": null, "language": null, "retrieved_on": null, "note": note}], "relations": [], "note": note
            })
        },
    )
}

/// A whole document, in the order in which a summary has it.
fn document() -> impl Strategy<Value = Value> {
    (1..6usize, 0..12usize).prop_flat_map(|(cities, themes)| {
        let point = prop::option::of((-90.0..90.0f64, -180.0..180.0f64));
        let cities = prop::collection::vec((text(), point, prop::option::of(1..99_999_999i64)), cities);
        (cities, Just(themes)).prop_flat_map(|(cities, themes)| {
            let cities: Vec<Value> = cities.into_iter().enumerate().map(|(index, (name, point, area))| city(index, name, point, area)).collect();
            let slugs: Vec<String> = cities.iter().map(|city| city["slug"].as_str().unwrap().to_owned()).collect();
            let theme_slugs: Vec<String> = (0..themes).map(|index| format!("theme-{index}")).collect();
            let themes: Vec<Value> = theme_slugs.iter().map(|slug| {
                json!({"slug": slug, "name": format!("Name of {slug}"), "description": null, "aliases": [], "sdgs": [], "urban_agenda": []})
            }).collect();
            let activities = prop::collection::vec(activity(slugs.clone(), theme_slugs.clone()), 0..6);
            let outcomes = prop::collection::vec(outcome(slugs.clone(), theme_slugs.clone()), 0..6);
            let parent = prop::option::of(0..6usize);
            let parents = prop::collection::vec(parent, 6);
            (plan(slugs, theme_slugs), activities, parents, outcomes).prop_map(move |(plan, mut activities, parents, outcomes)| {
                put_below(&mut activities, &parents);
                json!({"plan": plan, "cities": cities, "themes": themes, "activities": activities, "outcomes": outcomes})
            })
        })
    })
}

#[actix_web::test]
async fn a_generated_plan_is_unchanged_after_export_and_import() {
    let mut runner = TestRunner::deterministic();
    for round in 0..20 {
        let mut given = document().new_tree(&mut runner).unwrap().current();
        let path = format!("/v1/plans/plan-{round}/summary");
        let (app, other) = (App::start().await, App::start().await);
        import(&app, &path, &given).await;
        let summary = app.get(&path).await;
        ucap::domain::text::normalise_json(&mut given);
        given["plan"]["slug"] = json!(format!("plan-{round}"));
        let mut shown = summary.json();
        ucap::domain::text::normalise_json(&mut shown);
        assert_eq!(shown, given, "round {round}");
        import(&other, &path, &summary.json()).await;
        assert_eq!(
            other.get(&path).await.text(),
            summary.text(),
            "round {round}"
        );
        let logged = changes(&app).await;
        let again = import(&app, &path, &summary.json()).await;
        assert_eq!(
            (&again["created"], &again["updated"], &again["removed"]),
            (&json!(0), &json!(0), &json!(0)),
            "round {round}: {again:#}"
        );
        assert_eq!(changes(&app).await, logged);
    }
}

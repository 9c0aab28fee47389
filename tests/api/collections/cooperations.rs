//! Plans that mirror one another describe one cooperation, which counts once wherever plans are counted.

use crate::harness::App;
use serde_json::{Value, json};

/// A plan of both cities with a theme and an activity with an organisation.
async fn plan(
    app: &App,
    title: &str,
    programme: &str,
    of: &[&Value],
    mirrors: Option<&Value>,
) -> Value {
    let relations: Vec<Value> = mirrors
        .into_iter()
        .map(|plan| json!({"kind": "mirrors", "plan_id": plan["id"]}))
        .collect();
    let body = json!({
        "title": title, "kind": "cluster", "status": "active", "programme": programme, "period": {"start": "2019"},
        "cities": of.iter().map(|city| json!({"city_id": city["id"], "role": "partner"})).collect::<Vec<_>>(),
        "themes": [{"theme_id": app.get("/v1/themes/water").await.json()["id"]}],
        "sdgs": [{"goal": 6}, {"goal": 6, "target": "6.1"}], "relations": relations
    });
    let plan = app.create("plans", &body).await;
    let activity = json!({
        "plan_id": plan["id"], "title": title, "kind": "meeting", "status": "held", "date": {"start": "2020"},
        "organisations": [{"name": "Water Board"}]
    });
    app.create("activities", &activity).await;
    plan
}

/// The number of plans in each group of the statistics that has any.
fn numbers(statistics: &Value) -> Vec<(String, Vec<i64>)> {
    let groups = statistics.as_object().unwrap().iter();
    let groups = groups.filter_map(|(name, groups)| Some((name, groups.as_array()?)));
    groups
        .map(|(name, groups)| {
            let numbers = groups.iter().map(|group| group["plans"].as_i64().unwrap());
            (name.clone(), numbers.collect::<Vec<_>>())
        })
        .filter(|(_, numbers)| !numbers.is_empty())
        .collect()
}

#[actix_web::test]
async fn plans_that_mirror_one_another_count_once() {
    let app = App::start().await;
    app.create("themes", &json!({"name": "Water"})).await;
    let city = async |name: &str| {
        let body = json!({"name": name, "kind": "city", "country": "DE"});
        app.create("cities", &body).await
    };
    let (leipzig, dresden) = (city("Leipzig").await, city("Dresden").await);
    let both = [&leipzig, &dresden];
    let first = plan(&app, "First", "IUC Asia", &both, None).await;
    let second = plan(&app, "Second", "IUC-Asia", &both, Some(&first)).await;
    plan(&app, "Third", "IUC Asia", &both, Some(&second)).await;
    plan(&app, "Alone", "IUC Asia", &both, None).await;

    let statistics = app.get("/v1/stats").await.json();
    assert_eq!(statistics["plans"], 2);
    let numbers = numbers(&statistics);
    let expected = [
        "by_status",
        "by_country",
        "by_theme",
        "by_sdg",
        "by_programme",
        "by_year",
        "themes_by_sdg",
        "by_activity_kind",
        "by_activity_year",
        "by_organisation",
    ];
    let mut names: Vec<&str> = numbers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let mut sorted = expected;
    sorted.sort_unstable();
    assert_eq!(names, sorted, "each grouping is tested");
    for (name, numbers) in numbers {
        assert_eq!(numbers, [2], "{name}");
    }
    let list = statistics["by_programme"][0]["list"].as_str().unwrap();
    assert_eq!(
        app.get(list).await.json()["data"].as_array().unwrap().len(),
        4
    );
    let one_of_two = app.get("/v1/stats?q=Second").await.json();
    assert_eq!(
        (&one_of_two["plans"], &one_of_two["by_status"][0]["plans"]),
        (&json!(1), &json!(1))
    );

    let programmes = app.get("/v1/programmes").await.json();
    assert_eq!(
        programmes["data"][0],
        json!({"name": "IUC Asia", "spellings": ["IUC Asia", "IUC-Asia"], "plans": 2})
    );
    let organisations = app.get("/v1/organisations").await.json();
    let board = &organisations["data"][0];
    assert_eq!(
        (&board["plans"], &board["activities"]),
        (&json!(2), &json!(4))
    );
    let partners = app.get("/v1/cities/leipzig/partners").await.json();
    let dresden = &partners["data"][0];
    assert_eq!(
        (&dresden["plans"], &dresden["themes"][0]["plans"]),
        (&json!(2), &json!(2))
    );
}

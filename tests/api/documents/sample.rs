//! The sample plan: it contains every fact of its form.

use crate::harness::{App, Options};
use serde_json::{Value, json};

const PLAN: &str = "/v1/plans/manchester-chengdu-liuzhou-yangzhou";

async fn sample() -> App {
    App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await
}

fn slugs(items: &Value, role: &str) -> Vec<String> {
    let items = items
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| role.is_empty() || item["role"] == role);
    items
        .map(|item| item["slug"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn the_sample_is_loaded_into_an_empty_registry_only() {
    let app = sample().await;
    let again = ucap::database::Database::new(app.database.settings(), 2).unwrap();
    assert!(
        !ucap::documents::load_sample(&again, &crate::harness::CONTRACT)
            .await
            .unwrap()
    );
    app.delete(PLAN).await;
    assert!(
        !ucap::documents::load_sample(&again, &crate::harness::CONTRACT)
            .await
            .unwrap(),
        "what was deleted does not come back"
    );
}

#[actix_web::test]
async fn the_plan_of_the_sample_has_every_fact_of_the_form() {
    let app = sample().await;
    let plan = app.get(PLAN).await.json();
    assert_eq!(
        (
            slugs(&plan["cities"], "lead"),
            slugs(&plan["cities"], "partner")
        ),
        (
            vec!["manchester".into()],
            vec!["chengdu".into(), "liuzhou".into(), "yangzhou".into()]
        )
    );
    let stated = &plan["cities"][0]["as_stated"];
    assert_eq!(
        (
            &stated["region"],
            &stated["country"],
            &stated["population"],
            &stated["area"]
        ),
        (
            &json!("North West England"),
            &json!("United Kingdom"),
            &json!("2.682.500"),
            &json!("1.277 km ²")
        )
    );
    for partner in &plan["cities"].as_array().unwrap()[1..] {
        assert!(
            partner["as_stated"]
                .as_object()
                .unwrap()
                .values()
                .all(Value::is_null)
        );
        assert_eq!(partner["country"], "CN");
    }
    assert_eq!(
        (&plan["period"]["start"], &plan["period"]["end"]),
        (&json!("2019-04"), &json!("2020-11"))
    );
    let labels: Vec<&str> = plan["themes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|theme| theme["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        labels,
        [
            "e-Mobility / Renewable Energy",
            "Circular Economy",
            "Digital Transition",
            "Urban Agriculture, Horticultural exhibition"
        ]
    );
    assert_eq!(
        slugs(&plan["themes"][0]["focus"][0]["cities"], ""),
        ["liuzhou", "chengdu"]
    );
    assert_eq!(
        slugs(&plan["themes"][0]["focus"][1]["cities"], ""),
        ["chengdu"]
    );
    let goals: Vec<i64> = plan["sdgs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sdg| sdg["goal"].as_i64().unwrap())
        .collect();
    assert_eq!(goals, [11, 9]);
    assert!(
        plan["sdgs"]
            .as_array()
            .unwrap()
            .iter()
            .chain(plan["urban_agenda"].as_array().unwrap())
            .all(|entry| entry["label"].is_string())
    );
    let partnerships: Vec<&str> = plan["urban_agenda"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["partnership"].as_str().unwrap())
        .collect();
    assert_eq!(
        partnerships,
        ["jobs-and-skills-in-the-local-economy", "urban-mobility"]
    );
    assert_eq!(
        (
            plan["challenges"].as_array().unwrap().len(),
            plan["objectives"].as_array().unwrap().len()
        ),
        (3, 2)
    );
    assert_eq!(
        (
            &plan["contacts"][0]["organisation"],
            &plan["contacts"][0]["email"]
        ),
        (&json!("IUC-ASIA"), &json!("office@iuc-asia.eu"))
    );
}

#[actix_web::test]
async fn the_activities_of_the_sample_match_the_form() {
    let app = sample().await;
    let activities = app.all(&format!("{PLAN}/activities"), 200).await;
    let starts: Vec<Option<&str>> = activities
        .iter()
        .map(|activity| activity["date"]["start"].as_str())
        .collect();
    assert_eq!(
        starts,
        [
            Some("2019-04"),
            None,
            Some("2019-09"),
            Some("2019-10"),
            Some("2019-11"),
            Some("2019-11-20"),
            Some("2020-05"),
            Some("2020-06")
        ]
    );
    assert_eq!(activities[1]["kind"], "webinar");
    assert_eq!(
        slugs(&activities[2]["cities"], "host"),
        ["guangzhou", "liuzhou", "nanning"]
    );
    assert!(slugs(&activities[3]["cities"], "").contains(&"nanjing".to_owned()));
    for index in [0, 4, 5] {
        assert!(
            slugs(&activities[index]["cities"], "").contains(&"brussels".to_owned()),
            "{index}"
        );
    }
    assert_eq!(
        (&activities[6]["kind"], &activities[6]["mode"]),
        (&json!("coaching"), &json!("online"))
    );
    assert!(!activities[6]["outputs"].as_array().unwrap().is_empty());
    let acronyms: Vec<&str> = activities[7]["organisations"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["acronym"].as_str())
        .collect();
    assert_eq!(
        (acronyms, &activities[7]["mode"]),
        (vec!["MMU", "MFCIC"], &json!("online"))
    );
    assert!(
        activities[7]["note"].is_string(),
        "the note says that the source breaks off"
    );
}

#[actix_web::test]
async fn the_outcomes_of_the_sample_match_the_form() {
    let app = sample().await;
    let outcomes = app.all(&format!("{PLAN}/outcomes"), 200).await;
    assert_eq!(outcomes.len(), 8);
    let mut headings: Vec<&str> = outcomes
        .iter()
        .map(|outcome| outcome["heading"].as_str().unwrap())
        .collect();
    headings.dedup();
    assert_eq!(
        headings,
        [
            "e-Mobility",
            "Circular Economy",
            "Digital Transition",
            "Horticultural Development",
            "Economic development"
        ]
    );
    let mut sharing = slugs(&outcomes[0]["cities"], "");
    sharing.sort_unstable();
    assert_eq!(sharing, ["chengdu", "liuzhou", "nanjing"]);
    assert!(slugs(&outcomes[2]["cities"], "").contains(&"haikou".to_owned()));
    assert_eq!(outcomes[2]["organisations"][0]["role"], "support");
    assert!(slugs(&outcomes[3]["cities"], "").contains(&"salford".to_owned()));
    assert_eq!(slugs(&outcomes[4]["cities"], "funder"), ["yangzhou"]);
    assert_eq!(outcomes[4]["due"]["end"], "2021");
    let last: Vec<(&str, bool)> = outcomes[5..]
        .iter()
        .map(|outcome| {
            (
                outcome["status"].as_str().unwrap(),
                outcome["theme_id"].is_null(),
            )
        })
        .collect();
    assert_eq!(
        last,
        [("possible", true), ("interest", true), ("possible", true)]
    );
    assert!(
        outcomes[..5]
            .iter()
            .all(|outcome| outcome["theme_id"].is_string())
    );
}

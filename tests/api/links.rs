//! What triggers maintain, the link tables and the change log, while many write at the same time.

use crate::harness::specimens::{activity, city, outcome, plan, theme};
use crate::harness::{Answer, App};
use futures_util::future::{LocalBoxFuture, join_all};
use serde_json::{Value, json};
use std::time::Duration;

/// Each table that triggers maintain, and the rows that it must have, in the order of its columns.
const LINKS: [(&str, &str); 16] = [
    (
        "city_identifiers",
        "SELECT id, item ->> 'scheme', item ->> 'value' FROM cities, jsonb_array_elements(identifiers) AS item",
    ),
    (
        "theme_urban_agenda",
        "SELECT id, unnest(urban_agenda) FROM themes",
    ),
    (
        "plan_cities",
        "SELECT id, (item ->> 'city_id')::uuid, item ->> 'role' FROM plans, jsonb_array_elements(cities) AS item",
    ),
    (
        "plan_themes",
        "SELECT id, (item ->> 'theme_id')::uuid FROM plans, jsonb_array_elements(themes) AS item",
    ),
    (
        "plan_focus_cities",
        "SELECT DISTINCT id, (city #>> '{}')::uuid FROM plans, jsonb_path_query(themes, '$[*].focus[*].city_ids[*]') AS city",
    ),
    (
        "plan_sdgs",
        "SELECT DISTINCT id, (item ->> 'goal')::integer FROM plans, jsonb_array_elements(sdgs) AS item",
    ),
    (
        "plan_urban_agenda",
        "SELECT id, item ->> 'partnership' FROM plans, jsonb_array_elements(urban_agenda) AS item",
    ),
    (
        "plan_topics",
        "SELECT id, item ->> 'topic' FROM plans, jsonb_array_elements(topics) AS item",
    ),
    (
        "plan_relations",
        "SELECT id, (item ->> 'plan_id')::uuid, item ->> 'kind', place
         FROM plans, jsonb_array_elements(relations) WITH ORDINALITY AS entry (item, place)",
    ),
    (
        "plan_countries",
        "SELECT DISTINCT plans.id, country, period_start_ascending, period_start_descending
         FROM plans, jsonb_array_elements(cities) AS item JOIN cities ON cities.id = (item ->> 'city_id')::uuid WHERE country IS NOT NULL",
    ),
    (
        "plan_city_roles",
        "SELECT plans.id, city_id::uuid, array_agg(DISTINCT role ORDER BY role), folded_title, period_start_ascending, period_start_descending
         FROM plans JOIN (
             SELECT id AS plan_id, item ->> 'city_id', item ->> 'role' FROM plans, jsonb_array_elements(cities) AS item
             UNION ALL SELECT id, city #>> '{}', 'focus' FROM plans, jsonb_path_query(themes, '$[*].focus[*].city_ids[*]') AS city
             UNION ALL SELECT plan_id, item ->> 'city_id', item ->> 'role' FROM activities, jsonb_array_elements(cities) AS item
             UNION ALL SELECT plan_id, item ->> 'city_id', replace(item ->> 'role', 'partner', 'outcome_partner')
             FROM outcomes, jsonb_array_elements(cities) AS item) AS named (plan_id, city_id, role) ON named.plan_id = plans.id
         GROUP BY plans.id, city_id::uuid, folded_title, period_start_ascending, period_start_descending",
    ),
    (
        "activity_cities",
        "SELECT id, (item ->> 'city_id')::uuid, item ->> 'role' FROM activities, jsonb_array_elements(cities) AS item",
    ),
    (
        "activity_organisations",
        "SELECT id, place, item ->> 'name', item ->> 'acronym', (item ->> 'city_id')::uuid
         FROM activities, jsonb_array_elements(organisations) WITH ORDINALITY AS entry (item, place)",
    ),
    (
        "activity_themes",
        "SELECT id, plan_id, unnest(theme_ids) FROM activities",
    ),
    (
        "outcome_cities",
        "SELECT id, (item ->> 'city_id')::uuid, item ->> 'role' FROM outcomes, jsonb_array_elements(cities) AS item",
    ),
    (
        "outcome_organisations",
        "SELECT id, place, item ->> 'name', item ->> 'acronym', (item ->> 'city_id')::uuid
         FROM outcomes, jsonb_array_elements(organisations) WITH ORDINALITY AS entry (item, place)",
    ),
];

const KINDS: [(&str, &str); 5] = [
    ("plan", "plans"),
    ("city", "cities"),
    ("theme", "themes"),
    ("activity", "activities"),
    ("outcome", "outcomes"),
];

/// Asserts that the link tables contain exactly what the documents state, and the log each version of each record once.
async fn check(app: &App) {
    for (table, stated) in LINKS {
        let differences = format!(
            "SELECT count(*) FROM ((TABLE {table} EXCEPT ALL ({stated})) UNION ALL (({stated}) EXCEPT ALL TABLE {table})) AS differences"
        );
        assert_eq!(app.database.number(&differences).await, 0, "{table}");
    }
    for (kind, table) in KINDS {
        let wrong = format!(
            "SELECT count(*) FROM {table} AS stored WHERE version <> (
                 SELECT count(*) FROM changes WHERE resource = '{kind}' AND record_id = stored.id)
             OR NOT EXISTS (
                 SELECT FROM changes WHERE resource = '{kind}' AND record_id = stored.id AND changes.version = stored.version
                 AND operation <> 'delete' AND to_jsonb(stored) @> body)"
        );
        assert_eq!(app.database.number(&wrong).await, 0, "{kind}");
        let forgotten = format!(
            "SELECT count(*) FROM (
                 SELECT record_id, count(*) = max(version) AND bool_or(operation = 'delete') AS is_right
                 FROM changes WHERE resource = '{kind}' GROUP BY record_id) AS logged
             WHERE NOT is_right AND NOT EXISTS (SELECT FROM {table} WHERE id = record_id)"
        );
        assert_eq!(app.database.number(&forgotten).await, 0, "deleted {kind}");
    }
}

/// The records of a small registry, several of which name each other.
struct Registry {
    cities: Vec<Value>,
    themes: Vec<Value>,
    plans: Vec<Value>,
}

impl Registry {
    async fn create(app: &App) -> Self {
        let mut created = Self {
            cities: Vec::new(),
            themes: Vec::new(),
            plans: Vec::new(),
        };
        for _ in 0..6 {
            created.cities.push(app.create("cities", &city()).await);
            created.themes.push(app.create("themes", &theme()).await);
        }
        for place in 0..4 {
            let mut document = plan(&created.cities[place]);
            let themes = created.themes[place..place + 2].iter();
            let themes = themes.map(|theme| {
                json!({"theme_id": theme["id"], "focus": [{"text": "Focus", "city_ids": [created.cities[place]["id"]]}]})
            });
            document["themes"] = themes.collect();
            document["sdgs"] = json!([{"goal": 11}, {"goal": 6}]);
            if let Some(other) = created.plans.last() {
                document["relations"] = json!([{"plan_id": other["id"], "kind": "continues"}]);
            }
            let stored = app.create("plans", &document).await;
            created.plans.push(stored);
        }
        created
    }

    fn cities(&self, number: usize, first_role: &str, other_role: &str) -> Value {
        let count = self.cities.len();
        let cities = (0..1 + number % 4).map(|place| {
            let role = if place == 0 { first_role } else { other_role };
            json!({"city_id": self.cities[(number + place) % count]["id"], "role": role})
        });
        cities.collect()
    }
}

fn path(collection: &str, record: &Value) -> String {
    format!("/v1/{collection}/{}", record["id"].as_str().unwrap())
}

/// One of the requests that run at the same time. What it writes depends on its number.
fn request<'a>(app: &'a App, registry: &'a Registry, number: usize) -> LocalBoxFuture<'a, Answer> {
    let place = number / 9;
    let plan = &registry.plans[place % registry.plans.len()];
    let city = &registry.cities[number % registry.cities.len()];
    let own_theme = &plan["themes"][0]["theme_id"];
    Box::pin(async move {
        match number % 9 {
            0 => {
                let cities = registry.cities(number, "lead", "partner");
                let body =
                    json!({"cities": cities, "period": {"start": format!("20{}", 10 + place)}});
                app.patch(&path("plans", plan), &body).await
            }
            1 => {
                let country = ["DE", "FR", "CN"][place % 3];
                let identifiers =
                    json!([{"scheme": "geonames", "value": format!("{}", place % 3)}]);
                let body = json!({"country": country, "identifiers": identifiers});
                app.patch(&path("cities", city), &body).await
            }
            2 => {
                let mut body = activity(plan);
                body["cities"] = registry.cities(number, "host", "visitor");
                body["theme_ids"] = json!([own_theme]);
                body["organisations"] =
                    json!([{"name": "Office", "city_id": city["id"], "role": "organiser"}]);
                app.post("/v1/activities", &body).await
            }
            3 => {
                let mut body = outcome(plan);
                body["cities"] = registry.cities(number, "funder", "beneficiary");
                body["theme_id"] = own_theme.clone();
                app.post("/v1/outcomes", &body).await
            }
            4 => {
                let kept = if place.is_multiple_of(2) { 1 } else { 0 };
                let topics = ["air-quality", "urban-mobility", "circular-economy"];
                let topics: Vec<_> = (0..=place % 3)
                    .map(|last| json!({"topic": topics[last]}))
                    .collect();
                let body = json!({"themes": [plan["themes"][kept]], "topics": topics});
                app.patch(&path("plans", plan), &body).await
            }
            5 if place % 4 == 3 => app.delete(&path("plans", plan)).await,
            5 => app.delete(&path("cities", city)).await,
            6 => {
                let theme = &registry.themes[number % registry.themes.len()];
                if place.is_multiple_of(3) {
                    app.delete(&path("themes", theme)).await
                } else {
                    let slugs = ["housing", "urban-mobility"];
                    let body = json!({"aliases": [format!("Alias {number}")], "urban_agenda": [slugs[place % 2]]});
                    app.patch(&path("themes", theme), &body).await
                }
            }
            7 => {
                let lines: Vec<String> = (0..6)
                    .map(|line| {
                        let mut body = activity(&registry.plans[line % registry.plans.len()]);
                        body["cities"] = registry.cities(number + line, "venue", "participant");
                        body.to_string()
                    })
                    .collect();
                app.request("POST", "/v1/imports/activities")
                    .bytes("application/x-ndjson", lines.join("\n"))
                    .send()
                    .await
            }
            _ => {
                let answer = app.get("/v1/activities?limit=100").await;
                let list = answer.json();
                let stored = list["data"].as_array();
                let Some(chosen) =
                    stored.and_then(|stored| stored.get(place % stored.len().max(1)))
                else {
                    return answer;
                };
                match place % 3 {
                    0 => app.delete(&path("activities", chosen)).await,
                    1 => {
                        let body =
                            json!({"plan_id": plan["id"], "theme_ids": [own_theme], "cities": []});
                        app.patch(&path("activities", chosen), &body).await
                    }
                    _ => {
                        let body = json!({"cities": registry.cities(number, "mentioned", "host")});
                        app.patch(&path("activities", chosen), &body).await
                    }
                }
            }
        }
    })
}

#[actix_web::test]
async fn link_tables_and_the_log_are_exact_after_concurrent_writes_of_all_kinds() {
    for round in 0..4 {
        let app = App::start().await;
        let registry = Registry::create(&app).await;
        check(&app).await;
        let requests = (0..72).map(|number| request(&app, &registry, number * 5 + round));
        let answers = join_all(requests).await;
        let written = answers.iter().filter(|answer| answer.status < 300).count();
        assert!(written > 20, "{written} writes succeeded");
        for answer in &answers {
            let expected = [200, 201, 204, 404, 409, 422, 503];
            assert!(expected.contains(&answer.status), "{}", answer.text());
        }
        check(&app).await;
        // A plan that another one names can only be deleted after it.
        for _ in 0..registry.plans.len() {
            for plan in app.all("/v1/plans", 100).await {
                app.delete(&path("plans", &plan)).await;
            }
        }
        assert!(app.all("/v1/plans", 100).await.is_empty());
        check(&app).await;
    }
}

#[actix_web::test]
async fn the_roles_of_cities_in_stored_plans_are_there_after_the_migration() {
    let app = App::start().await;
    let registry = Registry::create(&app).await;
    for number in 0..18 {
        let answer = request(&app, &registry, number * 9 + number % 4).await;
        assert!(answer.status < 300, "{}", answer.text());
    }
    let client = app.database.client().await;
    for file in ["down", "up"] {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/migrations/2026-12-03-000014_city_roles"
        );
        let migration = std::fs::read_to_string(format!("{folder}/{file}.sql")).unwrap();
        client.batch_execute(&migration).await.unwrap();
    }
    check(&app).await;
    let plan = &registry.plans[0];
    let answer = app
        .patch(
            &path("plans", plan),
            &json!({"kind": "cluster", "cities": []}),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    check(&app).await;
}

/// Statements that wait for each other: the first changes the links of a record, the second deletes it.
const CHANGES: [(&str, &str); 5] = [
    (
        "cities",
        r#"identifiers = '[{"scheme": "geonames", "value": "42"}]'"#,
    ),
    ("themes", "urban_agenda = '{housing}'"),
    ("plans", r#"sdgs = '[{"goal": 3}]'"#),
    ("activities", r#"organisations = '[{"name": "Late"}]'"#),
    ("outcomes", r#"organisations = '[{"name": "Late"}]'"#),
];

#[actix_web::test]
async fn a_deletion_that_waited_for_a_change_removes_the_links_that_the_change_made() {
    let app = App::start().await;
    for (table, change) in CHANGES {
        let specimen = crate::harness::specimens::ALL
            .iter()
            .find(|specimen| specimen.collection == table)
            .unwrap();
        let stored = specimen.stored(&app).await;
        let id = stored["id"].as_str().unwrap();
        let writer = app.database.client().await;
        let update = format!("UPDATE {table} SET version = 2, {change} WHERE id = '{id}'");
        writer
            .batch_execute(&format!("BEGIN; {update}"))
            .await
            .unwrap();
        let path = specimen.path(&stored);
        let deletion = app.delete(&path);
        let commit = async {
            actix_web::rt::time::sleep(Duration::from_millis(200)).await;
            check_waits(&app, table).await;
            writer.batch_execute("COMMIT").await.unwrap();
        };
        let (deleted, ()) = futures_util::future::join(deletion, commit).await;
        assert_eq!(deleted.status, 204, "{table}: {}", deleted.text());
        check(&app).await;
    }
}

/// Asserts that a statement waits for a lock, because otherwise a test of what happens after it would show nothing.
async fn check_waits(app: &App, table: &str) {
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    assert!(app.database.number(waiting).await > 0, "{table}");
}

//! A valid document of each resource, and the facts about it that the tests of conventions need. A new resource is one entry.

use super::App;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// The facts about a resource that the tests of conventions need.
pub struct Specimen {
    pub collection: &'static str,
    pub singular: &'static str,
    pub has_slug: bool,
    /// The name of a required property with free text.
    pub text: &'static str,
    /// The name of an optional property with free text.
    pub optional: &'static str,
}

/// All resources.
pub const ALL: &[Specimen] = &[
    Specimen {
        collection: "plans",
        singular: "plan",
        has_slug: true,
        text: "title",
        optional: "note",
    },
    Specimen {
        collection: "cities",
        singular: "city",
        has_slug: true,
        text: "name",
        optional: "region",
    },
    Specimen {
        collection: "themes",
        singular: "theme",
        has_slug: true,
        text: "name",
        optional: "description",
    },
    Specimen {
        collection: "activities",
        singular: "activity",
        has_slug: false,
        text: "title",
        optional: "note",
    },
    Specimen {
        collection: "outcomes",
        singular: "outcome",
        has_slug: false,
        text: "description",
        optional: "note",
    },
];

fn number() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

impl Specimen {
    /// A new valid document that differs from all earlier ones. The records that it refers to are stored first.
    pub async fn document(&self, app: &App) -> Value {
        match self.collection {
            "cities" => city(),
            "themes" => theme(),
            "plans" => {
                let lead = app.create("cities", &city()).await;
                plan(&lead)
            }
            "activities" => activity(&stored_plan(app).await),
            "outcomes" => outcome(&stored_plan(app).await),
            other => panic!("no document for {other}"),
        }
    }

    /// Stores a new record.
    pub async fn stored(&self, app: &App) -> Value {
        let document = self.document(app).await;
        app.create(self.collection, &document).await
    }

    /// The name of the schema.
    pub fn schema(&self) -> String {
        let (first, rest) = self.singular.split_at(1);
        first.to_uppercase() + rest
    }

    /// The path of a record.
    pub fn path(&self, record: &Value) -> String {
        format!(
            "/v1/{}/{}",
            self.collection,
            record["id"].as_str().expect("an id")
        )
    }
}

pub fn city() -> Value {
    json!({"name": format!("City {}", number()), "kind": "city"})
}

pub fn theme() -> Value {
    json!({"name": format!("Theme {}", number())})
}

pub fn plan(lead: &Value) -> Value {
    json!({
        "title": format!("Plan {}", number()), "kind": "pairing", "status": "active",
        "cities": [{"city_id": lead["id"], "role": "lead"}]
    })
}

pub fn activity(plan: &Value) -> Value {
    json!({"plan_id": plan["id"], "title": format!("Activity {}", number()), "kind": "meeting", "status": "held"})
}

pub fn outcome(plan: &Value) -> Value {
    json!({"plan_id": plan["id"], "description": format!("Outcome {}", number()), "kind": "result", "status": "planned"})
}

/// Stores a plan with one city and no themes.
pub async fn stored_plan(app: &App) -> Value {
    let lead = app.create("cities", &city()).await;
    app.create("plans", &plan(&lead)).await
}

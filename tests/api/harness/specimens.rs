//! One valid document of each resource, and what the convention tests must know of each. A new resource is one entry.

use super::App;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// What a convention test needs to know of a resource.
pub struct Specimen {
    pub collection: &'static str,
    pub singular: &'static str,
    pub has_slug: bool,
    /// A required text of any content.
    pub text: &'static str,
    /// An optional text.
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
    /// A valid document, different from all before; what it refers to is stored first.
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

    /// A stored record.
    pub async fn stored(&self, app: &App) -> Value {
        let document = self.document(app).await;
        app.create(self.collection, &document).await
    }

    /// Name of its schema.
    pub fn schema(&self) -> String {
        let (first, rest) = self.singular.split_at(1);
        first.to_uppercase() + rest
    }

    /// The address of a record.
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

/// A stored plan with one city and no themes.
pub async fn stored_plan(app: &App) -> Value {
    let lead = app.create("cities", &city()).await;
    app.create("plans", &plan(&lead)).await
}

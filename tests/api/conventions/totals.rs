//! The totals of lists: exact for short ones, estimates for long ones.

use crate::harness::App;
use serde_json::{Value, json};

/// Stores `number` copies of the theme with the slug `copied`, without the triggers, which would take long.
async fn copy_theme(app: &App, number: usize) {
    let statement = format!(
        "DO $$ DECLARE columns text; BEGIN
             SELECT string_agg(column_name, ', ') INTO columns FROM information_schema.columns
             WHERE table_name = 'themes' AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'slug');
             PERFORM set_config('session_replication_role', 'replica', true);
             EXECUTE format('INSERT INTO themes (id, slug, %1$s) SELECT copy.id, ''copy-'' || copy.id, %1$s
                 FROM themes, (SELECT gen_random_uuid() AS id FROM generate_series(1, {number})) AS copy
                 WHERE themes.slug = ''copied''', columns);
         END $$"
    );
    app.database
        .client()
        .await
        .batch_execute(&statement)
        .await
        .unwrap();
}

async fn total(app: &App, query: &str) -> (u64, bool) {
    let page = app.get(&format!("/v1/themes?limit=1&{query}")).await.json();
    let total = page["total"].as_u64().unwrap();
    (total, page["total_is_estimate"].as_bool().unwrap())
}

#[actix_web::test]
async fn a_total_is_exact_up_to_ten_thousand_and_an_estimate_beyond() {
    let app = App::start().await;
    let theme = json!({"slug": "copied", "name": "Copied"});
    let copied = app.create("themes", &theme).await;
    assert_eq!(total(&app, "count=true").await, (1, false));
    copy_theme(&app, 9_999).await;
    assert_eq!(total(&app, "count=true").await, (10_000, false));

    app.create("themes", &json!({"name": "One more"})).await;
    let (estimate, is_estimate) = total(&app, "count=true").await;
    assert!(estimate > 10_000 && is_estimate, "{estimate}");
    assert_eq!(total(&app, "count=exact").await, (10_001, false));
    let without: Value = app.get("/v1/themes?limit=1&count=false").await.json();
    assert!(without.get("total").is_none() && without.get("total_is_estimate").is_none());

    copy_theme(&app, 30_000).await;
    let client = app.database.client().await;
    client.batch_execute("ANALYZE themes").await.unwrap();
    let (estimate, is_estimate) = total(&app, "count=true").await;
    assert!(
        (36_000..=44_000).contains(&estimate) && is_estimate,
        "{estimate}"
    );
    // A filter that selects few of them is counted, however long the list without it is.
    let updated = copied["updated_at"].as_str().unwrap();
    let later = format!("count=true&updated_after={updated}");
    assert_eq!(total(&app, &later).await, (1, false));

    for (path, shown) in [
        ("/", "about 40\u{202f}000 themes"),
        ("/themes", "about 40\u{202f}000 themes"),
    ] {
        let request = app.request("GET", path).header("accept", "text/html");
        let html = request.send().await.text();
        let text = html.replace("<span class=\"unseen\">", "");
        assert!(text.contains(shown), "{path}: {text}");
    }
}

//! Stored texts never become markup, and pages run no scripts.

use super::{attributes, crawl, links, page, visit, with_sample};
use crate::documents::{import, small};
use crate::harness::App;
use serde_json::json;

const EVIL: &str =
    "\"><script>alert('1')</script><img src=x onerror=alert(2)> & &lt;b&gt; ' javascript:alert(3)";

/// A registry in which all texts are hostile.
async fn hostile() -> App {
    let app = App::start().await;
    let mut document = small();
    let plan = &mut document["plan"];
    plan["title"] = json!(EVIL);
    plan["programme"] = json!(EVIL);
    plan["note"] = json!(EVIL);
    plan["period"] = json!({"start": "2019", "text": EVIL});
    plan["objectives"] = json!([EVIL]);
    plan["cities"] =
        json!([{"city": "leipzig", "role": "lead"}, {"city": "nanjing", "role": "partner"}]);
    plan["themes"] = json!([{"theme": "water", "label": EVIL, "focus": [{"text": EVIL}]}]);
    plan["sdgs"] = json!([{"goal": 11, "label": EVIL}]);
    plan["contacts"] = json!([{"name": EVIL, "email": "a&b@c.eu", "url": "https://a\"onclick=x"}]);
    plan["sources"] = json!([{"title": EVIL, "url": "https://a.eu/<b>"}]);
    let city = |slug: &str, longitude: f64| {
        json!({"slug": slug, "name": EVIL, "alternative_names": [EVIL], "kind": "city", "region": EVIL,
            "latitude": 51.3, "longitude": longitude, "identifiers": [{"scheme": slug, "value": EVIL}]})
    };
    document["cities"] = json!([city("leipzig", 12.4), city("nanjing", 118.8)]);
    document["themes"][0]["name"] = json!(EVIL);
    document["themes"][0]["description"] = json!(EVIL);
    document["themes"][0]["aliases"] = json!([EVIL]);
    let activity = &mut document["activities"][0];
    activity["title"] = json!(EVIL);
    activity["date"] = json!({"start": "2019-04-01", "text": EVIL});
    activity["cities"] = json!([{"city": "leipzig", "role": "host"}]);
    document["outcomes"][0]["description"] = json!(EVIL);
    document["outcomes"][0]["cities"] = json!([{"city": "leipzig", "role": "partner"}]);
    import(&app, "/v1/plans/small/summary", &document).await;
    app
}

/// Fails if a page contains scripts, other active content or unsafe links.
fn check(path: &str, html: &str) {
    let lower = html.to_lowercase();
    for forbidden in [
        "<script",
        "<img src=x",
        "<style",
        "<iframe",
        "<object",
        "<embed",
        "<base",
        " style=\"",
        "http-equiv",
    ] {
        assert!(!lower.contains(forbidden), "{path}: {forbidden}");
    }
    // No tag has an attribute that starts with `on`.
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        let outside: String = tag.split('"').step_by(2).collect();
        assert!(!outside.contains(" on"), "{path}: {tag}");
        assert!(!outside.contains("alert"), "{path}: {tag}");
    }
    for url in links(html) {
        let is_safe = ["/", "#", "https://", "http://", "mailto:"]
            .iter()
            .any(|start| url.starts_with(start));
        assert!(is_safe && !url.starts_with("//"), "{path}: {url}");
    }
}

#[actix_web::test]
async fn hostile_names_are_text_on_every_page() {
    let app = hostile().await;
    let (pages, _) = crawl(&app).await;
    for path in [
        "/",
        "/plans",
        "/plans/small",
        "/cities",
        "/cities/leipzig",
        "/themes",
        "/themes/water",
    ] {
        let html = pages.get(path).unwrap_or_else(|| panic!("{path}"));
        assert!(
            html.contains("&#60;script&#62;"),
            "{path} contains the escaped text"
        );
    }
    for (path, html) in &pages {
        check(path, html);
    }
    let echo = format!("?q={}", "%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
    for path in ["/search", "/plans", "/cities", "/themes"] {
        let path = format!("{path}{echo}");
        let html = page(&app, &path).await;
        check(&path, &html);
        let value = "\"><script>alert(1)</script>".to_owned();
        assert!(
            attributes(&html, "value").contains(&value),
            "{path}: {html}"
        );
    }
    for path in [
        "/plans?%22%3E%3Cscript%3E=1",
        "/plans?theme=%3Cscript%3E",
        "/plans/%22%3E%3Cscript%3E",
        "/%3Cscript%3E",
        "/plans?cursor=%22%3E%3Cscript%3E",
    ] {
        let answer = visit(&app, path).await;
        assert!(answer.status == 400 || answer.status == 404, "{path}");
        check(path, &answer.text());
    }
    let found = page(&app, "/search?q=alert").await;
    assert!(found.contains("<mark>alert</mark>"), "{found}");
    check("/search?q=alert", &found);
}

#[actix_web::test]
async fn the_pages_of_the_sample_have_no_active_content() {
    let app = with_sample().await;
    for (path, html) in crawl(&app).await.0 {
        check(&path, &html);
        assert!(
            html.contains("<html lang=\"en\">") && html.contains("<main id=\"main\""),
            "{path}"
        );
        let mut ids = attributes(&html, "id");
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "{path}: an id occurs twice");
    }
}

#[actix_web::test]
async fn right_to_left_texts_are_isolated_from_the_direction_of_the_page() {
    let app = App::start().await;
    let name = "المدينة المنورة";
    let city =
        json!({"slug": "medina", "name": name, "kind": "city", "alternative_names": ["מדינה"]});
    let city = app.create("cities", &city).await;
    let plan = json!({"slug": "rtl", "title": format!("تعاون مع {name}"), "kind": "pairing", "status": "active",
        "cities": [{"city_id": city["id"], "role": "lead"}]});
    app.create("plans", &plan).await;
    for (path, html) in [
        ("/cities/medina", format!("<h1 dir=\"auto\">{name}</h1>")),
        ("/cities/medina", "<bdi>מדינה</bdi>".into()),
        (
            "/plans/rtl",
            format!("<h1 dir=\"auto\">تعاون مع {name}</h1>"),
        ),
        ("/plans", format!("<bdi>تعاون مع {name}</bdi>")),
        ("/", format!("<bdi>{name}</bdi>")),
        ("/search?q=تعاون", format!("<bdi>تعاون مع {name}</bdi>")),
    ] {
        let path = path.replace("تعاون", "%D8%AA%D8%B9%D8%A7%D9%88%D9%86");
        let found = page(&app, &path).await;
        assert!(found.contains(&html), "{path}: {html}: {found}");
    }
}

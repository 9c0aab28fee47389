//! The content of the pages.

use super::{SAMPLE, attributes, crawl, links, page, seen, with_sample};
use crate::documents::{import, manchester};
use crate::harness::App;
use serde_json::json;

#[actix_web::test]
async fn the_start_page_shows_the_number_of_records_and_the_latest_changes() {
    let app = with_sample().await;
    let html = page(&app, "/").await;
    let text = seen(&html);
    for (number, kind) in [
        (1, "plans"),
        (10, "cities"),
        (4, "themes"),
        (8, "activities"),
        (8, "outcomes"),
    ] {
        assert!(text.contains(&format!("{number} {kind}")), "{kind}: {text}");
    }
    for word in [
        "Latest changes",
        "New plan",
        "SDG 11",
        "China",
        "Cooperating cities",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let urls = links(&html);
    for url in [
        "/plans",
        "/cities",
        "/themes",
        "/docs/",
        "/openapi.json",
        "/search",
    ] {
        assert!(urls.contains(&url.to_owned()), "{url}");
    }
    assert!(
        attributes(&html, "name").contains(&"q".to_owned()),
        "a search box"
    );
    app.patch("/v1/cities/salford", &json!({"population": 280_000}))
        .await;
    let text = seen(&page(&app, "/").await);
    assert!(text.contains("Changed city: Salford"), "{text}");
}

#[actix_web::test]
async fn no_link_of_the_pages_of_the_sample_is_broken() {
    let app = with_sample().await;
    let (pages, others) = crawl(&app).await;
    let plan = format!("/plans/{SAMPLE}");
    for url in [
        "/",
        "/plans",
        &plan,
        "/cities/chengdu",
        "/cities/haikou",
        "/themes/circular-economy",
    ] {
        assert!(pages.contains_key(url), "{url}");
    }
    for url in [
        format!("/v1/plans/{SAMPLE}/summary"),
        format!("/v1/plans/{SAMPLE}/summary.html"),
        format!("/v1/exports/activities.ics?plan={SAMPLE}"),
        "/v1/exports/plans.csv".into(),
        "/v1/exports/plans.geojson?city=chengdu".into(),
        "/v1/cities/chengdu/partners".into(),
    ] {
        assert!(others.contains(&url), "{url}");
    }
    let away = others.iter().filter(|url| !url.starts_with('/'));
    let away: Vec<_> = away.filter(|url| !url.starts_with("mailto:")).collect();
    assert!(
        away.iter().all(|url| url.starts_with("https://")),
        "{away:?}"
    );
}

#[actix_web::test]
async fn the_page_of_a_plan_has_all_sections_of_its_sheet_and_links_to_cities_and_themes() {
    let app = with_sample().await;
    let html = page(&app, &format!("/plans/{SAMPLE}")).await;
    let sheet = app
        .get(&format!("/v1/plans/{SAMPLE}/summary.html"))
        .await
        .text();
    let headings = |html: &str| -> Vec<String> {
        let headings = html.split("<h2 id=\"").skip(1);
        let headings = headings.filter_map(|rest| rest.split_once("\">")?.1.split('<').next());
        headings.map(str::to_owned).collect()
    };
    let own = headings(&html);
    let expected = headings(&sheet);
    assert!(expected.len() >= 10, "{expected:?}");
    assert!(
        expected.iter().all(|heading| own.contains(heading)),
        "{own:?}"
    );
    let urls = links(&html);
    for url in [
        "/cities/manchester",
        "/cities/guangzhou",
        "/themes/digital-transition",
    ] {
        assert!(urls.contains(&url.to_owned()), "{url}");
    }
    assert!(
        !sheet.contains("href=\"/"),
        "the page for archiving has no links into the registry"
    );
    let id = app.get(&format!("/v1/plans/{SAMPLE}")).await.json()["id"].clone();
    let by_id = page(&app, &format!("/plans/{}", id.as_str().unwrap())).await;
    assert_eq!(by_id, html);
}

#[actix_web::test]
async fn the_page_of_a_plan_links_to_related_plans() {
    let app = with_sample().await;
    let mut other = manchester();
    other["plan"]["title"] = json!("The other side");
    other["plan"]["slug"] = json!("the-other-side");
    other["plan"]["relations"] = json!([{"plan": SAMPLE, "kind": "mirrors"}]);
    import(&app, "/v1/plans/the-other-side/summary", &other).await;
    let urls = links(&page(&app, "/plans/the-other-side").await);
    assert!(urls.contains(&format!("/plans/{SAMPLE}")));
}

#[actix_web::test]
async fn the_page_of_a_city_shows_its_plans_its_partners_and_its_activities() {
    let app = with_sample().await;
    let html = page(&app, "/cities/chengdu").await;
    let text = seen(&html);
    for word in [
        "成都",
        "Sichuan",
        "China",
        "Manchester with Chengdu, Liuzhou and Yangzhou",
        "April 2019 – November 2020",
        "Online meeting of Manchester and Chengdu on renewable energy",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let urls = links(&html);
    for url in [
        "/cities/liuzhou",
        "/themes/circular-economy",
        "/v1/exports/activities.ics?city=chengdu",
    ] {
        assert!(urls.contains(&url.to_owned()), "{url}");
    }
    let lead = page(&app, "/cities/manchester").await;
    assert!(lead.contains("Timeline of the activities"), "{lead}");
    assert!(
        !html.contains("Timeline of"),
        "there is no timeline of a single activity"
    );
    let venue = seen(&page(&app, "/cities/nanjing").await);
    for word in [
        "Manchester with Chengdu, Liuzhou and Yangzhou",
        "China Circular Economy Development Forum",
    ] {
        assert!(venue.contains(word), "{word}: {venue}");
    }
    let city = json!({"name": "Reykjavik", "kind": "city", "country": "IS"});
    app.create("cities", &city).await;
    let text = seen(&page(&app, "/cities/reykjavik").await);
    assert!(text.contains("This city takes part in no plan"), "{text}");
}

#[actix_web::test]
async fn the_page_of_a_theme_shows_its_aliases_its_goals_and_its_plans() {
    let app = with_sample().await;
    let text = seen(&page(&app, "/themes/circular-economy").await);
    for word in [
        "Circularity",
        "SDG 12 Responsible Consumption and Production",
        "Manchester with Chengdu, Liuzhou and Yangzhou",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let bare = app.create("themes", &json!({"name": "Noise"})).await;
    assert_eq!(bare["slug"], "noise");
    let text = seen(&page(&app, "/themes/noise").await);
    assert!(
        text.contains("No plan of this registry has this theme"),
        "{text}"
    );
}

#[actix_web::test]
async fn the_search_finds_records_and_links_to_the_pages_that_show_them() {
    let app = with_sample().await;
    let html = page(&app, "/search?q=hydrogen").await;
    assert!(html.contains("<mark>hydrogen</mark>"), "{html}");
    assert!(links(&html).contains(&format!("/plans/{SAMPLE}")));
    assert!(attributes(&html, "value").contains(&"hydrogen".to_owned()));
    let places = links(&page(&app, "/search?q=chengdu&kind=city").await);
    assert!(places.contains(&"/cities/chengdu".to_owned()), "{places:?}");
    assert!(
        places.contains(&"/v1/search?q=chengdu&kind=city".to_owned()),
        "{places:?}"
    );
    let empty = seen(&page(&app, "/search?q=xyzzy+plugh").await);
    assert!(empty.contains("No records match this search"), "{empty}");
    for blank in ["/search", "/search?q=", "/search?q=+&kind="] {
        let text = seen(&page(&app, blank).await);
        assert!(
            !text.contains("No records match this search"),
            "{blank}: {text}"
        );
    }
}

#[actix_web::test]
async fn the_pages_of_an_empty_registry_state_that_it_is_empty() {
    let app = App::start().await;
    let start = seen(&page(&app, "/").await);
    assert!(
        start.contains("No plans yet") && start.contains("0 plans"),
        "{start}"
    );
    for (path, expected) in [
        ("/plans", "No plan matches these filters"),
        ("/cities", "Nothing matches these filters"),
        ("/themes", "Nothing matches these filters"),
        ("/search?q=water", "No records match this search"),
    ] {
        let text = seen(&page(&app, path).await);
        assert!(text.contains(expected), "{path}: {text}");
    }
    let (pages, _) = crawl(&app).await;
    assert!(pages.len() >= 5, "{:?}", pages.keys());
}

#[actix_web::test]
async fn there_is_a_map_only_if_coordinates_are_known() {
    let app = App::start().await;
    let city = app
        .create("cities", &json!({"name": "Atlantis", "kind": "city"}))
        .await;
    let plan = json!({"title": "Atlantis alone", "kind": "pairing", "status": "draft",
        "cities": [{"city_id": city["id"], "role": "lead"}]});
    app.create("plans", &plan).await;
    for path in ["/", "/plans/atlantis-alone", "/cities/atlantis"] {
        let html = page(&app, path).await;
        assert!(!html.contains("<svg"), "{path}: {html}");
    }
    let place = json!({"latitude": 36.0, "longitude": -25.0});
    app.patch("/v1/cities/atlantis", &place).await;
    for path in ["/", "/plans/atlantis-alone"] {
        assert!(page(&app, path).await.contains("class=\"world\""), "{path}");
    }
}

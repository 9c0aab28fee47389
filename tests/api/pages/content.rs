//! What is on the pages.

use super::{SAMPLE, addresses, attributes, crawl, page, seen, with_sample};
use crate::documents::{import, manchester};
use crate::harness::App;
use serde_json::json;

#[actix_web::test]
async fn the_start_page_says_what_the_registry_holds_and_what_changed_last() {
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
        "Who works with whom",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let links = addresses(&html);
    for address in [
        "/plans",
        "/cities",
        "/themes",
        "/docs/",
        "/openapi.json",
        "/search",
    ] {
        assert!(links.contains(&address.to_owned()), "{address}");
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
async fn all_links_of_the_sample_lead_somewhere() {
    let app = with_sample().await;
    let (pages, others) = crawl(&app).await;
    let plan = format!("/plans/{SAMPLE}");
    for address in [
        "/",
        "/plans",
        &plan,
        "/cities/chengdu",
        "/cities/haikou",
        "/themes/circular-economy",
    ] {
        assert!(pages.contains_key(address), "{address}");
    }
    for address in [
        format!("/v1/plans/{SAMPLE}/summary"),
        format!("/v1/plans/{SAMPLE}/summary.html"),
        format!("/v1/exports/activities.ics?plan={SAMPLE}"),
        "/v1/exports/plans.csv".into(),
        "/v1/exports/plans.geojson?city=chengdu".into(),
        "/v1/cities/chengdu/partners".into(),
    ] {
        assert!(others.contains(&address), "{address}");
    }
    let away = others.iter().filter(|address| !address.starts_with('/'));
    let away: Vec<_> = away
        .filter(|address| !address.starts_with("mailto:"))
        .collect();
    assert!(
        away.iter().all(|address| address.starts_with("https://")),
        "{away:?}"
    );
}

#[actix_web::test]
async fn the_page_of_a_plan_has_what_its_sheet_has_and_leads_to_cities_and_themes() {
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
    let links = addresses(&html);
    for address in [
        "/cities/manchester",
        "/cities/guangzhou",
        "/themes/digital-transition",
    ] {
        assert!(links.contains(&address.to_owned()), "{address}");
    }
    assert!(
        !sheet.contains("href=\"/"),
        "a page that is kept leads nowhere in the registry"
    );
    let id = app.get(&format!("/v1/plans/{SAMPLE}")).await.json()["id"].clone();
    let by_id = page(&app, &format!("/plans/{}", id.as_str().unwrap())).await;
    assert_eq!(by_id, html);
}

#[actix_web::test]
async fn plans_that_relate_lead_to_each_other() {
    let app = with_sample().await;
    let mut other = manchester();
    other["plan"]["title"] = json!("The other side");
    other["plan"]["slug"] = json!("the-other-side");
    other["plan"]["relations"] = json!([{"plan": SAMPLE, "kind": "mirrors"}]);
    import(&app, "/v1/plans/the-other-side/summary", &other).await;
    let links = addresses(&page(&app, "/plans/the-other-side").await);
    assert!(links.contains(&format!("/plans/{SAMPLE}")));
}

#[actix_web::test]
async fn the_page_of_a_city_has_its_plans_its_partners_and_what_it_took_part_in() {
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
    let links = addresses(&html);
    for address in [
        "/cities/liuzhou",
        "/themes/circular-economy",
        "/v1/exports/activities.ics?city=chengdu",
    ] {
        assert!(links.contains(&address.to_owned()), "{address}");
    }
    let lead = page(&app, "/cities/manchester").await;
    assert!(lead.contains("Timeline of the activities"), "{lead}");
    assert!(
        !html.contains("Timeline of"),
        "one activity needs no timeline"
    );
    let venue = seen(&page(&app, "/cities/nanjing").await);
    assert!(venue.contains("It cooperates in no plan"), "{venue}");
    assert!(
        venue.contains("China Circular Economy Development Forum"),
        "{venue}"
    );
}

#[actix_web::test]
async fn the_page_of_a_theme_has_what_it_is_its_plans_and_activities() {
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
    assert!(text.contains("No plan of this registry has it"), "{text}");
}

#[actix_web::test]
async fn the_search_finds_records_and_leads_to_the_pages_that_they_are_on() {
    let app = with_sample().await;
    let html = page(&app, "/search?q=hydrogen").await;
    assert!(html.contains("<mark>hydrogen</mark>"), "{html}");
    assert!(addresses(&html).contains(&format!("/plans/{SAMPLE}")));
    assert!(attributes(&html, "value").contains(&"hydrogen".to_owned()));
    let places = addresses(&page(&app, "/search?q=chengdu&kind=city").await);
    assert!(places.contains(&"/cities/chengdu".to_owned()), "{places:?}");
    assert!(
        places.contains(&"/v1/search?q=chengdu&kind=city".to_owned()),
        "{places:?}"
    );
    let nothing = seen(&page(&app, "/search?q=xyzzy+plugh").await);
    assert!(nothing.contains("Nothing was found"), "{nothing}");
    for blank in ["/search", "/search?q=", "/search?q=+&kind="] {
        let text = seen(&page(&app, blank).await);
        assert!(!text.contains("Nothing was found"), "{blank}: {text}");
    }
}

#[actix_web::test]
async fn an_empty_registry_has_all_pages_and_says_that_it_is_empty() {
    let app = App::start().await;
    let start = seen(&page(&app, "/").await);
    assert!(
        start.contains("No plans yet") && start.contains("0 plans"),
        "{start}"
    );
    for (path, told) in [
        ("/plans", "No plan is like this"),
        ("/cities", "There is none like this"),
        ("/themes", "There is none like this"),
        ("/search?q=water", "Nothing was found"),
    ] {
        let text = seen(&page(&app, path).await);
        assert!(text.contains(told), "{path}: {text}");
    }
    let (pages, _) = crawl(&app).await;
    assert!(pages.len() >= 5, "{:?}", pages.keys());
}

#[actix_web::test]
async fn where_nothing_is_known_of_a_place_nothing_is_drawn() {
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

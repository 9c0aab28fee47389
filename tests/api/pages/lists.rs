//! Lists with filters and paging.

use super::{attributes, links, page, seen, with_sample};
use crate::harness::App;
use crate::harness::specimens::{city, plan, theme};
use serde_json::json;

#[actix_web::test]
async fn plans_are_filtered_in_the_same_way_as_by_the_api() {
    let app = with_sample().await;
    let lead = app.create("cities", &city()).await;
    let mut other = plan(&lead);
    other["title"] = json!("Quite another plan");
    app.create("plans", &other).await;
    let known = "Manchester with Chengdu, Liuzhou and Yangzhou";
    for (query, is_known, is_other) in [
        ("", true, true),
        ("?country=CN", true, false),
        ("?theme=circular-economy&sdg=11", true, false),
        ("?city=manchester&city_role=lead", true, false),
        ("?status=active,draft&kind=pairing", true, true),
        ("?q=another", false, true),
        (
            "?active_from=2019-07&active_to=2019-12&sort=period_start&order=desc",
            true,
            false,
        ),
    ] {
        let text = seen(&page(&app, &format!("/plans{query}")).await);
        assert_eq!(text.contains(known), is_known, "{query}");
        assert_eq!(text.contains("Quite another plan"), is_other, "{query}");
    }
}

#[actix_web::test]
async fn empty_fields_of_a_form_do_not_filter() {
    let app = with_sample().await;
    let path = "/plans?q=&country=CN&theme=&sdg=&urban_agenda=&status=&kind=&sort=&order=";
    let html = page(&app, path).await;
    assert!(
        seen(&html).contains("1 plan with these filters"),
        "{}",
        seen(&html)
    );
    let urls = links(&html);
    for url in [
        "/v1/plans?country=CN",
        "/v1/exports/plans.csv?country=CN",
        "/v1/exports/plans.geojson?country=CN",
    ] {
        assert!(urls.contains(&url.to_owned()), "{url}: {urls:?}");
    }
}

#[actix_web::test]
async fn the_form_shows_the_active_filters_and_sends_parameters_without_a_field_again() {
    let app = with_sample().await;
    let html = page(
        &app,
        "/plans?country=CN&city=chengdu&q=hydrogen%20%22&sort=title",
    )
    .await;
    assert!(
        html.contains("<option value=\"CN\" selected>China (1)</option>"),
        "{html}"
    );
    assert!(
        html.contains("<input type=\"hidden\" name=\"city\" value=\"chengdu\">"),
        "{html}"
    );
    assert!(
        attributes(&html, "value").contains(&"hydrogen \"".to_owned()),
        "{html}"
    );
    let urls = links(&html);
    let without = "/plans?country=CN&q=hydrogen%20%22&sort=title";
    assert!(urls.contains(&without.to_owned()), "{urls:?}");
    let several = page(&app, "/plans?country=CN,GB").await;
    assert!(several.contains("name=\"country\" multiple"), "{several}");
}

#[actix_web::test]
async fn the_next_pages_of_a_list_have_the_same_filters() {
    let app = App::start().await;
    let lead = app.create("cities", &city()).await;
    for number in 0..7 {
        let mut plan = plan(&lead);
        plan["title"] = json!(format!("Plan number {number}"));
        app.create("plans", &plan).await;
    }
    let mut draft = plan(&lead);
    draft["title"] = json!("Plan number 9");
    draft["status"] = json!("draft");
    app.create("plans", &draft).await;
    let mut url = "/plans?status=active&limit=3".to_owned();
    let mut titles = Vec::new();
    for turn in 0..3 {
        let html = page(&app, &url).await;
        assert!(seen(&html).contains("7 plans with these filters"), "{html}");
        let parts = html.split("<h3 dir=\"auto\">").skip(1);
        titles.extend(parts.map(|part| part.split("bdi>").nth(1).unwrap().to_owned()));
        let urls = links(&html);
        let first = "/plans?status=active&limit=3".to_owned();
        assert_eq!(urls.contains(&first), turn > 0, "{urls:?}");
        let next = urls.into_iter().find(|link| link.contains("cursor="));
        assert_eq!(next.is_some(), turn < 2, "{next:?}");
        url = next.unwrap_or_default();
    }
    let expected: Vec<_> = (0..7)
        .map(|number| format!("Plan number {number}</"))
        .collect();
    assert_eq!(titles, expected);
}

#[actix_web::test]
async fn cities_and_themes_are_listed_by_name() {
    let app = with_sample().await;
    let cities = page(&app, "/cities").await;
    let text = seen(&cities);
    assert!(
        text.contains("10 cities") && text.contains("Chengdu 成都, Sichuan, China"),
        "{text}"
    );
    assert!(text.find("Brussels").unwrap() < text.find("Yangzhou").unwrap());
    let few = seen(&page(&app, "/cities?country=GB&q=").await);
    assert!(
        few.contains("Salford") && !few.contains("Yangzhou"),
        "{few}"
    );
    for _ in 0..3 {
        app.create("themes", &theme()).await;
    }
    let themes = page(&app, "/themes?limit=5").await;
    assert!(seen(&themes).contains("7 themes"), "{}", seen(&themes));
    let next = links(&themes);
    let next = next.iter().find(|link| link.contains("cursor=")).unwrap();
    assert!(seen(&page(&app, next).await).contains("7 themes"));
}

#[actix_web::test]
async fn the_choices_of_a_form_contain_values_immediately_after_they_were_written() {
    let app = with_sample().await;
    let theme = app.create("themes", &json!({"name": "Noise"})).await;
    let lead = json!({"name": "Rosario", "kind": "city", "country": "AR"});
    let lead = app.create("cities", &lead).await;
    let before = page(&app, "/plans").await;
    assert!(
        !before.contains("Argentina") && !before.contains(">Noise"),
        "{before}"
    );
    let mut other = plan(&lead);
    other["themes"] = json!([{"theme_id": theme["id"]}]);
    let stored = app.create("plans", &other).await;
    let after = page(&app, "/plans").await;
    assert!(
        after.contains(">Argentina (1)<") && after.contains(">Noise (1)<"),
        "{after}"
    );
    let start = seen(&page(&app, "/").await);
    assert!(start.contains("Argentina 1 plan"), "{start}");
    app.delete(&format!("/v1/plans/{}", stored["id"].as_str().unwrap()))
        .await;
    assert_eq!(page(&app, "/plans").await, before);
}

#[actix_web::test]
async fn the_page_of_a_city_with_many_plans_states_how_many_are_omitted() {
    let app = App::start().await;
    let lead = app
        .create(
            "cities",
            &json!({"slug": "rosario", "name": "Rosario", "kind": "city"}),
        )
        .await;
    let lines: Vec<_> = (0..53).map(|_| plan(&lead).to_string()).collect();
    let request = app.request("POST", "/v1/imports/plans");
    let answer = request
        .bytes("application/x-ndjson", lines.join("\n"))
        .send()
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let html = page(&app, "/cities/rosario").await;
    assert!(
        seen(&html).contains("3 more: all 53 plans, or plans as JSON."),
        "{}",
        seen(&html)
    );
    assert!(links(&html).contains(&"/plans?city=rosario".to_owned()));
    let all = seen(&page(&app, "/plans?city=rosario").await);
    assert!(all.contains("53 plans with these filters"), "{all}");
}

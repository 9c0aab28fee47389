//! What people see where there is no page.

use super::{BROWSER, addresses, seen, visit, with_sample};
use crate::harness::{App, TestDatabase};

#[actix_web::test]
async fn what_is_not_there_is_a_404_page_with_ways_on() {
    let app = with_sample().await;
    for path in [
        "/plans/no-such-plan",
        "/cities/Nowhere",
        "/themes/no-such-theme",
        "/plans/%E6%88%90",
    ] {
        for accept in [BROWSER, "*/*"] {
            let answer = app
                .request("GET", path)
                .header("accept", accept)
                .send()
                .await;
            assert_eq!(answer.status, 404, "{path}");
            let html = answer.text();
            assert!(seen(&html).contains("There is no "), "{path}: {html}");
            let links = addresses(&html);
            assert!(
                links.contains(&"/plans".to_owned())
                    && links.contains(&"/problems/not_found".to_owned())
            );
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        }
    }
    let links = addresses(&visit(&app, "/plans/manchester-chengdu").await.text());
    let search = "/search?q=manchester%20chengdu".to_owned();
    assert!(links.contains(&search), "{links:?}");
    assert_eq!(visit(&app, &search).await.status, 200);
}

#[actix_web::test]
async fn an_unknown_address_is_a_page_only_for_who_asks_for_one() {
    let app = with_sample().await;
    for path in ["/nowhere", "/plans/", "/cities/chengdu/more", "/v2"] {
        let answer = visit(&app, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("<h1>"), "{path}");
        app.get(path).await.problem(404, "not_found");
    }
    for path in [
        "/v1",
        "/v1/nowhere",
        "/v1/plans/nowhere",
        "/v1/plans?contry=CN",
        "/problems/nothing",
    ] {
        let answer = visit(&app, path).await;
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("application/problem+json"), "{path}");
    }
}

#[actix_web::test]
async fn a_filter_that_is_wrong_is_a_400_page_that_names_it() {
    let app = with_sample().await;
    for (path, parameter, hint) in [
        ("/plans?contry=CN", "contry", "did you mean \"country\"?"),
        ("/plans?theme=no-such-theme", "theme", "no-such-theme"),
        ("/plans?sdg=18", "sdg", "17"),
        ("/plans?status=activ", "status", "active"),
        ("/plans?limit=0&q=&kind=", "limit", "1"),
        ("/cities?country=XX", "country", "XX"),
        ("/themes?sort=size", "sort", "name"),
        ("/search?q=water&kind=town", "kind", "city"),
        ("/search?kind=plan", "q", "required"),
        ("/plans?cursor=abc", "cursor", "did not issue this cursor"),
    ] {
        let answer = visit(&app, path).await;
        assert_eq!(answer.status, 400, "{path}");
        let text = seen(&answer.text());
        assert!(
            text.contains(&format!("{parameter}: ")) && text.contains(hint),
            "{path}: {text}"
        );
    }
    for path in ["/", "/cities/chengdu", "/themes/circular-economy"] {
        let counted = visit(&app, &format!("{path}?utm_source=newsletter")).await;
        assert_eq!(
            counted.status, 200,
            "{path} takes no parameters, and misses none"
        );
    }
}

#[actix_web::test]
async fn without_a_database_there_is_a_503_page() {
    let app = App::start().await;
    let name = app.database.client().await;
    let name: String = name
        .query_one("SELECT current_database()::text", &[])
        .await
        .unwrap()
        .get(0);
    let elsewhere = TestDatabase::create_empty().await.client().await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    elsewhere.batch_execute(&drop).await.unwrap();
    for path in ["/", "/plans", "/cities/chengdu", "/search?q=water"] {
        let answer = visit(&app, path).await;
        assert_eq!(answer.status, 503, "{path}");
        assert!(answer.header("retry-after").is_some(), "{path}");
        assert!(
            seen(&answer.text()).contains("load this page again"),
            "{path}"
        );
    }
}

//! Error pages.

use super::{BROWSER, links, seen, visit, with_sample};
use crate::harness::{App, TestDatabase};

#[actix_web::test]
async fn a_missing_record_is_a_404_page_with_links_to_a_search_and_to_lists() {
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
            let urls = links(&html);
            assert!(
                urls.contains(&"/plans".to_owned())
                    && urls.contains(&"/problems/not_found".to_owned())
            );
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        }
    }
    let urls = links(&visit(&app, "/plans/manchester-chengdu").await.text());
    let search = "/search?q=manchester%20chengdu".to_owned();
    assert!(urls.contains(&search), "{urls:?}");
    assert_eq!(visit(&app, &search).await.status, 200);
}

#[actix_web::test]
async fn an_unknown_path_is_a_page_only_for_requests_that_name_html() {
    let app = with_sample().await;
    for path in [
        "/nowhere",
        "/plans/",
        "/cities/chengdu/more",
        "/v2",
        "/docs/nothing",
        "/docs/no-such-page",
        "/docs/guide/more",
    ] {
        let answer = visit(&app, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains("<h1>"), "{path}");
        let vary = answer
            .headers
            .get_all("vary")
            .any(|names| names == "Accept");
        assert!(vary, "{path}");
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
async fn an_invalid_filter_is_a_400_page_that_names_the_filter() {
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
        let response = visit(&app, &format!("{path}?utm_source=newsletter")).await;
        assert_eq!(
            response.status, 200,
            "{path} ignores parameters that it does not define"
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

//! Content negotiation, access, caching, and the files of pages.

use super::{BROWSER, SAMPLE, attributes, page, visit, with_sample};
use crate::harness::{App, CONTRACT, Options};
use ucap::access::Role;

const PAGES: [&str; 8] = [
    "/",
    "/plans",
    "/plans/manchester-chengdu-liuzhou-yangzhou",
    "/cities",
    "/cities/chengdu",
    "/themes",
    "/themes/circular-economy",
    "/search?q=hydrogen",
];

#[actix_web::test]
async fn the_root_returns_a_page_only_to_requests_that_name_html() {
    let app = with_sample().await;
    for accept in [
        "",
        "*/*",
        "application/json",
        "application/json, text/html;q=0.5",
        "text/html;q=0, */*",
    ] {
        for method in ["GET", "HEAD"] {
            let request = app.request(method, "/");
            let request = match accept {
                "" => request,
                accept => request.header("accept", accept),
            };
            let answer = request.send().await;
            assert_eq!(answer.status, 200, "{accept}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/json"),
                "{accept}"
            );
            assert!(varies(&answer, "Accept"), "{accept}");
        }
    }
    app.request("GET", "/")
        .header("accept", "text/csv")
        .send()
        .await
        .problem(406, "not_acceptable");
    for accept in [BROWSER, "text/html"] {
        for method in ["GET", "HEAD"] {
            let answer = app
                .request(method, "/")
                .header("accept", accept)
                .send()
                .await;
            let media_type = answer.header("content-type");
            assert_eq!(
                (answer.status, media_type),
                (200, Some("text/html; charset=utf-8")),
                "{accept}"
            );
            assert!(varies(&answer, "Accept") && varies(&answer, "Accept-Encoding"));
        }
    }
    app.request("POST", "/")
        .header("accept", "*/*")
        .send()
        .await
        .problem(405, "method_not_allowed");
}

fn varies(answer: &crate::harness::Answer, name: &str) -> bool {
    let lines = answer.headers.get_all("vary");
    let names = lines.flat_map(|line| line.to_str().unwrap().split(", "));
    let names: Vec<&str> = names.collect();
    names.contains(&name)
}

#[actix_web::test]
async fn a_page_is_returned_to_every_request_that_accepts_html() {
    let app = with_sample().await;
    for path in PAGES.iter().skip(1) {
        for accept in ["*/*", "text/*", "text/html", BROWSER] {
            let answer = app
                .request("GET", path)
                .header("accept", accept)
                .send()
                .await;
            assert_eq!(answer.status, 200, "{path} {accept}");
        }
        assert_eq!(app.request("HEAD", path).send().await.status, 200, "{path}");
        let data = app
            .request("GET", path)
            .header("accept", "application/json");
        let refused = data.send().await.problem(406, "not_acceptable");
        assert!(refused.text().contains("/v1"), "{path}: {}", refused.text());
        let posted = app.request("POST", path).send().await;
        let posted = posted.problem(405, "method_not_allowed");
        assert!(
            posted
                .header("allow")
                .is_some_and(|allow| allow.contains("GET")),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn pages_are_not_part_of_the_openapi_document() {
    let paths = CONTRACT.document()["paths"].as_object().unwrap();
    for path in PAGES.iter().skip(1) {
        let template = path.split(['?', '/']).nth(1).unwrap();
        let of_page = paths
            .keys()
            .filter(|path| path.starts_with(&format!("/{template}")));
        assert_eq!(of_page.count(), 0, "{path}");
    }
    let index = &paths["/"]["get"]["responses"]["200"]["content"];
    assert!(index.get("text/html").is_none() && index.get("application/json").is_some());
}

#[actix_web::test]
async fn pages_require_a_key_if_reads_require_a_key() {
    let require_key_for_reads = true;
    let app = App::with(Options {
        require_key_for_reads,
        sample: true,
        ..Default::default()
    })
    .await;
    let reader = app.create_key(Role::Reader).await;
    for path in PAGES {
        let refused = visit(&app, path).await;
        assert_eq!(refused.status, 401, "{path}");
        let text = refused.text();
        assert!(text.contains("Authorization: Bearer"), "{path}: {text}");
        assert!(!text.contains("Manchester"), "{path}: {text}");
        assert!(refused.header("www-authenticate").is_some(), "{path}");
        let request = app.request("GET", path).header("accept", BROWSER);
        let answer = request.header("authorization", &format!("Bearer {reader}"));
        assert_eq!(answer.send().await.status, 200, "{path}");
        let wrong = app.request("GET", path).header("accept", BROWSER);
        let wrong = wrong
            .header("authorization", "Bearer ucap_wrong")
            .send()
            .await;
        assert_eq!(wrong.status, 401, "{path}");
    }
    assert_eq!(
        app.get("/").await.status,
        200,
        "the links at the root require no key"
    );
    let style = attributes(&visit(&app, "/plans").await.text(), "href");
    let style = style.iter().find(|url| url.contains("/assets/")).unwrap();
    assert_eq!(app.get(style).await.status, 200);
}

#[actix_web::test]
async fn the_files_of_pages_can_be_cached_forever_and_others_do_not_exist() {
    let app = with_sample().await;
    let html = page(&app, &format!("/plans/{SAMPLE}")).await;
    let files: Vec<_> = super::links(&html);
    let mut files: Vec<_> = files
        .iter()
        .filter(|url| url.starts_with("/assets/"))
        .collect();
    files.sort();
    files.dedup();
    assert_eq!(files.len(), 3, "style sheet, icon, land: {files:?}");
    for file in files {
        let answer = app.get(file).await;
        assert_eq!(answer.status, 200, "{file}");
        let caching = answer.header("cache-control").unwrap();
        assert!(
            caching.contains("max-age=31536000") && caching.contains("immutable"),
            "{caching}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let type_of_file = answer.header("content-type").unwrap();
        let is_style = type_of_file == "text/css; charset=utf-8";
        assert!(
            is_style || type_of_file == "image/svg+xml",
            "{type_of_file}"
        );
        assert!(
            !answer.text().contains("http://") || !is_style,
            "the style sheet loads nothing from other hosts"
        );
        assert!(
            !answer.text().contains("@import") && !answer.text().contains("url("),
            "{file}"
        );
    }
    app.get("/assets/pages-0000000000000000.css")
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn an_unchanged_page_is_not_sent_again() {
    let app = with_sample().await;
    for path in [
        "/",
        "/plans",
        "/cities/chengdu",
        "/themes",
        "/search?q=hydrogen",
    ] {
        let first = visit(&app, path).await;
        let again = app.request("GET", path).header("accept", BROWSER);
        let again = again.header("if-none-match", &first.etag()).send().await;
        assert_eq!(again.status, 304, "{path}");
    }
}

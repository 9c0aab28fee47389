//! Cross-origin requests.

use crate::harness::{App, Options};

const PAGE: &str = "https://page.example.org";

#[actix_web::test]
async fn pages_of_any_origin_may_read() {
    let app = App::start().await;
    let answer = app
        .request("GET", "/v1/plans")
        .header("origin", PAGE)
        .send()
        .await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
    let mut exposed: Vec<&str> = answer
        .header("access-control-expose-headers")
        .unwrap()
        .split(", ")
        .collect();
    exposed.sort_unstable();
    assert_eq!(
        exposed,
        ["etag", "link", "location", "retry-after", "x-request-id"]
    );
    let refused = app
        .request("GET", "/v1/plans?limit=0")
        .header("origin", PAGE)
        .send()
        .await;
    assert_eq!(
        refused.header("access-control-allow-origin"),
        Some(PAGE),
        "a page can read why it was refused"
    );
}

#[actix_web::test]
async fn pages_of_the_configured_origins_alone_may_write() {
    let app = App::with(Options {
        write_origins: vec![PAGE.into()],
        ..Default::default()
    })
    .await;
    for (origin, allowed) in [(PAGE, Some(PAGE)), ("https://elsewhere.example.org", None)] {
        let preflight = app
            .request("OPTIONS", "/v1/plans")
            .without("authorization")
            .header("origin", origin);
        let preflight = preflight
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type",
            );
        let answer = preflight.send().await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            allowed,
            "{origin}"
        );
    }
    let preflight = app
        .request("OPTIONS", "/v1/plans")
        .without("authorization")
        .header("origin", "https://elsewhere.example.org");
    let answer = preflight
        .header("access-control-request-method", "GET")
        .send()
        .await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, Some("https://elsewhere.example.org"))
    );
}

//! Decides which requests get a page: those that ask for HTML (RFC 9110, section 12.5.1).
//!
//! One rule: where a path has both a page and JSON, only a request that names `text/html` gets the page, so that nothing
//! changes for programs. Start with [`asks_for_page`].

use crate::conventions::http::accept::Accept;
use actix_web::http::header::HeaderMap;

/// True if a request names `text/html` and does not prefer `application/json`.
pub fn asks_for_page(headers: &HeaderMap) -> bool {
    let accept = Accept::from_headers(headers);
    let page = accept.named_weight("text/html");
    page > 0.0 && page >= accept.named_weight("application/json")
}

/// True if a request accepts HTML, by name or by a wildcard.
pub fn accepts_page(headers: &HeaderMap) -> bool {
    Accept::from_headers(headers).accepts("text/html")
}

#[cfg(test)]
mod tests {
    use super::{accepts_page, asks_for_page};
    use actix_web::http::header::{ACCEPT, HeaderMap, HeaderValue};

    const BROWSER: &str =
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    fn headers(accept: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
        }
        headers
    }

    #[test]
    fn only_requests_that_name_html_ask_for_a_page() {
        for accept in [BROWSER, "text/html", "Text/HTML;q=0.5", "*/*, text/html"] {
            assert!(asks_for_page(&headers(accept)), "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "text/*",
            "application/json",
            "text/html;q=0",
            "application/json, text/html;q=0.9",
        ] {
            assert!(!asks_for_page(&headers(accept)), "{accept}");
        }
    }

    #[test]
    fn the_most_specific_range_decides_whether_a_page_is_accepted() {
        for accept in [BROWSER, "", "*/*", "text/*;q=0.1, */*;q=0"] {
            assert!(accepts_page(&headers(accept)), "{accept}");
        }
        for accept in ["application/json", "text/html;q=0, */*", "text/plain"] {
            assert!(!accepts_page(&headers(accept)), "{accept}");
        }
    }
}

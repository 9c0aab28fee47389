//! Decides which requests get a page: those that ask for HTML (RFC 9110, section 12.5.1).
//!
//! One rule: where a path has both a page and JSON, only a request that names `text/html` gets the page, so that nothing
//! changes for programs. Start with [`asks_for_page`].

use actix_web::http::header::{self, HeaderMap};

/// True if a request names `text/html` and does not prefer `application/json`.
pub fn asks_for_page(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    let weight = |wanted: &str| {
        let named = ranges.iter().find(|(range, _)| range == wanted);
        named.map_or(0.0, |(_, weight)| *weight)
    };
    let page = weight("text/html");
    page > 0.0 && page >= weight("application/json")
}

/// True if a request accepts HTML, by name or by a wildcard.
pub fn accepts_page(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    // The most specific range that matches decides.
    let decisive = ["text/html", "text/*", "*/*"]
        .iter()
        .find_map(|wanted| ranges.iter().find(|(range, _)| range == wanted));
    decisive.map_or(ranges.is_empty(), |(_, weight)| *weight > 0.0)
}

/// The media ranges of the header `Accept` with their weights.
fn ranges(headers: &HeaderMap) -> Vec<(String, f32)> {
    let lines = headers.get_all(header::ACCEPT);
    let texts = lines.filter_map(|line| line.to_str().ok());
    let ranges = texts.flat_map(|text| text.split(','));
    let ranges = ranges.filter(|range| !range.trim().is_empty());
    ranges.map(weighted).collect()
}

fn weighted(range: &str) -> (String, f32) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_weight = name.trim().eq_ignore_ascii_case("q");
        is_weight.then(|| value.trim().parse().ok()).flatten()
    });
    (name, weight.unwrap_or(1.0))
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

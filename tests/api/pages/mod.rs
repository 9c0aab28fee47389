//! The HTML pages: their content, content negotiation, access, and safety.

mod content;
mod hostile;
mod lists;
mod negotiation;
mod problems;

use crate::harness::{Answer, App, Options};
use std::collections::{BTreeMap, VecDeque};

/// The header `Accept` of a browser.
pub const BROWSER: &str =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

/// The slug of the sample plan.
pub const SAMPLE: &str = "manchester-chengdu-liuzhou-yangzhou";

/// A registry with the sample plan.
pub async fn with_sample() -> App {
    let sample = true;
    App::with(Options {
        sample,
        ..Default::default()
    })
    .await
}

/// The response to a browser.
pub async fn visit(app: &App, path: &str) -> Answer {
    let request = app.request("GET", path);
    request.header("accept", BROWSER).send().await
}

/// The HTML of a page that must exist.
pub async fn page(app: &App, path: &str) -> String {
    let answer = visit(app, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let media_type = answer.header("content-type");
    assert_eq!(media_type, Some("text/html; charset=utf-8"), "{path}");
    answer.text()
}

/// The values of an attribute, with entities resolved.
pub fn attributes(html: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    let values = html.split(&start).skip(1);
    values
        .map(|rest| unescaped(rest.split('"').next().unwrap()))
        .collect()
}

/// The URLs that a page links to or loads.
pub fn links(html: &str) -> Vec<String> {
    let names = ["href", "src", "action"];
    names
        .iter()
        .flat_map(|name| attributes(html, name))
        .collect()
}

/// The visible text of a page.
pub fn seen(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let parts = body.split('<');
    let texts = parts.filter_map(|part| part.split_once('>').map(|(_, text)| text));
    unescaped(&texts.collect::<Vec<_>>().concat())
}

fn unescaped(text: &str) -> String {
    let entities = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    let entities = entities.iter();
    entities.fold(text.to_owned(), |text, (entity, letter)| {
        text.replace(entity, letter)
    })
}

/// All pages that can be reached from the start page, by their URLs, and all other URLs to which they link.
pub async fn crawl(app: &App) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut pages, mut others) = (BTreeMap::new(), Vec::new());
    let mut open = VecDeque::from(["/".to_owned()]);
    while let Some(url) = open.pop_front() {
        let url = url.split('#').next().unwrap().to_owned();
        if pages.contains_key(&url) || others.contains(&url) || url.is_empty() {
            continue;
        }
        if !url.starts_with('/') {
            others.push(url);
            continue;
        }
        let answer = visit(app, &url).await;
        assert_eq!(answer.status, 200, "{url}: {}", answer.text());
        let policy = answer.header("content-security-policy");
        let is_page = policy.is_some_and(|policy| policy.contains("style-src 'self';"));
        if is_page {
            let html = answer.text();
            open.extend(links(&html));
            pages.insert(url, html);
        } else {
            others.push(url);
        }
    }
    (pages, others)
}

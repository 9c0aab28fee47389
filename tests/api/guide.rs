//! The guide: that it is served as it is written, and that its tables say what the program does.

use crate::harness::{App, CONTRACT};
use crate::pages::{attributes, links, page, seen};
use std::collections::{BTreeMap, BTreeSet};
use strum::IntoEnumIterator;
use ucap::conventions::http::problem::Code;

pub fn source(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The cells of all rows of all tables of a page, without the heads of the tables.
pub fn rows(page: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut within = false;
    for line in source(page).lines() {
        let cells = line
            .strip_prefix("| ")
            .and_then(|line| line.strip_suffix(" |"));
        match cells {
            Some(cells) if within => {
                rows.push(cells.split(" | ").map(str::to_owned).collect());
            }
            _ => within = line.starts_with("|---"),
        }
    }
    rows
}

fn files() -> Vec<String> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[actix_web::test]
async fn every_file_of_the_guide_is_served() {
    let app = App::start().await;
    let guide = page(&app, "/docs/guide").await;
    let listed = links(&guide);
    for file in files() {
        let Some(name) = file.strip_suffix(".md") else {
            let answer = app.get(&format!("/docs/{file}")).await;
            assert_eq!(answer.status, 200, "{file}");
            let expected = std::fs::read(format!("{}/docs/{file}", env!("CARGO_MANIFEST_DIR")));
            assert!(answer.body == expected.unwrap(), "{file}");
            continue;
        };
        let address = match name {
            "README" => "/docs/guide".to_owned(),
            name => format!("/docs/{name}"),
        };
        assert!(listed.contains(&address), "{address} is in no contents");
        let html = page(&app, &address).await;
        let text = source(&format!("docs/{file}"));
        let title = text.lines().next().unwrap().trim_start_matches("# ");
        assert!(html.contains(&format!("<h1>{title}</h1>")), "{address}");
        assert!(html.contains("aria-current=\"page\""), "{address}");
        let last = text.lines().rfind(|line| line.starts_with("## "));
        let last = last.map(|line| line.trim_start_matches("## "));
        let shown = seen(&html).replace('’', "'");
        assert!(shown.contains(last.unwrap_or(title)), "{address}: {last:?}");
        assert_eq!(app.request("HEAD", &address).send().await.status, 200);
    }
    app.get("/docs/nothing").await.problem(404, "not_found");
    app.request("POST", "/docs/tour")
        .send()
        .await
        .problem(405, "method_not_allowed");
}

#[actix_web::test]
async fn the_links_of_the_guide_lead_to_pages_and_headings_that_exist() {
    let app = App::start().await;
    let mut pages = BTreeMap::new();
    for address in links(&page(&app, "/docs/guide").await) {
        if address.starts_with("/docs/") && !address.contains(['#', '.']) && address != "/docs/" {
            pages.insert(address.clone(), page(&app, &address).await);
        }
    }
    assert!(pages.len() >= 19, "{:?}", pages.keys());
    for (own, html) in &pages {
        for link in links(html) {
            let (address, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let address = if address.is_empty() { own } else { address };
            if anchor.is_empty() {
                let is_relative = !address.starts_with('/') && !address.contains(':');
                assert!(!is_relative, "{own} leads to {link}");
                continue;
            }
            let target = pages.get(address);
            let target = target.unwrap_or_else(|| panic!("{own} leads to {link}"));
            let ids = attributes(target, "id");
            assert!(ids.contains(&anchor.to_owned()), "{own} leads to {link}");
        }
    }
}

/// On a forge, links lead from file to file.
#[test]
fn the_links_between_the_files_lead_to_files_that_exist() {
    let mut found = 0;
    for file in files().iter().filter(|file| file.ends_with(".md")) {
        let text = source(&format!("docs/{file}"));
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            let name = link.split('#').next().unwrap();
            if !name.is_empty() && !name.contains(':') {
                found += 1;
                assert!(files().contains(&name.to_owned()), "{file} leads to {link}");
            }
        }
    }
    assert!(found > 40, "{found} links");
    for link in source("README.md").split("](").skip(1) {
        let name = link.split([')', '#']).next().unwrap();
        if !name.is_empty() {
            assert!(
                !source_of_any(name).is_empty(),
                "the README leads to {name}"
            );
        }
    }
}

fn source_of_any(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_default()
}

#[test]
fn the_table_of_endpoints_has_all_operations_and_no_others() {
    let paths = CONTRACT.document()["paths"].as_object().unwrap();
    let published: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            let methods = methods.filter(|method| *method != "parameters");
            methods.map(move |method| (method.to_uppercase(), format!("`{path}`")))
        })
        .collect();
    let listed: Vec<(String, String)> = rows("docs/endpoints.md")
        .into_iter()
        .map(|cells| (cells[1].clone(), cells[2].clone()))
        .collect();
    assert_eq!(
        listed.len(),
        published.len(),
        "an operation is listed twice"
    );
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), published);
}

#[test]
fn the_table_of_errors_has_all_codes_with_their_statuses() {
    let listed: BTreeMap<String, String> = rows("docs/errors.md")
        .into_iter()
        .filter(|cells| cells[0].starts_with('`'))
        .map(|cells| (cells[0].clone(), cells[1].clone()))
        .collect();
    let codes = Code::iter().map(|code| {
        let status = code.status().as_u16().to_string();
        (format!("`{}`", code.name()), status)
    });
    assert_eq!(listed, codes.collect::<BTreeMap<_, _>>());
}

//! The architecture, held by reading the source: directions of imports, sizes, names, and what each kind of file may know.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it did not expect has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the crate, each of which imports only from those before it.
const ORDER: [&str; 11] = [
    "domain",
    "database",
    "conventions",
    "access",
    "resources",
    "discovery",
    "documents",
    "operations",
    "server",
    "config",
    "cli",
];

/// The slices: folders of resources that have SQL of their own.
fn resources() -> Vec<String> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/resources"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let slices = entries.filter(|path| path.join("queries.rs").exists());
    slices
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn name(&self) -> String {
        self.path
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap()
            .display()
            .to_string()
    }

    /// The code without its tests.
    fn code(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap()
    }

    /// Module paths below `crate::` that it uses, with the lines.
    fn imports(&self) -> Vec<(String, String)> {
        let lines = self
            .code()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let uses = lines.filter(|line| line.contains("crate::"));
        uses.flat_map(|line| {
            line.match_indices("crate::").map(|(at, _)| {
                (
                    line[at + 7..]
                        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                        .next()
                        .unwrap()
                        .to_owned(),
                    line.to_owned(),
                )
            })
        })
        .collect()
    }
}

fn sources(below: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(below)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(Source {
                text: fs::read_to_string(&path).unwrap(),
                path,
            });
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

#[test]
fn a_module_imports_only_from_those_before_it() {
    for source in sources("src") {
        let name = source.name();
        let module = name
            .trim_start_matches("src/")
            .split(['/', '.'])
            .next()
            .unwrap()
            .to_owned();
        let Some(place) = ORDER.iter().position(|known| *known == module) else {
            continue;
        };
        for (import, line) in source.imports() {
            let target = import.split("::").next().unwrap();
            if let Some(at) = ORDER.iter().position(|known| *known == target) {
                assert!(
                    at <= place,
                    "{name} imports from a module behind it: {line}"
                );
            }
        }
    }
}

#[test]
fn sibling_resources_never_import_each_other() {
    let slices = resources();
    for source in sources("src/resources") {
        let name = source.name();
        let own = name
            .trim_start_matches("src/resources/")
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        for (import, line) in source.imports() {
            let sibling = slices
                .iter()
                .find(|other| **other != own && import.starts_with(&format!("resources::{other}")));
            assert!(
                sibling.is_none() || name == "src/resources/mod.rs",
                "{name}: {line}"
            );
        }
    }
}

#[test]
fn each_kind_of_file_knows_only_its_own_layer() {
    for source in sources("src/resources") {
        let name = source.name();
        let uses = |word: &str| {
            source
                .code()
                .lines()
                .find(|line| line.starts_with("use ") && line.contains(word))
        };
        let forbidden: &[&str] = match name.rsplit('/').next().unwrap() {
            "model.rs" => &["actix", "queries", "diesel_async"],
            "queries.rs" => &["actix"],
            "handlers.rs" => &["diesel", "queries"],
            _ => &[],
        };
        for word in forbidden {
            assert!(
                uses(word).is_none(),
                "{name} knows {word}: {:?}",
                uses(word)
            );
        }
    }
    for source in sources("src/domain") {
        let line = source.code().lines().find(|line| {
            line.starts_with("use ") && (line.contains("actix") || line.contains("diesel"))
        });
        assert!(line.is_none(), "{}: {line:?}", source.name());
    }
}

#[test]
fn a_slice_is_the_same_four_files() {
    for resource in resources() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/resources")
            .join(&resource);
        for file in ["mod.rs", "model.rs", "queries.rs", "handlers.rs"] {
            assert!(folder.join(file).exists(), "{resource} has no {file}");
        }
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(format!("tests/api/resources/{resource}.rs"))
                .exists()
        );
    }
}

#[test]
fn files_stay_below_the_wall() {
    for source in sources("src").into_iter().chain(sources("tests")) {
        let lines = source.text.lines().count();
        assert!(
            lines <= 500 || source.name().ends_with("schema.rs"),
            "{} has {lines} lines",
            source.name()
        );
    }
}

#[test]
fn functions_stay_short() {
    for source in sources("src") {
        let mut start: Option<(usize, usize, String)> = None;
        for (number, line) in source.code().lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let begins = [
                "fn ",
                "pub fn ",
                "async fn ",
                "pub async fn ",
                "pub(crate) fn ",
                "pub(super) fn ",
                "pub const fn ",
            ];
            if start.is_none()
                && begins
                    .iter()
                    .any(|word| line.trim_start().starts_with(word))
                && !line.trim_end().ends_with([';', '}'])
            {
                start = Some((number, indent, line.trim().to_owned()));
            } else if let Some((first, depth, head)) = start.clone()
                && indent == depth
                && (line.trim() == "}" || line.trim().ends_with(';'))
            {
                assert!(
                    number - first <= 40,
                    "{}: {head} has {} lines",
                    source.name(),
                    number - first
                );
                start = None;
            }
        }
    }
}

#[test]
fn every_module_says_what_it_is() {
    for source in sources("src") {
        assert!(
            source.text.starts_with("//!"),
            "{} has no header",
            source.name()
        );
    }
}

#[test]
fn there_are_at_most_two_macros_and_no_drawers() {
    let all = sources("src");
    let macros: usize = all
        .iter()
        .map(|source| source.text.matches("macro_rules!").count())
        .sum();
    assert!(macros <= 2, "{macros} macros");
    for source in &all {
        for drawer in [
            "data", "base", "util", "utils", "helper", "helpers", "common", "misc", "manager",
            "service", "dto", "entity",
        ] {
            let parts = source
                .path
                .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                .unwrap()
                .components();
            assert!(
                parts.into_iter().all(|part| part
                    .as_os_str()
                    .to_string_lossy()
                    .trim_end_matches(".rs")
                    != drawer),
                "{}",
                source.name()
            );
        }
        assert!(
            !source.code().contains("#[allow("),
            "{} allows instead of expecting",
            source.name()
        );
    }
}

#[test]
fn sql_stands_in_queries_and_in_the_database_alone() {
    for source in sources("src") {
        let name = source.name();
        let may = name.starts_with("src/database")
            || name.ends_with("queries.rs")
            || ["references.rs", "paging/fragments.rs", "change_log.rs"]
                .iter()
                .any(|file| name.ends_with(file));
        if !may {
            let line = source.code().lines().find(|line| {
                !line.trim_start().starts_with("//")
                    && [
                        "SELECT ",
                        "INSERT INTO",
                        "UPDATE ",
                        "DELETE FROM",
                        "LOCK TABLE",
                        "CREATE ",
                    ]
                    .iter()
                    .any(|word| line.contains(word))
            });
            assert!(line.is_none(), "{name}: {line:?}");
        }
    }
}

#[test]
fn only_the_sqlstate_is_read_from_the_message_of_a_database_error() {
    for source in sources("src") {
        let line = source.code().lines().find(|line| {
            [".message()", ".details()", ".hint()"]
                .iter()
                .any(|part| line.contains(part))
        });
        let may = source.name() == "src/database/tls/sqlstate.rs";
        assert_eq!(line.is_some(), may, "{}: {line:?}", source.name());
    }
}

#[test]
fn the_files_that_the_documents_name_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["README.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        for name in text.split('`').skip(1).step_by(2) {
            let looks_like_a_path = [
                "src/",
                "tests/",
                "migrations/",
                "openapi/",
                "scripts/",
                ".ci/",
            ]
            .iter()
            .any(|start| name.starts_with(start));
            if looks_like_a_path && !name.contains(['<', '{', '*', ' ', '…']) {
                assert!(
                    root.join(name.trim_end_matches('/')).exists(),
                    "{document} names {name}"
                );
            }
        }
    }
}

//! The architecture, checked by reading the source: directions of imports, sizes, names, and what each kind of file may use.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails if it finds something unexpected"
)]

mod graph;
mod imports;
mod order;
mod source;

use order::resources;
use source::sources;
use std::fs;
use std::path::Path;

#[test]
fn each_kind_of_file_uses_only_its_own_layer() {
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
            "handlers.rs" => &["diesel", "queries"],
            _ if is_queries(&name) => &["actix"],
            _ => &[],
        };
        for word in forbidden {
            assert!(uses(word).is_none(), "{name} uses {word}: {:?}", uses(word));
        }
    }
    for source in sources("src/domain") {
        let line = source.code().lines().find(|line| {
            line.starts_with("use ") && (line.contains("actix") || line.contains("diesel"))
        });
        assert!(line.is_none(), "{}: {line:?}", source.name());
    }
}

/// True for a file that may contain SQL: `queries.rs`, or one in the folder `queries` below it.
fn is_queries(file: &str) -> bool {
    file.ends_with("/queries.rs") || file.contains("/queries/")
}

#[test]
fn a_slice_has_the_same_five_files() {
    for resource in resources() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/resources")
            .join(&resource);
        for file in [
            "mod.rs",
            "model.rs",
            "derived.rs",
            "queries.rs",
            "columns.rs",
        ] {
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
fn files_have_at_most_500_lines() {
    let all = sources("src").into_iter().chain(sources("tests"));
    let sizes = all.map(|source| (source.name(), source.text.lines().count()));
    let long: Vec<_> = sizes
        .filter(|(name, lines)| *lines > 500 && !name.ends_with("schema.rs"))
        .collect();
    assert!(
        long.is_empty(),
        "these files have too many lines: {long:#?}"
    );
}

#[test]
fn functions_have_at_most_40_lines() {
    let mut long = Vec::new();
    for source in sources("src") {
        let mut start: Option<(usize, usize, String)> = None;
        for (number, line) in source.code().lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            if start.is_none() && begins_a_function(line) {
                start = Some((number, indent, line.trim().to_owned()));
            } else if let Some((first, depth, head)) = start.clone()
                && indent == depth
                && (line.trim() == "}" || line.trim().ends_with(';'))
            {
                if number - first > 40 {
                    long.push(format!("{}: {head} {}", source.name(), number - first));
                }
                start = None;
            }
        }
    }
    assert!(
        long.is_empty(),
        "these functions have too many lines: {long:#?}"
    );
}

/// True for the first line of a function that has more lines.
fn begins_a_function(line: &str) -> bool {
    let is_modifier = |word: &&str| {
        ["async", "const"].contains(word) || word.starts_with("pub") || word.ends_with(')')
    };
    let mut words = line.split_whitespace().skip_while(is_modifier);
    words.next() == Some("fn") && !line.trim_end().ends_with([';', '}'])
}

#[test]
fn bodies_of_handlers_have_at_most_8_lines() {
    let mut long = Vec::new();
    for source in sources("src") {
        if !source.name().ends_with("/handlers.rs") {
            continue;
        }
        let mut body: Option<(String, usize)> = None;
        for line in source.code().lines() {
            if let Some((head, lines)) = &mut body {
                if line == "}" {
                    if *lines > 8 {
                        long.push(format!("{}: {head} {lines}", source.name()));
                    }
                    body = None;
                } else {
                    *lines += 1;
                }
            } else if line.ends_with('{') && !line.starts_with([' ', '#']) && is_body(line) {
                body = Some((line.to_owned(), 0));
            }
        }
    }
    assert!(
        long.is_empty(),
        "these bodies have too many lines: {long:#?}"
    );
}

/// True for the last line of the head of a function.
fn is_body(line: &str) -> bool {
    line.starts_with(')') || line == "{" || begins_a_function(line)
}

#[test]
fn where_clauses_have_at_most_2_bounds() {
    let mut long = Vec::new();
    for source in sources("src") {
        let lines: Vec<&str> = source.code().lines().map(str::trim).collect();
        for (number, _) in lines.iter().enumerate().filter(|(_, line)| is_where(line)) {
            let bounds = lines[number + 1..].iter();
            let bounds = bounds
                .take_while(|line| !line.ends_with(['{', ';']))
                .count();
            if bounds > 2 {
                long.push(format!("{}:{}", source.name(), number + 1));
            }
        }
    }
    assert!(
        long.is_empty(),
        "these where clauses are too long: {long:#?}"
    );
}

/// True for the line before the bounds of a where clause, which rustfmt puts on separate lines.
fn is_where(line: &str) -> bool {
    line == "where" || line.ends_with(" where")
}

#[test]
fn every_module_has_a_header() {
    for source in sources("src") {
        assert!(
            source.text.starts_with("//!"),
            "{} has no header",
            source.name()
        );
    }
}

#[test]
fn there_are_at_most_two_macros_and_no_modules_with_vague_names() {
    let all = sources("src");
    let macros: usize = all
        .iter()
        .map(|source| source.text.matches("macro_rules!").count())
        .sum();
    assert!(macros <= 2, "{macros} macros");
    for source in &all {
        for name in [
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
                    != name),
                "{}",
                source.name()
            );
        }
        assert!(
            !source.code().contains("#[allow("),
            "{} has an attribute `allow`; use `expect`",
            source.name()
        );
    }
}

#[test]
fn sql_is_only_in_queries_and_in_the_database() {
    for source in sources("src") {
        let name = source.name();
        let may = name.starts_with("src/database") || is_queries(&name);
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
fn nothing_is_printed_by_a_macro_that_panics() {
    for source in sources("src") {
        let code = source.code();
        let lines = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let printing: Vec<&str> = lines
            .filter(|line| line.contains("println!(") || line.contains("print!("))
            .collect();
        // Under `cfg!(test)` alone, for the test runner to capture.
        let expected = usize::from(source.name().ends_with("download/progress.rs"));
        assert_eq!(printing.len(), expected, "{}: {printing:?}", source.name());
    }
}

#[test]
fn the_files_that_the_documents_name_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs")).unwrap();
    let pages = pages.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = pages.filter(|name| name.ends_with(".md"));
    let documents = pages.map(|name| format!("docs/{name}"));
    for document in documents.chain(["README.md".into(), "CONTRIBUTING.md".into()]) {
        let text = fs::read_to_string(root.join(&document)).unwrap();
        for name in text.split('`').skip(1).step_by(2) {
            let looks_like_a_path = [
                "src/",
                "tests/",
                "migrations/",
                "openapi/",
                "scripts/",
                "docs/",
                "benches/",
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

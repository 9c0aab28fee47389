//! The order of dependencies: modules in their order, rooms of the conventions in theirs, and no cycles.

use crate::graph::{arrows, circles};
use crate::source::{root, sources};
use std::fs;

/// The modules of the crate, each of which imports only from the modules before it.
const MODULES: [&str; 12] = [
    "domain",
    "database",
    "conventions",
    "access",
    "resources",
    "discovery",
    "documents",
    "operations",
    "pages",
    "server",
    "config",
    "cli",
];

/// The rooms of the conventions, each of which uses only the rooms before it.
const ROOMS: [&str; 13] = [
    "http", "contract", "context", "paging", "resource", "reading", "html", "writing", "bulk",
    "openapi", "handlers", "routes", "slice",
];

/// The folder or file below `folder` that contains a file.
fn part(file: &str, folder: &str) -> Option<String> {
    let below = file.strip_prefix(folder)?;
    Some(below.split(['/', '.']).next()?.to_owned())
}

/// The index of the part of `folder` that contains a file.
fn rank(file: &str, folder: &str, parts: &[&str]) -> Option<usize> {
    let part = part(file, folder)?;
    parts.iter().position(|known| *known == part)
}

/// Fails for a file that uses another whose part of `folder` comes later.
fn in_order(folder: &str, parts: &[&str]) {
    for (file, used) in arrows() {
        let Some(own) = rank(&file, folder, parts) else {
            continue;
        };
        for other in used {
            let rank = rank(&other, folder, parts);
            assert!(
                rank.is_none_or(|rank| rank <= own),
                "{file} uses {other}, which comes after it"
            );
        }
    }
}

#[test]
fn a_module_imports_only_from_modules_before_it() {
    in_order("src/", &MODULES);
}

#[test]
fn a_room_of_the_conventions_uses_only_rooms_before_it() {
    in_order("src/conventions/", &ROOMS);
    for source in sources("src/conventions") {
        let part = part(&source.name(), "src/conventions/").unwrap();
        assert!(
            part == "mod" || ROOMS.contains(&part.as_str()),
            "{} is in no room",
            source.name()
        );
    }
}

#[test]
fn there_are_no_cycles_of_files() {
    let arrows = arrows();
    let mut lines = Vec::new();
    for circle in circles(&arrows) {
        lines.push("These files use each other:".to_owned());
        for file in &circle {
            let within = arrows[*file].iter().filter(|used| circle.contains(used));
            lines.extend(within.map(|used| format!("  {file} uses {used}")));
        }
    }
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn sibling_resources_never_import_each_other() {
    let slices = resources();
    let slices: Vec<&str> = slices.iter().map(String::as_str).collect();
    let own = |file: &str| rank(file, "src/resources/", &slices);
    for (file, used) in arrows() {
        for other in used.iter().filter(|_| own(&file).is_some()) {
            assert!(
                own(other).is_none_or(|rank| own(&file) == Some(rank)),
                "{file} uses {other}"
            );
        }
    }
}

/// The slices: the folders of resources with their own records.
pub fn resources() -> Vec<String> {
    let entries = fs::read_dir(root().join("src/resources")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let slices =
        paths.filter(|path| path.join("model.rs").exists() || path.join("handlers.rs").exists());
    slices
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect()
}

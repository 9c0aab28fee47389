//! The dependencies between the files of the crate: every import and every path in the code is followed to the file that defines
//! the item.
//!
//! A module that only re-exports an item of its child (`pub use child::Item`) does not use the child; a file that imports the item
//! from there does. Start with [`arrows`].

use crate::imports::{Import, Module};
use crate::source::{Source, sources};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The files that each file uses, by their paths.
pub type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The path of a module or of an item, from the root of the crate.
type Place = Vec<String>;
type Modules = BTreeMap<Place, Module>;

/// The files that each file of the crate uses.
pub fn arrows() -> Arrows {
    arrows_of(&sources("src"))
}

fn arrows_of(sources: &[Source]) -> Arrows {
    let files = sources
        .iter()
        .filter(|source| source.name() != "src/main.rs");
    let modules: Modules = files
        .map(|source| (place(&source.name()), Module::read(source)))
        .collect();
    let arrows = modules.iter().map(|(place, module)| {
        let imports = module
            .imports
            .iter()
            .filter(|import| !is_reexport(import, place, &modules));
        let paths = imports
            .map(|import| import.path.as_str())
            .chain(module.paths());
        let used = paths.filter_map(|path| file(&absolute(path, place, &modules)?, &modules));
        let others = used.filter(|file| *file != module.file);
        (module.file.clone(), others.map(str::to_owned).collect())
    });
    arrows.collect()
}

/// The groups of files in which each file uses every other, directly or indirectly.
pub fn circles(arrows: &Arrows) -> BTreeSet<BTreeSet<&String>> {
    let pairs = arrows.keys().map(|file| (file, reached(arrows, file)));
    let reached: BTreeMap<&String, HashSet<&String>> = pairs.collect();
    let circle = |file: &String| -> BTreeSet<&String> {
        let others = reached[file].iter().copied();
        others
            .filter(|other| reached[other].contains(file))
            .collect()
    };
    let circles = arrows.keys().map(circle);
    circles.filter(|circle| !circle.is_empty()).collect()
}

fn reached<'a>(arrows: &'a Arrows, from: &'a String) -> HashSet<&'a String> {
    let (mut reached, mut open) = (HashSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        let used = arrows.get(file).into_iter().flatten();
        open.extend(used.filter(|used| reached.insert(*used)));
    }
    reached
}

/// The module path of a file: `src/a/b.rs` and `src/a/b/mod.rs` are `a::b`.
fn place(file: &str) -> Place {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let segments = path
        .split('/')
        .filter(|segment| !["mod", "lib"].contains(segment));
    segments.map(str::to_owned).collect()
}

/// True if a module imports an item of its children only to re-export it.
fn is_reexport(import: &Import, from: &Place, modules: &Modules) -> bool {
    let target = absolute(&import.path, from, modules);
    let is_below = target.is_some_and(|target| target.starts_with(from));
    import.is_public && is_below && !modules[from].names(&import.name)
}

/// A path from the root of the crate; `None` if it does not lead into the crate.
fn absolute(path: &str, from: &Place, modules: &Modules) -> Option<Place> {
    let (first, rest) = path.split_once("::").unwrap_or((path, ""));
    let mut place = match first {
        "crate" => Place::new(),
        "self" => from.clone(),
        "super" => from.split_last()?.1.to_vec(),
        child => Some([from.as_slice(), &[child.to_owned()]].concat())
            .filter(|child| modules.contains_key(child))?,
    };
    for segment in rest.split("::").filter(|segment| !segment.is_empty()) {
        if segment == "super" {
            place.pop();
        } else {
            place.push(segment.to_owned());
        }
    }
    Some(place)
}

/// The file that defines the item of a path.
fn file<'m>(path: &[String], modules: &'m Modules) -> Option<&'m str> {
    let mut lengths = (0..=path.len()).rev();
    let length = lengths.find(|length| modules.contains_key(&path[..*length]))?;
    let (place, item) = path.split_at(length);
    let module = &modules[place];
    let import = item
        .first()
        .and_then(|name| module.imports.iter().find(|import| import.name == *name));
    match import.and_then(|import| absolute(&import.path, &place.to_vec(), modules)) {
        Some(handed_on) => file(&[&handed_on, &item[1..]].concat(), modules),
        None => Some(&module.file),
    }
}

#[test]
fn a_cycle_through_a_reexport_is_found() {
    let source = |name: &str, text: &str| Source {
        path: crate::source::root().join("src").join(name),
        text: text.to_owned(),
    };
    let hands_on = "pub use one::One;\npub use two::{self, Two as Second};\n";
    let mut crate_of_three = vec![
        source("a/mod.rs", hands_on),
        source("a/one.rs", "use crate::{\n    a::Second,\n};\n"),
        source("a/two.rs", "// use super::One;\n"),
    ];
    let arrows = arrows_of(&crate_of_three);
    assert_eq!(
        arrows["src/a/one.rs"],
        BTreeSet::from(["src/a/two.rs".to_owned()])
    );
    assert_eq!(arrows["src/a/mod.rs"], BTreeSet::new());
    assert!(circles(&arrows).is_empty());
    crate_of_three[2].text = "fn two() { super::One::new() }".to_owned();
    let arrows = arrows_of(&crate_of_three);
    assert_eq!(circles(&arrows).len(), 1, "{arrows:?}");
    crate_of_three[2].text = String::new();
    crate_of_three[1].text = "use super::here;\n".to_owned();
    crate_of_three[0].text = format!("{hands_on}fn here() {{ One }}");
    let arrows = arrows_of(&crate_of_three);
    assert_eq!(circles(&arrows).len(), 1, "{arrows:?}");
}

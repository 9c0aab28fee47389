//! The imports of a file and the paths in its code, unresolved.

use crate::source::Source;
use std::collections::HashSet;

/// A file as a module.
pub struct Module {
    pub file: String,
    pub imports: Vec<Import>,
    /// The words of its code, with complete paths, without imports and declarations of modules.
    words: HashSet<String>,
}

/// One item of a `use`.
pub struct Import {
    pub path: String,
    /// The name of the item in the module.
    pub name: String,
    pub is_public: bool,
}

impl Module {
    /// Reads a file.
    pub fn read(source: &Source) -> Self {
        let (mut imports, mut words, mut statement) = (Vec::new(), HashSet::new(), String::new());
        let lines = source.code().lines().map(str::trim);
        for line in lines.filter(|line| !line.starts_with("//")) {
            let is = |item: &str| {
                line.starts_with(item)
                    || line.starts_with("pub") && line.contains(&format!(" {item}"))
            };
            if is("use ") || !statement.is_empty() {
                statement += line;
                if line.ends_with(';') {
                    imports.extend(Import::all(&std::mem::take(&mut statement)));
                }
            } else if !(is("mod ") && line.ends_with(';')) {
                words.extend(line.split(is_foreign).map(str::to_owned));
            }
        }
        let file = source.name();
        Self {
            file,
            imports,
            words,
        }
    }

    /// The paths in its code.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.words
            .iter()
            .map(String::as_str)
            .filter(|word| word.contains("::"))
    }

    /// True if its code uses the item with the given name.
    pub fn names(&self, name: &str) -> bool {
        let mut words = self.words.iter();
        words.any(|word| word.split("::").next() == Some(name))
    }
}

fn is_foreign(letter: char) -> bool {
    !letter.is_alphanumeric() && letter != '_' && letter != ':'
}

impl Import {
    /// The items of a statement.
    fn all(statement: &str) -> Vec<Self> {
        let (before, tree) = statement.split_once("use ").unwrap();
        let mut paths = Vec::new();
        expand("", tree.trim_end_matches(';'), &mut paths);
        let import = |item: String| {
            let (path, alias) = item.split_once(" as ").unwrap_or((&item, ""));
            let path = path.trim_end_matches("::self");
            let last = path.rsplit("::").next().unwrap();
            Self {
                path: path.to_owned(),
                name: if alias.is_empty() { last } else { alias }.to_owned(),
                is_public: before.starts_with("pub"),
            }
        };
        paths.into_iter().map(import).collect()
    }
}

/// The paths of a tree of imports: `a::{b, c::{d, e}}` are `a::b`, `a::c::d` and `a::c::e`.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let Some((head, inner)) = tree.split_once('{') else {
        return paths.push(format!("{prefix}{tree}"));
    };
    let mut depth = 0;
    let is_between = |letter: char| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap();
    let items = inner.split(is_between).map(str::trim);
    for item in items.filter(|item| !item.is_empty()) {
        expand(&format!("{prefix}{head}"), item, paths);
    }
}

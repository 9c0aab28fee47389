//! The addresses of the package registries that pip and npm are configured to use, for machines without these clients.
//!
//! One rule: only configured addresses are used; this program contains none. Start with [`python_index`].

use std::{fs, path::PathBuf};

use super::environment::Environment;

/// The simple index that pip is configured to use: `PIP_INDEX_URL`, or `index-url` in a file `pip.conf`.
pub(super) fn python_index(environment: &Environment) -> Option<String> {
    let set = environment.text("PIP_INDEX_URL").map(str::to_owned);
    set.or_else(|| {
        let files = [
            environment.file("PIP_CONFIG_FILE"),
            environment.below("XDG_CONFIG_HOME", "pip/pip.conf"),
            environment.below("HOME", ".config/pip/pip.conf"),
            environment.below("HOME", "Library/Application Support/pip/pip.conf"),
            environment.below("HOME", ".pip/pip.conf"),
            Some("/etc/pip.conf".into()),
            Some("/etc/xdg/pip/pip.conf".into()),
        ];
        first(files, |line| assigned(line, &["index-url", "index_url"]))
    })
}

/// The registry that npm is configured to use: `npm_config_registry`, or `registry` in a file `npmrc`.
pub(super) fn node_registry(environment: &Environment) -> Option<String> {
    let names = ["npm_config_registry", "NPM_CONFIG_REGISTRY"];
    let set = names.iter().find_map(|name| environment.text(name));
    set.map(str::to_owned).or_else(|| {
        let files = [
            environment.file("npm_config_userconfig"),
            environment.below("HOME", ".npmrc"),
            Some("/etc/npmrc".into()),
            Some("/usr/etc/npmrc".into()),
            Some("/usr/local/etc/npmrc".into()),
        ];
        first(files, |line| {
            assigned(line, &["@embedded-postgres:registry", "registry"])
        })
    })
}

impl Environment {
    /// The file that a variable names.
    fn file(&self, variable: &str) -> Option<PathBuf> {
        self.get(variable).map(PathBuf::from)
    }
}

/// The first value that `find` returns for a line of these files; files that do not exist are skipped.
fn first<const N: usize>(
    files: [Option<PathBuf>; N],
    find: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let texts = files
        .into_iter()
        .flatten()
        .filter_map(|file| fs::read_to_string(file).ok());
    texts
        .into_iter()
        .find_map(|text| text.lines().find_map(&find))
}

/// The value of a line `name = value` whose name is one of these.
fn assigned(line: &str, names: &[&str]) -> Option<String> {
    let (name, value) = line.split_once('=')?;
    let value = value.trim().trim_matches(['"', '\'']);
    let fits = names.contains(&name.trim()) && value.starts_with("http");
    fits.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_takes_precedence_over_the_files_of_the_user() {
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = home.path().join(name);
            let parent = path.parent().map(PathBuf::from).unwrap_or_default();
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(path, text))
                .unwrap();
        };
        write(
            ".config/pip/pip.conf",
            "[global]\n# index-url = http://no.example/\nindex-url = https://pip.example/simple\n",
        );
        write(".npmrc", "fund=false\nregistry=https://npm.example/\n");
        let folder = home.path().display().to_string();
        let from_files = Environment::of(&[("HOME", &folder)]);
        let python = python_index(&from_files);
        assert_eq!(python.as_deref(), Some("https://pip.example/simple"));
        let node = node_registry(&from_files);
        assert_eq!(node.as_deref(), Some("https://npm.example/"));

        let set = Environment::of(&[
            ("HOME", &folder),
            ("PIP_INDEX_URL", "https://set.example/simple/"),
            ("npm_config_registry", "https://set.example/npm/"),
        ]);
        let python = python_index(&set);
        assert_eq!(python.as_deref(), Some("https://set.example/simple/"));
        let node = node_registry(&set);
        assert_eq!(node.as_deref(), Some("https://set.example/npm/"));
    }
}

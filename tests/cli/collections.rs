//! `ucap export` and `ucap import` of whole collections, over HTTP and directly in the database.

use crate::instance::{Folder, Instance, admin_key};
use crate::transfer::{files, migrate, place, run, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use strum::IntoEnumIterator;
use ucap::domain::RecordKind;

/// The names of all collections, sorted.
fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = RecordKind::iter().map(RecordKind::plural).collect();
    names.sort_unstable();
    names
}

fn paths(dir: &Path) -> Vec<PathBuf> {
    names()
        .iter()
        .map(|name| dir.join(format!("{name}.ndjson")))
        .collect()
}

fn imported(dir: &Path, registry: &[&str]) -> String {
    let paths = paths(dir);
    let command: Vec<&str> = ["import", "--format", "ndjson"]
        .into_iter()
        .chain(paths.iter().map(|path| text(path)))
        .collect();
    let (out, err, code) = run(&[&command[..], registry].concat());
    assert_eq!((code, err), (0, place(registry)), "{out}");
    out
}

fn exported(dir: &Path, registry: &[&str]) -> BTreeMap<String, String> {
    let (out, err, code) = run(&[
        &["export", "--format", "ndjson", "--dir", text(dir)],
        registry,
    ]
    .concat());
    assert_eq!((code, err), (0, place(registry)), "{out}");
    files(dir)
}

#[tokio::test]
async fn an_export_of_an_import_into_an_empty_registry_is_unchanged() {
    let folder = Folder::new();
    let (data, other, third) = (
        folder.data(),
        folder.path().join("other"),
        folder.path().join("third"),
    );
    let instance = Instance::start(&data);
    let first = exported(&folder.path().join("first"), &["--url", &instance.base]);
    assert_eq!(
        first.keys().cloned().collect::<Vec<_>>(),
        names()
            .iter()
            .map(|name| format!("{name}.ndjson"))
            .collect::<Vec<_>>()
    );
    assert_eq!(first["activities.ndjson"].lines().count(), 8);
    let direct = ["--data-dir", text(&other)];
    migrate(&other);
    let out = imported(&folder.path().join("first"), &direct);
    assert!(
        out.starts_with(text(&folder.path().join("first/cities.ndjson"))),
        "cities come first: {out}"
    );
    assert!(
        out.contains("activities.ndjson: 8 created, 0 updated, 0 unchanged, 0 failed"),
        "{out}"
    );
    assert_eq!(exported(&folder.path().join("second"), &direct), first);
    let out = imported(&folder.path().join("first"), &direct);
    assert!(
        out.lines()
            .all(|line| line.contains(": 0 created, 0 updated, ")
                && line.ends_with(" unchanged, 0 failed")),
        "{out}"
    );

    let empty = Instance::start_with(&third, &["--no-sample"]);
    let remote = ["--url", &empty.base, "--key", &admin_key(&third)];
    imported(&folder.path().join("second"), &remote);
    assert_eq!(exported(&folder.path().join("fourth"), &remote[..2]), first);
    let versions = empty.get("/v1/activities").await.1;
    assert!(
        versions["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|activity| activity["version"] == 1)
    );
}

#[tokio::test]
async fn exported_tables_are_those_of_the_api() {
    let folder = Folder::new();
    let (data, tables) = (folder.data(), folder.path().join("tables"));
    let instance = Instance::start(&data);
    let export = ["export", "--format", "csv", "--dir", text(&tables)];
    let registry = ["--url", &instance.base];
    let (out, err, code) = run(&[&export[..], &registry].concat());
    assert_eq!((code, err), (0, place(&registry)), "{out}");
    assert!(out.contains("outcomes.csv: 8 records"), "{out}");
    let remote = files(&tables);
    assert_eq!(remote.len(), names().len());
    let (out, err, code) = run(&[
        &export[..],
        &["--collection", "plans", "--data-dir", text(&data)],
    ]
    .concat());
    assert_eq!(
        (code, err),
        (0, place(&["--data-dir", text(&data)])),
        "{out}"
    );
    assert!(
        out.contains("plans.csv: 1 record\n") && files(&tables) == remote,
        "{out}"
    );
}

#[tokio::test]
async fn failed_lines_are_reported_with_file_and_number() {
    let folder = Folder::new();
    let data = folder.data();
    let instance = Instance::start(&data);
    let key = admin_key(&data);
    let file = folder.path().join("places.ndjson");
    let good = |name: &str| json!({"name": name, "kind": "city"}).to_string();
    std::fs::write(
        &file,
        format!(
            "{}\n\n{{\"name\": 7}}\nno\n{}",
            good("Leipzig"),
            good("Dresden")
        ),
    )
    .unwrap();
    for registry in [
        vec!["--url", &instance.base, "--key", &key],
        vec!["--data-dir", text(&data)],
    ] {
        let (_, err, code) = run(&[
            &["import", "--format", "ndjson", text(&file)],
            &registry[..],
        ]
        .concat());
        assert_eq!(code, 2, "{err}");
        assert!(
            err.contains("places.ndjson is named after no collection (cities, themes"),
            "{err}"
        );
        let load = [
            "import",
            "--format",
            "ndjson",
            "--collection",
            "cities",
            text(&file),
        ];
        let (out, err, code) = run(&[&load[..], &["--atomic"], &registry].concat());
        assert_eq!(code, 1, "{out}{err}");
        assert!(
            out.contains("2 created, 0 updated, 0 unchanged, 2 failed; nothing was stored"),
            "{out}"
        );
        let (out, err, code) = run(&[&load[..], &["--dry-run"], &registry].concat());
        assert_eq!(code, 1, "{out}{err}");
        assert!(
            out.contains("a dry run, nothing was stored: ") && out.contains("2 created"),
            "{out}"
        );
        assert!(
            err.contains("places.ndjson: line 3: /name: ")
                && err.contains("places.ndjson: line 3: /kind: "),
            "{err}"
        );
        assert!(
            err.contains(
                "places.ndjson: line 4: this line is not valid JSON: expected ident at column 2\n"
            ) && !err.contains("line 1"),
            "{err}"
        );
        assert!(
            err.contains("1 of 1 files were not stored completely"),
            "{err}"
        );
        assert_eq!(instance.get("/v1/cities/leipzig").await.0, 404);
    }
    let absent = folder.path().join("cities.ndjson");
    let (_, err, code) = run(&[
        "import",
        "--format",
        "ndjson",
        text(&absent),
        "--url",
        &instance.base,
        "--key",
        &key,
    ]);
    assert!(code == 1 && err.contains("No such file"), "{err}");
    std::fs::write(&absent, "{}").unwrap();
    let (_, err, code) = run(&[
        "import",
        "--format",
        "ndjson",
        text(&absent),
        "--url",
        &instance.base,
    ]);
    assert!(
        code == 1 && err.contains("--key") && err.contains("UCAP_KEY"),
        "{err}"
    );
}

#[tokio::test]
async fn lines_are_merged_into_stored_records_or_leave_them_alone() {
    let folder = Folder::new();
    let data = folder.data();
    let instance = Instance::start(&data);
    let key = admin_key(&data);
    let file = folder.path().join("cities.ndjson");
    let remote = vec!["--url", &instance.base, "--key", &key];
    let direct = vec!["--data-dir", text(&data)];
    for (registry, population) in [(remote, 1), (direct, 2)] {
        let line =
            json!({"slug": "chengdu", "name": "Chengdu", "kind": "city", "population": population});
        std::fs::write(&file, line.to_string()).unwrap();
        let before = instance.get("/v1/cities/chengdu").await.1;
        for (how, counts) in [
            (
                "skip",
                "0 created, 0 updated, 0 unchanged, 1 skipped, 0 failed",
            ),
            ("merge", "0 created, 1 updated, 0 unchanged, 0 failed"),
        ] {
            let load = ["import", "--format", "ndjson", "--on-existing", how];
            let (out, err, code) = run(&[&load[..], &[text(&file)], &registry].concat());
            assert_eq!((code, err), (0, place(&registry)), "{out}");
            assert!(out.contains(counts), "{how}: {out}");
        }
        let after = instance.get("/v1/cities/chengdu").await.1;
        assert_eq!(after["population"], population);
        assert_eq!(after["country"], before["country"]);
    }
}

#[test]
fn an_option_that_the_format_does_not_support_is_refused() {
    let folder = Folder::new();
    let dir = folder.path().join("out");
    for arguments in [
        &["--format", "ndjson", "one"][..],
        &["--format", "json"],
        &["--all", "--collection", "plans"],
        &["--format", "xml"],
        &["--format", "ndjson", "--all"],
        &["--format", "csv", "--all"],
    ] {
        let (_, err, code) = run(&[&["export", "--dir", text(&dir)], arguments].concat());
        assert_eq!(code, 2, "{arguments:?}: {err}");
    }
    assert!(!dir.exists());
    for arguments in [
        &["--on-existing", "merge"][..],
        &["--format", "ndjson", "--on-existing", "patch"],
    ] {
        let (_, err, code) = run(&[&["import", "plan.json"], arguments].concat());
        assert!(
            code == 2 && err.contains("--on-existing"),
            "{arguments:?}: {err}"
        );
    }
}

#[tokio::test]
async fn a_large_collection_is_imported_in_several_requests() {
    let folder = Folder::new();
    let data = folder.data();
    let instance = Instance::start_with(&data, &["--no-sample"]);
    let file = folder.path().join("themes.ndjson");
    let themes: String = (0..3000)
        .map(|number| {
            format!(
                "{}\n",
                json!({"name": format!("Theme {number}"), "description": "x".repeat(1000)})
            )
        })
        .collect();
    std::fs::write(&file, themes).unwrap();
    let remote = ["--url", &instance.base, "--key", &admin_key(&data)];
    let (out, err, code) =
        run(&[&["import", "--format", "ndjson", text(&file)], &remote[..]].concat());
    assert!(code == 0 && out.contains("3000 created"), "{out}{err}");
    let dir = folder.path().join("out");
    let lines = exported(&dir, &remote[..2]);
    let slugs: Vec<Value> = lines["themes.ndjson"]
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["slug"].clone())
        .collect();
    assert_eq!((slugs.len(), &slugs[2999]), (3000, &json!("theme-2999")));
}

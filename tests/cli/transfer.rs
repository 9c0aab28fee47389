//! `ucap import` and `ucap export`: documents between files and registries, over HTTP and directly in the database.

use crate::instance::{Folder, Instance, admin_key, command};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

const SAMPLE: &str = "manchester-chengdu-liuzhou-yangzhou";

/// The output of a command, and its exit code.
pub fn run(arguments: &[&str]) -> (String, String, i32) {
    let output: Output = command()
        .args(arguments)
        .env("RUST_LOG", "error")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().unwrap(),
    )
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What a command on the registry of these arguments says on standard error if all goes well: where it works.
pub fn place(registry: &[&str]) -> String {
    match registry {
        ["--url", url, ..] => format!("Working on the registry at {url}.\n"),
        ["--data-dir", dir, ..] => format!("Working on the database in {dir}.\n"),
        other => panic!("{other:?}"),
    }
}

/// Creates the database of a data directory.
pub fn migrate(data: &Path) {
    let (out, err, code) = run(&["migrate", "--data-dir", text(data)]);
    assert_eq!(code, 0, "{out}{err}");
}

/// All files of a directory with what is in them.
pub fn files(dir: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// The line and the column at which a text contains some words.
fn position(text: &str, words: &str) -> (usize, usize) {
    let before = &text[..text.find(words).unwrap()];
    let line = before.rsplit('\n').next().unwrap();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

pub fn small(slug: &str, relations: Value) -> Value {
    json!({
        "plan": {
            "slug": slug, "title": format!("Plan {slug}"), "kind": "pairing", "status": "draft",
            "cities": [{"city": "leipzig", "role": "lead"}], "relations": relations
        },
        "cities": [{"slug": "leipzig", "name": "Leipzig", "kind": "city"}],
        "activities": [{"title": "Kick-off", "kind": "meeting", "status": "planned"}]
    })
}

pub fn write(folder: &Folder, name: &str, document: &Value) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

#[tokio::test]
async fn all_plans_can_be_moved_to_another_registry_unchanged() {
    let folder = Folder::new();
    let (data, other) = (folder.data(), folder.path().join("other"));
    let (first, second, third) = (
        folder.path().join("first"),
        folder.path().join("second"),
        folder.path().join("third"),
    );
    let instance = Instance::start(&data);
    let key = admin_key(&data);
    // Two plans that mirror each other, so that neither can be stored first.
    let mirrors = |slug: &str| json!([{"plan": slug, "kind": "mirrors"}]);
    let (one, two) = (
        write(&folder, "one.json", &small("one", mirrors("two"))),
        write(&folder, "two.json", &small("two", mirrors("one"))),
    );
    let remote = ["--url", &instance.base, "--key", &key];
    let (out, err, code) = run(&[&["import", text(&one), text(&two)], &remote[..]].concat());
    assert_eq!((code, err), (0, place(&remote)), "{out}");
    assert!(
        out.contains("2 plans: 2 created, 0 updated, 0 unchanged, 0 failed"),
        "{out}"
    );
    let (out, err, code) = run(&[
        "export",
        "--all",
        "--dir",
        text(&first),
        "--url",
        &instance.base,
    ]);
    assert_eq!((code, err), (0, place(&remote)), "{out}");
    let exported = files(&first);
    assert_eq!(
        exported.keys().collect::<Vec<_>>(),
        [&format!("{SAMPLE}.json"), "one.json", "two.json"]
    );
    assert!(
        exported["one.json"].contains("\"plan\": \"two\""),
        "{}",
        exported["one.json"]
    );

    let paths: Vec<PathBuf> = exported.keys().map(|name| first.join(name)).collect();
    let direct = ["--data-dir", text(&other)];
    migrate(&other);
    let import: Vec<&str> = std::iter::once("import")
        .chain(paths.iter().map(|path| text(path)))
        .chain(direct)
        .collect();
    let (out, err, code) = run(&import);
    assert_eq!((code, err), (0, place(&direct)), "{out}");
    assert!(out.contains("3 plans: 3 created"), "{out}");
    let (out, err, code) = run(&import);
    assert_eq!((code, err), (0, place(&direct)), "{out}");
    assert!(
        out.contains("3 plans: 0 created, 0 updated, 3 unchanged"),
        "{out}"
    );
    assert_eq!(
        run(&[&["export", "--all", "--dir", text(&second)], &direct[..]].concat()).2,
        0
    );
    assert_eq!(files(&second), exported);
    let (out, err, code) = run(&[
        &["export", "one", "nothing", "--dir", text(&third)],
        &direct[..],
    ]
    .concat());
    assert_eq!((code, files(&third).len()), (1, 1), "{out}{err}");
    assert!(
        err.contains("nothing") && out.contains("1 plan exported"),
        "{out}{err}"
    );
}

#[tokio::test]
async fn each_fault_is_reported_with_file_and_position_and_the_other_files_are_imported() {
    let folder = Folder::new();
    let data = folder.data();
    let instance = Instance::start(&data);
    let key = admin_key(&data);
    let create = ["key", "create", "viewer", "--role", "reader"];
    let (reader, ..) = run(&[&create[..], &["--data-dir", text(&data)]].concat());
    let good = write(&folder, "good.json", &small("good", json!([])));
    let mut wrong = small("wrong", json!([{"plan": "nowhere", "kind": "mirrors"}]));
    let dangling = write(&folder, "dangling.json", &wrong);
    wrong["plan"]["status"] = json!("finished");
    wrong["activities"][0]["date"] = json!({"start": "2019-02-30"});
    let [plan_column] = [position(&std::fs::read_to_string(&dangling).unwrap(), "\"nowhere\"").1];
    // As people write it: on several lines.
    let written = serde_json::to_string_pretty(&wrong).unwrap();
    let (status_line, status_column) = position(&written, "\"finished\"");
    let (date_line, date_column) = position(&written, "\"2019-02-30\"");
    assert!(status_line > 5 && date_line > status_line);
    let wrong = folder.path().join("wrong.json");
    std::fs::write(&wrong, written).unwrap();
    let broken = folder.path().join("broken.json");
    std::fs::write(&broken, "{\n \"plän\": nothing").unwrap();
    let absent = folder.path().join("absent.json");
    let all = [
        text(&wrong),
        text(&broken),
        text(&absent),
        text(&dangling),
        text(&good),
    ];
    for registry in [
        vec!["--url", &instance.base, "--key", &key],
        vec!["--data-dir", text(&data)],
    ] {
        let (out, err, code) = run(&[&["import"], &all[..], &registry].concat());
        assert_eq!(code, 1, "{out}{err}");
        for said in [
            format!(
                "{}: line {status_line}, column {status_column}: /plan/status: must be one of",
                wrong.display()
            ),
            format!(
                "{}: line {date_line}, column {date_column}: /activities/0/date/start: \"2019-02-30\"",
                wrong.display()
            ),
            format!("{}: line 2, column 11: is not valid JSON", broken.display()),
            format!("{}: No such file", absent.display()),
            format!(
                "{}: line 1, column {plan_column}: /plan/relations/0/plan: neither the registry nor the document has a plan \"nowhere\"",
                dangling.display()
            ),
            "4 of 5 files failed".to_owned(),
        ] {
            assert!(err.contains(&said), "{said}: {err}");
        }
        assert!(
            out.contains("5 plans: ") && out.contains("4 failed"),
            "{out}"
        );
    }
    assert_eq!(instance.get("/v1/plans/good").await.0, 200);
    let (_, err, code) = run(&["import", text(&good), "--url", &instance.base]);
    assert_eq!(code, 1);
    assert!(err.contains("--key") && err.contains("UCAP_KEY"), "{err}");
    for (wrong_key, said) in [
        ("ucap_x", "does not accept"),
        (reader.trim(), "another API key"),
    ] {
        let remote = ["--url", &instance.base, "--key", wrong_key];
        let (_, err, code) = run(&[&["import", text(&good)], &remote[..]].concat());
        assert_eq!(code, 1);
        assert!(
            err.contains("--key") && err.contains("UCAP_KEY") && err.contains(said),
            "{err}"
        );
    }
    let nowhere = ["--url", "http://127.0.0.1:1", "--key", "ucap_x"];
    let (_, err, code) = run(&[&["import", text(&good)], &nowhere[..]].concat());
    assert_eq!(code, 1);
    assert!(
        err.contains("good.json: ") && !err.contains("panicked"),
        "{err}"
    );
}

#[tokio::test]
async fn a_dry_run_stores_nothing_and_gaps_are_filled_in_but_nothing_is_overwritten_by_default() {
    let folder = Folder::new();
    let data = folder.data();
    let instance = Instance::start(&data);
    let mut document = small("good", json!([]));
    let file = write(&folder, "good.json", &document);
    let direct = ["--data-dir", text(&data)];
    let (out, _, code) = run(&[&["import", text(&file), "--dry-run"], &direct[..]].concat());
    assert!(
        code == 0 && out.contains("a dry run, nothing was stored: 1 plan: 1 created"),
        "{out}"
    );
    assert_eq!(instance.get("/v1/plans/good").await.0, 404);
    run(&[&["import", text(&file)], &direct[..]].concat());
    let key = admin_key(&data);
    let remote = ["--url", &instance.base, "--key", &key];
    let differs = "/cities/0/population: the registry has ";
    for (given, option, registry, said, stored) in [
        (
            1,
            &["--update-references=false"][..],
            &direct[..],
            &format!("{differs}null, the file has 1")[..],
            json!(null),
        ),
        (
            2,
            &["--dry-run"],
            &remote,
            "/cities/0/population: filled in with 2",
            json!(null),
        ),
        (
            3,
            &[],
            &remote,
            "/cities/0/population: filled in with 3",
            json!(3),
        ),
        (
            4,
            &[],
            &direct,
            &format!("{differs}3, the file has 4"),
            json!(3),
        ),
        (
            5,
            &["--update-references=fill"],
            &direct,
            &format!("{differs}3, the file has 5"),
            json!(3),
        ),
        (6, &["--update-references"], &direct, "1 updated", json!(6)),
        (
            7,
            &["--update-references=true"],
            &remote,
            "1 updated",
            json!(7),
        ),
    ] {
        document["cities"][0]["population"] = json!(given);
        let file = write(&folder, "good.json", &document);
        let import = ["import", text(&file)];
        let (out, err, code) = run(&[&import[..], option, registry].concat());
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains(said), "{option:?}: {out}");
        let city = instance.get("/v1/cities/leipzig").await.1;
        assert_eq!(city["population"], stored, "{option:?}");
    }
}

#[test]
fn an_empty_url_counts_as_unset() {
    let folder = Folder::new();
    let (out, data) = (folder.path().join("out"), folder.data());
    migrate(&data);
    let export = [
        "export",
        "--all",
        "--dir",
        text(&out),
        "--data-dir",
        text(&data),
    ];
    let output = command()
        .args(export)
        .env("UCAP_URL", "")
        .env("UCAP_KEY", "")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        files(&out).is_empty(),
        "only the service loads the sample, not a command"
    );
}

#[test]
fn missing_arguments_are_named() {
    for arguments in [
        vec!["import"],
        vec!["export", "--dir", "x"],
        vec!["export", "--all"],
        vec!["export", "a", "--all", "--dir", "x"],
        vec!["export", "A B", "--dir", "x"],
    ] {
        let (_, err, code) = run(&arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
    }
}

#[tokio::test]
async fn a_city_that_contradicts_the_stored_city_fails_and_both_values_are_shown() {
    let folder = Folder::new();
    let data = folder.data();
    let instance = Instance::start(&data);
    let key = admin_key(&data);
    let about = |slug: &str, city: &str, country: &str| {
        let mut document = small(slug, json!([]));
        let own = city.to_lowercase();
        document["plan"]["cities"][0]["city"] = json!(own);
        document["cities"] =
            json!([{"slug": own, "name": city, "kind": "city", "country": country}]);
        write(&folder, &format!("{slug}.json"), &document)
    };
    let direct = vec!["--data-dir", text(&data)];
    let remote = vec!["--url", &instance.base, "--key", &key];
    for (city, one, other) in [("Burlington", "US", "CA"), ("Guadalajara", "ES", "MX")] {
        let stored = about("stored", city, one);
        assert_eq!(
            run(&[&["import", text(&stored)], &direct[..]].concat()).2,
            0
        );
        let contradicting = about("contradicting", city, other);
        let good = about("good", "Leipzig", "DE");
        for registry in [&direct, &remote] {
            for options in [
                &[][..],
                &["--update-references"],
                &["--dry-run"],
                &["--dry-run", "--update-references"],
            ] {
                let files = [text(&contradicting), text(&good)];
                let (out, err, code) = run(&[&["import"], &files[..], options, registry].concat());
                assert_eq!(code, 1, "{out}{err}");
                for said in [
                    format!("{}: line 1, column ", contradicting.display()),
                    ": /cities/0: the slug".to_owned(),
                    format!("the stored country is {one}, the given one {other}"),
                    format!("PATCH /v1/cities/{}", city.to_lowercase()),
                    "1 of 2 files failed".to_owned(),
                ] {
                    assert!(err.contains(&said), "{said}: {err}");
                }
            }
        }
        assert_eq!(instance.get("/v1/plans/contradicting").await.0, 404);
        assert_eq!(instance.get("/v1/plans/good").await.0, 200);
        let (_, kept) = instance
            .get(&format!("/v1/cities/{}", city.to_lowercase()))
            .await;
        assert_eq!(
            (&kept["country"], &kept["version"]),
            (&json!(one), &json!(1))
        );
    }
}

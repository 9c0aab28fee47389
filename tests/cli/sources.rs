//! What `ucap import` and `ucap check` take: directories, standard input, patterns that match nothing; and what a check finds.

use crate::instance::{Folder, Instance, admin_key, command};
use crate::transfer::{migrate, run, small, text, write};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

/// A command with that text as its standard input.
fn fed(arguments: &[&str], input: &str) -> (String, String, i32) {
    let mut program = command();
    program
        .args(arguments)
        .env("RUST_LOG", "error")
        .stdin(Stdio::piped());
    let mut child = program
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code().unwrap(),
    )
}

#[tokio::test]
async fn directories_and_standard_input_are_imported() {
    let folder = Folder::new();
    let data = folder.data();
    let service = Instance::start_with(&data, &["--no-sample"]);
    let remote = ["--url", &service.base, "--key", &admin_key(&data)];
    let dir = folder.path().join("plans");
    std::fs::create_dir_all(dir.join("below")).unwrap();
    for name in ["b", "a"] {
        write(
            &folder,
            &format!("plans/{name}.json"),
            &small(name, json!([])),
        );
    }
    for other in [".hidden.json", "notes.txt", "below/c.json"] {
        std::fs::write(dir.join(other), "no").unwrap();
    }
    let (out, err, code) = run(&[&["import", text(&dir)], &remote[..]].concat());
    assert_eq!(code, 0, "{err}");
    assert!(
        out.starts_with("created    a ") && out.contains("2 plans: 2 created"),
        "{out}"
    );
    let document = small("c", json!([])).to_string();
    let (out, err, code) = fed(&[&["import", "-"], &remote[..]].concat(), &document);
    assert!(code == 0 && out.contains("1 plan: 1 created"), "{out}{err}");
    let lines = "{\"name\": \"Water\"}\n{\"name\": \"Air\"}\nno";
    let load = [
        "import",
        "--format",
        "ndjson",
        "--collection",
        "themes",
        "-",
    ];
    let (out, err, code) = fed(&[&load[..], &remote].concat(), lines);
    assert_eq!(code, 1);
    assert!(out.contains("standard input: 2 created") && err.contains("standard input: line 3: "));
    let copy = folder.path().join("copy");
    let export = ["export", "--format", "ndjson", "--dir", text(&copy)];
    assert_eq!(run(&[&export[..], &remote[..2]].concat()).2, 0);
    let (out, err, code) =
        run(&[&["import", "--format", "ndjson", text(&copy)], &remote[..]].concat());
    assert!(code == 0 && out.lines().count() == 5, "{out}{err}");
}

#[test]
fn an_argument_that_stands_for_no_file_is_an_error_before_anything_is_stored() {
    let folder = Folder::new();
    let data = folder.data();
    migrate(&data);
    let good = write(&folder, "good.json", &small("good", json!([])));
    let (empty, lines) = (folder.path().join("empty"), folder.path().join("lines"));
    std::fs::create_dir_all(&empty).unwrap();
    std::fs::create_dir_all(&lines).unwrap();
    std::fs::write(
        lines.join("cities.ndjson"),
        "{\"name\": \"A\", \"kind\": \"city\"}\n",
    )
    .unwrap();
    let pattern = folder.path().join("nothing/*.json");
    for (arguments, said) in [
        (&[text(&pattern)][..], "matches no file"),
        (&[text(&empty)], "contains no file *.json"),
        (&[text(&lines)], "use --format ndjson"),
        (&["-", "-"], "only once"),
        (&["--format", "ndjson", text(&pattern)], "matches no file"),
        (
            &["--format", "ndjson", text(&empty)],
            "contains no file *.ndjson",
        ),
        (&["--format", "ndjson", "-"], "set --collection"),
        (&["--format", "ndjson", "absent"], "No such file"),
        (&["--atomic"], "--format ndjson"),
        (&["--collection", "cities"], "--format ndjson"),
        (
            &["--format", "ndjson", "--update-references"],
            "--format json",
        ),
    ] {
        for command in ["import", "check"] {
            let is_of_import = ["--atomic", "--update-references"];
            if command == "check" && is_of_import.iter().any(|flag| arguments.contains(flag)) {
                continue;
            }
            let place = if command == "check" {
                &[][..]
            } else {
                &["--data-dir", text(&data)]
            };
            let (out, err, code) = run(&[&[command], arguments, &[text(&good)], place].concat());
            assert!(
                [1, 2].contains(&code) && out.is_empty(),
                "{command} {arguments:?}: {out}"
            );
            assert!(err.contains(said), "{command} {arguments:?}: {err}");
        }
    }
    let (out, ..) = run(&["import", text(&good), "--data-dir", text(&data)]);
    assert!(
        out.contains("1 plan: 1 created"),
        "nothing was stored before: {out}"
    );
}

/// Runs without a database, and without a registry that would answer.
fn checked(arguments: &[&str]) -> (Value, String, i32) {
    let mut program = command();
    program
        .args(["check", "--json"])
        .args(arguments)
        .env("RUST_LOG", "error");
    let settings = [
        ("UCAP_URL", "http://127.0.0.1:1"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/x"),
    ];
    let output = program
        .envs(settings)
        .env("UCAP_DATA_DIR", "/nowhere")
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    (report, err, output.status.code().unwrap())
}

#[tokio::test]
async fn a_check_finds_what_the_service_refuses_and_names_what_it_must_have() {
    let folder = Folder::new();
    let service = Instance::start_with(&folder.data(), &["--no-sample"]);
    let key = admin_key(&folder.data());
    let mut shape = small("shape", json!([]));
    shape["plan"]["kind"] = json!("pear");
    shape["activities"][0]["date"] = json!({"start": "2019-02-30"});
    let mut rule = small("rule", json!([{"plan": "rule", "kind": "mirrors"}]));
    rule["activities"][0]["themes"] = json!(["nowhere"]);
    let twice = json!({"slug": "leipzig", "name": "Leipzig", "kind": "city"});
    rule["cities"].as_array_mut().unwrap().push(twice);
    for (name, document) in [("shape", shape), ("rule", rule)] {
        let file = write(&folder, &format!("{name}.json"), &document);
        let (report, err, code) = checked(&[text(&file)]);
        assert_eq!(code, 1, "{err}");
        let address = format!("{}/v1/plans/{name}/summary", service.base);
        let request = crate::instance::client()
            .put(address)
            .bearer_auth(&key)
            .json(&document);
        let problem: Value = request.send().await.unwrap().json().await.unwrap();
        let pairs = |faults: &Value| -> Vec<(Value, Value)> {
            let faults = faults.as_array().unwrap().iter();
            faults
                .map(|fault| (fault["pointer"].clone(), fault["detail"].clone()))
                .collect()
        };
        let found = pairs(&report["files"][0]["faults"]);
        assert!(found.len() >= 2, "{found:?}");
        assert_eq!(found, pairs(&problem["errors"]));
    }

    let relations =
        json!([{"plan": "two", "kind": "mirrors"}, {"plan": "else", "kind": "mirrors"}]);
    let one = write(&folder, "one.json", &small("one", relations));
    let two = write(&folder, "two.json", &small("two", json!([])));
    let (report, err, code) = checked(&[text(&one), text(&two)]);
    assert_eq!((code, &report["valid"]), (0, &json!(2)), "{err}");
    let notes = report["files"][0]["notes"].as_array().unwrap();
    assert_eq!(
        (notes.len(), &notes[0]["pointer"]),
        (1, &json!("/plan/relations/1/plan"))
    );
    assert!(
        err.contains("note: line 1, column ")
            && err.contains("the registry must have the plan \"else\"")
    );
}

#[test]
fn lines_are_checked_with_the_number_of_each_line() {
    let folder = Folder::new();
    let cities = folder.path().join("cities.ndjson");
    std::fs::write(
        &cities,
        "{\"name\": \"A\", \"kind\": \"city\"}\n\n{\"name\": 7}\nnö\n",
    )
    .unwrap();
    let (report, err, code) = checked(&["--format", "ndjson", text(&cities)]);
    assert_eq!(
        (code, &report["invalid"], &report["files"][0]["lines"]),
        (1, &json!(1), &json!(3))
    );
    for said in [
        "cities.ndjson: line 3: /name: ",
        "cities.ndjson: line 3: /kind: ",
        "cities.ndjson: line 4: this line is not valid JSON: expected ident at column 2\n",
    ] {
        assert!(err.contains(said), "{said}: {err}");
    }
    std::fs::write(&cities, "{\"name\": \"A\", \"kind\": \"city\"}\n").unwrap();
    let (out, err, code) = run(&["check", "--format", "ndjson", text(&cities)]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, format!("{}: 1 valid line\n", cities.display()));
}

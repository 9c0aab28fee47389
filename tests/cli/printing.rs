//! Output that nobody reads or that cannot be written: a closed pipe ends a command quietly, a full disk with a message, and
//! neither with a panic. Completions, manual pages and results for programs.

use crate::instance::{Folder, Instance, admin_key, command};
use crate::transfer::{migrate, run, small, text, write};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::process::{Output, Stdio};

/// A pipe whose reader is gone.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full_disk() -> Stdio {
    OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap()
        .into()
}

fn with(arguments: &[&str], out: Stdio, err: Stdio) -> Output {
    let mut program = command();
    program
        .args(arguments)
        .stdout(out)
        .stderr(err)
        .env("RUST_LOG", "error");
    program.spawn().unwrap().wait_with_output().unwrap()
}

/// Every command that prints something and ends by itself.
fn printing<'a>(data: &'a str, file: &'a str, dir: &'a str) -> Vec<Vec<&'a str>> {
    let mut all = vec![vec!["--help"], vec!["--version"], vec!["help", "import"]];
    all.extend(["openapi", "man"].map(|command| vec![command]));
    all.extend(["bash", "zsh", "fish"].map(|shell| vec!["completions", shell]));
    all.push(vec!["man", "key", "create"]);
    all.push(vec!["check", file]);
    all.push(vec!["check", "--json", file]);
    for words in [
        &["key", "list"][..],
        &["key", "list", "--json"],
        &["key", "create", "a"],
        &["migrate"],
        &["import", file],
        &["import", file, "--json"],
        &["export", "--all", "--dir", dir],
        &["export", "--format", "ndjson", "--dir", dir],
        &["postgres"],
        &["doctor", "--addr", "127.0.0.1:0"],
    ] {
        all.push([words, &["--data-dir", data]].concat());
    }
    all
}

#[test]
fn no_command_panics_on_a_closed_pipe_or_a_full_disk() {
    let folder = Folder::new();
    let data = folder.data();
    migrate(&data);
    let (out, _, code) = run(&["key", "create", "first", "--data-dir", text(&data)]);
    assert!(code == 0 && out.starts_with("ucap_"));
    let file = write(&folder, "one.json", &small("one", json!([])));
    let dir = folder.path().join("out");
    for arguments in printing(text(&data), text(&file), text(&dir)) {
        let closed = with(&arguments, closed_pipe(), Stdio::piped());
        let err = String::from_utf8(closed.stderr).unwrap();
        assert_eq!(closed.status.code(), Some(0), "{arguments:?}: {err}");
        assert!(!err.contains("error") && !err.contains("panicked"), "{err}");

        let full = with(&arguments, full_disk(), Stdio::piped());
        let err = String::from_utf8(full.stderr).unwrap();
        assert_eq!(full.status.code(), Some(1), "{arguments:?}: {err}");
        let said = "error: cannot write to standard output: No space left on device";
        assert!(err.contains(said) && !err.contains("panicked"), "{err}");

        for blocked in [closed_pipe(), full_disk()] {
            let silent = with(&arguments, Stdio::piped(), blocked);
            assert_eq!(silent.status.code(), Some(0), "{arguments:?}");
            assert!(!silent.stdout.is_empty(), "{arguments:?}");
        }
    }
    for blocked in [closed_pipe(), full_disk()] {
        let wrong = with(&["--no-such-option"], Stdio::piped(), blocked);
        assert_eq!(wrong.status.code(), Some(2));
    }
}

#[tokio::test]
async fn a_service_serves_even_if_nobody_can_read_its_first_screen() {
    let folder = Folder::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let mut child = command()
        .args([
            "serve",
            "--addr",
            &address,
            "--data-dir",
            text(&folder.data()),
        ])
        .stdout(full_disk())
        .stderr(closed_pipe())
        .spawn()
        .unwrap();
    crate::instance::eventually("the service answers", async || {
        let ready = crate::instance::client()
            .get(format!("http://{address}/readyz"))
            .send();
        ready.await.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    crate::instance::signal_process(child.id(), "TERM");
    assert!(child.wait().unwrap().success());
}

fn json_of(arguments: &[&str]) -> (Value, String, i32) {
    let (out, err, code) = run(arguments);
    let value = serde_json::from_str(&out);
    (
        value.unwrap_or_else(|error| panic!("{error}: {out}{err}")),
        err,
        code,
    )
}

#[tokio::test]
async fn results_are_one_json_document_on_request() {
    let folder = Folder::new();
    let data = folder.data();
    let direct = ["--data-dir", text(&data), "--json"];
    let (migrated, _, _) = json_of(&[&["migrate"], &direct[..]].concat());
    assert!(migrated["applied"].as_array().unwrap().len() > 5);
    let (key, err, _) = json_of(&[&["key", "create", "a"], &direct[..]].concat());
    assert!(key["key"].as_str().unwrap().starts_with("ucap_"), "{err}");
    let (keys, ..) = json_of(&[&["key", "list"], &direct[..]].concat());
    assert_eq!(
        (&keys[0]["id"], &keys[0]["role"]),
        (&key["id"], &json!("editor"))
    );
    assert!(!keys.to_string().contains("ucap_"));
    let revoke = ["key", "revoke", key["id"].as_str().unwrap()];
    let (revoked, ..) = json_of(&[&revoke[..], &direct].concat());
    assert!(revoked["revoked_at"].is_string());

    let good = write(&folder, "good.json", &small("good", json!([])));
    let wrong = write(
        &folder,
        "wrong.json",
        &json!({"plan": {"slug": "wrong", "title": 7}}),
    );
    let files = [text(&good), text(&wrong)];
    let (imported, err, code) = json_of(&[&["import"], &files[..], &direct].concat());
    assert_eq!(code, 1, "{err}");
    let summary = json!({"files": 2, "created": 1, "updated": 0, "unchanged": 0, "failed": 1});
    assert_eq!(imported["summary"], summary);
    let fault = &imported["files"][1]["faults"][0];
    assert_eq!(imported["files"][0]["status"], "created");
    assert!(fault["pointer"].as_str().unwrap().starts_with("/plan") && fault["line"] == 1);
    let dir = folder.path().join("out");
    let export = ["export", "--dir", text(&dir)];
    let (plans, ..) = json_of(&[&export[..], &["good"], &direct].concat());
    assert_eq!(
        (&plans["exported"], &plans["files"][0]["plan"]),
        (&json!(1), &json!("good"))
    );
    let lines = ["--format", "ndjson"];
    let (collections, ..) = json_of(&[&export[..], &lines, &direct].concat());
    assert_eq!(collections["files"][0]["collection"], "cities");
    assert_eq!(collections["files"][0]["records"], 1);
    let again = ["import", text(&dir), "--format", "ndjson"];
    let (again, ..) = json_of(&[&again[..], &direct].concat());
    assert_eq!(again["files"][0]["unchanged"], 1);
    let cities = folder.path().join("cities.ndjson");
    std::fs::write(&cities, "\nno\n").unwrap();
    let load = ["import", text(&cities), "--format", "ndjson"];
    let (refused, _, code) = json_of(&[&load[..], &direct].concat());
    assert_eq!(
        (code, &refused["files"][0]["faults"][0]["line"]),
        (1, &json!(2))
    );
}

#[test]
fn a_quiet_command_prints_only_what_was_asked_for() {
    let folder = Folder::new();
    let data = folder.data();
    let direct = ["--data-dir", text(&data), "--quiet"];
    let file = write(&folder, "one.json", &small("one", json!([])));
    let dir = folder.path().join("out");
    for arguments in [
        &["migrate"][..],
        &["import", text(&file)],
        &["export", "--all", "--dir", text(&dir)],
        &["key", "list"],
    ] {
        let (out, err, code) = run(&[arguments, &direct].concat());
        assert_eq!(
            (code, out.as_str(), err.as_str()),
            (0, "", ""),
            "{arguments:?}"
        );
    }
    let (out, err, code) = run(&[&["key", "create", "a"], &direct[..]].concat());
    assert!(code == 0 && out.starts_with("ucap_") && out.lines().count() == 1 && err.is_empty());
    let (out, err, code) = run(&[&["import", "absent.json"], &direct[..]].concat());
    assert!(
        code == 1 && out.is_empty() && err.contains("absent.json: No such file"),
        "{err}"
    );
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let commands = [
        "serve",
        "migrate",
        "import",
        "export",
        "check",
        "key",
        "doctor",
        "postgres",
        "openapi",
        "completions",
        "man",
    ];
    for words in [
        &["completions", "bash"][..],
        &["completions", "zsh"],
        &["completions", "fish"],
        &["man"],
    ] {
        let (out, err, code) = run(words);
        assert_eq!((code, err.as_str()), (0, ""), "{words:?}");
        for command in commands {
            assert!(out.contains(command), "{words:?}: {command}");
        }
    }
    for command in commands {
        let (page, _, code) = run(&["man", command]);
        assert!(
            code == 0 && page.contains(&format!(".TH ucap-{command}")),
            "{page}"
        );
    }
    let (page, ..) = run(&["man", "key", "create"]);
    assert!(
        page.contains(".TH ucap-key-create") && page.contains("role"),
        "{page}"
    );
    let (_, err, code) = run(&["man", "key", "fly"]);
    assert!(code == 2 && err.contains("fly"), "{err}");
    // Bash itself accepts the script.
    let folder = Folder::new();
    let script = folder.path().join("ucap.bash");
    let output = command()
        .args(["completions", "bash"])
        .stdout(File::create(&script).unwrap())
        .status();
    assert!(output.unwrap().success());
    let bash = std::process::Command::new("bash")
        .arg("-n")
        .arg(&script)
        .status();
    assert!(bash.is_ok_and(|status| status.success()));
}

#[tokio::test]
async fn an_address_in_use_names_the_option_that_helps() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    let address = service.base.trim_start_matches("http://");
    let (_, err, code) = run(&[
        "serve",
        "--addr",
        address,
        "--data-dir",
        text(&folder.path().join("b")),
    ]);
    assert_eq!(code, 1);
    for said in [address, "in use", "--addr", "UCAP_ADDR"] {
        assert!(err.contains(said), "{said}: {err}");
    }
    assert!(!folder.path().join("b").exists());
    assert!(!admin_key(&folder.data()).is_empty());
}

//! Where commands work: only `serve` and `migrate` create a database, and every command says which one it works on.

use crate::instance::{Folder, Instance, PROGRAM, command, postmaster};
use crate::transfer::{migrate, run, small, text, write};
use serde_json::json;
use std::collections::BTreeSet;
use std::process::Command;
use ucap::config::DatabaseSettings;

#[test]
fn only_serve_and_migrate_create_a_database() {
    let folder = Folder::new();
    let data = folder.data();
    let file = write(&folder, "one.json", &small("one", json!([])));
    let out = folder.path().join("out");
    let id = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b";
    for arguments in [
        &["key", "list"][..],
        &["key", "create", "a"],
        &["key", "revoke", id],
        &["export", "--all", "--dir", text(&out)],
        &["export", "--format", "ndjson", "--dir", text(&out)],
        &["import", text(&file)],
    ] {
        let (printed, err, code) = run(&[arguments, &["--data-dir", text(&data)]].concat());
        assert_eq!((code, printed.as_str()), (1, ""), "{arguments:?}: {err}");
        for said in [
            text(&data),
            "there is no database",
            "--data-dir",
            "ucap migrate",
        ] {
            assert!(err.contains(said), "{said}: {err}");
        }
        assert!(!data.exists() && !out.exists(), "{arguments:?}");
    }
    let (programs, err, code) = run(&["postgres", "--data-dir", text(&data)]);
    assert!(
        code == 0 && programs.trim().ends_with("bin"),
        "{programs}{err}"
    );
    assert!(
        err.contains(&format!("there is none in {}", data.display())),
        "{err}"
    );
    assert!(!data.exists());
    let (_, err, code) = run(&["migrate", "--data-dir", text(&data)]);
    assert!(code == 0 && data.exists(), "{err}");
    assert!(err.starts_with(&format!("Working on the database in {}.\n", data.display())));
    let (printed, err, code) = run(&["key", "list", "--data-dir", text(&data)]);
    assert_eq!((code, printed.as_str()), (0, ""));
    assert_eq!(
        err,
        format!("Working on the database in {}.\n", data.display())
    );
}

/// The `psql` that is installed beside the server.
fn psql(data: &std::path::Path, statement: &str) {
    let (programs, _, code) = run(&["postgres", "--data-dir", text(data)]);
    assert_eq!(code, 0);
    let output = Command::new(format!("{}/psql", programs.trim()))
        .args([
            "--host",
            text(&data.join("run")),
            "--username",
            "postgres",
            "--command",
            statement,
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn a_schema_that_is_not_of_this_version_is_refused_and_not_changed() {
    let folder = Folder::new();
    let data = folder.data();
    let service = Instance::start(&data);
    psql(&data, "CREATE DATABASE empty");
    let url = format!(
        "host='{}' user=postgres dbname=empty",
        data.join("run").display()
    );
    for arguments in [&["key", "list"][..], &["export", "--all", "--dir", "out"]] {
        let (printed, err, code) = run(&[arguments, &["--database-url", &url]].concat());
        assert_eq!((code, printed.as_str()), (1, ""), "{err}");
        assert!(
            err.starts_with("Working on the database empty on ")
                && err.contains("no tables of ucap")
                && err.contains("ucap migrate"),
            "{err}"
        );
    }
    let (_, err, code) = run(&["migrate", "--database-url", &url]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(run(&["key", "list", "--database-url", &url]).2, 0);
    drop(service);
    assert_eq!(postmaster(&data), None);
}

#[test]
fn commands_on_a_database_refuse_a_running_registry_unless_a_flag_names_the_database() {
    let folder = Folder::new();
    let data = folder.data();
    let id = "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b";
    for arguments in [
        &["key", "list"][..],
        &["key", "create", "a"],
        &["key", "revoke", id],
        &["migrate"],
    ] {
        let output = command()
            .args(arguments)
            .env("UCAP_URL", "http://127.0.0.1:1")
            .env("UCAP_DATA_DIR", &data)
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
        for said in [
            "http://127.0.0.1:1",
            "UCAP_URL",
            "only on a database",
            "--data-dir",
        ] {
            assert!(err.contains(said), "{said}: {err}");
        }
        assert!(!data.exists());
    }
    migrate(&data);
    let file = write(&folder, "one.json", &small("one", json!([])));
    for arguments in [&["key", "list"][..], &["import", text(&file)]] {
        let output = command()
            .args(arguments)
            .args(["--data-dir", text(&data)])
            .env("UCAP_URL", "http://127.0.0.1:1")
            .env("RUST_LOG", "error")
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{err}");
        assert_eq!(
            err,
            format!("Working on the database in {}.\n", data.display())
        );
    }
    let both = ["--data-dir", text(&data), "--url", "http://127.0.0.1:1"];
    let (_, err, code) = run(&[&["import", text(&file)], &both[..]].concat());
    assert!(code == 2 && err.contains("only one of them"), "{err}");
}

/// The long options that the help of a command shows.
fn options_of(words: &[&str]) -> BTreeSet<String> {
    let output = Command::new(PROGRAM)
        .args(words)
        .arg("--help")
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}");
    let help = String::from_utf8(output.stdout).unwrap();
    let is_command = !(words == ["key"] || words == ["openapi"]);
    assert!(
        help.contains("Examples:\n  ") || !is_command,
        "{words:?}: {help}"
    );
    let text = help.split("Examples:").next().unwrap();
    let options = text.lines().filter_map(|line| {
        let words = line.trim_start().split([' ', ',', '[']);
        words
            .take(3)
            .find(|word| word.starts_with("--"))
            .map(str::to_owned)
    });
    options.collect()
}

#[test]
fn a_command_shows_its_own_options_and_no_others() {
    let cluster = ["--data-dir", "--pg-bin", "--no-download", "--cache-dir"];
    let database = [&["--database-url"], &cluster[..]].concat();
    let output = ["--json", "--quiet"];
    let registry = ["--url", "--key"];
    let server = [
        "--addr",
        "--public-url",
        "--require-key-for-reads",
        "--cors-origins",
        "--workers",
        "--pool-size",
        "--no-sample",
    ];
    let import = [
        "--format",
        "--collection",
        "--atomic",
        "--dry-run",
        "--on-existing",
        "--update-references",
    ];
    let export = ["--format", "--collection", "--all", "--dir"];
    for (command, groups) in [
        (&["serve"][..], &[&database[..], &server][..]),
        (&["migrate"], &[&database, &output]),
        (&["key", "create"], &[&database, &output, &["--role"]]),
        (&["key", "list"], &[&database, &output]),
        (&["key", "revoke"], &[&database, &output]),
        (&["import"], &[&database, &output, &registry, &import]),
        (&["export"], &[&database, &output, &registry, &export]),
        (&["check"], &[&output, &["--format", "--collection"]]),
        (&["doctor"], &[&database, &output, &server]),
        (&["postgres"], &[&cluster]),
        (&["openapi"], &[&["--format"]]),
        (&["completions"], &[]),
        (&["man"], &[]),
    ] {
        let mut expected: BTreeSet<String> = groups
            .concat()
            .iter()
            .map(|option| (*option).to_owned())
            .collect();
        expected.insert("--help".to_owned());
        assert_eq!(options_of(command), expected, "{command:?}");
        if !groups.iter().any(|group| group.contains(&"--addr")) {
            let foreign = [command, &["--addr", "127.0.0.1:0"]].concat();
            assert_eq!(run(&foreign).2, 2, "{command:?} takes --addr");
        }
    }
    let (_, err, code) = run(&["--data-dir", "x", "key", "list"]);
    assert!(code == 2 && err.contains("stand after it"), "{err}");
    assert!(DatabaseSettings::from_environment().is_ok());
}

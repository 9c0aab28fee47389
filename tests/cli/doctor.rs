//! `ucap doctor`: it says what a start would find, and changes nothing.

use crate::instance::{Folder, Instance, command};
use crate::transfer::text;
use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// What the doctor found: the state and the detail of each topic, and the exit code.
fn findings(arguments: &[&str]) -> (BTreeMap<String, (String, String)>, i32) {
    let output = command()
        .args(["doctor", "--json"])
        .args(arguments)
        .env("RUST_LOG", "error")
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = |finding: &Value, member: &str| finding[member].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let findings = findings.map(|one| (of(one, "topic"), (of(one, "state"), of(one, "detail"))));
    (findings.collect(), output.status.code().unwrap())
}

/// All files below a directory with their modes, sizes and times.
fn state(dir: &Path) -> BTreeMap<String, (u32, u64, i64, i64)> {
    let mut all = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(path) = open.pop() {
        let Ok(meta) = std::fs::symlink_metadata(&path) else {
            continue;
        };
        let seen = (meta.mode(), meta.len(), meta.mtime(), meta.mtime_nsec());
        all.insert(path.display().to_string(), seen);
        if meta.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    all
}

#[tokio::test]
async fn the_doctor_says_what_there_is_and_changes_nothing() {
    let folder = Folder::new();
    let data = folder.data();
    let place = ["--data-dir", text(&data), "--addr", "127.0.0.1:0"];
    let (found, code) = findings(&place);
    assert_eq!(code, 0, "{found:?}");
    assert!(found["programs"].1.contains("PostgreSQL"));
    assert_eq!(found["data directory"].0, "note");
    assert!(found["port"].0 == "ok" && found.contains_key("user"));
    assert!(!data.exists());

    let service = Instance::start(&data);
    let address = service.base.trim_start_matches("http://");
    let (found, code) = findings(&["--data-dir", text(&data), "--addr", address]);
    assert_eq!(code, 0, "{found:?}");
    for topic in [
        "database",
        "server",
        "schema",
        "keys",
        "cluster",
        "key file",
        "data directory",
    ] {
        assert_eq!(found[topic].0, "ok", "{topic}: {found:?}");
    }
    assert!(found["port"].1.contains("in use by ucap 0."), "{found:?}");
    let url = format!(
        "host='{}' user=postgres dbname=",
        data.join("run").display()
    );
    let database = |name: &str| {
        findings(&[
            "--database-url",
            &format!("{url}{name}"),
            "--addr",
            "127.0.0.1:0",
        ])
    };
    let (found, code) = database("ucap");
    assert!(code == 0 && found["schema"].0 == "ok" && found["server"].1.contains("PostgreSQL"));
    let (found, code) = database("postgres");
    assert!(code == 0 && found["schema"].0 == "note", "{found:?}");
    let (found, _) = database("postgres");
    assert_eq!(found["schema"].0, "note", "the doctor creates no schema");
    drop(service);

    let before = state(&data);
    let (found, code) = findings(&place);
    assert_eq!((code, found["server"].0.as_str()), (0, "note"), "{found:?}");
    assert_eq!(state(&data), before);
}

#[tokio::test]
async fn what_keeps_the_service_from_working_is_a_problem_and_exit_code_1() {
    let folder = Folder::new();
    let data = folder.data();
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().to_string();
    let (found, code) = findings(&["--data-dir", text(&data), "--addr", &taken]);
    assert!(code == 1 && found["port"].0 == "problem", "{found:?}");
    assert!(found["port"].1.contains("--addr"));

    let closed = [
        "--database-url",
        "postgres://127.0.0.1:1/x",
        "--addr",
        "127.0.0.1:0",
    ];
    let (found, code) = findings(&closed);
    assert!(code == 1 && found["database"].0 == "problem", "{found:?}");

    let empty = folder.path().join("empty");
    std::fs::create_dir_all(&empty).unwrap();
    let programs = [
        "--data-dir",
        text(&data),
        "--pg-bin",
        text(&empty),
        "--addr",
        "127.0.0.1:0",
    ];
    let (found, code) = findings(&programs);
    assert!(
        code == 1 && found["programs"].1.contains("UCAP_PG_BIN"),
        "{found:?}"
    );

    std::fs::create_dir_all(data.join("postgres")).unwrap();
    std::fs::write(data.join("postgres/stray"), "").unwrap();
    std::fs::write(data.join("admin-key"), "ucap_x\n").unwrap();
    let mode = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(data.join("admin-key"), mode).unwrap();
    let (found, code) = findings(&["--data-dir", text(&data), "--addr", "127.0.0.1:0"]);
    assert_eq!(
        (code, found["cluster"].0.as_str()),
        (1, "problem"),
        "{found:?}"
    );
    assert!(
        found["key file"].0 == "problem" && found["key file"].1.contains("644"),
        "{found:?}"
    );
    assert!(found["data directory"].1.contains("mode"));
}

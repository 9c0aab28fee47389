//! First start, later starts, orderly ends.

use crate::instance::{Folder, Instance, PROGRAM, admin_key, command, eventually, postmaster};
use crate::needs;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

#[tokio::test]
async fn the_first_start_brings_a_sample_and_a_key_and_later_ones_keep_them() {
    let folder = Folder::new();
    let first = Instance::start(&folder.data());
    let key = admin_key(&folder.data());
    assert!(
        first
            .greeting
            .contains(&format!("admin key          {key}\n"))
            && first.greeting.contains(&format!("{}/docs/", first.base))
    );
    let data = format!("data in            {}\n", folder.data().display());
    assert!(first.greeting.contains(&data), "{}", first.greeting);
    let mode = std::fs::metadata(folder.data().join("admin-key"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(first.get("/v1/plans?count=true").await.1["total"], 1);
    assert_eq!(first.get("/readyz").await.0, 200);
    assert_eq!(
        first
            .post("/v1/themes", &key, &json!({"name": "Water"}))
            .await
            .unwrap()
            .0,
        201
    );
    first.signal("INT");
    assert!(first.wait().success());
    assert_eq!(
        postmaster(&folder.data()),
        None,
        "the private server ends with the service"
    );

    let second = Instance::start(&folder.data());
    assert!(!second.greeting.contains(&key), "a key is shown once");
    assert_eq!(second.get("/v1/themes/water").await.0, 200);
    assert_eq!(
        second
            .post("/v1/themes", &key, &json!({"name": "Air"}))
            .await
            .unwrap()
            .0,
        201
    );
    assert!(
        second.ready_after < Duration::from_secs(5),
        "{:?}",
        second.ready_after
    );
    second.signal("TERM");
    assert!(second.wait().success());
}

/// The lines of the first screen that are to be pasted into a shell.
fn lines_to_try(greeting: &str) -> Vec<&str> {
    let lines = greeting.lines().map(str::trim);
    lines.filter(|line| line.starts_with("curl ")).collect()
}

#[tokio::test]
async fn the_lines_of_the_first_screen_work_as_they_stand_and_change_nothing() {
    needs::programs(&["bash", "curl"]);
    for arguments in [&["--no-sample"][..], &[], &["--require-key-for-reads"]] {
        let folder = Folder::new();
        let service = Instance::start_with(&folder.data(), arguments);
        let lines = lines_to_try(&service.greeting);
        assert_eq!(lines.len(), 3, "{}", service.greeting);
        let key = admin_key(&folder.data());
        let changes = async || {
            let url = format!("{}/v1/changes", service.base);
            let request = crate::instance::client().get(url).bearer_auth(&key);
            request.send().await.unwrap().text().await.unwrap()
        };
        let before = changes().await;
        for line in lines.iter().chain(&lines) {
            let mut shell = std::process::Command::new("bash");
            let output = shell
                .args(["-c", &format!("{line} --silent --fail")])
                .output();
            let output = output.unwrap();
            let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert!(
                output.status.success() && answer["data"].is_array(),
                "{line}"
            );
        }
        assert_eq!(changes().await, before);
    }
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back_with_the_next_start() {
    let folder = Folder::new();
    let first = Instance::start(&folder.data());
    let plan = format!(
        "{}/v1/plans/manchester-chengdu-liuzhou-yangzhou",
        first.base
    );
    let deleted = crate::instance::client()
        .delete(plan)
        .bearer_auth(admin_key(&folder.data()))
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.status(), 204);
    drop(first);
    assert_eq!(
        Instance::start(&folder.data())
            .get("/v1/plans?count=true")
            .await
            .1["total"],
        0
    );
}

#[tokio::test]
async fn keys_are_made_listed_and_ended_beside_a_running_service() {
    let folder = Folder::new();
    let service = Instance::run(
        command()
            .env("UCAP_DATA_DIR", folder.data())
            .arg("--no-sample"),
    );
    assert_eq!(service.get("/v1/plans?count=true").await.1["total"], 0);
    let run = |arguments: &[&str]| {
        let output = command()
            .env("UCAP_DATA_DIR", folder.data())
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let editor = run(&["key", "create", "partner"]).trim().to_owned();
    let reader = run(&["key", "create", "--role", "reader", "viewer"])
        .trim()
        .to_owned();
    assert_eq!(
        service
            .post("/v1/themes", &editor, &json!({"name": "A"}))
            .await
            .unwrap()
            .0,
        201
    );
    assert_eq!(
        service
            .post("/v1/themes", &reader, &json!({"name": "B"}))
            .await
            .unwrap()
            .0,
        403
    );
    let list = run(&["key", "list"]);
    assert!(
        list.lines().count() == 3 && !list.contains("ucap_"),
        "{list}"
    );
    let id = list
        .lines()
        .find(|line| line.ends_with("partner"))
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    assert_eq!(
        run(&["key", "revoke", id]),
        "revoked editor key \"partner\"\n"
    );
    assert_eq!(
        service
            .post("/v1/themes", &editor, &json!({"name": "C"}))
            .await
            .unwrap()
            .0,
        401
    );
    let again = command()
        .env("UCAP_DATA_DIR", folder.data())
        .args(["key", "revoke", id])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1));
}

#[tokio::test]
async fn a_key_made_before_the_first_start_is_no_reason_to_go_without_an_admin() {
    let folder = Folder::new();
    for arguments in [&["migrate"][..], &["key", "create", "early"]] {
        let made = command()
            .env("UCAP_DATA_DIR", folder.data())
            .args(arguments)
            .output()
            .unwrap();
        assert!(made.status.success());
    }
    let service = Instance::start(&folder.data());
    assert_eq!(
        service
            .post(
                "/v1/themes",
                &admin_key(&folder.data()),
                &json!({"name": "A"})
            )
            .await
            .unwrap()
            .0,
        201
    );
}

#[tokio::test]
async fn an_instance_that_shared_the_database_takes_it_over() {
    let folder = Folder::new();
    let owner = Instance::start(&folder.data());
    let other = Instance::start(&folder.data());
    assert_eq!(other.get("/v1/plans?count=true").await.1["total"], 1);
    owner.signal("TERM");
    assert!(owner.wait().success());
    eventually("the other one has the database", async || {
        other.get("/readyz").await.0 == 200
    })
    .await;
    assert_eq!(other.get("/v1/plans?count=true").await.1["total"], 1);
    drop(other);
    assert_eq!(postmaster(&folder.data()), None);
}

#[test]
fn migrate_says_what_it_applied() {
    let folder = Folder::new();
    let run = || {
        command()
            .env("UCAP_DATA_DIR", folder.data())
            .arg("migrate")
            .output()
            .unwrap()
    };
    let first = String::from_utf8(run().stdout).unwrap();
    let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir())
        .count();
    assert_eq!(first.matches("applied ").count(), migrations, "{first}");
    assert_eq!(
        String::from_utf8(run().stdout).unwrap(),
        "the database is up to date\n"
    );
    assert_eq!(postmaster(&folder.data()), None);
}

#[test]
fn openapi_prints_the_committed_documents_without_a_database() {
    for (format, file) in [("3.1", "openapi.json"), ("3.0", "openapi-3.0.json")] {
        let output = command()
            .args(["openapi", "--format", format])
            .env("PATH", "")
            .output()
            .unwrap();
        let committed =
            std::fs::read_to_string(format!("{}/openapi/{file}", env!("CARGO_MANIFEST_DIR")))
                .unwrap();
        assert!(
            output.status.success() && String::from_utf8(output.stdout).unwrap() == committed,
            "{format}: {PROGRAM}"
        );
    }
}

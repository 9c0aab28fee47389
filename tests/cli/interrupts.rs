//! SIGINT and SIGTERM at any time: files and database stay whole, and the command says what was done.

use crate::instance::{Folder, Instance, admin_key, command, eventually, signal_process};
use crate::transfer::{files, run, small, text, write};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// A registry that begins to answer each request and then says nothing more: its address, and a message for each request.
fn stalling_registry() -> (String, Receiver<()>) {
    let (asked, requests) = channel();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = BufReader::new(stream.try_clone().unwrap()).lines();
            let _ = request.map_while(Result::ok).find(String::is_empty);
            asked.send(()).unwrap();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n";
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(b"{\"slug\": \"leipzig\"}\n");
            open.push(stream);
        }
    });
    (address, requests)
}

fn started(program: &mut Command) -> Child {
    program
        .env("RUST_LOG", "error")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a command said, and its exit code.
fn ended(child: Child) -> (String, String, Option<i32>) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.code(),
    )
}

#[tokio::test]
async fn an_interrupted_export_leaves_no_unfinished_file_and_keeps_the_old_one() {
    let folder = Folder::new();
    let out = folder.path().join("out");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("cities.ndjson"), "old\n").unwrap();
    let (registry, requests) = stalling_registry();
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        for (selection, done) in [
            (
                &["--format", "ndjson", "--collection", "cities"][..],
                "after 0 of 1 collections",
            ),
            (&["some-plan"], "after 0 of 1 plans"),
        ] {
            let mut program = command();
            program.args(["export", "--dir", text(&out), "--url", &registry]);
            let child = started(program.args(selection));
            requests.recv().unwrap();
            if selection.len() > 1 {
                eventually("a file was begun", async || files(&out).len() == 2).await;
            }
            signal_process(child.id(), signal);
            let (_, err, ended) = ended(child);
            assert_eq!(ended, Some(code), "{err}");
            assert!(err.contains(&format!("interrupted {done}")), "{err}");
            let left = files(&out);
            assert_eq!(left.len(), 1, "{left:?}");
            assert_eq!(left["cities.ndjson"], "old\n");
        }
    }
}

#[tokio::test]
async fn an_interrupted_import_of_documents_says_how_many_are_stored() {
    const ALL: usize = 150;
    let folder = Folder::new();
    let service = Instance::start_with(&folder.data(), &["--no-sample"]);
    let plans = folder.path().join("plans");
    std::fs::create_dir_all(&plans).unwrap();
    for number in 0..ALL {
        write(
            &folder,
            &format!("plans/{number}.json"),
            &small(&format!("plan-{number}"), json!([])),
        );
    }
    let mut child = started(
        command()
            .args(["import", text(&plans), "--url", &service.base])
            .args(["--key", &admin_key(&folder.data())]),
    );
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut printed = String::new();
    out.read_line(&mut printed).unwrap();
    signal_process(child.id(), "INT");
    out.read_to_string(&mut printed).unwrap();
    let (_, err, code) = ended(child);
    assert_eq!(code, Some(130), "{err}");
    let total = service.get("/v1/plans?count=true").await.1["total"]
        .as_u64()
        .unwrap();
    assert!((1..ALL as u64).contains(&total), "{printed}");
    let counts =
        format!("{total} of {ALL} plans: {total} created, 0 updated, 0 unchanged, 0 failed\n");
    assert!(printed.ends_with(&counts), "{counts}: {printed}");
    assert!(
        err.contains(&format!("interrupted after {total} of {ALL} files")),
        "{err}"
    );
}

#[tokio::test]
async fn an_interrupted_import_of_lines_stops_between_two_lines_or_stores_nothing() {
    let folder = Folder::new();
    let service = Instance::start_with(&folder.data(), &["--no-sample"]);
    let key = admin_key(&folder.data());
    let direct = ["--data-dir", text(&folder.data())].map(str::to_owned);
    let remote = ["--url", &service.base, "--key", &key].map(str::to_owned);
    let count = async || {
        service.get("/v1/themes?count=true").await.1["total"]
            .as_u64()
            .unwrap()
    };
    let mut stored = 0;
    for (registry, options) in [
        (&remote[..], &["--atomic"][..]),
        (&direct, &["--atomic"]),
        (&remote, &[]),
        (&direct, &[]),
    ] {
        let mut program = command();
        program.args([
            "import",
            "--format",
            "ndjson",
            "--collection",
            "themes",
            "-",
        ]);
        program.args(registry).args(options).stdin(Stdio::piped());
        let mut child = started(&mut program);
        let mut lines = child.stdin.take().unwrap();
        // More than a pipe takes, so that the command has begun to read when all is written.
        for number in 0..100 {
            let text = "x".repeat(3000);
            let slug = format!("theme-{number}-{stored}");
            let theme = json!({"slug": slug, "name": format!("Theme {slug}"), "description": text});
            writeln!(lines, "{theme}").unwrap();
        }
        lines.write_all(b"{\"name\": \"half a li").unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        signal_process(child.id(), "INT");
        let (out, err, code) = ended(child);
        assert_eq!(code, Some(130), "{out}{err}");
        assert!(err.contains("interrupted"), "{err}");
        if options.is_empty() {
            let counts = "standard input: 100 created, 0 updated, 0 unchanged, 0 failed\n";
            assert_eq!(out, counts, "{err}");
            stored += 100;
        }
        assert_eq!(
            count().await,
            stored,
            "{registry:?} {options:?}: {out}{err}"
        );
    }
}

#[tokio::test]
async fn a_command_that_waits_for_its_database_ends_at_once_and_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let url = format!("postgres://u@{address}/d?sslmode=disable");
    for arguments in [
        &["key", "list"][..],
        &["migrate"],
        &["serve", "--addr", "127.0.0.1:0"],
    ] {
        let child = started(command().args(arguments).args(["--database-url", &url]));
        let (stream, _) = listener.accept().unwrap();
        signal_process(child.id(), "INT");
        let (_, err, code) = ended(child);
        drop(stream);
        assert_eq!(code, Some(130), "{arguments:?}: {err}");
        assert!(
            err.contains("while the database was being prepared"),
            "{err}"
        );
    }
}

#[tokio::test]
async fn a_second_signal_ends_a_service_that_waits_for_its_requests() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    // A request whose body does not come keeps the service from ending.
    let address = service.base.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let key = admin_key(&folder.data());
    let head = format!(
        "POST /v1/imports/themes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    service.signal("INT");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    service.signal("INT");
    assert_eq!(service.wait().code(), Some(130));
    let (_, err, code) = run(&["key", "list", "--data-dir", text(&folder.data())]);
    assert_eq!(code, 0, "{err}");
}

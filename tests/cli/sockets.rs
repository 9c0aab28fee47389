//! Behaviour that is only visible over a real socket.

use crate::instance::{Folder, Instance, admin_key, client};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Sends bytes unchanged and reads until the server closes the connection.
fn raw(base: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[tokio::test]
async fn head_has_no_body_and_the_length_of_get() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    for path in ["/v1/plans", "/v1/plans/nothing", "/openapi.json", "/"] {
        let get = client()
            .get(format!("{}{path}", service.base))
            .send()
            .await
            .unwrap();
        let length = get.bytes().await.unwrap().len();
        let head = raw(
            &service.base,
            &format!("HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        );
        let (headers, body) = head.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "", "{path}");
        let same = headers
            .to_lowercase()
            .contains(&format!("content-length: {length}"));
        assert!(same || path.contains("nothing"), "{path}: {headers}");
    }
}

#[tokio::test]
async fn requests_that_are_not_http_are_harmless() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    for request in [
        "\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET /\u{0} HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        format!("GET /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "x".repeat(200_000)),
        format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\nConnection: close\r\n\r\n", "y".repeat(200_000)),
        "POST /v1/themes HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n".to_owned(),
        "POST /v1/themes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n".to_owned(),
    ] {
        let answer = raw(&service.base, &request);
        assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
    }
    assert_eq!(service.get("/livez").await.0, 200);
}

#[tokio::test]
async fn responses_are_compressed_over_a_socket() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    let plain = raw(
        &service.base,
        "GET /v1/countries HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .len();
    let mut stream = TcpStream::connect(service.base.trim_start_matches("http://")).unwrap();
    stream.write_all(b"GET /v1/countries HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n").unwrap();
    let mut compressed = Vec::new();
    stream.read_to_end(&mut compressed).unwrap();
    assert!(
        compressed.len() * 2 < plain,
        "{} of {plain}",
        compressed.len()
    );
    let decoded = client()
        .get(format!("{}/v1/countries", service.base))
        .send()
        .await
        .unwrap();
    assert_eq!(
        decoded.json::<serde_json::Value>().await.unwrap()["data"][0]["code"],
        "AD"
    );
}

/// The head of an answer in lower case, and its body.
fn parts(answer: &[u8]) -> (String, &[u8]) {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = answer.split_at(end.expect("an end of the headers") + 4);
    (String::from_utf8_lossy(head).to_lowercase(), body)
}

/// Sends bytes as they are and reads until the other side closes, which it has to do.
fn raw_bytes(base: &str, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .expect("the connection is closed at the end");
    answer
}

#[tokio::test]
async fn http_1_0_gets_no_chunks() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    for path in [
        "/v1/exports/plans.ndjson",
        "/v1/exports/cities.csv",
        "/v1/exports/activities.ics",
        "/v1/exports/plans.geojson",
    ] {
        // A client that asks to keep the connection cannot know where a stream ends, either.
        for keep in ["", "Connection: keep-alive\r\n"] {
            let request = format!("GET {path} HTTP/1.0\r\nHost: x\r\n{keep}\r\n");
            let answer = raw_bytes(&service.base, &request);
            let (head, body) = parts(&answer);
            assert!(head.starts_with("http/1.0 200"), "{head}");
            assert!(!head.contains("transfer-encoding"), "{head}");
            assert!(!head.contains("connection: keep-alive"), "{head}");
            let whole = client().get(format!("{}{path}", service.base));
            let whole = whole.send().await.unwrap().bytes().await.unwrap();
            assert!(body == whole, "{path}: {}", String::from_utf8_lossy(body));
        }
        let gzip = format!("GET {path} HTTP/1.0\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
        let answer = raw_bytes(&service.base, &gzip);
        let (head, body) = parts(&answer);
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert!(head.contains("content-encoding: gzip"), "{head}");
        assert!(body.starts_with(b"\x1f\x8b"), "{path}");
    }
    let list = raw_bytes(
        &service.base,
        "GET /v1/plans HTTP/1.0\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n",
    );
    assert!(!parts(&list).0.contains("transfer-encoding"));
    let newer = raw_bytes(
        &service.base,
        "GET /v1/exports/plans.ndjson HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    assert!(parts(&newer).0.contains("transfer-encoding: chunked"));
}

/// A request whose client waits with the body until it is told to continue.
fn waiting(path: &str, headers: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Expect: 100-continue\r\nConnection: close\r\n{headers}\r\n"
    )
}

#[tokio::test]
async fn a_client_that_waits_with_its_body_is_refused_at_once() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    let key = format!("Authorization: Bearer {}\r\n", admin_key(&folder.data()));
    for (path, headers, status) in [
        ("/v1/cities", "", 401),
        ("/v1/cities", "Authorization: Bearer ucap_nobody\r\n", 401),
        ("/v1/imports/cities", "Authorization: Basic eDp5\r\n", 401),
        ("/v1/cities", &format!("{key}Idempotency-Key: 1\r\n"), 400),
        ("/v1/imports/cities?mod=atomic", &key, 400),
    ] {
        let request = waiting(path, headers, 1_000_000);
        let began = Instant::now();
        let answer = String::from_utf8(raw_bytes(&service.base, &request)).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        let head = head.to_lowercase();
        assert!(head.contains("application/problem+json"), "{head}");
        assert!(head.contains("x-request-id"), "{head}");
        assert_eq!(head.contains("www-authenticate"), status == 401, "{head}");
        assert!(body.contains(&format!("\"status\":{status}")), "{body}");
        assert!(began.elapsed() < Duration::from_secs(10), "{answer}");
    }
}

#[tokio::test]
async fn a_client_that_waits_with_its_body_is_told_to_continue_and_then_served() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    let key = format!("Authorization: Bearer {}\r\n", admin_key(&folder.data()));
    let body = "{\"name\": \"Waited for\", \"kind\": \"city\"}";
    let mut stream = TcpStream::connect(service.base.trim_start_matches("http://")).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let head = waiting("/v1/cities", &key, body.len());
    stream.write_all(head.as_bytes()).unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    // The two halves are one request in the metrics.
    let metrics = raw(
        &service.base,
        "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    let counted = metrics.lines().find(|line| {
        line.contains("POST") && line.contains("/v1/cities") && line.contains("total")
    });
    assert!(
        counted.is_some_and(|line| line.ends_with(" 1")),
        "{metrics}"
    );
    assert!(!metrics.contains("\"100\""), "{metrics}");
}

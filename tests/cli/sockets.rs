//! Behaviour that is only visible over a real socket.

use crate::instance::{Folder, Instance, client};
use std::io::{Read, Write};
use std::net::TcpStream;

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

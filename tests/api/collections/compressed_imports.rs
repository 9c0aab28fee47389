//! Imports whose bodies are compressed.

use super::imports::{joined, statuses};
use crate::harness::specimens::{ALL, city};
use crate::harness::{Answer, App};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::Write;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

async fn send(app: &App, collection: &str, coding: &str, body: Vec<u8>) -> Answer {
    app.request("POST", &format!("/v1/imports/{collection}"))
        .bytes("application/x-ndjson", body)
        .header("content-encoding", coding)
        .send()
        .await
}

fn lines(answer: &Answer) -> Vec<Value> {
    let text = answer.text();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[actix_web::test]
async fn lines_that_are_compressed_with_gzip_are_stored() {
    let app = App::start().await;
    for specimen in ALL {
        let body = joined(&[specimen.document(&app).await, specimen.document(&app).await]);
        let answer = send(&app, specimen.collection, "gzip", gzip(body.as_bytes())).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(
            statuses(&lines(&answer)),
            [(1, "created"), (2, "created")],
            "{}",
            specimen.collection
        );
    }
    // Files that were compressed one by one and then joined are one body (RFC 1952, section 2.2).
    let members = [city(), city(), city()].map(|city| gzip(joined(&[city]).as_bytes()));
    let answer = send(&app, "cities", "X-GZIP, identity", members.concat()).await;
    assert_eq!(statuses(&lines(&answer)).len(), 3);
    let large: Vec<Value> = (0..2000).map(|_| city()).collect();
    let answer = send(&app, "cities", "gzip", gzip(joined(&large).as_bytes())).await;
    assert_eq!(lines(&answer).last().unwrap()["summary"]["created"], 2000);
}

#[actix_web::test]
async fn a_body_that_is_not_the_gzip_that_it_says_is_refused() {
    let app = App::start().await;
    let whole = gzip(joined(&[city(), city()]).as_bytes());
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x55;
    let cut = whole[..whole.len() - 9].to_vec();
    let checksum = [&whole[..whole.len() - 8], &[0; 8]].concat();
    for body in [
        joined(&[city()]).into_bytes(),
        damaged,
        cut,
        checksum,
        b"\x1f".to_vec(),
    ] {
        let answer = send(&app, "cities", "gzip", body).await;
        answer.problem(400, "bad_request");
    }
    for coding in ["br", "deflate", "gzip, gzip", "gzip, br", "zstd", "é"] {
        let answer = send(&app, "cities", coding, whole.clone()).await;
        let answer = answer.problem(415, "unsupported_media_type");
        assert_eq!(answer.header("accept-encoding"), Some("gzip"));
    }
}

#[actix_web::test]
async fn a_small_body_that_unpacks_to_a_huge_one_is_refused() {
    let app = App::start().await;
    let bomb = gzip(&vec![b'\n'; 64 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    let answer = send(&app, "cities", "gzip", bomb).await;
    answer.problem(413, "body_too_large");
    // A line has the same limit as without compression, and the lines beside it are stored.
    let long = format!(
        "{}{{\"name\": \"{}\"}}\n{}",
        joined(&[city()]),
        "x".repeat(2 * 1024 * 1024),
        joined(&[city()])
    );
    let answer = send(&app, "cities", "gzip", gzip(long.as_bytes())).await;
    let answers = lines(&answer);
    assert_eq!(
        statuses(&answers),
        [(1, "created"), (2, "failed"), (3, "created")]
    );
    assert_eq!(answers[1]["errors"][0]["code"], "max_length");
}

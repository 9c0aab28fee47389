//! Keyset paging.

use crate::harness::specimens::{ALL, Specimen};
use crate::harness::{App, CONTRACT};
use serde_json::{Value, json};

fn sort_keys(specimen: &Specimen) -> Vec<String> {
    let operation = &CONTRACT.document()["paths"][format!("/v1/{}", specimen.collection)]["get"];
    let parameters = operation["parameters"].as_array().unwrap();
    let sort = parameters
        .iter()
        .find(|parameter| parameter["name"] == "sort")
        .unwrap();
    let schema = sort["schema"]["$ref"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    let names = CONTRACT.document()["components"]["schemas"][schema]["enum"]
        .as_array()
        .unwrap();
    names
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

fn ids(items: &[Value]) -> Vec<String> {
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Records with equal, different and unknown values of every sort key.
async fn fill(app: &App, specimen: &Specimen) {
    for round in 0..11_i32 {
        let mut document = specimen.document(app).await;
        let known = round % 3 != 0;
        match specimen.collection {
            "cities" if known => {
                document["population"] = json!(1000 + round / 2);
                document["area_km2"] = json!(10.25 + f64::from(round / 2));
            }
            "plans" if known => {
                document["period"] = json!({"start": format!("20{:02}", 10 + round / 2)})
            }
            "activities" if known => {
                document["date"] = json!({"start": format!("2019-{:02}", 1 + round / 2)})
            }
            "outcomes" if known => {
                document["due"] = json!({"end": format!("20{:02}", 20 + round / 2)})
            }
            _ => {}
        }
        if matches!(specimen.collection, "activities" | "outcomes") {
            document["position"] = json!(round / 2);
        }
        app.create(specimen.collection, &document).await;
    }
}

#[actix_web::test]
async fn the_pages_of_every_sort_key_and_direction_contain_the_full_list() {
    for specimen in ALL {
        let app = App::start().await;
        fill(&app, specimen).await;
        for sort in sort_keys(specimen) {
            for order in ["asc", "desc"] {
                let path = format!("/v1/{}?sort={sort}&order={order}", specimen.collection);
                let whole = app.all(&path, 200).await;
                assert!(whole.len() >= 11);
                assert_eq!(ids(&app.all(&path, 3).await), ids(&whole), "{path}");
            }
        }
    }
}

#[actix_web::test]
async fn unknown_values_come_last_in_both_directions() {
    let cases = [
        ("cities", "population", "/population"),
        ("cities", "area_km2", "/area_km2"),
        ("plans", "period_start", "/period/start"),
        ("activities", "date", "/date/start"),
        ("outcomes", "due", "/due/end"),
    ];
    for (collection, sort, pointer) in cases {
        let specimen = ALL
            .iter()
            .find(|specimen| specimen.collection == collection)
            .unwrap();
        let app = App::start().await;
        fill(&app, specimen).await;
        for order in ["asc", "desc"] {
            let items = app
                .all(&format!("/v1/{collection}?sort={sort}&order={order}"), 4)
                .await;
            let known: Vec<bool> = items
                .iter()
                .map(|item| !item.pointer(pointer).unwrap().is_null())
                .collect();
            let first_unknown = known.iter().position(|known| !known).unwrap();
            assert!(
                first_unknown > 0 && known[first_unknown..].iter().all(|known| !known),
                "{sort} {order}: {known:?}"
            );
        }
    }
}

#[actix_web::test]
async fn unchanged_records_appear_exactly_once_during_concurrent_writes() {
    for specimen in ALL {
        for (sort, order) in [("created_at", "asc"), ("updated_at", "desc")] {
            let app = App::start().await;
            fill(&app, specimen).await;
            let path = format!("/v1/{}?sort={sort}&order={order}", specimen.collection);
            let before = app.all(&path, 200).await;
            let (touched, untouched): (Vec<_>, Vec<_>) = before
                .iter()
                .enumerate()
                .partition(|(index, _)| index % 4 == 1);
            let mut seen = Vec::new();
            let mut cursor = String::new();
            for round in 0.. {
                let page = app.get(&format!("{path}&limit=2{cursor}")).await.json();
                seen.extend(ids(page["data"].as_array().unwrap()));
                if let Some((_, record)) = touched.get(round) {
                    let path = specimen.path(record);
                    assert_eq!(
                        app.patch(&path, &json!({specimen.optional: "changed"}))
                            .await
                            .status,
                        200
                    );
                    specimen.stored(&app).await;
                } else if round == touched.len() {
                    // A deletion in the middle must not shift the following records.
                    let _ = app.delete(&specimen.path(touched[0].1)).await;
                }
                match page["next_cursor"].as_str() {
                    Some(next) if round < 200 => cursor = format!("&cursor={next}"),
                    _ => break,
                }
            }
            for (_, record) in untouched {
                let id = record["id"].as_str().unwrap();
                assert_eq!(
                    seen.iter().filter(|seen| *seen == id).count(),
                    1,
                    "{path}: {id}"
                );
            }
        }
    }
}

#[actix_web::test]
async fn a_cursor_of_another_list_is_refused() {
    let app = App::start().await;
    for specimen in ALL {
        for _ in 0..3 {
            specimen.stored(&app).await;
        }
        let path = format!("/v1/{}", specimen.collection);
        let cursor = app.get(&format!("{path}?limit=1")).await.json()["next_cursor"]
            .as_str()
            .unwrap()
            .to_owned();
        for other in [
            "order=desc",
            "sort=updated_at",
            "updated_after=2001-01-01T00:00:00Z",
        ] {
            let answer = app
                .get(&format!("{path}?{other}&cursor={cursor}"))
                .await
                .problem(400, "invalid_parameters");
            assert_eq!(
                answer.faults(),
                [("cursor".to_owned(), "cursor".to_owned())]
            );
        }
        assert_eq!(
            app.get(&format!("{path}?limit=2&cursor={cursor}"))
                .await
                .status,
            200,
            "another limit is no other list"
        );
    }
}

#[actix_web::test]
async fn forged_cursors_are_refused_or_harmless() {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let app = App::start().await;
    for _ in 0..3 {
        ALL[1].stored(&app).await;
    }
    for _ in 0..3 {
        ALL[0].stored(&app).await;
    }
    for (collection, sort) in [
        ("cities", "created_at"),
        ("cities", "name"),
        ("cities", "population"),
        ("cities", "area_km2"),
        ("plans", "period_start"),
    ] {
        let path = format!("/v1/{collection}?sort={sort}&limit=1");
        let cursor = app.get(&path).await.json()["next_cursor"]
            .as_str()
            .unwrap()
            .to_owned();
        let decoded = String::from_utf8(
            base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(&cursor)
                .unwrap(),
        )
        .unwrap();
        let decoded: Value = serde_json::from_str(&decoded).unwrap();
        for key in [
            "",
            "x",
            "NaN",
            "1e999",
            "99999999999999999999",
            "\u{0}",
            "2026-13-45 99:00:00+00",
            "'; DROP TABLE cities; --",
            "-999-01-01",
            "+999-01-01",
            "2019-1- 01",
            "0000-01-01",
            "0000-01-01 00:00:00+00",
            "-0999-01-01 00:00:00+00",
            "+262142-01-01 00:00:00+00",
            "2019-01-01 00:00:00+23",
        ] {
            let mut forged = decoded.clone();
            forged["k"] = json!(key);
            let answer = app
                .get(&format!("{path}&cursor={}", encode(&forged.to_string())))
                .await;
            assert!(
                matches!(answer.status, 200 | 400),
                "{sort} {key}: {}",
                answer.text()
            );
        }
        for text in [
            "x",
            "%00",
            "%F0%9F%92%A9",
            &encode("{}"),
            &encode("[1]"),
            &"A".repeat(1999),
        ] {
            app.get(&format!("{path}&cursor={text}"))
                .await
                .problem(400, "invalid_parameters");
        }
    }
}

#[actix_web::test]
async fn the_link_header_leads_to_the_next_page_with_all_filters() {
    let app = App::start().await;
    for _ in 0..5 {
        ALL[1].stored(&app).await;
    }
    let mut path = "/v1/cities?kind=city&limit=2&sort=name".to_owned();
    let mut count = 0;
    loop {
        let answer = app.get(&path).await;
        count += answer.json()["data"].as_array().unwrap().len();
        let Some(link) = answer.header("link").map(str::to_owned) else {
            break;
        };
        let (address, relation) = link.split_once(';').unwrap();
        assert_eq!(relation.trim(), "rel=\"next\"");
        path = address.trim_matches(['<', '>']).to_owned();
        assert!(
            path.contains("kind=city") && path.contains("sort=name"),
            "{path}"
        );
    }
    assert_eq!(count, 5);
}

#[actix_web::test]
async fn the_total_is_returned_only_on_request() {
    let app = App::start().await;
    for specimen in ALL {
        for _ in 0..3 {
            specimen.stored(&app).await;
        }
        let path = format!("/v1/{}?limit=1", specimen.collection);
        assert!(app.get(&path).await.json().get("total").is_none());
        let total = app.get(&format!("{path}&count=true")).await.json()["total"]
            .as_u64()
            .unwrap();
        assert_eq!(
            total,
            app.all(&path.replace("?limit=1", ""), 200).await.len() as u64
        );
    }
}

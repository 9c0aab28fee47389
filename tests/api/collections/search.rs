//! The search in lists and in all kinds of records.

use crate::harness::specimens::{ALL, activity, outcome, stored_plan};
use crate::harness::{App, Options};
use serde_json::{Value, json};

async fn found(app: &App, query: &str) -> Vec<Value> {
    let answer = app.get(&format!("/v1/search?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].as_array().unwrap().clone()
}

fn titles(hits: &[Value]) -> Vec<&str> {
    hits.iter()
        .map(|hit| hit["title"].as_str().unwrap())
        .collect()
}

async fn with_cities(names: &[&str]) -> App {
    let app = App::start().await;
    for name in names {
        app.create("cities", &json!({"name": name, "kind": "city"}))
            .await;
    }
    app
}

#[actix_web::test]
async fn words_are_found_without_accents_and_case_and_in_any_script() {
    let app = with_cities(&["Kōriyama", "São Leopoldo", "Łódź", "Αθήνα", "Москва"]).await;
    app.create(
        "cities",
        &json!({"name": "Chengdu", "kind": "city", "alternative_names": ["成都市"]}),
    )
    .await;
    app.create(
        "cities",
        &json!({"name": "Dubai", "kind": "city", "alternative_names": ["都成"]}),
    )
    .await;
    for (query, title) in [
        ("koriyama", "Kōriyama"),
        ("KŌRIYAMA", "Kōriyama"),
        ("Sao%20Leopoldo", "São Leopoldo"),
        ("lodz", "Łódź"),
        ("ΑΘΗΝΑ", "Αθήνα"),
        ("αθηνα", "Αθήνα"),
        ("москва", "Москва"),
        ("成都", "Chengdu"),
        ("成都市", "Chengdu"),
    ] {
        let query = percent_encoding::utf8_percent_encode(
            &query.replace("%20", " "),
            percent_encoding::NON_ALPHANUMERIC,
        )
        .to_string();
        assert_eq!(
            titles(&found(&app, &format!("q={query}")).await),
            [title],
            "{query}"
        );
        let listed = app.get(&format!("/v1/cities?q={query}")).await.json();
        assert_eq!(listed["data"][0]["name"], title, "{query}");
        assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{query}");
    }
}

#[actix_web::test]
async fn the_search_supports_quotes_or_and_exclusion() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for title in [
        "Hydrogen buses",
        "Electric buses",
        "Hydrogen storage",
        "Buses without hydrogen engines",
    ] {
        let mut document = activity(&plan);
        document["title"] = json!(title);
        app.create("activities", &document).await;
    }
    let count = async |query: &str| {
        app.get(&format!("/v1/activities?q={query}")).await.json()["data"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count("hydrogen").await, 3);
    assert_eq!(count("bus").await, 3, "in any inflection");
    assert_eq!(count("hydrogen+buses").await, 2);
    assert_eq!(count("%22hydrogen+buses%22").await, 1);
    assert_eq!(count("electric+or+storage").await, 2);
    assert_eq!(count("hydrogen+-buses").await, 1);
    for refused in ["%00", "a%00b", "", "%20%20", "%07"] {
        for path in [
            "plans",
            "cities",
            "search",
            "stats",
            "exports/plans.csv",
            "exports/cities.ndjson",
        ] {
            app.get(&format!("/v1/{path}?q={refused}"))
                .await
                .problem(400, "invalid_parameters");
        }
    }
    for hostile in [
        "%22",
        "-",
        "%27%3B--",
        "%5C",
        "(((",
        "%E2%80%8B",
        "%26%7C!",
        "a%3A*",
    ] {
        assert!(
            [200, 400].contains(&app.get(&format!("/v1/search?q={hostile}")).await.status),
            "{hostile}"
        );
        assert!(
            [200, 400].contains(&app.get(&format!("/v1/plans?q={hostile}")).await.status),
            "{hostile}"
        );
    }
}

#[actix_web::test]
async fn similar_names_are_found_only_if_no_record_contains_the_words() {
    let app = with_cities(&["Manchester", "Winchester", "Kōriyama"]).await;
    assert_eq!(app.get("/readyz").await.json()["switched_off"], json!([]));
    assert_eq!(titles(&found(&app, "q=Manchster").await), ["Manchester"]);
    assert_eq!(titles(&found(&app, "q=koriyma").await), ["Kōriyama"]);
    assert_eq!(titles(&found(&app, "q=manchester").await), ["Manchester"]);
    assert_eq!(
        app.get("/v1/cities?q=Manchster").await.json()["data"][0]["name"],
        "Manchester"
    );
    assert_eq!(
        app.get("/v1/cities?q=xyzzy").await.json()["data"],
        json!([])
    );
    for meant_to_the_letter in [
        "%22Manchster%22",
        "manchester+-manchester",
        "-manchster+manchster",
        "manchster+or+manchster",
    ] {
        assert_eq!(
            found(&app, &format!("q={meant_to_the_letter}")).await.len(),
            0,
            "{meant_to_the_letter}"
        );
        assert_eq!(
            app.get(&format!("/v1/cities?q={meant_to_the_letter}"))
                .await
                .json()["data"],
            json!([]),
            "{meant_to_the_letter}"
        );
    }
}

#[actix_web::test]
async fn the_next_page_is_searched_like_the_first_even_if_a_record_now_contains_the_words() {
    let app = with_cities(&["Manchester", "Manchester North", "Manchester West"]).await;
    for (path, key) in [
        ("/v1/cities?q=Manchster&limit=2&sort=name", "name"),
        ("/v1/search?q=Manchster&limit=2", "title"),
    ] {
        let first = app.get(path).await.json();
        assert_eq!(first["data"].as_array().unwrap().len(), 2, "{path}");
        let other = app
            .create("cities", &json!({"name": "Manchster", "kind": "city"}))
            .await;
        let next = app
            .get(&format!(
                "{path}&cursor={}",
                first["next_cursor"].as_str().unwrap()
            ))
            .await
            .json();
        assert!(
            next["data"]
                .as_array()
                .unwrap()
                .iter()
                .any(|found| found[key].as_str().unwrap().starts_with("Manchester")),
            "{path}: {next}"
        );
        assert_eq!(
            app.delete(&format!("/v1/cities/{}", other["id"].as_str().unwrap()))
                .await
                .status,
            204
        );
    }
    // A record that contains the words but does not match the other filters also prevents the search for similar names.
    app.create("cities", &json!({"name": "Manchster", "kind": "region"}))
        .await;
    assert_eq!(
        app.get("/v1/cities?q=Manchsters&kind=region").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let path = "/v1/cities?q=Manchester&kind=region";
    assert_eq!(app.get(path).await.json()["data"], json!([]));
}

#[actix_web::test]
async fn without_the_trigram_extension_the_full_text_search_still_works() {
    let app = with_cities(&["Manchester"]).await;
    app.database
        .client()
        .await
        .batch_execute("DROP EXTENSION pg_trgm CASCADE")
        .await
        .unwrap();
    assert_eq!(
        app.get("/readyz").await.json()["switched_off"],
        json!(["trigram_search"])
    );
    assert_eq!(titles(&found(&app, "q=manchester").await), ["Manchester"]);
    assert_eq!(found(&app, "q=Manchster").await.len(), 0);
    assert_eq!(
        app.get("/v1/cities?q=Manchster").await.json()["data"],
        json!([])
    );
}

#[actix_web::test]
async fn a_search_over_all_kinds_returns_the_best_match_first_with_highlighted_words() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let hits = found(&app, "q=hydrogen").await;
    let kinds: Vec<&str> = hits
        .iter()
        .map(|hit| hit["kind"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"plan") && kinds.contains(&"outcome"),
        "{kinds:?}"
    );
    assert!(
        hits.windows(2)
            .all(|pair| pair[0]["rank"].as_f64() >= pair[1]["rank"].as_f64())
    );
    assert!(
        hits.iter().any(|hit| hit["snippet"]
            .as_str()
            .unwrap()
            .to_lowercase()
            .contains("<mark>hydrogen</mark>")),
        "{hits:?}"
    );
    let outcomes = found(&app, "q=hydrogen&kind=outcome").await;
    assert!(
        !outcomes.is_empty()
            && outcomes
                .iter()
                .all(|hit| hit["kind"] == "outcome" && hit["slug"].is_null())
    );
    app.get("/v1/search")
        .await
        .problem(400, "invalid_parameters");
    app.get("/v1/search?q=")
        .await
        .problem(400, "invalid_parameters");
    app.get("/v1/search?q=x&kind=plans")
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn the_pages_of_a_search_contain_every_hit_once() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for number in 0..23 {
        let mut document = outcome(&plan);
        document["description"] = json!(format!("Water {} {number}", "water ".repeat(number % 3)));
        app.create("outcomes", &document).await;
    }
    for query in ["q=water", "q=watr"] {
        let (mut seen, mut path) = (Vec::new(), format!("/v1/search?{query}&limit=5"));
        loop {
            let page = app.get(&path).await.json();
            seen.extend(
                page["data"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|hit| hit["id"].as_str().unwrap().to_owned()),
            );
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/v1/search?{query}&limit=5&cursor={cursor}");
        }
        let all = if query == "q=water" { 23 } else { 0 };
        assert_eq!(seen.len(), all, "{query}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "{query}");
    }
    let cursor = app.get("/v1/search?q=water&limit=5").await.json()["next_cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    app.get(&format!("/v1/search?q=other&limit=5&cursor={cursor}"))
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn every_list_can_be_searched() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let text = record[specimen.text].as_str().unwrap().replace(' ', "+");
        let listed = app
            .get(&format!("/v1/{}?q=%22{text}%22", specimen.collection))
            .await
            .json();
        assert_eq!(listed["data"], json!([record]), "{}", specimen.collection);
        let exported = app
            .get(&format!(
                "/v1/exports/{}.ndjson?q=%22{text}%22",
                specimen.collection
            ))
            .await
            .text();
        assert_eq!(exported.lines().count(), 1);
    }
}

#[actix_web::test]
async fn records_with_too_many_words_for_the_index_are_stored_and_found_by_their_first_words() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for letters in ["abcdefghij", "αβγδεζηθικ", "成都市人民政府城公園"] {
        let letters: Vec<char> = letters.chars().collect();
        let word = |number: usize| {
            (0..6)
                .rev()
                .map(|place| letters[number / 10_usize.pow(place) % 10])
                .collect::<String>()
        };
        let output = |index: usize| {
            (0..1000)
                .map(|number| word(index * 1000 + number))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let mut document = activity(&plan);
        let many = 900_000 / output(0).len();
        document["outputs"] = (0..many).map(output).collect();
        document["note"] = json!("distinctive");
        app.create("activities", &document).await;
    }
    assert_eq!(found(&app, "q=distinctive").await.len(), 3);
    assert_eq!(found(&app, "q=aaabbb").await.len(), 1);
}

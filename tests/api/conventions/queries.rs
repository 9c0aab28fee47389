//! Query parameters: unknown ones are refused, and similar valid names and values are suggested.

use crate::harness::App;
use crate::harness::specimens::ALL;

#[actix_web::test]
async fn an_unknown_parameter_is_refused_and_the_most_similar_name_is_suggested() {
    let app = App::start().await;
    for specimen in ALL {
        let answer = app
            .get(&format!(
                "/v1/{}?updated_aftr=2020-01-01T00:00:00Z",
                specimen.collection
            ))
            .await
            .problem(400, "invalid_parameters");
        assert_eq!(
            answer.faults(),
            [("updated_aftr".to_owned(), "unknown".to_owned())]
        );
        assert!(
            answer
                .text()
                .contains("did you mean \\\"updated_after\\\"?"),
            "{}",
            answer.text()
        );
        let record = specimen.stored(&app).await;
        app.get(&format!("{}?fieldz=id", specimen.path(&record)))
            .await
            .problem(400, "invalid_parameters");
        app.request("DELETE", &format!("{}?force=true", specimen.path(&record)))
            .send()
            .await
            .problem(400, "invalid_parameters");
    }
}

#[actix_web::test]
async fn all_invalid_parameters_are_reported_together() {
    let app = App::start().await;
    let answer = app.get("/v1/plans?limit=0&sort=titel&status=activ,draft&active_from=2019-02-30&count=yes&kind=").await;
    let mut faults = answer.problem(400, "invalid_parameters").faults();
    faults.sort();
    let names: Vec<&str> = faults.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["active_from", "count", "kind", "limit", "sort", "status"]
    );
}

#[actix_web::test]
async fn similar_valid_values_are_suggested_for_invalid_values() {
    let app = App::start().await;
    for (query, suggestion) in [
        ("/v1/plans?status=activ", "active"),
        ("/v1/plans?sort=titel", "title"),
        ("/v1/plans?urban_agenda=urban-mobilty", "urban-mobility"),
        ("/v1/activities?mode=onlin", "online"),
        ("/v1/plans?city=manchestr", "manchester"),
        ("/v1/plans?theme=watr", "water"),
    ] {
        if query.contains("city") {
            app.create(
                "cities",
                &serde_json::json!({"name": "Manchester", "kind": "city"}),
            )
            .await;
            app.create("themes", &serde_json::json!({"name": "Water"}))
                .await;
        }
        let answer = app.get(query).await.problem(400, "invalid_parameters");
        assert!(
            answer
                .text()
                .contains(&format!("did you mean \\\"{suggestion}\\\"")),
            "{query}: {}",
            answer.text()
        );
    }
}

#[actix_web::test]
async fn the_limits_of_parameters_are_as_documented() {
    let app = App::start().await;
    for specimen in ALL {
        let path = format!("/v1/{}", specimen.collection);
        for limit in [
            "0",
            "201",
            "-1",
            "1.5",
            "x",
            "",
            "99999999999999999999",
            "1&limit=2",
        ] {
            app.get(&format!("{path}?limit={limit}"))
                .await
                .problem(400, "invalid_parameters");
        }
        for limit in ["1", "200", "20.0"] {
            assert_eq!(
                app.get(&format!("{path}?limit={limit}")).await.status,
                200,
                "{limit}"
            );
        }
    }
}

#[actix_web::test]
async fn numbers_beyond_all_limits_are_refused() {
    let app = App::start().await;
    for number in [
        "9223372036854775808",
        "1.7976931348623157e308",
        "-9223372036854775809",
        "100000001",
        "1e400",
    ] {
        for parameter in ["population_min", "population_max"] {
            app.get(&format!("/v1/cities?{parameter}={number}"))
                .await
                .problem(400, "invalid_parameters");
        }
    }
    for number in ["9223372036854775808", "1e300"] {
        app.get(&format!("/v1/plans?sdg={number}"))
            .await
            .problem(400, "invalid_parameters");
    }
    for identifier in ["a:%00", "a:%09", "a:", "A:b"] {
        app.get(&format!("/v1/cities?identifier={identifier}"))
            .await
            .problem(400, "invalid_parameters");
    }
}

#[actix_web::test]
async fn repeated_parameters_and_commas_mean_or_and_an_encoded_comma_is_part_of_the_value() {
    let app = App::start().await;
    for kind in ["city", "county", "region"] {
        app.create("cities", &serde_json::json!({"name": kind, "kind": kind}))
            .await;
    }
    assert_eq!(app.all("/v1/cities?kind=city,county", 200).await.len(), 2);
    assert_eq!(
        app.all("/v1/cities?kind=city&kind=county", 200).await.len(),
        2
    );
    app.get("/v1/cities?kind=city%2Ccounty")
        .await
        .problem(400, "invalid_parameters");
}

#[actix_web::test]
async fn a_parameter_whose_encoding_is_wrong_is_named() {
    let app = App::start().await;
    for (query, name) in [
        ("city=%FF", "city"),
        ("kind=meeting&city=a,%C3%28", "city"),
        ("organisation=M%FCnchen", "organisation"),
        ("date_from=%E2%82", "date_from"),
        ("ci%74y=%FF", "city"),
        ("limit=%80", "limit"),
        ("%FFx=1", "\u{fffd}x"),
    ] {
        let answer = app.get(&format!("/v1/activities?{query}")).await;
        let answer = answer.problem(400, "invalid_parameters");
        assert_eq!(answer.faults(), [(name.to_owned(), "pattern".to_owned())]);
        assert!(!answer.text().contains("%"), "{}", answer.text());
    }
}

#[actix_web::test]
async fn queries_that_are_not_valid_utf_8_are_refused() {
    let app = App::start().await;
    for query in [
        "city=%FF",
        "%FF=1",
        "city=%00",
        "city=%ZZ",
        "programme=%07",
        "city='%20or%201=1",
        "organisation=%25",
    ] {
        let answer = app.get(&format!("/v1/activities?{query}")).await;
        assert!(
            matches!(answer.status, 200 | 400),
            "{query}: {}",
            answer.text()
        );
    }
}

//! Findings: each is tested with data that has it and with data that barely does not have it.

use super::{MANCHESTER, import, small};
use crate::harness::{App, Options};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use strum::IntoEnumIterator;
use ucap::resources::plans::FindingCode;

/// A document without findings.
pub fn clean() -> Value {
    let mut document = small();
    document["plan"]["period"] =
        json!({"start": "2019-04", "end": "2020-11", "text": "April 2019 until November 2020"});
    document["plan"]["cities"]
        .as_array_mut()
        .unwrap()
        .push(json!({"city": "chengdu", "role": "partner"}));
    document["plan"]["themes"][0]["focus"] = json!([{"text": "Rain", "cities": []}]);
    document["plan"]["contacts"] = json!([{"name": "The desk"}]);
    document["cities"] = json!([
        {"slug": "leipzig", "name": "Leipzig", "kind": "city", "country": "DE", "population": 600_000, "area_km2": 297.6},
        {"slug": "chengdu", "name": "Chengdu", "kind": "city", "country": "CN"}
    ]);
    document["activities"] = json!([
        {"title": "Kick-off", "kind": "meeting", "status": "held", "date": {"start": "2019-04"}, "cities": [{"city": "chengdu", "role": "host"}]},
        {"title": "Mission", "kind": "mission", "status": "planned", "date": {"start": "2020", "text": "in 2020"}}
    ]);
    document["outcomes"][0]["heading"] = json!("Water");
    document
}

/// The code and the pointer of each finding.
pub async fn found(document: &Value) -> Vec<(String, String)> {
    let app = App::start().await;
    import(&app, "/v1/plans/small/summary", document).await;
    let answer = app.get("/v1/plans/small/findings").await;
    assert_eq!(answer.status, 200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings: Vec<(String, String)> = answer.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (text(&finding["code"]), text(&finding["pointer"])))
        .collect();
    let with: Vec<bool> = {
        let mut with = Vec::new();
        for code in FindingCode::iter() {
            with.push(
                !app.get(&format!("/v1/plans?has_finding={}", code.name()))
                    .await
                    .json()["data"]
                    .as_array()
                    .unwrap()
                    .is_empty(),
            );
        }
        with
    };
    for (code, listed) in FindingCode::iter().zip(with) {
        assert_eq!(
            listed,
            findings.iter().any(|(found, _)| found == code.name()),
            "{}",
            code.name()
        );
    }
    findings
}

/// Changes the clean document and expects exactly these findings.
pub async fn expect(change: impl FnOnce(&mut Value), expected: &[(&str, &str)]) {
    let mut document = clean();
    change(&mut document);
    let found = found(&document).await;
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(code, pointer)| (code.as_str(), pointer.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[actix_web::test]
async fn a_complete_plan_has_no_findings() {
    expect(|_| {}, &[]).await;
}

#[actix_web::test]
async fn an_activity_is_outside_the_period_only_if_all_its_days_are() {
    for (date, finding) in [
        ("2019-03-31", true),
        ("2019", false),
        ("2020-11-30", false),
        ("2020-12", true),
        ("2021", true),
    ] {
        let expected: &[(&str, &str)] = if finding {
            &[("activity_outside_period", "/activities/1/date")]
        } else {
            &[]
        };
        expect(
            |document| document["activities"][1]["date"] = json!({"start": date}),
            expected,
        )
        .await;
    }
    let open = |document: &mut Value| {
        document["plan"]["period"] = json!({"start": "2019-04"});
        document["activities"][1]["date"] = json!({"start": "2030"});
    };
    expect(open, &[]).await;
}

#[actix_web::test]
async fn dates_that_are_only_given_as_text_are_found() {
    let change = |document: &mut Value| {
        document["plan"]["period"] = json!({"text": "two years from 2019"});
        document["activities"][1]["date"] = json!({"text": "spring ’20"});
        document["outcomes"][0]["due"] = json!({"text": "after the Expo"});
    };
    let expected = [
        ("date_text_only", "/plan/period"),
        ("date_text_only", "/activities/1/date"),
        ("date_without_year", "/outcomes/0/due"),
    ];
    expect(change, &expected).await;
    for (text, code) in [
        ("1.5.19", "date_text_only"),
        ("2020年春", "date_text_only"),
        ("二〇一九年", "date_text_only"),
        ("Q3/2019", "date_text_only"),
        ("mid-June", "date_without_year"),
        ("20 November, 14:00", "date_without_year"),
    ] {
        let change =
            |document: &mut Value| document["activities"][1]["date"] = json!({"text": text});
        expect(change, &[(code, "/activities/1/date")]).await;
    }
    expect(
        |document| document["plan"]["period"] = json!({}),
        &[("plan_without_period", "/plan/period")],
    )
    .await;
}

#[actix_web::test]
async fn mentioned_cities_that_do_not_cooperate_are_found() {
    let change = |document: &mut Value| {
        document["cities"]
            .as_array_mut()
            .unwrap()
            .push(json!({"slug": "haikou", "name": "Haikou", "kind": "city"}));
        document["activities"][0]["cities"]
            .as_array_mut()
            .unwrap()
            .push(json!({"city": "haikou", "role": "mentioned"}));
        document["outcomes"][0]["cities"] =
            json!([{"city": "haikou", "role": "partner"}, {"city": "leipzig", "role": "partner"}]);
    };
    expect(
        change,
        &[
            ("city_not_partner", "/activities/0/cities/1"),
            ("city_not_partner", "/outcomes/0/cities/0"),
        ],
    )
    .await;
}

#[actix_web::test]
async fn missing_headings_themes_contacts_and_countries_are_found() {
    expect(
        |document| document["outcomes"][0]["theme"] = Value::Null,
        &[("heading_without_theme", "/outcomes/0/heading")],
    )
    .await;
    expect(
        |document| document["plan"]["themes"][0]["focus"] = json!([]),
        &[("theme_without_focus", "/plan/themes/0/focus")],
    )
    .await;
    expect(
        |document| document["plan"]["contacts"] = json!([]),
        &[("plan_without_contact", "/plan/contacts")],
    )
    .await;
    expect(
        |document| document["cities"][1]["country"] = Value::Null,
        &[("partner_without_country", "/cities/1/country")],
    )
    .await;
}

#[actix_web::test]
async fn an_implausible_density_is_found() {
    for (population, area, finding) in [
        (2_682_500, 1.277, true),
        (600_000, 12.0, false),
        (600_001, 12.0, true),
        (12, 12.0, false),
        (11, 12.0, true),
    ] {
        let area = (area * 100.0_f64).round() / 100.0;
        let expected: &[(&str, &str)] = if finding {
            &[("implausible_density", "/cities/0/population")]
        } else {
            &[]
        };
        expect(
            |document| {
                (
                    document["cities"][0]["population"],
                    document["cities"][0]["area_km2"],
                ) = (json!(population), json!(area))
            },
            expected,
        )
        .await;
    }
}

#[actix_web::test]
async fn figures_of_the_source_that_were_not_copied_to_the_city_are_found() {
    let change = |document: &mut Value| {
        document["plan"]["cities"][0]["as_stated"] = json!({"population": "0.6 Mio"});
        document["plan"]["cities"][1]["as_stated"] =
            json!({"population": "20 Mio", "area": "14,335"});
    };
    let none = |document: &mut Value| {
        document["plan"]["cities"][1]["as_stated"] =
            json!({"population": "N/A", "area": "not available"});
    };
    expect(none, &[]).await;
    let expected = [
        ("figure_not_reviewed", "/plan/cities/1/as_stated/area"),
        ("figure_not_reviewed", "/plan/cities/1/as_stated/population"),
    ];
    expect(change, &expected).await;
}

#[actix_web::test]
async fn pairings_without_a_partner_or_without_activities_are_found() {
    let change = |document: &mut Value| {
        document["plan"]["cities"]
            .as_array_mut()
            .unwrap()
            .truncate(1);
        document["activities"] = json!([]);
    };
    expect(
        change,
        &[
            ("pairing_without_partner", "/plan/cities"),
            ("pairing_without_activities", "/activities"),
        ],
    )
    .await;
    let cluster = |document: &mut Value| {
        document["plan"]["kind"] = json!("cluster");
        document["plan"]["cities"][0]["role"] = json!("partner");
        document["activities"] = json!([]);
    };
    expect(cluster, &[]).await;
}

#[actix_web::test]
async fn a_repeated_activity_is_found_at_its_second_position() {
    let again = |title: &'static str, date: Value| {
        move |document: &mut Value| {
            let mut copy = document["activities"][0].clone();
            (copy["title"], copy["date"]) = (json!(title), date);
            document["activities"].as_array_mut().unwrap().push(copy);
        }
    };
    expect(
        again("KICK-OFF", json!({"start": "2019-04", "text": "April"})),
        &[("duplicate_activity", "/activities/2")],
    )
    .await;
    expect(again("Kick-off", json!({"start": "2019-05"})), &[]).await;
    expect(again("Kick-off 2", json!({"start": "2019-04"})), &[]).await;
}

#[actix_web::test]
async fn activities_that_are_still_planned_in_a_completed_plan_are_found() {
    expect(
        |document| document["plan"]["status"] = json!("completed"),
        &[("planned_in_completed_plan", "/activities/1/status")],
    )
    .await;
}

#[actix_web::test]
async fn an_incomplete_source_is_found_in_every_note_that_mentions_it() {
    let change = |document: &mut Value| {
        document["plan"]["note"] = json!("Incomplete.");
        document["plan"]["sources"] = json!([{"title": "Form", "note": "Page two is cut off."}, {"title": "Letter", "note": "Complete."}]);
        document["activities"][1]["note"] = json!("Here the text broke off");
        document["outcomes"][0]["note"] = json!("the sheet breaks off");
    };
    let places = [
        "/plan/note",
        "/plan/sources/0/note",
        "/activities/1/note",
        "/outcomes/0/note",
    ];
    expect(change, &places.map(|place| ("source_breaks_off", place))).await;
    expect(
        |document| {
            document["plan"]["note"] = json!("They broke new ground offshore, and cut costs.")
        },
        &[],
    )
    .await;
}

#[actix_web::test]
async fn the_sample_has_the_expected_findings() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let answer = app
        .get("/v1/plans/manchester-chengdu-liuzhou-yangzhou/findings")
        .await;
    let body = answer.json();
    assert_eq!(body["plan_slug"], "manchester-chengdu-liuzhou-yangzhou");
    let found: Vec<(&str, &str)> = body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            (
                finding["code"].as_str().unwrap(),
                finding["pointer"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("source_breaks_off", "/activities/7/note"),
        ("figure_not_reviewed", "/plan/cities/0/as_stated/area"),
        ("figure_not_reviewed", "/plan/cities/0/as_stated/population"),
        ("city_not_partner", "/activities/0/cities/0"),
        ("date_without_year", "/activities/1/date"),
        ("city_not_partner", "/activities/2/cities/0"),
        ("city_not_partner", "/activities/2/cities/2"),
        ("city_not_partner", "/activities/3/cities/0"),
        ("city_not_partner", "/activities/4/cities/0"),
        ("city_not_partner", "/activities/5/cities/0"),
        ("city_not_partner", "/outcomes/0/cities/2"),
        ("city_not_partner", "/outcomes/2/cities/0"),
        ("city_not_partner", "/outcomes/3/cities/0"),
        ("city_not_partner", "/outcomes/4/cities/1"),
        ("heading_without_theme", "/outcomes/5/heading"),
        ("heading_without_theme", "/outcomes/6/heading"),
        ("heading_without_theme", "/outcomes/7/heading"),
    ];
    assert_eq!(found, expected);
    let message = |index: usize| body["data"][index]["message"].as_str().unwrap();
    assert_eq!(
        message(3),
        "The city does not cooperate in the plan: Brussels"
    );
    let summary = app.get(MANCHESTER).await.json();
    assert!(
        found
            .iter()
            .all(|(_, pointer)| summary.pointer(pointer).is_some()),
        "each pointer leads somewhere"
    );
    let tag = answer.etag();
    let path = "/v1/plans/manchester-chengdu-liuzhou-yangzhou/findings";
    assert_eq!(
        app.request("GET", path)
            .header("if-none-match", &tag)
            .send()
            .await
            .status,
        304
    );
    app.get("/v1/plans/nowhere/findings")
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn every_code_has_a_page_and_the_view_knows_the_same_codes() {
    let app = App::start().await;
    let all = app.get("/findings").await.text();
    for code in FindingCode::iter() {
        let page = app.get(&format!("/findings/{}", code.name())).await;
        assert!(
            page.status == 200
                && page.text().contains(code.title())
                && !code.explanation().0.is_empty(),
            "{}",
            code.name()
        );
        assert!(all.contains(&format!("/findings/{}", code.name())));
    }
    app.get("/findings/nothing").await.problem(404, "not_found");
    let client = app.database.settings().connect_client().await.unwrap();
    let definition: String = client
        .query_one("SELECT pg_get_viewdef('plan_findings') || (SELECT prosrc FROM pg_proc WHERE proname = 'date_text_finding')", &[])
        .await
        .unwrap()
        .get(0);
    let coded = definition
        .split("::text AS code")
        .filter_map(|part| part.rsplit('\'').nth(1))
        .map(str::to_owned);
    let others = definition
        .split('\'')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .filter(|text| FindingCode::iter().any(|code| code.name() == text));
    let known: BTreeSet<String> = coded
        .chain(others)
        .filter(|code| code.contains('_'))
        .collect();
    assert_eq!(
        known,
        FindingCode::iter()
            .map(|code| code.name().to_owned())
            .collect()
    );
}

//! What users ask most is one call each: those of the table in the guide, over the sample plan.

use crate::harness::{App, Options};

/// The number of matching records for each question, in the order of the table; for the spreadsheet, the number of lines.
const ANSWERS: [(&str, usize); 23] = [
    ("/v1/plans?city=manchester", 1),
    ("/v1/plans?city=nanjing&city_role=venue,host", 1),
    ("/v1/plans?sdg=11&urban_agenda=urban-mobility", 1),
    ("/v1/plans?topic=air-quality", 0),
    ("/v1/plans?relation=continues,continued_by", 0),
    (
        "/v1/plans?related_to=manchester-chengdu-liuzhou-yangzhou",
        0,
    ),
    ("/v1/plans?language=en", 1),
    ("/v1/activities?date_from=2019-07&date_to=2019-12", 4),
    (
        "/v1/activities?city=chengdu&mode=online&date_from=2020&date_to=2020",
        1,
    ),
    ("/v1/activities?parent=none", 8),
    ("/v1/outcomes?q=hydrogen", 2),
    ("/v1/outcomes?status=possible&theme=none", 2),
    ("/v1/plans?active_from=2019-11-20&active_to=2019-11-20", 1),
    (
        "/v1/plans?active_from=2019-11-20&active_to=2019-11-20&active_by=activities",
        1,
    ),
    ("/v1/plans?q=hydrogen&q_scope=all", 1),
    ("/v1/plans?programme=iuc-asia", 1),
    ("/v1/plans?group=organisation:IUC%20Asia", 1),
    ("/v1/organisations?city=manchester", 5),
    ("/v1/programmes", 1),
    ("/v1/changes?changed_after=2026-03-01T00:00:00Z", 31),
    ("/v1/activities?updated_after=2026-03-01T00:00:00Z", 8),
    ("/v1/exports/plans.csv", 2),
    ("/v1/plans/manchester-chengdu-liuzhou-yangzhou/summary", 8),
];

#[actix_web::test]
async fn every_question_of_the_guide_is_one_call() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/search.md");
    let page = std::fs::read_to_string(page).unwrap();
    let asked: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | `/v1/"))
        .map(|(_, call)| call)
        .collect();
    assert_eq!(
        asked,
        ANSWERS.map(|(call, _)| format!("{}` |", call.trim_start_matches("/v1/")))
    );
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    for (call, expected) in ANSWERS {
        let mut answer = app.get(call).await;
        // Changes are listed once no older transaction is running, not even in the database of another test.
        while call.starts_with("/v1/changes")
            && answer.json()["data"].as_array().is_some_and(Vec::is_empty)
        {
            actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
            answer = app.get(call).await;
        }
        assert_eq!(answer.status, 200, "{call}: {}", answer.text());
        let found = match call {
            call if call.ends_with(".csv") => answer.text().lines().count(),
            call if call.ends_with("/summary") => {
                answer.json()["activities"].as_array().unwrap().len()
            }
            _ => answer.json()["data"].as_array().unwrap().len(),
        };
        assert_eq!(found, expected, "{call}: {}", answer.text());
    }
    let (before, after) = ("2019-04-01", "2020-12-01");
    for day in [before, after] {
        let expected = usize::from(day == before);
        let plans = app
            .get(&format!("/v1/plans?active_from={day}&active_to={day}"))
            .await
            .json();
        assert_eq!(plans["data"].as_array().unwrap().len(), expected, "{day}");
    }
}

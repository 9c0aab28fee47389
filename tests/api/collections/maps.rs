//! Exports for maps and calendars.

use crate::harness::specimens::{activity, city, plan, stored_plan};
use crate::harness::{App, Options};
use serde_json::{Value, json};

async fn placed(app: &App, name: &str, longitude: f64, latitude: f64) -> Value {
    app.create(
        "cities",
        &json!({"name": name, "kind": "city", "longitude": longitude, "latitude": latitude}),
    )
    .await
}

#[actix_web::test]
async fn cities_with_coordinates_are_points() {
    let app = App::start().await;
    placed(&app, "Chengdu", 104.0665, 30.5728).await;
    app.create("cities", &city()).await;
    let map = app.get("/v1/exports/cities.geojson").await;
    assert_eq!(map.header("content-type"), Some("application/geo+json"));
    let map = map.json();
    assert_eq!(map["type"], "FeatureCollection");
    assert_eq!(
        map["features"][0]["geometry"],
        json!({"type": "Point", "coordinates": [104.0665, 30.5728]})
    );
    assert_eq!(
        (
            &map["features"][0]["properties"]["slug"],
            &map["features"][1]["geometry"]
        ),
        (&json!("chengdu"), &json!(null))
    );
}

#[actix_web::test]
async fn plans_are_lines_from_the_lead_to_its_partners() {
    let app = App::start().await;
    let lead = placed(&app, "Manchester", -2.2374, 53.4809).await;
    let partner = placed(&app, "Chengdu", 104.0665, 30.5728).await;
    let unplaced = app.create("cities", &city()).await;
    let mut document = plan(&lead);
    for city in [&partner, &unplaced] {
        document["cities"]
            .as_array_mut()
            .unwrap()
            .push(json!({"city_id": city["id"], "role": "partner"}));
    }
    app.create("plans", &document).await;
    let cities = json!([{"city_id": lead["id"], "role": "partner"}, {"city_id": partner["id"], "role": "partner"}]);
    app.create(
        "plans",
        &json!({"title": "A cluster", "kind": "cluster", "status": "draft", "cities": cities}),
    )
    .await;
    app.create(
        "plans",
        &json!({"title": "Without", "kind": "cluster", "status": "draft"}),
    )
    .await;
    let map = app.get("/v1/exports/plans.geojson").await.json();
    let geometry = |index: usize| &map["features"][index]["geometry"];
    assert_eq!(
        *geometry(0),
        json!({"type": "MultiLineString", "coordinates": [[[-2.2374, 53.4809], [104.0665, 30.5728]]]})
    );
    assert_eq!(
        *geometry(1),
        json!({"type": "MultiPoint", "coordinates": [[-2.2374, 53.4809], [104.0665, 30.5728]]})
    );
    assert_eq!(*geometry(2), json!(null));
    assert_eq!(map["features"][0]["properties"]["lead"], "Manchester");
    assert_eq!(
        app.get("/v1/exports/plans.geojson?city=chengdu&city_role=lead")
            .await
            .json()["features"],
        json!([])
    );
}

#[actix_web::test]
async fn activities_are_all_day_events_that_cover_their_partial_dates() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for date in [
        json!({"start": "2019-11-20"}),
        json!({"start": "2019-11"}),
        json!({"start": "2018-04-22", "end": "2018-04-27"}),
        json!({}),
    ] {
        let mut document = activity(&plan);
        document["title"] = json!(
            "Visit, with a comma; and a long title that goes on beyond the seventy-five octets of a line of a calendar"
        );
        document["date"] = date;
        app.create("activities", &document).await;
    }
    let calendar = app.get("/v1/exports/activities.ics").await;
    assert_eq!(
        calendar.header("content-type"),
        Some("text/calendar; charset=utf-8")
    );
    let text = calendar.text();
    let unfolded = text.replace("\r\n ", "").replace("\r\n\t", "");
    let dates: Vec<&str> = unfolded
        .lines()
        .filter(|line| line.starts_with("DTSTART") || line.starts_with("DTEND"))
        .collect();
    let day = |name: &str, date: &str| format!("{name};VALUE=DATE:{date}");
    let expected = [
        ("20191120", "20191121"),
        ("20191101", "20191201"),
        ("20180422", "20180428"),
    ];
    for (start, end) in expected {
        assert!(
            dates.contains(&day("DTSTART", start).as_str())
                && dates.contains(&day("DTEND", end).as_str()),
            "{dates:?}"
        );
    }
    assert_eq!(
        unfolded.matches("BEGIN:VEVENT").count(),
        3,
        "without a date, none"
    );
    assert!(text.lines().all(|line| line.len() <= 76), "{text}");
    assert!(
        unfolded.contains("SUMMARY:Visit\\, with a comma\\; and"),
        "{unfolded}"
    );
    let uids = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with("UID:"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        uids(&unfolded),
        uids(
            &app.get("/v1/exports/activities.ics")
                .await
                .text()
                .replace("\r\n ", "")
        )
    );
}

#[actix_web::test]
async fn a_calendar_has_the_filters_of_the_list() {
    let app = App::with(Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let all = app.get("/v1/exports/activities.ics").await.text();
    let chengdu = app
        .get("/v1/exports/activities.ics?city=chengdu")
        .await
        .text();
    assert_eq!(all.matches("BEGIN:VEVENT").count(), 7);
    assert_eq!(chengdu.matches("BEGIN:VEVENT").count(), 1);
}

#[actix_web::test]
async fn a_calendar_without_activities_is_valid() {
    let app = App::start().await;
    let text = app.get("/v1/exports/activities.ics").await.text();
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"),
        "{text}"
    );
    assert!(
        text.contains("BEGIN:VTIMEZONE") && !text.contains("BEGIN:VEVENT"),
        "{text}"
    );
}

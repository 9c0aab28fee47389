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

/// Lines as a reader that is not of this service understands them.
fn lines_of(map: &str) -> Vec<Option<Vec<Vec<Vec<f64>>>>> {
    let collection: geojson::FeatureCollection = map
        .parse::<geojson::GeoJson>()
        .expect("GeoJSON")
        .try_into()
        .expect("a feature collection");
    let lines = |feature: geojson::Feature| match feature.geometry?.value {
        geojson::GeometryValue::MultiLineString { coordinates } => Some(
            coordinates
                .iter()
                .map(|line| {
                    line.iter()
                        .map(|position| position.as_slice().to_vec())
                        .collect()
                })
                .collect(),
        ),
        other => panic!("no lines: {other:?}"),
    };
    collection.features.into_iter().map(lines).collect()
}

#[actix_web::test]
async fn no_line_on_a_map_begins_where_it_ends() {
    let app = App::start().await;
    for (index, (lead, partner)) in [
        ((180.0, 1.0), (-180.0, 3.0)),
        ((180.0, 10.0), (-170.0, 0.0)),
        ((-170.0, 0.0), (180.0, 10.0)),
        ((180.0, -16.0), (-180.0, -16.0)),
        ((12.5, 41.9), (12.5, 41.9)),
    ]
    .into_iter()
    .enumerate()
    {
        let lead = placed(&app, &format!("Lead {index}"), lead.0, lead.1).await;
        let partner = placed(&app, &format!("Partner {index}"), partner.0, partner.1).await;
        let mut document = plan(&lead);
        document["cities"]
            .as_array_mut()
            .unwrap()
            .push(json!({"city_id": partner["id"], "role": "partner"}));
        app.create("plans", &document).await;
    }
    let map = app.get("/v1/exports/plans.geojson").await.text();
    let lines = lines_of(&map);
    for line in lines.iter().flatten().flatten() {
        assert!(line.len() == 2 && line[0] != line[1], "{line:?}");
    }
    let counts = lines.iter().map(|lines| lines.as_ref().map(Vec::len));
    assert_eq!(
        counts.collect::<Vec<_>>(),
        [Some(1), Some(1), Some(1), None, None],
        "cities at one place have no line between them"
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

/// The components of a calendar with a given name, each as its unfolded lines.
fn components(calendar: &str, name: &str) -> Vec<Vec<String>> {
    let unfolded = calendar.replace("\r\n ", "").replace("\r\n\t", "");
    let (begin, end) = (format!("BEGIN:{name}"), format!("END:{name}"));
    let mut found = Vec::new();
    let mut lines = unfolded.lines();
    while lines.any(|line| line == begin) {
        let own = lines.by_ref().take_while(|line| *line != end);
        found.push(own.map(str::to_owned).collect());
    }
    found
}

#[actix_web::test]
async fn no_date_of_a_calendar_has_a_year_of_five_digits() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for date in [
        json!({"start": "9999-12-31"}),
        json!({"start": "9999-12"}),
        json!({"start": "9999"}),
        json!({"start": "2019", "end": "9999"}),
        json!({"end": "9999-12-30"}),
        json!({"start": "1000-01-01"}),
    ] {
        let mut document = activity(&plan);
        document["date"] = date;
        app.create("activities", &document).await;
    }
    let calendar = app.get("/v1/exports/activities.ics").await.text();
    let date = |event: &Vec<String>, name: &str| {
        let value = event.iter().find_map(|line| line.strip_prefix(name));
        value.map(|value| value.strip_prefix(";VALUE=DATE:").unwrap().to_owned())
    };
    let events = components(&calendar, "VEVENT");
    let dates: Vec<_> = events
        .iter()
        .map(|event| (date(event, "DTSTART").unwrap(), date(event, "DTEND")))
        .collect();
    let until = |start: &str, end: &str| (start.to_owned(), Some(end.to_owned()));
    assert_eq!(
        dates,
        [
            ("99991201".to_owned(), None),
            ("99990101".to_owned(), None),
            ("20190101".to_owned(), None),
            until("99991230", "99991231"),
            until("10000101", "10000102"),
        ]
    );
}

#[actix_web::test]
async fn what_was_postponed_is_no_event_and_says_so() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    let mut document = activity(&plan);
    document["title"] = json!("Study visit");
    document["status"] = json!("planned");
    document["date"] = json!({"start": "2020-04-01"});
    let stored = app.create("activities", &document).await;
    let uid = format!("UID:{}@ucap", stored["id"].as_str().unwrap());
    let read = async || app.get("/v1/exports/activities.ics").await.text();
    let planned = read().await;
    assert!(components(&planned, "VEVENT")[0].contains(&uid));
    assert!(components(&planned, "VTODO").is_empty());
    let path = format!("/v1/activities/{}", stored["id"].as_str().unwrap());
    for change in [
        json!({"status": "postponed"}),
        json!({"date": {"start": null}}),
    ] {
        assert_eq!(app.patch(&path, &change).await.status, 200);
        let postponed = read().await;
        assert!(components(&postponed, "VEVENT").is_empty(), "{postponed}");
        let todos = components(&postponed, "VTODO");
        assert_eq!(todos.len(), 1, "{postponed}");
        for line in [
            &uid,
            "SUMMARY:Postponed: Study visit",
            "STATUS:NEEDS-ACTION",
        ] {
            assert!(todos[0].iter().any(|own| own == line), "{line}: {todos:?}");
        }
        let dated = |line: &String| line.starts_with("DTSTART") || line.starts_with("DUE");
        assert!(!todos[0].iter().any(dated), "{todos:?}");
    }
    assert_eq!(
        app.patch(
            &path,
            &json!({"status": "held", "date": {"start": "2021-05-03"}})
        )
        .await
        .status,
        200
    );
    let held = read().await;
    assert!(components(&held, "VEVENT")[0].contains(&uid));
    assert!(components(&held, "VTODO").is_empty());
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

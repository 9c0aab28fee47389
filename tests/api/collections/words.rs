//! Words and names are found whatever marks surround them and whatever locale the database has.

use crate::harness::specimens::{activity, outcome, plan, stored_plan};
use crate::harness::{App, Options, TestDatabase};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

/// Options of `CREATE DATABASE`. The machine may lack those after the first.
const LOCALES: &[&str] = &[
    "LOCALE 'C'",
    "LOCALE 'C.UTF-8'",
    "LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
    "LOCALE 'en_US.UTF-8'",
    "LOCALE 'de_DE.UTF-8'",
    "LOCALE 'tr_TR.UTF-8'",
    "LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE 'C'",
    "LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C.UTF-8'",
    "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'",
];

/// An application on a database of each locale.
async fn in_all_locales(check: impl AsyncFn(&App)) {
    let mut missing = Vec::new();
    for locale in LOCALES {
        let Some(database) = TestDatabase::with_locale(locale).await else {
            missing.push(*locale);
            continue;
        };
        println!("{locale}");
        check(&App::on(database, Options::default()).await).await;
    }
    assert!(!missing.contains(&LOCALES[0]));
    for locale in missing {
        eprintln!("NOT TESTED, because this machine has no such locale: {locale}");
    }
}

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// The titles that a search finds, the best first; the plan that other records belong to is not searched.
pub(super) async fn titles(app: &App, query: &str) -> Vec<String> {
    let path = format!(
        "/v1/search?q={}&kind=city,activity,outcome,theme",
        encoded(query)
    );
    let answer = app.get(&path).await;
    assert_eq!(answer.status, 200, "{query}");
    let hits = answer.json()["data"].as_array().unwrap().clone();
    hits.iter()
        .map(|hit| hit["title"].as_str().unwrap().to_owned())
        .collect()
}

async fn create_cities(app: &App, names: &[&str]) {
    for name in names {
        app.create("cities", &json!({"name": name, "kind": "city"}))
            .await;
    }
}

/// Titles, each with the queries that must find it alone.
const WORDS: &[(&str, &[&str])] = &[
    (
        "A “Hydrogen Valley” grows",
        &["hydrogen", "valley", "“Hydrogen Valley”", "hydrogen-valley"],
    ),
    (
        "Manchester’s trams",
        &[
            "manchester",
            "Manchester’s",
            "Manchester's",
            "\"manchester's trams\"",
        ],
    ),
    (
        "Pour l’économie sociale",
        &["économie", "economie", "l'economie", "\"économie sociale\""],
    ),
    ("•Tapir … ‹quoted›", &["tapir", "quoted"]),
    ("Weka™ and Kea®", &["weka", "kea", "Weka™"]),
    (
        "Drinking/wastes",
        &["drinking", "wastes", "Drinking/wastes"],
    ),
    (
        "e-Mobility/Renewable Energy",
        &[
            "mobility",
            "e-mobility",
            "emobility",
            "renewable",
            "energy",
            "e–mobility",
        ],
    ),
    ("v2.1-Bericht", &["bericht", "v2.1", "v2.1-Bericht"]),
    ("Write to name@example.eu", &["name@example.eu", "example"]),
    (
        "See www.registry.eu/a-page.html",
        &["registry", "page", "www.registry.eu"],
    ),
    ("WHO guidelines", &["WHO", "who", "WHO guidelines"]),
    ("IT for elders", &["IT", "IT elders"]),
    ("Journey to Most", &["Most", "most"]),
    ("A day with Will", &["Will"]),
    ("100 km² of meadows", &["km²", "km2", "meadows"]),
    ("Größe der Straßen", &["grosse", "GRÖSSE", "strassen"]),
    ("Ævintýri þar", &["aevintyri", "thar"]),
    ("Дорога в Київ", &["дорога", "ДОРОГА", "київ"]),
    ("ΟΔΟΣ και φως", &["οδοσ", "οδός", "ΦΩΣ"]),
    ("Հանրապետություն", &["ՀԱՆՐԱՊԵՏՈՒԹՅՈՒՆ"]),
    (
        "İstanbul ve Iğdır",
        &["istanbul", "ISTANBUL", "igdir", "ığdır"],
    ),
    ("成都市的春天", &["成都", "春天"]),
    ("كتاب الجامعة", &["الجامعه", "كتاب"]),
    ("هَذَا دَرْس", &["هذا"]),
];

#[actix_web::test]
async fn words_are_found_whatever_marks_surround_them_in_every_locale() {
    in_all_locales(async |app| {
        let plan = stored_plan(app).await;
        for (title, _) in WORDS {
            let mut document = activity(&plan);
            document["title"] = json!(title);
            app.create("activities", &document).await;
        }
        for (title, queries) in WORDS {
            for query in *queries {
                assert_eq!(titles(app, query).await, [*title], "{query}");
                let path = format!("/v1/activities?q={}", encoded(query));
                let listed = app.get(&path).await.json();
                assert_eq!(listed["data"][0]["title"], *title, "{query}");
                assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{query}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn all_spellings_of_a_name_find_each_other_in_every_locale() {
    let groups: &[&[&str]] = &[
        &["Xi’an", "Xi'an", "Xian", "XIʼAN", "Xi`an"],
        &["L’Aquila", "L'Aquila", "L´Aquila", "LAquila"],
        &["Łódź", "ŁÓDŹ", "Lodz"],
        &[
            "Ústí nad Labem",
            "USTI NAD LABEM",
            "Ústí-nad-Labem",
            "Ústí–nad–Labem",
        ],
        &["İzmir", "Izmir", "izmir", "ızmır"],
        &[
            "Saint‑Étienne",
            "Saint-Etienne",
            "saint etienne",
            "SAINT—ETIENNE",
        ],
        &["Hawaiʻi", "Hawai'i", "Hawaii"],
        &["Αθήνα", "ΑΘΗΝΑ"],
        &["Горлівка", "ГОРЛІВКА"],
    ];
    in_all_locales(async |app| {
        for group in groups {
            for name in *group {
                let city = json!({"name": name, "kind": "city"});
                let stored = app.create("cities", &city).await;
                for query in *group {
                    assert_eq!(titles(app, query).await, [*name], "{query}");
                }
                let path = format!("/v1/cities/{}", stored["id"].as_str().unwrap());
                assert_eq!(app.delete(&path).await.status, 204);
            }
        }
        // A hyphen joins or separates.
        create_cities(app, &["Al-Khobar"]).await;
        for query in ["Al Khobar", "Alkhobar", "Al-Khobar", "al–khobar"] {
            assert_eq!(titles(app, query).await, ["Al-Khobar"], "{query}");
        }
        create_cities(app, &["Al Khobar", "Alkhobar"]).await;
        assert_eq!(titles(app, "Al-Khobar").await.len(), 3);
    })
    .await;
}

#[actix_web::test]
async fn names_are_sorted_by_their_letters_and_compared_without_accents_in_every_locale() {
    in_all_locales(async |app| {
        create_cities(
            app,
            &[
                "Zagreb",
                "Ostrava",
                "Östersund",
                "osaka",
                "Žilina",
                "Łódź",
                "Luxor",
            ],
        )
        .await;
        let listed = app.all("/v1/cities?sort=name", 2).await;
        let names: Vec<&str> = listed
            .iter()
            .map(|city| city["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "Łódź",
                "Luxor",
                "osaka",
                "Östersund",
                "Ostrava",
                "Zagreb",
                "Žilina"
            ]
        );
        let mut document = outcome(&stored_plan(app).await);
        document["organisations"] = json!([{"name": "Université de l’Économie", "acronym": "UÉ"}]);
        app.create("outcomes", &document).await;
        for name in ["UNIVERSITE DE L'ECONOMIE", "Université de l’Économie", "ue"] {
            let path = format!("/v1/outcomes?organisation={}", encoded(name));
            assert_eq!(
                app.get(&path).await.json()["data"]
                    .as_array()
                    .unwrap()
                    .len(),
                1,
                "{name}"
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn a_document_matches_stored_names_in_any_spelling_in_every_locale() {
    in_all_locales(async |app| {
        app.create("themes", &json!({"name": "Énergie", "aliases": ["L’Été"]})).await;
        for (stored, written, theme) in [
            ("Łódź", "ŁÓDŹ", "ÉNERGIE"),
            ("Ústí nad Labem", "ústí nad labem", "energie"),
            ("İzmir", "IZMIR", "l'été"),
            ("Xi’an", "Xian", "L'ETE"),
        ] {
            let city = json!({"name": format!("Other {stored}"), "alternative_names": [stored], "kind": "city"});
            app.create("cities", &city).await;
            let document = json!({
                "plan": {"title": stored, "kind": "pairing", "status": "draft",
                    "cities": [{"city": "other", "role": "lead"}], "themes": [{"theme": "another"}]},
                "cities": [{"slug": "other", "name": written, "kind": "city"}],
                "themes": [{"slug": "another", "name": theme}],
                "activities": [], "outcomes": [],
            });
            let slug = ucap::domain::folding::fold(stored).replace(' ', "-");
            let answer = app.put(&format!("/v1/plans/{slug}/summary"), &document).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            let report = answer.json();
            for record in [1, 2] {
                assert_eq!(report["records"][record]["matched_by"], "name", "{written}: {report}");
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn the_last_word_may_be_the_beginning_of_a_word() {
    let app = App::start().await;
    let plan = stored_plan(&app).await;
    for title in [
        "Renewable heat",
        "Mobility for all",
        "Planning with citizens",
        "Electricity",
        "New plane",
        "News of today",
    ] {
        let mut document = activity(&plan);
        document["title"] = json!(title);
        app.create("activities", &document).await;
    }
    for (query, title) in [
        ("renewab", "Renewable heat"),
        ("ren", "Renewable heat"),
        ("heat renewa", "Renewable heat"),
        ("mobilit", "Mobility for all"),
        ("planni", "Planning with citizens"),
        ("electrici", "Electricity"),
        ("plane", "New plane"),
        ("news", "News of today"),
        // With an exclusion, no similar names are listed instead.
        ("-frost renewab heat", ""),
        ("\"renewab\"", ""),
        ("heat -renewab", "Renewable heat"),
        ("-frost ren", "Renewable heat"),
        ("-frost re", ""),
    ] {
        let expected: Vec<&str> = Some(title)
            .into_iter()
            .filter(|title| !title.is_empty())
            .collect();
        assert_eq!(titles(&app, query).await, expected, "{query}");
    }
}

#[actix_web::test]
async fn words_that_carry_no_meaning_do_not_exclude_a_hit() {
    let app = App::start().await;
    create_cities(&app, &["Den Haag", "The Hague", "Most", "Will"]).await;
    assert_eq!(titles(&app, "The Hague").await, ["The Hague"]);
    assert_eq!(
        titles(&app, "city of the hague").await.len(),
        0,
        "city is a word like any other"
    );
    assert_eq!(titles(&app, "haag of the").await, ["Den Haag"]);
    assert_eq!(titles(&app, "THE HAAG").await, ["Den Haag"]);
    assert_eq!(titles(&app, "will").await, ["Will"]);
    assert_eq!(titles(&app, "\"the haag\"").await.len(), 0);
    assert_eq!(
        titles(&app, "WHO haag").await.len(),
        0,
        "an acronym is meant"
    );
}

#[actix_web::test]
async fn who_has_exactly_the_name_comes_first() {
    let app = App::start().await;
    let others: Vec<String> = (0..80)
        .map(|number| format!("Muniqueza{number} Minca"))
        .collect();
    let city = |name: &str, others: &[String]| json!({"name": name, "alternative_names": others, "kind": "city"});
    let mut names = others.clone();
    names.push("München".into());
    app.create("cities", &city("Munich", &names)).await;
    app.create("cities", &city("São Paulo", &others)).await;
    for name in [
        "München am See",
        "Ober München",
        "São Paulo de Olivença",
        "São Paulo do Potengi",
    ] {
        app.create("cities", &city(name, &[])).await;
    }
    app.create("cities", &city("Elsewhere", &["São Paulo".into()]))
        .await;
    for (query, first) in [
        ("München", "Munich"),
        ("munchen", "Munich"),
        ("São Paulo", "São Paulo"),
        ("sao paulo", "São Paulo"),
    ] {
        assert_eq!(titles(&app, query).await[0], first, "{query}");
    }
    assert_eq!(titles(&app, "São Paulo").await[1], "Elsewhere");
}

#[actix_web::test]
async fn typing_errors_in_names_are_forgiven() {
    let app = App::start().await;
    create_cities(
        &app,
        &[
            "Guangzhou",
            "Kōriyama",
            "Luoyang",
            "Nanyang",
            "Lodi",
            "Bern",
        ],
    )
    .await;
    for (query, name) in [
        ("Guangzou", "Guangzhou"),
        ("Koriama", "Kōriyama"),
        ("Koryiama", "Kōriyama"),
        ("Luoyagn", "Luoyang"),
        ("Lodo", "Lodi"),
        ("Berm", "Bern"),
    ] {
        assert_eq!(titles(&app, query).await, [name], "{query}");
        let listed = app.get(&format!("/v1/cities?q={query}")).await.json();
        assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{query}");
    }
    let found = titles(&app, "Lonyang").await;
    assert!(
        found.contains(&"Luoyang".to_owned()) && !found.contains(&"Guangzhou".to_owned()),
        "{found:?}"
    );
    assert_eq!(titles(&app, "Bxrx").await.len(), 0);
}

#[actix_web::test]
async fn a_snippet_shows_the_match_wherever_it_is() {
    let app = App::start().await;
    let city = app
        .create(
            "cities",
            &json!({"name": "Elb", "kind": "city", "region": "Okapiland"}),
        )
        .await;
    let theme = app
        .create(
            "themes",
            &json!({"name": "T", "description": "Kakapo \"reserve\"\nfor all"}),
        )
        .await;
    let mut document = plan(&city);
    document["themes"] = json!([{"theme_id": theme["id"], "label": "Line\nbreaks and a \"Quagga\"",
        "focus": [{"text": "Some Numbats"}]}, ]);
    document["note"] = json!("An ‘Axolotl’ note");
    document["programme"] = json!("Dugong programme");
    let stored = app.create("plans", &document).await;
    let mut document = activity(&stored);
    document["organisations"] = json!([{"name": "House of Wombats", "acronym": "HOWL"}]);
    document["note"] = json!("A quoll");
    app.create("activities", &document).await;
    let mut document = outcome(&stored);
    document["indicators"] = json!([{"name": "Number of narwhals"}]);
    app.create("outcomes", &document).await;
    for (query, marked) in [
        ("okapiland", "<mark>Okapiland</mark>"),
        ("kakapo", "<mark>Kakapo</mark>"),
        ("reserve", "&quot;<mark>reserve</mark>&quot;"),
        ("breaks", "<mark>breaks</mark>"),
        ("quagga", "&quot;<mark>Quagga</mark>&quot;"),
        ("numbat", "<mark>Numbats</mark>"),
        ("axolotl", "‘<mark>Axolotl</mark>’"),
        ("dugong", "<mark>Dugong</mark> programme"),
        ("wombat", "House of <mark>Wombats</mark>"),
        ("howl", "<mark>HOWL</mark>"),
        ("quoll", "A <mark>quoll</mark>"),
        ("narwh", "<mark>narwhals</mark>"),
    ] {
        let hits = app.get(&format!("/v1/search?q={query}")).await.json();
        let hits = hits["data"].as_array().unwrap();
        assert_eq!(hits.len(), 1, "{query}");
        let snippet = hits[0]["snippet"].as_str().unwrap();
        assert!(snippet.contains(marked), "{query}: {snippet}");
    }
    assert_eq!(
        titles(&app, "null").await.len(),
        0,
        "what is not stated is no word"
    );
}

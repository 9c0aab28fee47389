//! The sheets in HTML and Markdown: they contain every fact of the form, and stored texts never become markup.

use super::{MANCHESTER, import, manchester, small};
use crate::harness::App;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value, json};

/// The facts of the form of Manchester, with the texts by which they are found in all three formats.
const FACTS: &[(&str, &str)] = &[
    ("the lead city", "Manchester"),
    ("its region as stated", "North West England"),
    ("its country as stated", "United Kingdom"),
    ("its population as stated", "2.682.500"),
    ("its area as stated", "1.277 km ²"),
    ("a partner", "Chengdu"),
    ("a partner", "Liuzhou"),
    ("a partner", "Yangzhou"),
    ("the period", "April 2019 – November 2020"),
    ("a theme with a slash", "e-Mobility / Renewable Energy"),
    ("a theme", "Circular Economy"),
    ("a theme", "Digital Transition"),
    (
        "a theme with a comma",
        "Urban Agriculture, Horticultural exhibition",
    ),
    (
        "focus on hydrogen",
        "Exchange of know-how on hydrogen infrastructure and on better power-to-energy solutions",
    ),
    ("focus on start-ups", "Closer ties between start-ups"),
    ("focus on local industry", "Winning local industry over"),
    ("focus on buying", "lead away from plastic"),
    ("focus on MediaCity", "Salford's MediaCity as the place"),
    (
        "focus on the Expo",
        "Taking part in the Yangzhou Horticultural Expo 2021",
    ),
    ("a goal", "SDG 11 Resilient and sustainable cities"),
    (
        "a goal",
        "SDG 9 Inclusive and sustainable industrialization and foster innovation",
    ),
    ("a partnership", "EU UP Jobs & Skills in Local Economy"),
    ("a partnership", "EU UP Urban Mobility"),
    (
        "a challenge",
        "Helping young companies from Manchester to go abroad to China",
    ),
    (
        "a challenge",
        "Assisting EU companies that want to enter the Chinese market",
    ),
    ("a challenge", "triple helix"),
    ("an objective", "Start tangible joint projects"),
    ("an objective", "cluster U-CAPs"),
    ("a date", "April 2019"),
    (
        "the mission to Brussels",
        "Mission to Brussels and meetings with cities from China",
    ),
    ("the webinar", "Webinar on smart cities"),
    ("a date", "September 2019"),
    ("the first mission", "First mission to China"),
    ("a host", "Guangzhou"),
    ("a host", "Nanning"),
    ("a date", "October 2019"),
    ("the forum", "China Circular Economy Development Forum"),
    ("a venue", "Nanjing"),
    ("a date", "November 2019"),
    ("the global event", "IUC Global event"),
    ("a date as stated", "Wednesday 20th November"),
    ("the meetings", "IUC Asia meetings"),
    ("a date", "May 2020"),
    ("the coaching", "Online coaching for Manchester"),
    (
        "an output",
        "Several concept notes by Manchester on working with cities in China",
    ),
    ("a date", "June 2020"),
    (
        "the online meeting",
        "Online meeting of Manchester and Chengdu on renewable energy",
    ),
    ("a university", "Manchester Metropolitan University"),
    ("its acronym", "MMU"),
    ("a centre", "Manchester Fuel Cell Innovation Centre"),
    ("its acronym", "MFCIC"),
    (
        "where the source breaks off",
        "The source text breaks off here",
    ),
    ("a heading", "e-Mobility"),
    (
        "an outcome",
        "Know-how on hydrogen infrastructure and better power-to-energy solutions is exchanged",
    ),
    ("an outcome", "Research projects are run jointly"),
    ("an outcome", "A pilot campaign together with Haikou"),
    ("who supports it", "Chinese Academy of Social Sciences"),
    ("an outcome", "Salford's MediaCity gets a digital twin"),
    ("a heading", "Horticultural Development"),
    (
        "an outcome",
        "Yangzhou helps to pay for Salford's presence at the Horticultural Expo 2021",
    ),
    ("a heading", "Economic development"),
    (
        "an outcome",
        "Working with the Peking University Science Park in Yangzhou",
    ),
    ("how firm it is", "possible"),
    (
        "an outcome",
        "how public services, public transport above all, can be brought back after Covid-19",
    ),
    ("how firm it is", "interest"),
    (
        "an outcome",
        "shopping and business districts in city centres are rebuilt",
    ),
    ("whom to ask", "IUC-ASIA"),
    ("where to ask", "office@iuc-asia.eu"),
];

/// All texts of a JSON value, concatenated.
fn texts(value: &Value, found: &mut String) {
    match value {
        Value::String(text) => *found += &format!("{text}\n"),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

/// The visible text of the Markdown.
fn read(markdown: &str) -> String {
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(part) | Event::Code(part) => text += &part,
            Event::SoftBreak | Event::HardBreak | Event::End(_) => text.push('\n'),
            _ => {}
        }
    }
    text
}

/// The visible text of the page.
fn seen(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let mut text = String::new();
    let mut inside = false;
    for letter in body.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    [
        ("&#38;", "&"),
        ("&#39;", "'"),
        ("&#34;", "\""),
        ("&#60;", "<"),
        ("&#62;", ">"),
    ]
    .iter()
    .fold(text, |text, (entity, letter)| text.replace(entity, letter))
}

#[actix_web::test]
async fn every_fact_of_the_form_is_in_the_json_the_html_and_the_markdown() {
    let app = App::start().await;
    import(&app, MANCHESTER, &manchester()).await;
    let mut json = String::new();
    texts(&app.get(MANCHESTER).await.json(), &mut json);
    let html = seen(&app.get(&format!("{MANCHESTER}.html")).await.text());
    let markdown = read(&app.get(&format!("{MANCHESTER}.md")).await.text());
    for (fact, text) in FACTS {
        assert!(json.contains(text), "JSON: {fact}: {text}");
        assert!(html.contains(text), "HTML: {fact}: {text}");
        assert!(markdown.contains(text), "Markdown: {fact}: {text}");
    }
}

#[actix_web::test]
async fn the_sections_have_the_order_of_the_form() {
    let app = App::start().await;
    import(&app, MANCHESTER, &manchester()).await;
    let html = app.get(&format!("{MANCHESTER}.html")).await.text();
    let markdown = app.get(&format!("{MANCHESTER}.md")).await.text();
    let sections = [
        "Cities",
        "Period of cooperation",
        "Cooperation themes",
        "Related SDGs and Urban Agenda topics",
        "Key focus of cooperation themes",
        "Key challenges",
        "Main objectives",
        "Activities and key outputs",
        "Expected results and benefits",
        "For further information",
    ];
    let order = |text: &str, before: &str, after: &str| -> Vec<usize> {
        sections
            .iter()
            .map(|section| {
                text.find(&format!("{before}{section}{after}"))
                    .unwrap_or_else(|| panic!("{section}"))
            })
            .collect()
    };
    assert!(order(&html, "\">", "</h2>").is_sorted() && order(&markdown, "## ", "\n").is_sorted());
}

#[actix_web::test]
async fn a_page_is_self_contained_and_has_no_active_content() {
    let app = App::start().await;
    import(&app, MANCHESTER, &manchester()).await;
    let page = app.get(&format!("{MANCHESTER}.html")).await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'unsafe-inline'"),
        "{policy}"
    );
    let html = page.text();
    for reaching in [
        "<script", "src=", "@import", "url(", "<link", "<iframe", "<img", "onload",
    ] {
        assert!(!html.contains(reaching), "{reaching}");
    }
    assert!(
        html.contains("<svg role=\"img\"")
            && html.contains("<title id=\"timeline-title\">")
            && html.contains("lang=\"en\"")
    );
    let markdown = app.get(&format!("{MANCHESTER}.md")).await;
    assert_eq!(
        markdown.header("content-type"),
        Some("text/markdown; charset=utf-8")
    );
    for (path, tag) in [
        (format!("{MANCHESTER}.html"), page.etag()),
        (format!("{MANCHESTER}.md"), markdown.etag()),
    ] {
        assert_eq!(
            app.request("GET", &path)
                .header("if-none-match", &tag)
                .send()
                .await
                .status,
            304
        );
    }
    app.get("/v1/plans/nowhere/summary.html")
        .await
        .problem(404, "not_found");
}

#[actix_web::test]
async fn stored_texts_are_shown_and_never_become_markup() {
    let evil = "<script>alert(\"1\")</script> [a](javascript:alert(1)) | `b` ![c](http://d) & &lt; *e* _f_\n\n# g\n- h";
    let mut document = small();
    let plan = &mut document["plan"];
    plan["title"] = json!(evil.replace('\n', " "));
    plan["objectives"] = json!([evil]);
    plan["note"] = json!(evil);
    plan["cities"][0]["as_stated"] = json!({"name": evil, "population": evil});
    plan["themes"][0] =
        json!({"theme": "water", "label": evil, "focus": [{"text": evil, "cities": ["leipzig"]}]});
    plan["contacts"] = json!([{"name": evil, "email": "a&b@c.eu", "url": "https://a\"onclick=x"}]);
    plan["sources"] = json!([{"title": evil, "url": "https://a.eu/<b>"}]);
    document["activities"][0]["title"] = json!(evil.replace('\n', " "));
    document["activities"][0]["date"] = json!({"start": "2019-04-01", "text": evil});
    document["activities"][0]["note"] = json!(evil);
    document["outcomes"][0] = json!({"description": evil, "heading": evil, "kind": "result", "status": "possible", "indicators": [{"name": evil, "target": 3.5}]});
    let app = App::start().await;
    import(&app, "/v1/plans/small/summary", &document).await;
    let html = app.get("/v1/plans/small/summary.html").await.text();
    assert!(
        !html.contains("<script")
            && !html.contains("href=\"javascript")
            && !html.contains("onclick=x\""),
        "{html}"
    );
    assert!(html.matches("&#60;script&#62;").count() >= 10);
    let markdown = app.get("/v1/plans/small/summary.md").await.text();
    let mut rendered = String::new();
    pulldown_cmark::html::push_html(&mut rendered, Parser::new_ext(&markdown, Options::all()));
    for made in [
        "<script",
        "javascript:alert(1)\"",
        "<img",
        "<code>b",
        "<em>e",
        "<h1>g",
        "<li>h",
    ] {
        assert!(!rendered.contains(made), "{made}: {rendered}");
    }
    let tables = rendered.matches("<td>").count() + rendered.matches("<th>").count();
    assert_eq!(
        tables,
        2 + 5 * 2,
        "no text adds a cell to the table: {rendered}"
    );
    assert!(
        read(&markdown)
            .matches("<script>alert(\"1\")</script>")
            .count()
            >= 10
    );
}

#[actix_web::test]
async fn plans_without_parts_and_with_very_many_parts_have_sheets() {
    let app = App::start().await;
    let bare = json!({"plan": {"title": "Bare", "kind": "cluster", "status": "draft"}});
    import(&app, "/v1/plans/bare/summary", &bare).await;
    let html = app.get("/v1/plans/bare/summary.html").await.text();
    assert!(
        html.to_lowercase().matches("not stated").count() >= 8 && !html.contains("<svg"),
        "{html}"
    );
    let markdown = app.get("/v1/plans/bare/summary.md").await.text();
    assert!(markdown.matches("Not stated.").count() >= 8, "{markdown}");
    let mut full = small();
    let activity = |index: usize| json!({"title": format!("Activity {index}"), "description": "Text.", "kind": "meeting", "status": "planned", "date": {"start": format!("2019-{:02}", 1 + index % 12)}});
    full["activities"] = (0..200).map(activity).collect();
    import(&app, "/v1/plans/small/summary", &full).await;
    let html = app.get("/v1/plans/small/summary.html").await.text();
    assert!(
        html.contains("Activity 199")
            && html.contains("not drawn because there is not enough room")
    );
    let markdown = app.get("/v1/plans/small/summary.md").await.text();
    let headings = Parser::new(&markdown)
        .filter(|event| matches!(event, Event::Start(pulldown_cmark::Tag::Heading { .. })))
        .count();
    // The title, the sections of the form, and the theme of the one outcome.
    let sections = 1 + 10 + 1;
    assert_eq!(
        (headings, read(&markdown).matches("Text.").count()),
        (sections + 200, 200),
        "{markdown}"
    );
    assert!(
        !Parser::new(&markdown)
            .any(|event| matches!(event, Event::Start(pulldown_cmark::Tag::CodeBlock(_)))),
        "no text becomes code"
    );
}

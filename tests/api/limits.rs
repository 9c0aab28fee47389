//! The page of limits in the guide, compared with the published document and with the constants of the program.

use crate::guide::{rows, source};
use crate::harness::CONTRACT;
use serde_json::Value;

/// A place in the published document: a pointer, or the name of a parameter of `/v1/plans` with a keyword; and the number there.
type Place = (&'static str, u64);

/// Rows that the published document decides: what is limited, what the page says, and where the document says it.
const PUBLISHED: [(&str, &str, &[Place]); 10] = [
    (
        "Text, where the reference states no other limit",
        "10 000 characters",
        &[
            (
                "/components/schemas/OutcomeInput/properties/description/maxLength",
                10_000,
            ),
            (
                "/components/schemas/PlanInput/properties/note/maxLength",
                10_000,
            ),
        ],
    ),
    (
        "Title of a plan or an activity",
        "300 characters",
        &[
            (
                "/components/schemas/PlanInput/properties/title/maxLength",
                300,
            ),
            (
                "/components/schemas/ActivityInput/properties/title/maxLength",
                300,
            ),
        ],
    ),
    (
        "Name of a city or a theme",
        "200 characters",
        &[
            (
                "/components/schemas/CityInput/properties/name/maxLength",
                200,
            ),
            (
                "/components/schemas/ThemeInput/properties/name/maxLength",
                200,
            ),
        ],
    ),
    (
        "Slug",
        "200 characters",
        &[(
            "/components/schemas/PlanInput/properties/slug/maxLength",
            200,
        )],
    ),
    (
        "Words of a search (`q`)",
        "500 characters",
        &[("q maxLength", 500)],
    ),
    (
        "Records of a page",
        "50 unless `limit` says otherwise, 200 at most",
        &[("limit default", 50), ("limit maximum", 200)],
    ),
    ("Values of one filter", "50", &[("city maxItems", 50)]),
    (
        "Items of a list in a record, where the reference states no other limit",
        "500",
        &[(
            "/components/schemas/PlanInput/properties/objectives/maxItems",
            500,
        )],
    ),
    (
        "Cities of a plan, activity or outcome",
        "200",
        &[
            (
                "/components/schemas/PlanInput/properties/cities/maxItems",
                200,
            ),
            (
                "/components/schemas/ActivityInput/properties/cities/maxItems",
                200,
            ),
            (
                "/components/schemas/OutcomeInput/properties/cities/maxItems",
                200,
            ),
        ],
    ),
    (
        "Themes of a plan",
        "100",
        &[(
            "/components/schemas/PlanInput/properties/themes/maxItems",
            100,
        )],
    ),
];

/// Rows that constants decide: what is limited, what the page says, and the file or folder with the words that make it so.
const CONSTANT: [(&str, &str, &str, &[&str]); 20] = [
    (
        "Body of a request with one record",
        "1 MiB",
        "src/conventions/http/body.rs",
        &["const LIMIT: usize = 1024 * 1024;"],
    ),
    (
        "Body with the document of a plan",
        "8 MiB",
        "src/conventions/http/body.rs",
        &["const DOCUMENT_LIMIT: usize = 8 * 1024 * 1024;"],
    ),
    (
        "One line of an import",
        "1 MiB",
        "src/conventions/bulk/import/lines.rs",
        &["= body::LIMIT + BYTE_ORDER_MARK.len();"],
    ),
    (
        "Lines of an import that wait for a record of a later line",
        "10 000 lines or 16 MiB",
        "src/conventions/bulk/import",
        &["usize = 10_000;", "usize = 16 * 1024 * 1024;"],
    ),
    (
        "Included records for each record and relation (`include`)",
        "200",
        "src/conventions/resource/relation.rs",
        &["i64 = 200;"],
    ),
    (
        "Faults in one answer",
        "100",
        "src/domain/faults.rs",
        &["const MAX_REPORTED: usize = 100;"],
    ),
    (
        "Exports that run at the same time",
        "8",
        "src/database/dedicated.rs",
        &["const MAX_PER_PURPOSE: usize = 8;"],
    ),
    (
        "Imports that run at the same time",
        "8",
        "src/database/dedicated.rs",
        &["const MAX_PER_PURPOSE: usize = 8;"],
    ),
    (
        "Connections to the database for writing (`--pool-size`)",
        "16 unless set, 1000 at most",
        "src/config/server.rs",
        &["default_value_t = 16", "range(1..=1000)"],
    ),
    (
        "Threads (`--workers`)",
        "one for each processor unless set, 256 at most",
        "src/config/server.rs",
        &["range(1..=256)"],
    ),
    (
        "Head of a request",
        "10 s",
        "src/server/listening.rs",
        &["const HEAD_TIMEOUT: Duration = Duration::from_secs(10);"],
    ),
    (
        "Body of a request",
        "30 s",
        "src/conventions/http/body.rs",
        &["const TIMEOUT: Duration = Duration::from_secs(30);"],
    ),
    (
        "Pause between the bytes of an import",
        "30 s",
        "src/conventions/bulk/import/lines.rs",
        &["Duration = Duration::from_secs(30);"],
    ),
    (
        "Pause of a client that reads an export",
        "60 s",
        "src/conventions/bulk/export/mod.rs",
        &["Duration = Duration::from_secs(60);"],
    ),
    (
        "Wait for a connection to the database",
        "3 s",
        "src/database/connection.rs",
        &["const CONNECTION_TIMEOUT: Duration = Duration::from_secs(3);"],
    ),
    (
        "Statement in the database",
        "10 s",
        "src/database/connection.rs",
        &["const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);"],
    ),
    (
        "Work of one request in the database",
        "12 s",
        "src/database/mod.rs",
        &["const WORK_TIMEOUT: Duration = Duration::from_secs(12);"],
    ),
    (
        "Statement of an export or import",
        "60 min",
        "src/database/dedicated.rs",
        &["const STATEMENT_TIMEOUT_MINUTES: u32 = 60;"],
    ),
    (
        "Idle connection of a client",
        "75 s",
        "src/server/listening.rs",
        &["const KEEP_ALIVE: Duration = Duration::from_secs(75);"],
    ),
    (
        "Requests in progress when the service is stopped",
        "20 s",
        "src/server/listening.rs",
        &["const SHUTDOWN_TIMEOUT_SECONDS: u64 = 20;"],
    ),
];

/// Rows about what has no limit.
const UNLIMITED: [&str; 2] = ["Body of an import", "Records in the registry"];

/// The source of a file, or of all files of a folder.
fn sources(path: &str) -> String {
    if path.ends_with(".rs") {
        return source(path);
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let files = std::fs::read_dir(root).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names
        .map(|name| source(&format!("{path}/{name}")))
        .collect()
}

fn published(place: &str) -> Option<u64> {
    let document = CONTRACT.document();
    let Some((name, keyword)) = place.split_once(' ') else {
        return document.pointer(place)?.as_u64();
    };
    let parameters = document.pointer("/paths/~1v1~1plans/get/parameters")?;
    let named = |parameter: &&Value| parameter["name"] == name;
    parameters.as_array()?.iter().find(named)?["schema"][keyword].as_u64()
}

#[test]
fn the_page_of_limits_says_what_the_program_does() {
    let rows = rows("docs/limits.md");
    let said = |what: &str| {
        let row = rows.iter().find(|row| row[0] == what);
        row.unwrap_or_else(|| panic!("the page has no row {what:?}"))[1].as_str()
    };
    for (what, limit, places) in PUBLISHED {
        assert_eq!(said(what), limit, "{what}");
        for (place, number) in places {
            assert_eq!(published(place), Some(*number), "{what}: {place}");
        }
    }
    for (what, limit, file, lines) in CONSTANT {
        assert_eq!(said(what), limit, "{what}");
        for line in lines {
            assert!(
                sources(file).contains(line),
                "{what}: {file} has no {line:?}"
            );
        }
    }
    for what in UNLIMITED {
        assert!(said(what).starts_with("none"), "{what}");
    }
    for row in &rows {
        let what = row[0].as_str();
        let is_compared = PUBLISHED.iter().any(|row| row.0 == what)
            || CONSTANT.iter().any(|row| row.0 == what)
            || UNLIMITED.contains(&what);
        assert!(is_compared, "nothing is compared with {what:?}");
    }
}

//! The database behind the service: its schema, its constraints, its migrations.

use crate::harness::{App, TestDatabase};
use std::collections::BTreeSet;
use std::fmt::Write;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/database/schema.rs");

/// The number of migrations.
fn migrations() -> usize {
    std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir())
        .count()
}

/// The diesel name of a PostgreSQL type.
fn diesel_type(name: &str) -> &'static str {
    match name {
        "uuid" => "Uuid",
        "int4" => "Int4",
        "int8" => "Int8",
        "text" => "Text",
        "timestamptz" => "Timestamptz",
        "bool" => "Bool",
        "date" => "Date",
        "jsonb" => "Jsonb",
        "numeric" => "Numeric",
        "float8" => "Float8",
        "bytea" => "Bytea",
        "_text" => "Array<Text>",
        "_uuid" => "Array<Uuid>",
        "_int4" => "Array<Int4>",
        "tsvector" => "crate::database::Tsvector",
        other => panic!("{other} has no diesel type here yet"),
    }
}

/// The text of `schema.rs` for a migrated database. Views whose columns are described are queried, too; they have no nulls,
/// and their key consists of all columns.
async fn generated(client: &tokio_postgres::Client) -> String {
    let mut text = "//! The tables, as diesel sees them. Generated from a migrated database; a test compares.\n\n".to_owned();
    let tables = client
        .query(
            "SELECT c.relname::text, obj_description(c.oid), (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM pg_index i, \
             unnest(i.indkey) WITH ORDINALITY k (number, place), pg_attribute a WHERE i.indrelid = c.oid AND i.indisprimary \
             AND a.attrelid = c.oid AND a.attnum = k.number), (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_attribute a \
             WHERE a.attrelid = c.oid AND a.attnum > 0), c.relkind = 'v' FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace \
             AND (c.relkind = 'r' OR c.relkind = 'v' AND col_description(c.oid, 1) IS NOT NULL) AND c.relname NOT LIKE '\\_\\_%' ORDER BY c.relname COLLATE \"C\"",
            &[],
        )
        .await
        .unwrap();
    for table in &tables {
        let (name, comment, is_view): (String, String, bool) =
            (table.get(0), table.get(1), table.get(4));
        let key: String = if is_view { table.get(3) } else { table.get(2) };
        write!(
            text,
            "diesel::table! {{\n    /// {comment}\n    {name} ({key}) {{\n"
        )
        .unwrap();
        let columns = client
            .query(
                "SELECT a.attname::text, t.typname::text, a.attnotnull, col_description(a.attrelid, a.attnum) FROM pg_attribute a \
                 JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                &[&name],
            )
            .await
            .unwrap();
        for column in &columns {
            let kind = diesel_type(column.get(1));
            let kind = if is_view || column.get(2) {
                kind.to_owned()
            } else {
                format!("Nullable<{kind}>")
            };
            write!(
                text,
                "        /// {}\n        {} -> {kind},\n",
                column.get::<_, String>(3),
                column.get::<_, String>(0)
            )
            .unwrap();
        }
        text += "    }\n}\n\n";
    }
    text += &joins(client).await;
    text += "\ndiesel::allow_tables_to_appear_in_same_query!(\n";
    tables
        .iter()
        .for_each(|table| writeln!(text, "    {},", table.get::<_, String>(0)).unwrap());
    text + ");\n"
}

async fn joins(client: &tokio_postgres::Client) -> String {
    let keys = client
        .query(
            "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, min(a.attname::text) FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1 \
             GROUP BY 1, 2 HAVING count(*) = 1 ORDER BY c.conrelid::regclass::text COLLATE \"C\", c.confrelid::regclass::text COLLATE \"C\"",
            &[],
        )
        .await
        .unwrap();
    keys.iter()
        .map(|key| {
            format!(
                "diesel::joinable!({} -> {} ({}));\n",
                key.get::<_, String>(0),
                key.get::<_, String>(1),
                key.get::<_, String>(2)
            )
        })
        .collect()
}

#[actix_web::test]
async fn regenerate_schema_and_the_committed_schema_is_up_to_date() {
    let database = TestDatabase::create().await;
    let generated = generated(&database.client().await).await;
    if std::env::var_os("UCAP_REGENERATE").is_some() {
        std::fs::write(SCHEMA, &generated).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(SCHEMA).unwrap(),
        generated,
        "run: UCAP_REGENERATE=1 cargo test --test api regenerate"
    );
}

#[actix_web::test]
async fn every_constraint_of_a_resource_is_known_to_its_slice_and_no_others_are() {
    let operations = ucap::server::routes().operations();
    let owned: BTreeSet<&str> = operations
        .iter()
        .flat_map(|(_, operation)| operation.constraints)
        .map(|constraint| constraint.name)
        .collect();
    let database = TestDatabase::create().await;
    // Since PostgreSQL 18 each NOT NULL is a constraint too; a body without such a value is refused before it reaches the database.
    let query = "SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype NOT IN ('t', 'n') \
        AND conrelid::regclass::text NOT IN ('api_keys', 'changes', 'urban_agenda_partnerships', 'topics', \
        'plan_finding_codes', 'stale_findings', 'stated_figures', 'compared_figures', 'compared_activities', '__diesel_schema_migrations')";
    let rows = database.client().await.query(query, &[]).await.unwrap();
    let stored: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(stored, owned.into_iter().map(str::to_owned).collect());
}

/// The objects that the migrations create, with kind, name and comment, except those that belong to an extension or to another object.
/// Views that only serve another one have no comments on their columns.
const OBJECTS: &str = "
    SELECT 'table', c.relname::text, obj_description(c.oid, 'pg_class') FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname NOT LIKE '\\_\\_%'
    UNION ALL
    SELECT 'column', c.relname || '.' || a.attname, col_description(c.oid, a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '\\_\\_%' AND a.attnum > 0 AND NOT a.attisdropped
        AND (c.relkind = 'r' OR c.relkind = 'v' AND col_description(c.oid, 1) IS NOT NULL)
    UNION ALL
    SELECT 'function', p.proname::text, obj_description(p.oid, 'pg_proc') FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname NOT LIKE 'diesel\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'trigger', t.tgname::text, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
    UNION ALL
    SELECT 'statistics', s.stxname::text, obj_description(s.oid, 'pg_statistic_ext') FROM pg_statistic_ext s
    WHERE s.stxnamespace = 'public'::regnamespace";

#[actix_web::test]
async fn every_table_column_function_and_trigger_has_a_comment() {
    let database = TestDatabase::create().await;
    let objects = database.client().await.query(OBJECTS, &[]).await.unwrap();
    let kinds: BTreeSet<&str> = objects.iter().map(|object| object.get(0)).collect();
    assert_eq!(kinds.len(), 5, "all kinds are looked at: {kinds:?}");
    let silent: Vec<(&str, &str)> = objects
        .iter()
        .filter(|object| !is_sentence(object.get(2)))
        .map(|object| (object.get(0), object.get(1)))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// True for a comment that contains more than the name.
fn is_sentence(comment: Option<&str>) -> bool {
    comment.is_some_and(|comment| comment.len() > 8 && comment.ends_with('.'))
}

#[actix_web::test]
async fn the_readme_of_the_migrations_names_everything_except_tables_of_records() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let database = TestDatabase::create().await;
    let client = database.client().await;
    let records = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'record_changes_after_insert'";
    let records = client.query(records, &[]).await.unwrap();
    let records: BTreeSet<&str> = records.iter().map(|table| table.get(0)).collect();
    assert!(records.contains("plans"), "{records:?}");
    let objects = client.query(OBJECTS, &[]).await.unwrap();
    let missing: Vec<&str> = objects
        .iter()
        .filter(|object| object.get::<_, &str>(0) != "column")
        .map(|object| object.get(1))
        .filter(|name| !records.contains(name) && !readme.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[actix_web::test]
async fn migrations_can_be_reverted_completely_and_applied_again() {
    let database = TestDatabase::create_empty().await;
    let count = "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_%') \
        + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname NOT LIKE 'diesel%')";
    for _ in 0..2 {
        let settings = database.settings();
        let applied = actix_web::web::block(move || ucap::database::migrate(&settings))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(applied.len(), migrations());
        let settings = database.settings();
        assert!(
            actix_web::web::block(move || ucap::database::migrate(&settings))
                .await
                .unwrap()
                .unwrap()
                .is_empty()
        );
        let settings = database.settings();
        actix_web::web::block(move || ucap::database::revert_all(&settings))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(database.number(count).await, 0);
    }
}

#[actix_web::test]
async fn instances_that_start_at_the_same_time_migrate_once() {
    let database = TestDatabase::create_empty().await;
    let starts = (0..4).map(|_| {
        let settings = database.settings();
        actix_web::web::block(move || {
            ucap::database::migrate(&settings).map(|applied| applied.len())
        })
    });
    let applied: Vec<usize> = futures_util::future::join_all(starts)
        .await
        .into_iter()
        .map(|count| count.unwrap().unwrap())
        .collect();
    assert_eq!(applied.iter().sum::<usize>(), migrations(), "{applied:?}");
}

#[actix_web::test]
async fn a_database_of_a_newer_version_is_refused_and_not_changed() {
    let database = TestDatabase::create().await;
    database
        .client()
        .await
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')")
        .await
        .unwrap();
    let settings = database.settings();
    let error = actix_web::web::block(move || ucap::database::migrate(&settings))
        .await
        .unwrap()
        .unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("99990101000000") && message.contains("run the newer version"),
        "{message}"
    );
}

#[actix_web::test]
async fn a_database_of_a_development_version_is_refused_with_instructions_for_moving_its_data() {
    let database = TestDatabase::create_empty().await;
    // All migrations that the versions before the first release had.
    let versions = [
        "20261101000001",
        "20261101000002",
        "20261101000003",
        "20261101000004",
        "20261101000005",
        "20261101000006",
        "20261101000007",
        "20261101000008",
        "20261101000009",
        "20261124000011",
        "20261124000012",
        "20261124000013",
        "20261125000014",
        "20261125000015",
        "20261125000016",
    ];
    let applied = format!(
        "CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now()); \
         INSERT INTO __diesel_schema_migrations (version) VALUES ('{}')",
        versions.join("'), ('")
    );
    for present in [
        applied.as_str(),
        "DELETE FROM __diesel_schema_migrations WHERE version > '20261101000001'",
    ] {
        database
            .client()
            .await
            .batch_execute(present)
            .await
            .unwrap();
        let settings = database.settings();
        let error = actix_web::web::block(move || ucap::database::migrate(&settings))
            .await
            .unwrap()
            .unwrap_err();
        let message = error.to_string();
        assert!(
            [
                "a development version",
                "`ucap export --format ndjson --dir copy`",
                "`ucap import --format ndjson copy`",
                "UCAP_DATA_DIR",
                "DATABASE_URL",
                "before the first `ucap serve`",
            ]
            .iter()
            .all(|part| message.contains(part))
                && !message.contains("newer")
                && message.matches("could not be migrated").count() == 1,
            "{message}"
        );
        let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
        assert_eq!(database.number(tables).await, 1, "nothing was applied");
    }
}

#[actix_web::test]
async fn the_database_enforces_the_rules_of_the_service() {
    let app = App::with(crate::harness::Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let client = app.database.client().await;
    for (statement, constraint) in [
        (
            "UPDATE plans SET cities = cities || cities",
            "plans_lead_by_kind",
        ),
        (
            "UPDATE plans SET first_day = '2021-01-01', last_day = '2020-12-31'",
            "plans_period_ordered",
        ),
        (
            "UPDATE plans SET themes = themes || themes",
            "plan_themes_pkey",
        ),
        (
            "UPDATE plans SET cities = cities || jsonb_build_array(cities -> 1)",
            "plan_cities_pkey",
        ),
        (
            "UPDATE plans SET themes = '[]'",
            "activity_themes_plan_theme_fkey",
        ),
        (
            "UPDATE plans SET relations = jsonb_build_array(jsonb_build_object('plan_id', id, 'kind', 'mirrors'))",
            "plan_relations_not_itself",
        ),
        (
            "DELETE FROM cities WHERE slug = 'chengdu'",
            "plan_cities_city_id_fkey",
        ),
        (
            "DELETE FROM cities WHERE slug = 'haikou'",
            "outcome_cities_city_id_fkey",
        ),
        (
            "DELETE FROM themes WHERE slug = 'circular-economy'",
            "plan_themes_theme_id_fkey",
        ),
        (
            "UPDATE cities SET latitude = NULL WHERE slug = 'chengdu'",
            "cities_coordinates_paired",
        ),
        (
            "UPDATE cities SET identifiers = '[{\"scheme\": \"geonames\", \"value\": \"2643123\"}]' WHERE slug = 'haikou'",
            "city_identifiers_pkey",
        ),
        (
            "UPDATE outcomes SET theme_id = gen_random_uuid()",
            "outcomes_plan_theme_fkey",
        ),
        (
            "UPDATE activities SET position = -1",
            "activities_position_not_negative",
        ),
    ] {
        let error = client.batch_execute(statement).await.unwrap_err();
        let refused = error
            .as_db_error()
            .and_then(|error| error.constraint())
            .unwrap_or_default()
            .to_owned();
        assert_eq!(refused, constraint, "{statement}: {error:?}");
    }
}

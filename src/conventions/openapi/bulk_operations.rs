//! The operations that export or import a whole collection.

use super::operation::{Content, Operation, Tag};
use super::parameters::query_parameters;
use super::responses::problems;
use crate::conventions::bulk::export::{Delimiter, LineBreaks, LineContent, TableOptions, Tabular};
use crate::conventions::bulk::import::{
    ImportMode, LineImportOptions, MixedImportOptions, OnExisting,
};
use crate::conventions::contract::Access;
use crate::conventions::resource::Writable;
use crate::conventions::resource::selection::Selection;
use crate::domain::RecordKind;
use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

const EXPORT: &str = "The filters of the list apply. Records are sorted by id, which is roughly the order in which they were created. They have \
    the state at which the export began, but names of other records are those at the time of writing. The response is streamed and has neither \
    a length nor an entity tag.";

const SPREADSHEETS: &str = "Excel opens the file in columns with `byte_order_mark=true`, and in countries with a decimal comma with \
    `delimiter=semicolon` as well. LibreOffice Calc asks for the separator and takes all three. Google Sheets and Numbers recognise the \
    default. Numbers always have a decimal point.";

const MIXED_IMPORT: &str = "Each line is an object with one member, which is named after the kind of the record (`city`, `theme`, `plan`, `activity` or \
    `outcome`) and has the record as in an import of that kind: `{\"plan\": {…}}`. Either all lines are stored or none. The lines may be in any \
    order. That activities and outcomes only serve themes of their plan has to hold at the end, so a theme of a plan can be changed together \
    with what serves it; if it does not hold then, the lines that break it fail. The answer is that of the other imports, with pointers \
    into the line.";

/// `GET` of all records as lines of JSON.
pub fn export_ndjson<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let (schema, plural) = (R::KIND.schema(), R::KIND.plural());
    let texts = (
        format!("Export {plural} as lines of JSON"),
        format!("{EXPORT} Each line has the schema {schema}, as a GET of the record returns it."),
    );
    let parameters = [
        vec![super::parameters::fields_parameter(R::KIND)],
        query_parameters::<LineContent>(),
    ]
    .concat();
    export::<R>(
        tag,
        "ndjson",
        texts,
        parameters,
        lines("application/x-ndjson"),
    )
}

/// `GET` of all records as a table.
pub fn export_csv<R: Writable + Tabular + ToSchema>(tag: Tag) -> Operation {
    let columns = R::COLUMNS
        .iter()
        .map(|column| format!("`{}`", column.name))
        .collect::<Vec<_>>()
        .join(", ");
    let description = format!(
        "{EXPORT} Columns: {columns}; new columns are only added at the end. The format is RFC 4180 in UTF-8. The items of a list are joined \
         by `|`; a `|` inside an item is written as `\\|`. A text that a spreadsheet would interpret as a formula is prefixed with an apostrophe. \
         {SPREADSHEETS}"
    );
    let texts = (
        format!("Export {} as a table", R::KIND.plural()),
        description,
    );
    let parameters = query_parameters::<TableOptions>();
    export::<R>(tag, "csv", texts, parameters, lines("text/csv"))
        .with_schema::<Delimiter>()
        .with_schema::<LineBreaks>()
}

/// `GET` of all records as a map.
pub fn export_geojson<R: Writable + ToSchema>(
    tag: Tag,
    summary: &str,
    description: &str,
) -> Operation {
    let texts = (summary.to_owned(), format!("{EXPORT} {description}"));
    let operation = export::<R>(
        tag,
        "geojson",
        texts,
        Vec::new(),
        Content::json::<FeatureCollection>().with_media_type("application/geo+json"),
    );
    operation.with_schema::<FeatureCollection>()
}

/// `GET` of all records as a calendar.
pub fn export_calendar<R: Writable + ToSchema>(
    tag: Tag,
    summary: &str,
    description: &str,
) -> Operation {
    export::<R>(
        tag,
        "ics",
        (summary.to_owned(), format!("{EXPORT} {description}")),
        Vec::new(),
        lines("text/calendar"),
    )
}

/// `POST` of many records as lines of JSON.
pub fn import<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let plural = R::KIND.plural();
    let description = description_of_import(R::KIND);
    let mut operation = Operation::for_resource::<R>(
        Method::POST,
        format!("import_{plural}"),
        Access::Write,
        tag,
        &format!("Import {plural}"),
        &description,
    );
    operation.set("parameters", json!(query_parameters::<LineImportOptions>()));
    take_lines(&mut operation, "{}");
    operation
        .with_schema::<ImportMode>()
        .with_schema::<OnExisting>()
}

/// `POST` of records of several kinds as lines of JSON.
pub fn import_mixed(tag: Tag) -> Operation {
    let mut operation = Operation::new(
        Method::POST,
        "import_records".to_owned(),
        Access::Write,
        tag,
        "Import records of several kinds together",
        MIXED_IMPORT,
    );
    let parameters = query_parameters::<MixedImportOptions>();
    operation.set("parameters", json!(parameters));
    take_lines(
        &mut operation,
        "{\"city\": {\"slug\": \"leipzig\", \"name\": \"Leipzig\", \"kind\": \"city\"}}",
    );
    operation.with_schema::<OnExisting>()
}

/// Documents the lines of a request and the answers to them.
fn take_lines(operation: &mut Operation, example: &str) {
    // The documented media type is that of bytes, because several generators omit operations with an unknown media type.
    let records = json!({"schema": {"type": "string", "format": "binary", "description": "One record on each line.", "example": example}});
    let records = json!({"required": true, "description": "The records.", "content": {"application/octet-stream": records}});
    operation.set("requestBody", records);
    let lines = |text: &str, example: &str| json!({"application/x-ndjson": {"schema": {"type": "string", "description": text, "example": example}}});
    let result = "{\"line\":1,\"status\":\"created\",\"id\":\"0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b\",\"errors\":[]}";
    operation.set("responses", json!({"200": {"description": "The result for each line.", "content": lines("One result on each line.", result)}}));
    problems(
        &mut operation.value,
        &[400, 401, 403, 406, 408, 413, 415, 417, 500, 503],
    );
}

/// The description of the import of a kind of record.
fn description_of_import(kind: RecordKind) -> String {
    let (schema, singular) = (kind.schema(), kind.singular());
    let key = if kind.has_slug() {
        "`id`, or otherwise with its `slug`"
    } else {
        "`id`"
    };
    format!(
        "The media type of the request is `application/x-ndjson`; `application/octet-stream`, which generated clients send, has the same \
         meaning. The body may be compressed, with `Content-Encoding: gzip`. Each line has the schema {schema}Input and may also have an `id`; the lines of an export can be sent as they are. Lines name other records by id or by slug. The maximum \
         length of a line is 1 MiB. \
         A line replaces the {singular} with its {key}. If there is no such {singular}, the line creates it, under the `id` if it has one. \
         Properties that are left out are cleared. With `on_existing=merge`, a line is a JSON Merge Patch (RFC 7396) of the stored {singular} \
         instead, as in a PATCH: properties that are left out stay. With `on_existing=skip`, a stored {singular} is left alone. Lines take effect in their order, but a line that refers to records which a later line \
         creates is stored at the end. The response follows after the whole request was read. It contains an object for each line, with \
         `line` (its number), `status` (`created`, `updated`, `unchanged`, `skipped` or `failed`), `id` and `errors` (as in a problem), and finally an \
         object with the member `summary`, which has `lines`, `created`, `updated`, `unchanged`, `skipped`, `failed` and `stored`. With `mode=partial`, \
         lines are stored in chunks while they arrive, and a line that fails does not affect the others. If the request is interrupted, the \
         chunks that were stored remain stored; lines with an `id` or a `slug` can safely be sent again. With `mode=atomic`, either all lines \
         are stored or none."
    )
}

/// Features on a map (RFC 7946, section 3.3).
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct FeatureCollection {
    /// Always `FeatureCollection`.
    #[schema(example = "FeatureCollection")]
    r#type: String,
    /// The features.
    features: Vec<Feature>,
}

/// A feature on a map, which the document describes as an object with any members.
struct Feature;

impl ToSchema for Feature {}

impl PartialSchema for Feature {
    fn schema() -> RefOr<Schema> {
        let text = "A feature on a map (RFC 7946, section 3.2): `id` is the id of the record, `geometry` is its location or null if the \
            location is not known, and `properties` contains some properties of the record.";
        let example = json!({
            "type": "Feature", "id": "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b", "properties": {"slug": "manchester", "name": "Manchester"},
            "geometry": {"type": "Point", "coordinates": [-2.2374, 53.4809]}
        });
        let object = ObjectBuilder::new()
            .description(Some(text))
            .examples([example]);
        object
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

fn lines(media_type: &'static str) -> Content {
    Content {
        media_type,
        schema: json!({"type": "string", "description": "The whole collection."}),
    }
}

fn export<R: Writable + ToSchema>(
    tag: Tag,
    extension: &str,
    (summary, description): (String, String),
    more_parameters: Vec<Value>,
    content: Content,
) -> Operation {
    let id = format!("export_{}_{extension}", R::KIND.plural());
    let mut operation =
        Operation::for_resource::<R>(Method::GET, id, Access::Read, tag, &summary, &description);
    let mut parameters = query_parameters::<Selection<R::Filter>>();
    parameters.extend(more_parameters);
    operation.set("parameters", json!(parameters));
    let Content { media_type, schema } = content;
    operation
        .set("responses", json!({"200": {"description": "All records that the filters select.", "content": {(media_type): {"schema": schema}}}}));
    problems(&mut operation.value, &[400, 401, 403, 406, 500, 503]);
    operation
}

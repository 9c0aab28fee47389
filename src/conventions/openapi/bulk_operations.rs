//! Operations that take a whole collection out or in.

use super::operation::{Content, Operation, Tag};
use super::parameters::query_parameters;
use super::responses::problems;
use crate::conventions::bulk::export::{ByteOrderMark, LineContent, Tabular};
use crate::conventions::bulk::import::{ImportMode, LineImportOptions};
use crate::conventions::contract::Access;
use crate::conventions::resource::Writable;
use crate::conventions::resource::selection::Selection;
use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema};
use utoipa::{PartialSchema, ToSchema};

const EXPORT: &str = "The filters of the list apply. Records come in the order of their ids, which is about that of their making, all as they \
    were when the export began; names of other records are those of the moment at which they are written. The answer is written while it is read \
    and has neither a length nor an entity tag.";

/// `GET` of all records as lines of JSON.
pub fn export_ndjson<R: Writable + ToSchema>(tag: Tag) -> Operation {
    let (schema, plural) = (R::KIND.schema(), R::KIND.plural());
    let texts = (
        format!("Export {plural} as lines of JSON"),
        format!("{EXPORT} Each line is a {schema}, as GET of it answers."),
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
        .map(|(name, _)| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let description = format!(
        "{EXPORT} Columns: {columns}; new ones come only at the end. UTF-8, RFC 4180. Items of a list are joined by `|`, a bar inside an item \
         is `\\|`. Text that a spreadsheet would take for a formula has an apostrophe in front."
    );
    let texts = (
        format!("Export {} as a table", R::KIND.plural()),
        description,
    );
    export::<R>(
        tag,
        "csv",
        texts,
        query_parameters::<ByteOrderMark>(),
        lines("text/csv"),
    )
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
    let (schema, singular, plural, has_slug) = (
        R::KIND.schema(),
        R::KIND.singular(),
        R::KIND.plural(),
        R::KIND.has_slug(),
    );
    let key = if has_slug {
        "`id`, or else its `slug`,"
    } else {
        "`id`"
    };
    let description = format!(
        "The request has the type `application/x-ndjson`; `application/octet-stream`, which generated clients send, means the same. Each line is a {schema}Input, at most 1 MiB, and may have an `id`; what an export wrote can be sent as it is. A line replaces the {singular} \
         of its {key} and creates it where there is none, under that id if it names one. What is left out is cleared. Lines count in their \
         order; one that names records which only a later line brings waits for the end. The answer comes when all is read: for each line an object with `line` (its number), `status` \
         (`created`, `updated`, `unchanged` or `failed`), `id` and `errors` (as those of a problem), and last an object whose member `summary` \
         has `lines`, `created`, `updated`, `unchanged`, `failed` and `stored`. With `mode=partial` the lines are stored in portions as they \
         arrive, each line for itself; should the request break off, what was stored stays; lines with an `id` or a `slug` can be sent again safely. With `mode=atomic` \
         all are stored, or none."
    );
    let mut operation = Operation::for_resource::<R>(
        Method::POST,
        format!("import_{plural}"),
        Access::Write,
        tag,
        &format!("Import {plural}"),
        &description,
    );
    operation.set("parameters", json!(query_parameters::<LineImportOptions>()));
    // Bytes, because several generators leave an operation out whose request has a media type they do not know.
    let records = json!({"schema": {"type": "string", "format": "binary", "description": "One record a line.", "example": "{}"}});
    let records = json!({"required": true, "description": "The records.", "content": {"application/octet-stream": records}});
    operation.set("requestBody", records);
    let lines = |text: &str, example: &str| json!({"application/x-ndjson": {"schema": {"type": "string", "description": text, "example": example}}});
    let answer = "{\"line\":1,\"status\":\"created\",\"id\":\"0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b\",\"errors\":[]}";
    operation.set("responses", json!({"200": {"description": "What became of each line.", "content": lines("One answer a line.", answer)}}));
    problems(
        &mut operation.value,
        &[400, 401, 403, 406, 408, 415, 417, 500, 503],
    );
    operation.with_schema::<ImportMode>()
}

/// Features on a map (RFC 7946, section 3.3).
#[derive(ToSchema)]
#[expect(dead_code, reason = "its schema is all that is wanted of it")]
struct FeatureCollection {
    /// `FeatureCollection`.
    #[schema(example = "FeatureCollection")]
    r#type: String,
    /// The features.
    features: Vec<Feature>,
}

/// A feature on a map: an object of any shape, as far as the document goes.
struct Feature;

impl ToSchema for Feature {}

impl PartialSchema for Feature {
    fn schema() -> RefOr<Schema> {
        let text = "A feature on a map (RFC 7946, section 3.2): `id` is that of the record, `geometry` where it is, or null if that \
            is not known, `properties` some properties of the record.";
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
    texts: (String, String),
    others: Vec<Value>,
    content: Content,
) -> Operation {
    let id = format!("export_{}_{extension}", R::KIND.plural());
    let mut operation =
        Operation::for_resource::<R>(Method::GET, id, Access::Read, tag, &texts.0, &texts.1);
    let mut parameters = query_parameters::<Selection<R::Filter>>();
    parameters.extend(others);
    operation.set("parameters", json!(parameters));
    let Content { media_type, schema } = content;
    operation
        .set("responses", json!({"200": {"description": "All records that the filters describe.", "content": {(media_type): {"schema": schema}}}}));
    problems(&mut operation.value, &[400, 401, 403, 406, 500, 503]);
    operation
}

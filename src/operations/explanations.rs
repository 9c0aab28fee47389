//! The texts of the problem pages: what each problem means, with an example, and what to do about it.

use crate::conventions::http::problem::Code;

/// Meaning and remedy of a problem, as HTML.
pub(super) fn explanation(code: Code) -> (&'static str, &'static str) {
    let entry = EXPLANATIONS.iter().find(|(known, _, _)| *known == code);
    entry
        .map(|(_, meaning, remedy)| (*meaning, *remedy))
        .unwrap_or_default()
}

/// Meaning and remedy of every problem, in the order of their codes.
const EXPLANATIONS: [(Code, &str, &str); 25] = [
    (
        Code::BadRequest,
        "The request does not follow HTTP, or its body broke off before it was complete.",
        "Check the request line, the headers and the connection, then send the request again.",
    ),
    (
        Code::MalformedJson,
        "The body is not valid JSON: it has a syntax error, such as the comma in <code>{\"name\": \"Leipzig\",}</code>, text that is not UTF-8, an unpaired surrogate, a number that is too large, or too many levels of nesting. <code>detail</code> names the line and the column.",
        "Correct the body. With curl, send files with <code>--data-binary @file</code>, which leaves them unchanged.",
    ),
    (
        Code::InvalidParameters,
        "A query parameter does not exist, is given twice, or has a value that is not allowed, or a cursor belongs to another list or to other filters. For example, <code>/v1/plans?contry=CN</code> misspells <code>country</code>. Such a parameter is never ignored, because the list without the filter would contain records that you did not ask for.",
        "<code>errors</code> names each parameter with its fault and, where there is one, the nearest valid name or value. To start a list anew, leave out <code>cursor</code>.",
    ),
    (
        Code::MalformedHeader,
        "A header has a value that cannot be read. For example, <code>If-Match</code> and <code>If-None-Match</code> take either <code>*</code> or a list of entity tags in quotes.",
        "Send the <code>ETag</code> of an earlier response exactly as you received it, only the version (<code>7</code>), or only <code>*</code>.",
    ),
    (
        Code::UnsupportedHeader,
        "A header changes the meaning of a write in a way that the service does not support: <code>Idempotency-Key</code> or <code>X-Idempotency-Key</code>, which are not supported yet; <code>Content-Range</code>; <code>If-Unmodified-Since</code> without <code>If-Match</code>; <code>X-HTTP-Method-Override</code> and its variants, if they name another method; <code>If-Match</code> or <code>If-None-Match</code> with a POST. The request is refused, because ignoring the header would do something other than what you asked for.",
        "Leave the header out and do what <code>detail</code> suggests instead. To make a write safe to repeat, use PUT, PATCH or DELETE with <code>If-Match</code>, or POST with a <code>slug</code>: if the first attempt was successful, the second one is refused with 412 or 409.",
    ),
    (
        Code::Unauthorized,
        "The request needs an API key and has none, or its key is unknown or was revoked.",
        "Send <code>Authorization: Bearer ucap_…</code>. The operator of the registry creates keys with <code>ucap key create</code>.",
    ),
    (
        Code::Forbidden,
        "The API key is valid, but its role does not allow this operation. For example, a key with the role <code>reader</code> cannot write.",
        "Use a key with the role that <code>detail</code> names.",
    ),
    (
        Code::NotFound,
        "There is no record with this id or slug, or the service has no such address. For example, the record was deleted, or the path is misspelled.",
        "Check the id or slug; the lists show the records that exist. <a href=\"/docs/\">The documentation</a> shows all addresses.",
    ),
    (
        Code::MethodNotAllowed,
        "The address exists, but it does not support this method. For example, a list cannot be deleted.",
        "Use one of the methods in the header <code>Allow</code> of the response.",
    ),
    (
        Code::NotAcceptable,
        "The header <code>Accept</code> or <code>Accept-Encoding</code> of the request excludes every form in which this response is available. For example, <code>Accept: text/csv</code> asks for a table where there is only JSON.",
        "<code>detail</code> lists the available media types. <code>Accept: */*</code> always works, as does a request without these headers.",
    ),
    (
        Code::RequestTimeout,
        "The body did not arrive in time: a body may take 30 seconds in total; in an import, no more than 30 seconds may pass until the next bytes arrive.",
        "Send the request again over a faster connection. Lines of an import that have an <code>id</code> or a <code>slug</code> can be sent again safely.",
    ),
    (
        Code::UnknownReference,
        "The body refers to a record that does not exist, by id or by slug, or to a theme that is not one of the themes of the plan. For example, the <code>plan_id</code> of an activity is the id of a plan that was deleted.",
        "<code>errors</code> points to each of these references. Create the missing record first, or correct the reference.",
    ),
    (
        Code::AmbiguousReference,
        "It is not clear which stored record a city or theme of a plan document stands for. There are two cases. Either its slug, its identifiers and its names do not lead to exactly one stored record: they fit several, or they fit one that another entry of the document stands for as well; a name alone never decides between two records. Or its slug or one of its identifiers belongs to a stored city that it contradicts: both have a country, and not the same one; both have an identifier of the same register, and none in common; or their coordinates are farther apart than 50 km plus the extent of the city. For example, Burlington in Canada cannot stand for a stored Burlington in the United States. <code>related</code> lists the stored records in question, and <code>detail</code> says what contradicts.",
        "Use the slug of the right record throughout the document, or add an identifier that only this record has. For a city that is not stored yet, use a slug that is not taken. If the stored city is the one that is wrong, correct it with PATCH first: a document never turns one city into another, not even with <code>update_references=true</code>.",
    ),
    (
        Code::ImportRunning,
        "Another request is storing the document of the same plan right now.",
        "Read the plan again, see what has changed, and send your document with <code>If-Match</code>.",
    ),
    (
        Code::Duplicate,
        "Another record already has this slug, identifier or id. For example, two cities cannot have the same GeoNames id.",
        "<code>related</code> names the other record. Change that one instead, or choose another value.",
    ),
    (
        Code::InUse,
        "Other records refer to what this request would delete. For example, a city cannot be deleted while plans name it, and a theme cannot be removed from a plan while outcomes of the plan belong to it.",
        "<code>related</code> names some of these records. Change or delete them first.",
    ),
    (
        Code::Immutable,
        "This value is set when the record is created and cannot be changed afterwards. For example, a slug stays the same for as long as the record exists.",
        "Leave the property out, or send the value that is stored.",
    ),
    (
        Code::StaleVersion,
        "<code>If-Match</code> names a version or an entity tag that the stored record or document does not have, in most cases because somebody else has changed it since you read it.",
        "Read it again, repeat your change on the new version, and send the new <code>ETag</code> in <code>If-Match</code>.",
    ),
    (
        Code::AlreadyExists,
        "<code>If-None-Match: *</code> asks for the write only if nothing is stored there, but something is; or <code>If-None-Match</code> lists the entity tag that the stored record or document has.",
        "To change what is stored, leave the header out.",
    ),
    (
        Code::BodyTooLarge,
        "The body is larger than the service accepts: 1 MiB for a record, 8 MiB for the document of a plan.",
        "Send less at once. To send many records, use an import (<code>POST /v1/imports/…</code>), where only each line is limited to 1 MiB.",
    ),
    (
        Code::UnsupportedMediaType,
        "The <code>Content-Type</code> of the body is missing or not supported by this operation, or the body is compressed. For example, <code>curl -d</code> sends <code>application/x-www-form-urlencoded</code> unless told otherwise.",
        "Send the media type that <code>detail</code> names, without compression: <code>application/json</code> for records and documents, <code>application/merge-patch+json</code> or <code>application/json</code> for PATCH, <code>application/x-ndjson</code> for imports.",
    ),
    (
        Code::ExpectationFailed,
        "The header <code>Expect</code> has a value other than <code>100-continue</code>.",
        "Leave the header out.",
    ),
    (
        Code::ValidationFailed,
        "The body is valid JSON, but it does not match the schema, or it breaks a rule that needs no other record to check. For example, a property has an unknown name, or a period ends before it starts. All faults are listed at once, up to a hundred.",
        "<code>errors</code> has a JSON Pointer to each value and says what is allowed there.",
    ),
    (
        Code::InternalError,
        "The service failed. Its log has the cause, next to the <code>request_id</code>.",
        "Report the problem to the operator of the registry, with the <code>request_id</code>.",
    ),
    (
        Code::DatabaseUnavailable,
        "The database cannot be reached, does not respond in time, or is busy; or as many exports or imports are running as the service allows.",
        "Wait as many seconds as <code>Retry-After</code> says, then try again. The service may not know whether a write was stored; repeat it with <code>If-Match</code>, so that it cannot be done twice.",
    ),
];

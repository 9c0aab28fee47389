//! What each problem means and what to do about it: the text of the problem pages.

use crate::conventions::http::problem::Code;

/// Meaning and remedy of a problem, as HTML.
pub(super) fn explanation(code: Code) -> (&'static str, &'static str) {
    let entry = EXPLANATIONS.iter().find(|(known, _, _)| *known == code);
    entry
        .map(|(_, meaning, remedy)| (*meaning, *remedy))
        .unwrap_or_default()
}

const EXPLANATIONS: [(Code, &str, &str); 25] = [
    (
        Code::MalformedJson,
        "The body is not JSON: a syntax error, text that is not UTF-8, half of a surrogate pair, a number that no double can hold, or nesting that is too deep. <code>detail</code> names line and column.",
        "Mend the body. With curl, send files by <code>--data-binary @file</code>.",
    ),
    (
        Code::InvalidParameters,
        "A query parameter does not exist, was given twice, has a value that is not allowed, or a cursor does not belong to this list. Nothing is ignored: a misspelled filter would otherwise return everything.",
        "<code>errors</code> names each parameter and the nearest valid name or value.",
    ),
    (
        Code::MalformedHeader,
        "A header has a form that the service cannot read, such as an <code>If-Match</code> or <code>If-None-Match</code> that is neither <code>*</code> nor a list of entity tags in quotes.",
        "Send the <code>ETag</code> of an earlier answer as it came, a bare version, or <code>*</code> alone.",
    ),
    (
        Code::UnsupportedHeader,
        "A header changes what the request means, in a way that the service does not know: <code>Idempotency-Key</code>, which is not supported yet, <code>Content-Range</code>, <code>If-Unmodified-Since</code>, <code>X-HTTP-Method-Override</code>, or a condition on what a POST creates. It is refused, because to pass over it would do something other than what was asked.",
        "Leave the header out, and do as <code>detail</code> says instead. To repeat a request safely, use PUT, PATCH or DELETE with <code>If-Match</code>, or POST with a <code>slug</code>: where the first request was done, the second is answered 412 or 409.",
    ),
    (
        Code::ExpectationFailed,
        "The header <code>Expect</code> has a value other than <code>100-continue</code>.",
        "Leave the header out.",
    ),
    (
        Code::AmbiguousReference,
        "It is not clear which stored record a city or theme of a plan document is. Either it is not stored under its slug, and by its identifiers or names it can be more than one of the stored ones, or is the same as another of the document; a name alone never decides between two. Or its slug or an identifier is that of a stored city which it contradicts: both state a country, and not the same one; both have an identifier in the same register, and none in common; or their coordinates lie farther apart than 50 km and the extent of the city. <code>related</code> lists the candidates, <code>detail</code> says what contradicts.",
        "Use the slug of the right candidate throughout the document, or give an identifier that only one of them has. For a city that is not stored yet, use a slug that is not taken. If the stored city is wrong, correct it with PATCH first: a document never turns one city into another, not even with <code>update_references=true</code>.",
    ),
    (
        Code::ImportRunning,
        "Another request is storing the document of the same plan at this moment.",
        "Read the plan again, see what has changed, and send your document with <code>If-Match</code>.",
    ),
    (
        Code::Unauthorized,
        "No API key was sent, or it is not known or was revoked.",
        "Send <code>Authorization: Bearer ucap_…</code>. Keys are made with <code>ucap key create</code>.",
    ),
    (
        Code::NotFound,
        "There is no record, or no address at all, of this name.",
        "Check the id or slug; lists show those that exist.",
    ),
    (
        Code::MethodNotAllowed,
        "The address exists, but not with this method.",
        "The header <code>Allow</code> lists its methods.",
    ),
    (
        Code::NotAcceptable,
        "The header <code>Accept</code> allows no media type that this address can serve.",
        "<code>detail</code> lists what is served; <code>Accept: */*</code> always works.",
    ),
    (
        Code::RequestTimeout,
        "The body took longer than 30 seconds to arrive.",
        "Send it again over a better connection.",
    ),
    (
        Code::UnknownReference,
        "The body refers to a record that does not exist, or to a theme that is not one of the plan's.",
        "<code>errors</code> points at each reference. Create the record first, or correct its id.",
    ),
    (
        Code::Duplicate,
        "Another record already has this slug or identifier.",
        "<code>related</code> names that record. Change it instead, or choose another value.",
    ),
    (
        Code::InUse,
        "Other records rely on what this request would take away.",
        "<code>related</code> names some of them. Change those first.",
    ),
    (
        Code::Immutable,
        "The value was set when the record was created and cannot be changed.",
        "Leave it out, or send it as it is.",
    ),
    (
        Code::StaleVersion,
        "The record is not, or not any more, in the version that <code>If-Match</code> names.",
        "Read it again, repeat your change on what you got, and send it with the new <code>ETag</code>.",
    ),
    (
        Code::BodyTooLarge,
        "The body is larger than one mebibyte.",
        "Send less at once.",
    ),
    (
        Code::UnsupportedMediaType,
        "The body's <code>Content-Type</code> is not taken here, or the body is compressed.",
        "Send <code>application/json</code>; for PATCH also <code>application/merge-patch+json</code>.",
    ),
    (
        Code::ValidationFailed,
        "The body is JSON, but breaks the schema or a rule that concerns it alone. All faults are listed at once, the first hundred if there are more.",
        "<code>errors</code> has a JSON Pointer to each value and says what would be right.",
    ),
    (
        Code::DatabaseUnavailable,
        "The database is away, does not answer in time, or is busy.",
        "Wait as long as <code>Retry-After</code> says, then try again. A write that was answered so may be repeated with <code>If-Match</code>.",
    ),
    (
        Code::BadRequest,
        "The request is not HTTP as the service speaks it, or its body broke off.",
        "Check the request line, the headers and the connection.",
    ),
    (
        Code::Forbidden,
        "The key is valid, but its role does not allow this operation.",
        "Use a key with the role that <code>detail</code> names.",
    ),
    (
        Code::AlreadyExists,
        "<code>If-None-Match: *</code> asked that the record must not exist, but it does; or <code>If-None-Match</code> lists the entity tag that it has.",
        "Leave the header out to change the record.",
    ),
    (
        Code::InternalError,
        "The service failed. The cause is in its log under the <code>request_id</code>.",
        "Report it with the <code>request_id</code>.",
    ),
];

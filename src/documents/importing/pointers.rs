//! Conversion between JSON Pointers (RFC 6901) into a document and into the records that it consists of.
//!
//! One rule: only the members with references have different names, because a record refers to others by id (`/cities/0/city_id`)
//! and a document refers to them by slug (`/activities/3/cities/0/city`). Start with [`to_document`].

use crate::conventions::http::problem::Problem;
use crate::domain::{Fault, Place, RecordKind};

/// The members with references, in records and in documents.
const LINKS: [(&str, &str); 5] = [
    ("city_ids", "cities"),
    ("theme_ids", "themes"),
    ("city_id", "city"),
    ("theme_id", "theme"),
    ("plan_id", "plan"),
];

/// The pointer to a fault relative to `pointer`; `None` if the fault is elsewhere.
pub fn relative_to<'f>(pointer: &str, fault: &'f Fault) -> Option<&'f str> {
    let Place::Pointer(place) = &fault.place else {
        return None;
    };
    place
        .strip_prefix(pointer)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Converts a pointer into a record to a pointer into that part of the document.
pub fn to_document(pointer: &str) -> String {
    let segments = pointer.split('/').map(|segment| {
        LINKS
            .iter()
            .find(|(id, _)| *id == segment)
            .map_or(segment, |(_, slug)| slug)
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Converts a pointer into a part of a document to a pointer into the record. Only the first member is converted.
pub fn to_record(kind: RecordKind, pointer: &str) -> String {
    let renamed = match (kind, pointer.split('/').nth(1)) {
        (RecordKind::Activity, Some("themes")) => Some(("themes", "theme_ids")),
        (RecordKind::Outcome, Some("theme")) => Some(("theme", "theme_id")),
        _ => None,
    };
    renamed.map_or_else(
        || pointer.to_owned(),
        |(slug, id)| pointer.replacen(slug, id, 1),
    )
}

/// Prepends the pointer of a record in the document to the pointers of all faults of a problem.
pub fn with_prefix(mut problem: Problem, pointer: &str) -> Problem {
    for fault in &mut problem.faults {
        if let Place::Pointer(own) = &mut fault.place {
            own.insert_str(0, pointer);
        }
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_renamed_and_nothing_else() {
        assert_eq!(
            to_document("/themes/0/focus/1/city_ids/2"),
            "/themes/0/focus/1/cities/2"
        );
        assert_eq!(to_document("/date/start"), "/date/start");
        let activity = RecordKind::Activity;
        assert_eq!(to_record(activity, "/themes/0"), "/theme_ids/0");
        assert_eq!(to_record(activity, "/title"), "/title");
    }

    #[test]
    fn a_fault_is_only_relative_to_whole_segments() {
        let fault = Fault::at("/activities/12/title", crate::domain::FaultCode::Type, "");
        assert_eq!(relative_to("/activities/12", &fault), Some("/title"));
        assert_eq!(relative_to("/activities/1", &fault), None);
    }
}

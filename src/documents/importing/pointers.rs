//! Where things are in a document and in the records that it is made of: JSON Pointers (RFC 6901) of the one and the other.
//!
//! A record names others by id (`/cities/0/city_id`), a document by slug (`/activities/3/cities/0/city`).

use crate::conventions::http::problem::Problem;
use crate::domain::{Fault, Place, RecordKind};

/// The members that name others, in records and in documents.
const LINKS: [(&str, &str); 5] = [
    ("city_ids", "cities"),
    ("theme_ids", "themes"),
    ("city_id", "city"),
    ("theme_id", "theme"),
    ("plan_id", "plan"),
];

/// The place of a fault below `pointer`, if it is there.
pub fn below<'f>(pointer: &str, fault: &'f Fault) -> Option<&'f str> {
    let Place::Pointer(place) = &fault.place else {
        return None;
    };
    place
        .strip_prefix(pointer)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A place in a record as one in the part of a document that the record is.
pub fn to_document(pointer: &str) -> String {
    let segments = pointer.split('/').map(|segment| {
        LINKS
            .iter()
            .find(|(id, _)| *id == segment)
            .map_or(segment, |(_, slug)| slug)
    });
    segments.collect::<Vec<_>>().join("/")
}

/// A place in a part of a document as one in the record, as far as its first member goes.
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

/// The same problem, with its faults where the record is in the document.
pub fn located(mut problem: Problem, pointer: &str) -> Problem {
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
    fn a_fault_is_below_whole_segments_only() {
        let fault = Fault::at("/activities/12/title", crate::domain::FaultCode::Type, "");
        assert_eq!(below("/activities/12", &fault), Some("/title"));
        assert_eq!(below("/activities/1", &fault), None);
    }
}

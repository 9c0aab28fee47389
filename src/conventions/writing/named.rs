//! References by slug in request bodies and in lines of imports.
//!
//! A body names another record by its id or by its slug, in the same member, such as `city_id`. What is stored is the id.
//!
//! One rule: slugs are replaced by ids before a body is checked. A slug that no record has is replaced by an id that no record has,
//! so it is found by the same checks as an unknown id, and has the same code and pointer; only the sentence about it names the
//! slug. Start with [`Named::find`].

use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::queries::lookup::ids_of_slugs;
use crate::domain::{Fault, FaultCode, Place, RecordKind, Slug};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use strum::IntoEnumIterator;
use uuid::Uuid;

/// The ids of records by their kinds and slugs.
pub type Ids = HashMap<(RecordKind, String), Uuid>;

/// The references of a body that name records by slug.
#[derive(Debug, Clone, Default)]
pub struct Named(Vec<NamedReference>);

#[derive(Debug, Clone)]
struct NamedReference {
    pointer: String,
    kind: RecordKind,
    slug: String,
}

/// A step on the way from a body to one of its values.
#[derive(Clone, Copy)]
enum Step<'v> {
    Member(&'v str),
    Item(usize),
}

/// The kind of the records that a member such as `city_id` or `city_ids` refers to.
pub fn kind_of_member(name: &str) -> Option<RecordKind> {
    let (stem, _) = name
        .rsplit_once("_id")
        .filter(|(_, rest)| matches!(*rest, "" | "s"))?;
    RecordKind::iter().find(|kind| kind.has_slug() && kind.singular() == stem)
}

impl Named {
    /// Finds the references by slug in a body.
    #[must_use]
    pub fn find(body: &Value) -> Self {
        let mut named = Self::default();
        named.search(body, &mut Vec::new(), None);
        named
    }

    /// True if all references of the body are by id.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The slugs by which it names records of a kind.
    pub fn slugs(&self, kind: RecordKind) -> impl Iterator<Item = &str> {
        let references = self.0.iter();
        references
            .filter(move |reference| reference.kind == kind)
            .map(|reference| reference.slug.as_str())
    }

    /// Searches a value; `kind` is the kind of the records to which it refers, if it is a reference.
    fn search<'v>(&mut self, value: &'v Value, path: &mut Vec<Step<'v>>, kind: Option<RecordKind>) {
        match (value, kind) {
            (Value::Object(members), _) => {
                for (name, member) in members {
                    path.push(Step::Member(name));
                    self.search(member, path, kind_of_member(name));
                    path.pop();
                }
            }
            (Value::Array(items), _) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Item(index));
                    self.search(item, path, kind);
                    path.pop();
                }
            }
            (Value::String(text), Some(kind)) if text.parse::<Slug>().is_ok() => {
                self.0.push(NamedReference {
                    pointer: pointer(path),
                    kind,
                    slug: text.clone(),
                });
            }
            _ => {}
        }
    }

    /// Replaces the slugs in the body by ids.
    pub fn replace(&self, body: &mut Value, ids: &Ids) {
        for reference in &self.0 {
            if let Some(value) = body.pointer_mut(&reference.pointer) {
                let key = (reference.kind, reference.slug.clone());
                let id = ids.get(&key).copied();
                *value = Value::String(id.unwrap_or_else(|| reference.unused_id()).to_string());
            }
        }
    }

    /// Names the slug in the fault that a reference leads to no record.
    pub fn explain(&self, fault: &mut Fault) {
        let named = self.0.iter().find(|reference| {
            fault.code == FaultCode::UnknownReference
                && matches!(&fault.place, Place::Pointer(pointer) if *pointer == reference.pointer)
        });
        if let Some(NamedReference { kind, slug, .. }) = named {
            fault.detail = format!("there is no {} with the slug {slug:?}", kind.singular());
        }
    }

    /// The problem with the slugs of all references that lead to no record.
    #[must_use]
    pub fn explained(&self, problem: Problem) -> Problem {
        if self.is_empty() || problem.code != Code::UnknownReference {
            return problem;
        }
        let mut faults = problem.faults;
        faults.iter_mut().for_each(|fault| self.explain(fault));
        Problem {
            related: problem.related,
            ..Problem::from_faults(problem.code, faults)
        }
    }
}

impl NamedReference {
    /// An id that stands for an unknown slug. Equal slugs have equal ids, so that a body that repeats one is found to do so.
    fn unused_id(&self) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, self.slug.as_bytes())
    }
}

/// Looks up the slugs of some bodies, with one statement for each kind of record. Unknown slugs are missing from the result.
///
/// # Errors
/// A statement fails.
pub async fn look_up<'n>(
    connection: &AsyncPgConnection,
    bodies: impl IntoIterator<Item = &'n Named>,
) -> QueryResult<Ids> {
    let mut slugs: BTreeMap<RecordKind, HashSet<&str>> = BTreeMap::new();
    for reference in bodies.into_iter().flat_map(|named| &named.0) {
        slugs
            .entry(reference.kind)
            .or_default()
            .insert(&reference.slug);
    }
    let mut ids = Ids::new();
    for (kind, slugs) in slugs {
        let slugs = slugs.into_iter().map(str::to_owned).collect();
        let found = ids_of_slugs(connection, kind, slugs).await?;
        ids.extend(found.into_iter().map(|(slug, id)| ((kind, slug), id)));
    }
    Ok(ids)
}

/// The JSON Pointer (RFC 6901) of a path.
fn pointer(path: &[Step<'_>]) -> String {
    let segment = |step: &Step<'_>| match step {
        Step::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        Step::Item(index) => format!("/{index}"),
    };
    path.iter().map(segment).collect()
}

#[cfg(test)]
mod tests {
    use super::{Ids, Named};
    use crate::domain::RecordKind;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn slugs_are_found_wherever_a_body_refers_to_a_record_and_nowhere_else() {
        let id = Uuid::nil();
        let mut body = json!({
            "slug": "a", "title": "b", "id": "c", "city": "d", "note_id": "e", "city_id_s": "f",
            "cities": [{"city_id": "leipzig"}, {"city_id": id}, {"city_id": null}, {"city_id": "No slug"}],
            "themes": [{"focus": [{"city_ids": [id, "nanjing", 7]}]}],
            "plan_id": "p", "a/b": {"theme_id": "t"}
        });
        let found = Named::find(&body);
        let places: Vec<&str> = found.0.iter().map(|one| one.pointer.as_str()).collect();
        let expected = [
            "/cities/0/city_id",
            "/themes/0/focus/0/city_ids/1",
            "/plan_id",
            "/a~1b/theme_id",
        ];
        assert_eq!(places, expected);
        let known = Uuid::max();
        let ids = Ids::from([((RecordKind::City, "leipzig".to_owned()), known)]);
        found.replace(&mut body, &ids);
        assert_eq!(body["cities"][0]["city_id"], json!(known));
        assert!(Named::find(&body).is_empty());
    }
}

//! The keys by which activities of a document refer to each other.
//!
//! One rule: only activities to which others belong have a key, and it is made of the title. Start with [`keys`].

use crate::conventions::resource::Record;
use crate::domain::{RecordKind, Slug};
use crate::resources::activities::ActivityInput;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The keys of the activities to which others belong, by id.
pub fn keys(activities: &[(Record, ActivityInput)]) -> HashMap<Uuid, Slug> {
    let parents = activities.iter();
    let parents = parents.filter_map(|(_, activity)| activity.parent_id);
    let parents: HashSet<Uuid> = parents.collect();
    let mut taken = HashSet::new();
    let mut keys = HashMap::new();
    for (record, activity) in activities {
        if parents.contains(&record.id) {
            let first = Slug::derive(&activity.content.title, RecordKind::Activity.singular());
            let numbered = (2..).map(|number| first.with_number(number));
            let mut candidates = std::iter::once(first.clone()).chain(numbered);
            let key = candidates.find(|key| taken.insert(key.clone()));
            keys.insert(record.id, key.unwrap_or(first));
        }
    }
    keys
}

//! Which activities of a document belong to which: they refer to each other by keys that are valid within the document only.
//!
//! One rule: a key stands for a place in the list of activities, so nothing of it is stored. Start with [`Hierarchy::take`].

use crate::domain::Faults;
use serde_json::Value;
use std::collections::HashMap;

/// The keys of the activities of a document, and the keys of those that they belong to, both by place.
#[derive(Debug, Clone, Default)]
pub struct Hierarchy {
    keys: Vec<Option<String>>,
    parents: Vec<Option<String>>,
}

impl Hierarchy {
    /// Takes the keys out of activities.
    pub fn take(activities: &mut [Value]) -> Self {
        let mut take = |member: &str| {
            let values = activities.iter_mut().map(|activity| {
                let value = activity.as_object_mut()?.shift_remove(member)?;
                value.as_str().map(str::to_owned)
            });
            values.collect()
        };
        Self {
            keys: take("key"),
            parents: take("parent"),
        }
    }

    /// For each activity the place of the one that it belongs to.
    pub fn parents(&self) -> Vec<Option<usize>> {
        let places = self.places();
        let parents = self.parents.iter();
        let parents = parents.map(|key| places.get(key.as_deref()?).copied());
        parents.collect()
    }

    /// The first place of each key.
    fn places(&self) -> HashMap<&str, usize> {
        let keys = self.keys.iter().enumerate().rev();
        keys.filter_map(|(place, key)| Some((key.as_deref()?, place)))
            .collect()
    }

    /// Adds a fault for each key that is not unique, and for each parent that does not exist or belongs to another itself.
    pub fn validate(&self, faults: &mut Faults) {
        let places = self.places();
        for (place, key) in self.keys.iter().enumerate() {
            let first = key.as_deref().and_then(|key| places.get(key));
            if first.is_some_and(|first| *first != place) {
                let detail = "another activity of the document has this key";
                faults.add(format!("/activities/{place}/key"), detail);
            }
        }
        for (place, key) in self.parents.iter().enumerate() {
            let Some(key) = key else { continue };
            let parent = places.get(key.as_str());
            let grandparent = parent.and_then(|parent| self.parents.get(*parent)?.as_ref());
            let detail = match parent {
                None => "no activity of the document has this key",
                Some(parent) if *parent == place => "an activity cannot belong to itself",
                Some(_) if grandparent.is_some() => {
                    "this activity belongs to another one itself, so no others can belong to it"
                }
                Some(_) => continue,
            };
            faults.add(format!("/activities/{place}/parent"), detail);
        }
    }
}

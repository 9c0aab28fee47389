//! Activities below those that they belong to.
//!
//! One rule: every entry keeps its number, which is its place in the document. Start with [`nest`].

use super::sheet::Entry;
use crate::documents::document::DocumentActivity;
use std::collections::HashMap;

/// Moves the entries of activities that belong to others below these, in their order.
pub fn nest(activities: &[DocumentActivity], entries: Vec<Entry>) -> Vec<Entry> {
    let mut children: HashMap<&str, Vec<Entry>> = HashMap::new();
    let mut parents = Vec::new();
    for (activity, entry) in activities.iter().zip(entries) {
        match &activity.parent {
            Some(key) => children.entry(key.as_str()).or_default().push(entry),
            None => parents.push((activity, entry)),
        }
    }
    let nested = parents.into_iter().map(|(activity, entry)| Entry {
        children: activity
            .key
            .as_ref()
            .and_then(|key| children.remove(key.as_str()))
            .unwrap_or_default(),
        ..entry
    });
    nested.collect()
}

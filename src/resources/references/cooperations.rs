//! Cooperations that several plans describe, each from the perspective of one of its cities.
//!
//! One rule: plans that are connected by relations of the kind `mirrors`, in either direction and through any number of plans, describe
//! one cooperation, which counts once. Start with [`Cooperations`].

use std::collections::BTreeMap;
use uuid::Uuid;

/// The cooperations that several plans describe.
#[derive(Debug, Default)]
pub struct Cooperations {
    by_plan: BTreeMap<Uuid, Uuid>,
}

impl Cooperations {
    /// The cooperations of plans of which each pair mirrors one another.
    pub fn new(mirrors: &[(Uuid, Uuid)]) -> Self {
        let mut neighbours: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for (one, other) in mirrors {
            neighbours.entry(*one).or_default().push(*other);
            neighbours.entry(*other).or_default().push(*one);
        }
        let mut by_plan = BTreeMap::new();
        for first in neighbours.keys() {
            let mut reached = vec![*first];
            while let Some(plan) = reached.pop() {
                if by_plan.contains_key(&plan) {
                    continue;
                }
                by_plan.insert(plan, *first);
                reached.extend(neighbours.get(&plan).into_iter().flatten());
            }
        }
        Self { by_plan }
    }

    /// For each plan that does not describe its cooperation alone, the plan that stands for the cooperation.
    pub fn by_plan(&self) -> &BTreeMap<Uuid, Uuid> {
        &self.by_plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_that_mirror_one_another_through_others_are_one_cooperation() {
        let id = Uuid::from_u128;
        let mirrors = [(1, 5), (3, 4), (2, 5), (2, 2), (4, 3)];
        let cooperations = Cooperations::new(&mirrors.map(|(one, other)| (id(one), id(other))));
        let expected = [(1, 1), (2, 1), (3, 3), (4, 3), (5, 1)];
        assert_eq!(
            *cooperations.by_plan(),
            BTreeMap::from(expected.map(|(plan, first)| (id(plan), id(first))))
        );
    }
}

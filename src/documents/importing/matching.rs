//! Matches the records of a document with stored records.
//!
//! Cities and themes are matched by slug, then by identifier, then by name. A match by slug or identifier that is contradicted is
//! rejected. A match by name that is contradicted is ignored, and a name that two stored records share is ambiguous. Activities
//! and outcomes are matched by content, then by title, then by position, so that an unchanged document changes nothing.
//!
//! One rule: nothing here reads the database. Start with [`decide`] and [`align`].

use super::contradiction;
use super::report::MatchedBy;
use crate::domain::Slug;
use crate::domain::folding::fold;
use crate::resources::cities::CityInput;
use crate::resources::themes::ThemeInput;
use std::collections::{HashMap, HashSet, VecDeque};
use uuid::Uuid;

/// A record that can be matched by its slug, its identifiers or its names.
pub trait Matchable {
    /// Its slug.
    fn slug(&self) -> &Slug;
    /// True if the records share an identifier.
    fn shares_identifier(&self, other: &Self) -> bool;
    /// True if the records share a name, and no other text suggests that they are different.
    fn shares_name(&self, other: &Self) -> bool;
    /// Lists how a record of a document contradicts this stored record. The list is empty if they can be the same.
    fn contradictions(&self, given: &Self) -> Vec<String>;
}

impl Matchable for CityInput {
    fn slug(&self) -> &Slug {
        &self.slug
    }

    fn shares_identifier(&self, other: &Self) -> bool {
        self.shares_identifier_with(other)
    }

    fn shares_name(&self, other: &Self) -> bool {
        overlap(
            names(&self.name, &self.alternative_names),
            names(&other.name, &other.alternative_names),
        ) && !differ(&self.region, &other.region)
    }

    fn contradictions(&self, given: &Self) -> Vec<String> {
        contradiction::contradictions(self, given)
    }
}

impl Matchable for ThemeInput {
    fn slug(&self) -> &Slug {
        &self.slug
    }

    fn shares_identifier(&self, _: &Self) -> bool {
        false
    }

    fn shares_name(&self, other: &Self) -> bool {
        overlap(
            names(&self.name, &self.aliases),
            names(&other.name, &other.aliases),
        )
    }

    /// A theme has only a slug and names, and different names can be translations, so nothing contradicts.
    fn contradictions(&self, _: &Self) -> Vec<String> {
        Vec::new()
    }
}

/// All names of a record, folded for comparison.
fn names(name: &str, others: &[String]) -> HashSet<String> {
    std::iter::once(name)
        .chain(others.iter().map(String::as_str))
        .map(fold)
        .collect()
}

fn overlap(names: HashSet<String>, others: HashSet<String>) -> bool {
    !names.is_disjoint(&others)
}

/// True if both texts are present and differ in more than case, accents and marks.
fn differ(one: &Option<String>, other: &Option<String>) -> bool {
    let texts = one.as_ref().zip(other.as_ref());
    texts.is_some_and(|(one, other)| fold(one) != fold(other))
}

/// The result of matching a record of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is the stored record with this index.
    Stored(usize, MatchedBy),
    /// It is not stored yet.
    New,
    /// It can be any of the stored records with these indexes.
    Ambiguous(Vec<usize>),
    /// It matches the stored record with this index, but contradicts it.
    Contradicted(usize, MatchedBy, Vec<String>),
}

/// Matches each given record with the stored ones.
pub fn decide<T: Matchable>(given: &[&T], stored: &[(Uuid, T)]) -> Vec<Decision> {
    let candidates = Candidates::new(given, stored);
    let mut decisions: Vec<Decision> = given
        .iter()
        .map(|record| candidates.decide(record))
        .collect();
    let mut taken = HashSet::new();
    for decision in &mut decisions {
        if let Decision::Stored(index, by) = decision
            && !taken.insert(*index)
        {
            // A second record that matches the same stored one by name is a new record. Identifiers are unique, so one that matches
            // by identifier cannot be new.
            *decision = if *by == MatchedBy::Name {
                Decision::New
            } else {
                Decision::Ambiguous(vec![*index])
            };
        }
    }
    decisions
}

/// The stored records that the records of a document can match.
struct Candidates<'a, T> {
    stored: &'a [(Uuid, T)],
    by_slug: HashMap<&'a str, usize>,
    /// The records whose slugs the document contains.
    matched_by_slug: HashSet<usize>,
}

impl<'a, T: Matchable> Candidates<'a, T> {
    fn new(given: &[&T], stored: &'a [(Uuid, T)]) -> Self {
        let by_slug: HashMap<&str, usize> = stored
            .iter()
            .enumerate()
            .map(|(index, (_, record))| (record.slug().as_str(), index))
            .collect();
        let matched_by_slug = given
            .iter()
            .filter_map(|record| by_slug.get(record.slug().as_str()).copied())
            .collect();
        Self {
            stored,
            by_slug,
            matched_by_slug,
        }
    }

    /// The indexes of the records that satisfy a condition.
    fn indexes(&self, condition: impl Fn(usize, &T) -> bool) -> Vec<usize> {
        let all = self.stored.iter().enumerate();
        all.filter(|(index, (_, record))| condition(*index, record))
            .map(|(index, _)| index)
            .collect()
    }

    fn decide(&self, record: &T) -> Decision {
        let identified = self.indexes(|_, other| record.shares_identifier(other));
        let slug = record.slug();
        match (self.by_slug.get(slug.as_str()), identified.as_slice()) {
            (Some(index), identified) if identified.iter().all(|other| other == index) => {
                self.unless_contradicted(record, *index, MatchedBy::Slug)
            }
            (Some(index), identified) => {
                let others = identified.iter().filter(|other| *other != index);
                Decision::Ambiguous(std::iter::once(index).chain(others).copied().collect())
            }
            (None, [only]) => self.unless_contradicted(record, *only, MatchedBy::Identifier),
            (None, []) => self.decide_by_name(record),
            (None, _) => Decision::Ambiguous(identified),
        }
    }

    fn decide_by_name(&self, record: &T) -> Decision {
        // Slugs that differ only in their number belong to different records with the same name.
        let named = self.indexes(|index, other| {
            !self.matched_by_slug.contains(&index)
                && other.slug().stem() != record.slug().stem()
                && record.shares_name(other)
                && other.contradictions(record).is_empty()
        });
        match named.as_slice() {
            [] => Decision::New,
            [only] => Decision::Stored(*only, MatchedBy::Name),
            _ => Decision::Ambiguous(named),
        }
    }

    /// The stored record with an index, unless the given one contradicts it. In that case it cannot be new either, because its slug
    /// or its identifier is in use.
    fn unless_contradicted(&self, record: &T, index: usize, by: MatchedBy) -> Decision {
        let stored = self.stored.get(index);
        let contradictions = stored.map(|(_, stored)| stored.contradictions(record));
        match contradictions.unwrap_or_default() {
            none if none.is_empty() => Decision::Stored(index, by),
            contradictions => Decision::Contradicted(index, by, contradictions),
        }
    }
}

/// Pairs the parts of a document with stored ones, and returns the indexes of the latter: first parts that are equal, then parts
/// with the same title, then a part and a stored one that both follow a pair. `same` compares everything except the position.
pub fn align<T>(
    given: &[T],
    stored: &[T],
    title: impl Fn(&T) -> &str,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Option<usize>> {
    let mut pairs = align_by_title(given, stored, title, same);
    let mut free = vec![true; stored.len()];
    for index in pairs.iter().flatten() {
        free.get_mut(*index)
            .into_iter()
            .for_each(|free| *free = false);
    }
    let mut next = 0;
    for pair in &mut pairs {
        if pair.is_none() && free.get(next) == Some(&true) {
            *pair = Some(next);
            free.get_mut(next)
                .into_iter()
                .for_each(|free| *free = false);
        }
        next = pair.map_or(next, |index| index + 1);
    }
    pairs
}

/// Pairs parts that are equal, then parts with the same title.
fn align_by_title<T>(
    given: &[T],
    stored: &[T],
    title: impl Fn(&T) -> &str,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Option<usize>> {
    let mut by_title: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (index, part) in stored.iter().enumerate() {
        by_title.entry(title(part)).or_default().push_back(index);
    }
    let mut pairs: Vec<Option<usize>> = vec![None; given.len()];
    for exactly in [true, false] {
        for (pair, part) in pairs
            .iter_mut()
            .zip(given)
            .filter(|(pair, _)| pair.is_none())
        {
            let Some(indexes) = by_title.get_mut(title(part)) else {
                continue;
            };
            let found = indexes.iter().position(|index| {
                !exactly || stored.get(*index).is_some_and(|other| same(part, other))
            });
            *pair = found.and_then(|found| indexes.remove(found));
        }
    }
    pairs
}

/// Assigns positions in the order of the document: the stored positions if they keep this order, otherwise 0, 1, 2 and so on.
pub fn assign_positions(stored: &[Option<(i32, Uuid)>], max: i32) -> Vec<i32> {
    let mut positions = Vec::with_capacity(stored.len());
    let mut before: Option<(i32, Option<Uuid>)> = None;
    for own in stored {
        let position = match (own, before) {
            (Some((position, id)), Some((earlier, earlier_id))) => {
                // Records with the same position are ordered by id. A new record comes last, because its id is the newest.
                let follows = *position > earlier
                    || (*position == earlier && earlier_id.is_some_and(|earlier| earlier < *id));
                follows.then_some(*position)
            }
            (Some((position, _)), None) => Some(*position),
            (None, Some((earlier, _))) => {
                earlier.checked_add(1).filter(|position| *position <= max)
            }
            (None, None) => Some(0),
        };
        let Some(position) = position else {
            return (0..).take(stored.len()).collect();
        };
        before = Some((position, own.map(|(_, id)| id)));
        positions.push(position);
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(given: &[(&str, u8)], stored: &[(&str, u8)]) -> Vec<Option<usize>> {
        align(given, stored, |part| part.0, |one, other| one == other)
    }

    #[test]
    fn an_unchanged_list_is_paired_with_itself() {
        let list = [("a", 1), ("b", 2), ("a", 3)];
        assert_eq!(pairs(&list, &list), [Some(0), Some(1), Some(2)]);
        assert_eq!(
            pairs(&[("a", 3), ("a", 1), ("b", 2)], &list),
            [Some(2), Some(0), Some(1)],
            "equal content has precedence over the position"
        );
    }

    #[test]
    fn inserting_removing_or_renaming_one_does_not_affect_the_others() {
        let list = [("a", 1), ("b", 2), ("c", 3)];
        assert_eq!(
            pairs(&[("a", 1), ("new", 9), ("b", 2), ("c", 3)], &list),
            [Some(0), None, Some(1), Some(2)]
        );
        assert_eq!(pairs(&[("a", 1), ("c", 3)], &list), [Some(0), Some(2)]);
        assert_eq!(
            pairs(&[("a", 1), ("renamed", 2), ("c", 3)], &list),
            [Some(0), Some(1), Some(2)]
        );
        assert_eq!(
            pairs(&[("a", 1), ("b", 7), ("c", 3)], &list),
            [Some(0), Some(1), Some(2)]
        );
    }

    #[test]
    fn positions_do_not_change_if_the_order_allows_it() {
        let id = |number: u128| Uuid::from_u128(number);
        let stored = |position, number| Some((position, id(number)));
        assert_eq!(assign_positions(&[stored(3, 1), stored(7, 2)], 100), [3, 7]);
        assert_eq!(
            assign_positions(&[stored(3, 1), stored(3, 2), None], 100),
            [3, 3, 4]
        );
        assert_eq!(assign_positions(&[stored(3, 2), stored(3, 1)], 100), [0, 1]);
        assert_eq!(
            assign_positions(&[stored(0, 1), None, stored(1, 2)], 100),
            [0, 1, 2]
        );
        assert_eq!(
            assign_positions(&[stored(0, 1), None, stored(5, 2)], 100),
            [0, 1, 5]
        );
        assert_eq!(assign_positions(&[stored(100, 1), None], 100), [0, 1]);
    }
}

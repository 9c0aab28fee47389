//! Which stored records those of a document are.
//!
//! Cities and themes are told by slug, then identifier, then name. A slug or an identifier that is contradicted decides
//! nothing and is refused; a name that is contradicted is that of another record, and decides nothing either where two
//! stored records share it. Activities and outcomes are told by content, then title, then place, so
//! that an unchanged document changes nothing. Nothing here asks the database.

use super::contradiction;
use super::report::MatchedBy;
use crate::domain::Slug;
use crate::resources::cities::CityInput;
use crate::resources::themes::ThemeInput;
use std::collections::{HashMap, HashSet, VecDeque};
use uuid::Uuid;

/// A record that can be told by several signs.
pub trait Matchable {
    /// Its slug.
    fn slug(&self) -> &Slug;
    /// True if both have an identifier in common.
    fn shares_identifier(&self, other: &Self) -> bool;
    /// True if both have a name in common, and no text beside it that speaks against it.
    fn shares_name(&self, other: &Self) -> bool;
    /// Everything in which a record of a document contradicts this stored one; empty if they can be the same.
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
        share(
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
        share(
            names(&self.name, &self.aliases),
            names(&other.name, &other.aliases),
        )
    }

    /// None: a theme is known by its slug and its names alone, and names are translated and reworded.
    fn contradictions(&self, _: &Self) -> Vec<String> {
        Vec::new()
    }
}

/// All names of a record, to be compared.
fn names(name: &str, others: &[String]) -> HashSet<String> {
    std::iter::once(name)
        .chain(others.iter().map(String::as_str))
        .map(str::to_lowercase)
        .collect()
}

fn share(some: HashSet<String>, others: HashSet<String>) -> bool {
    !some.is_disjoint(&others)
}

/// True if both texts are there and differ, whatever their case.
fn differ(one: &Option<String>, other: &Option<String>) -> bool {
    let texts = one.as_ref().zip(other.as_ref());
    texts.is_some_and(|(one, other)| one.to_lowercase() != other.to_lowercase())
}

/// What a record of the document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// A stored one, the one at this place of the list.
    Stored(usize, MatchedBy),
    /// One that is not stored yet.
    New,
    /// One of these, and nothing tells which.
    Undecided(Vec<usize>),
    /// The stored one at this place, going by that; but all of this speaks against it.
    Contradicted(usize, MatchedBy, Vec<String>),
}

/// Decides for each given record which of the stored ones it is.
pub fn decide<T: Matchable>(given: &[&T], stored: &[(Uuid, T)]) -> Vec<Decision> {
    let candidates = Candidates::new(given, stored);
    let mut decisions: Vec<Decision> = given
        .iter()
        .map(|record| candidates.decide(record))
        .collect();
    let mut taken = HashSet::new();
    for decision in &mut decisions {
        if let Decision::Stored(place, by) = decision
            && !taken.insert(*place)
        {
            // A second record of the document with the name of the same stored one is another; with its identifier it cannot be.
            *decision = if *by == MatchedBy::Name {
                Decision::New
            } else {
                Decision::Undecided(vec![*place])
            };
        }
    }
    decisions
}

/// The stored records that those of a document may be.
struct Candidates<'a, T> {
    stored: &'a [(Uuid, T)],
    by_slug: HashMap<&'a str, usize>,
    /// Those whose slugs the document uses.
    own: HashSet<usize>,
}

impl<'a, T: Matchable> Candidates<'a, T> {
    fn new(given: &[&T], stored: &'a [(Uuid, T)]) -> Self {
        let by_slug: HashMap<&str, usize> = stored
            .iter()
            .enumerate()
            .map(|(place, (_, record))| (record.slug().as_str(), place))
            .collect();
        let own = given
            .iter()
            .filter_map(|record| by_slug.get(record.slug().as_str()).copied())
            .collect();
        Self {
            stored,
            by_slug,
            own,
        }
    }

    /// The places of those that pass a test.
    fn places(&self, test: impl Fn(usize, &T) -> bool) -> Vec<usize> {
        let all = self.stored.iter().enumerate();
        all.filter(|(place, (_, record))| test(*place, record))
            .map(|(place, _)| place)
            .collect()
    }

    fn decide(&self, record: &T) -> Decision {
        let identified = self.places(|_, other| record.shares_identifier(other));
        let slug = record.slug();
        match (self.by_slug.get(slug.as_str()), identified.as_slice()) {
            (Some(place), identified) if identified.iter().all(|other| other == place) => {
                self.unless_contradicted(record, *place, MatchedBy::Slug)
            }
            (Some(place), identified) => {
                let others = identified.iter().filter(|other| *other != place);
                Decision::Undecided(std::iter::once(place).chain(others).copied().collect())
            }
            (None, [only]) => self.unless_contradicted(record, *only, MatchedBy::Identifier),
            (None, []) => self.decide_by_name(record),
            (None, _) => Decision::Undecided(identified),
        }
    }

    fn decide_by_name(&self, record: &T) -> Decision {
        // Slugs that differ in their number alone were numbered to tell two of one name apart.
        let named = self.places(|place, other| {
            !self.own.contains(&place)
                && other.slug().stem() != record.slug().stem()
                && record.shares_name(other)
                && other.contradictions(record).is_empty()
        });
        match named.as_slice() {
            [] => Decision::New,
            [only] => Decision::Stored(*only, MatchedBy::Name),
            _ => Decision::Undecided(named),
        }
    }

    /// The stored record at a place, unless the given one contradicts it. A new one it cannot be in that case: its slug or
    /// its identifier is taken.
    fn unless_contradicted(&self, record: &T, place: usize, by: MatchedBy) -> Decision {
        let stored = self.stored.get(place);
        let contradictions = stored.map(|(_, stored)| stored.contradictions(record));
        match contradictions.unwrap_or_default() {
            none if none.is_empty() => Decision::Stored(place, by),
            contradictions => Decision::Contradicted(place, by, contradictions),
        }
    }
}

/// Pairs the parts of a document with the stored ones: equal ones first, then those of one title, then those that come
/// right after a pair. `title` is what people know a part by, `same` compares all but the position.
pub fn align<T>(
    given: &[T],
    stored: &[T],
    title: impl Fn(&T) -> &str,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Option<usize>> {
    let mut pairs = align_by_title(given, stored, title, same);
    let mut free = vec![true; stored.len()];
    for place in pairs.iter().flatten() {
        free.get_mut(*place)
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
        next = pair.map_or(next, |place| place + 1);
    }
    pairs
}

/// Pairs equal parts, then those of one title.
fn align_by_title<T>(
    given: &[T],
    stored: &[T],
    title: impl Fn(&T) -> &str,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Option<usize>> {
    let mut by_title: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (place, part) in stored.iter().enumerate() {
        by_title.entry(title(part)).or_default().push_back(place);
    }
    let mut pairs: Vec<Option<usize>> = vec![None; given.len()];
    for exactly in [true, false] {
        for (pair, part) in pairs
            .iter_mut()
            .zip(given)
            .filter(|(pair, _)| pair.is_none())
        {
            let Some(places) = by_title.get_mut(title(part)) else {
                continue;
            };
            let found = places.iter().position(|place| {
                !exactly || stored.get(*place).is_some_and(|other| same(part, other))
            });
            *pair = found.and_then(|found| places.remove(found));
        }
    }
    pairs
}

/// Positions in the order of the document: those that are stored where that keeps the order, else 0, 1, 2 ….
pub fn positions(stored: &[Option<(i32, Uuid)>], last: i32) -> Vec<i32> {
    let mut kept = Vec::with_capacity(stored.len());
    let mut before: Option<(i32, Option<Uuid>)> = None;
    for own in stored {
        let position = match (own, before) {
            (Some((position, id)), Some((earlier, earlier_id))) => {
                // New records come after all of one position, for their ids are younger.
                let follows = *position > earlier
                    || (*position == earlier && earlier_id.is_some_and(|earlier| earlier < *id));
                follows.then_some(*position)
            }
            (Some((position, _)), None) => Some(*position),
            (None, Some((earlier, _))) => {
                earlier.checked_add(1).filter(|position| *position <= last)
            }
            (None, None) => Some(0),
        };
        let Some(position) = position else {
            return (0..).take(stored.len()).collect();
        };
        before = Some((position, own.map(|(_, id)| id)));
        kept.push(position);
    }
    kept
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
            "equal content wins over place"
        );
    }

    #[test]
    fn one_that_was_inserted_removed_or_renamed_leaves_the_others_in_peace() {
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
    fn positions_stay_where_the_order_allows_it() {
        let id = |number: u128| Uuid::from_u128(number);
        let stored = |position, number| Some((position, id(number)));
        assert_eq!(positions(&[stored(3, 1), stored(7, 2)], 100), [3, 7]);
        assert_eq!(
            positions(&[stored(3, 1), stored(3, 2), None], 100),
            [3, 3, 4]
        );
        assert_eq!(positions(&[stored(3, 2), stored(3, 1)], 100), [0, 1]);
        assert_eq!(
            positions(&[stored(0, 1), None, stored(1, 2)], 100),
            [0, 1, 2]
        );
        assert_eq!(
            positions(&[stored(0, 1), None, stored(5, 2)], 100),
            [0, 1, 5]
        );
        assert_eq!(positions(&[stored(100, 1), None], 100), [0, 1]);
    }
}

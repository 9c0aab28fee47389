//! The nearest valid name for a misspelled one.

/// The maximum length of a word for which a name is suggested.
const MAX_LENGTH: usize = 200;

/// The candidate with the smallest edit distance to `word`; `None` if even this candidate is too different to have been intended.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter_map(|candidate| Some((edit_distance(word, candidate)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The edit distance between a word and a candidate, where the beginning of the candidate counts as nearly the whole; `None` if they
/// are too different for the candidate to have been intended.
pub fn edit_distance(word: &str, candidate: &str) -> Option<usize> {
    if word.len() > MAX_LENGTH {
        return None;
    }
    let word = word.to_lowercase();
    let longer = word.chars().count().max(candidate.chars().count());
    let allowed = (longer / 3).clamp(1, 4);
    let distance = strsim::damerau_levenshtein(&word, candidate);
    let begins = word.len() >= 3 && candidate.starts_with(word.as_str());
    let distance = if begins { distance.min(1) } else { distance };
    (distance <= allowed).then_some(distance)
}

/// The nearest candidate as the end of a sentence, such as `; did you mean "country"?`; empty if none is near.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates)
        .map(|name| format!("; did you mean {name:?}?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typo_finds_its_word_and_nonsense_finds_none() {
        let names = ["city", "city_role", "country", "status"];
        assert_eq!(nearest("contry", names), Some("country"));
        assert_eq!(nearest("stat", names), Some("status"));
        assert_eq!(nearest("zzzzzzzz", names), None);
    }
}

//! The nearest valid name for a misspelled one.

/// The maximum length of a word for which a name is suggested.
const MAX_LENGTH: usize = 200;

/// The candidate with the smallest edit distance to `word`; `None` if even this candidate is too different to have been intended.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_LENGTH {
        return None;
    }
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, candidate);
            let begins = word.len() >= 3 && candidate.starts_with(word.as_str());
            (if begins { distance.min(1) } else { distance }, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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

//! The folded form of texts, for all characters of Unicode.

use ucap::domain::folding::fold;

/// Every letter that has a capital form is found in either.
#[test]
fn capital_and_small_letters_of_all_scripts_have_the_same_folded_form() {
    let pairs: Vec<(String, String)> = ('\u{1}'..=char::MAX)
        .map(|one| (one.to_string(), one.to_lowercase().collect::<String>()))
        .filter(|(one, lower)| one != lower)
        .collect();
    assert!(pairs.len() > 1400);
    for (upper, lower) in pairs {
        assert_eq!(fold(&upper), fold(&lower), "{upper}");
    }
}

#[test]
fn accents_have_no_folded_form() {
    let marks = (0x300..=0x36f).filter_map(char::from_u32);
    for mark in marks {
        assert_eq!(fold(&format!("e{mark}")), "e", "{:x}", u32::from(mark));
    }
}

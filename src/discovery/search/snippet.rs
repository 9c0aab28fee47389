//! Snippets: the part of a text that contains the words that are searched for, as HTML with the matches marked.

use unicode_normalization::UnicodeNormalization;

/// The approximate length of a snippet in characters.
const LENGTH: usize = 240;
/// The approximate number of characters before the first match.
const CONTEXT_BEFORE: usize = 60;

/// Makes a snippet of the text, or of the title if only the title contains the words. `stems` are the words as they are indexed:
/// case-folded and without endings.
pub fn mark(title: &str, text: &str, stems: &[String]) -> String {
    let (in_text, in_title) = (matches(text, stems), matches(title, stems));
    let (shown, marks) = if in_text.is_empty() && !in_title.is_empty() {
        (title, in_title)
    } else {
        (text, in_text)
    };
    let characters: Vec<char> = shown.chars().collect();
    let first = marks
        .first()
        .map_or(0, |(start, _)| start.saturating_sub(CONTEXT_BEFORE));
    let start = characters
        .iter()
        .take(first)
        .rposition(|character| character.is_whitespace())
        .map_or(0, |place| place + 1);
    let end = characters.len().min(start + LENGTH);
    let mut snippet = String::from(if start > 0 { "…" } else { "" });
    for (place, character) in characters.iter().enumerate().take(end).skip(start) {
        if marks.iter().any(|(from, _)| *from == place) {
            snippet.push_str("<mark>");
        }
        match character {
            '<' => snippet.push_str("&lt;"),
            '>' => snippet.push_str("&gt;"),
            '&' => snippet.push_str("&amp;"),
            '"' => snippet.push_str("&quot;"),
            '\n' | '\t' => snippet.push(' '),
            other => snippet.push(*other),
        }
        if marks.iter().any(|(_, to)| *to == place + 1) {
            snippet.push_str("</mark>");
        }
    }
    // A mark that the end of the snippet cuts off must be closed.
    if snippet.matches("<mark>").count() > snippet.matches("</mark>").count() {
        snippet.push_str("</mark>");
    }
    snippet + if end < characters.len() { "…" } else { "" }
}

/// The positions of words with one of the stems, as ranges of characters.
fn matches(text: &str, stems: &[String]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let characters: Vec<char> = text.chars().collect();
    let mut place = 0;
    while let Some(character) = characters.get(place) {
        if !character.is_alphanumeric() {
            place += 1;
            continue;
        }
        let word: String = characters
            .iter()
            .skip(place)
            .take_while(|next| next.is_alphanumeric())
            .collect();
        let whole = word.chars().count();
        let folded = fold(&word);
        let length = match stems.iter().find(|stem| has_stem(&folded, stem)) {
            Some(stem) if stem.chars().next().is_some_and(is_indexed_alone) => 1,
            Some(_) => whole,
            None if is_indexed_alone(*character) => 0,
            None => {
                place += whole;
                continue;
            }
        };
        match found.last_mut() {
            _ if length == 0 => {}
            Some((_, to)) if *to == place => *to = place + length,
            _ => found.push((place, place + length)),
        }
        place += length.max(1);
    }
    found
}

/// True if a word has a stem: the stem lacks the ending of the word, and a final y may have become an i.
fn has_stem(word: &str, stem: &str) -> bool {
    word.starts_with(stem)
        || stem.strip_suffix('i').is_some_and(|stem| {
            word.strip_prefix(stem)
                .is_some_and(|rest| rest.starts_with('y'))
        })
}

/// True for letters of scripts without word breaks, which the index contains one by one.
fn is_indexed_alone(character: char) -> bool {
    matches!(character, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

fn fold(word: &str) -> String {
    word.nfd()
        .filter(|character| !matches!(character, '\u{0300}'..='\u{036f}'))
        .nfkc()
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::mark;

    fn snippet(text: &str, stems: &[&str]) -> String {
        mark(
            "Title",
            text,
            &stems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn words_are_marked_whole_whatever_their_endings_and_accents() {
        assert_eq!(
            snippet("Two missions & <b>", &["mission"]),
            "Two <mark>missions</mark> &amp; &lt;b&gt;"
        );
        assert_eq!(
            snippet("A city, cities", &["citi"]),
            "A <mark>city</mark>, <mark>cities</mark>"
        );
        assert_eq!(
            snippet("Kōriyama in Japan", &["koriyama"]),
            "<mark>Kōriyama</mark> in Japan"
        );
    }

    #[test]
    fn letters_without_word_breaks_are_marked_one_by_one() {
        assert_eq!(snippet("在成都市", &["成", "都"]), "在<mark>成都</mark>市");
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_match() {
        let text = format!("{} hydrogen {}", "word ".repeat(100), "word ".repeat(100));
        let snippet = snippet(&text, &["hydrogen"]);
        assert!(
            snippet.starts_with('…')
                && snippet.ends_with('…')
                && snippet.contains("<mark>hydrogen</mark>"),
            "{snippet}"
        );
        assert_eq!(
            mark("Hydrogen now", "Nothing here", &["hydrogen".into()]),
            "<mark>Hydrogen</mark> now"
        );
    }
}

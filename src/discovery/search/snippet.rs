//! Snippets: the part of a text that contains the words that are searched for, as HTML with the matches marked.

use crate::domain::folding::{is_part_of_word, is_word_of_its_own, letters};

/// The approximate length of a snippet in characters.
const LENGTH: usize = 240;
/// The approximate number of characters before the first match.
const CONTEXT_BEFORE: usize = 60;

/// Makes a snippet of the text, or of the title if only the title contains the words.
pub fn mark(title: &str, text: &str, words: &[String]) -> String {
    let (in_text, in_title) = (matches(text, words), matches(title, words));
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

/// A run of letters and digits in a text: the places of its first character and of the one after it, and its folded form.
struct Run {
    from: usize,
    to: usize,
    folded: String,
    /// True if only an apostrophe or a hyphen stands between this run and the one before.
    continues: bool,
}

/// The positions of the words that are searched for, as ranges of characters.
fn matches(text: &str, words: &[String]) -> Vec<(usize, usize)> {
    let runs = runs(text);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for compound in runs.chunk_by(|_, next| next.continues) {
        let whole: String = compound.iter().map(|run| run.folded.as_str()).collect();
        let is_whole = compound.len() > 1 && is_searched_for(&whole, words);
        let marked = compound
            .iter()
            .filter(|run| is_whole || is_searched_for(&run.folded, words));
        for run in marked {
            match found.last_mut() {
                Some((_, to)) if *to == run.from || is_whole && run.continues => *to = run.to,
                _ => found.push((run.from, run.to)),
            }
        }
    }
    found
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // What stands between the last run and the present place.
    let mut between = String::new();
    for (place, character) in text.chars().enumerate() {
        let folded = letters(character.encode_utf8(&mut [0; 4]));
        let is_letter = folded.chars().any(is_part_of_word);
        let alone = is_letter && is_word_of_its_own(character);
        match runs.last_mut() {
            // Marks that belong to the letter before them have no folded form.
            Some(run) if between.is_empty() && (folded.is_empty() || is_letter && !alone) => {
                run.folded.push_str(&folded);
                run.to = place + 1;
            }
            _ if is_letter => {
                let continues = !runs.is_empty() && matches!(between.as_str(), "'" | "-");
                runs.push(Run {
                    from: place,
                    to: place + 1,
                    folded,
                    continues,
                });
                between.clear();
            }
            _ => between.push_str(&folded),
        }
        if alone {
            // The next character begins a run of its own.
            between.push(' ');
        }
    }
    runs
}

fn is_searched_for(folded: &str, words: &[String]) -> bool {
    words.iter().any(|word| has_stem(folded, word))
}

/// True if a word has a stem: the stem lacks the ending of the word, and a final y may have become an i.
fn has_stem(word: &str, stem: &str) -> bool {
    word.starts_with(stem)
        || stem.strip_suffix('i').is_some_and(|stem| {
            word.strip_prefix(stem)
                .is_some_and(|rest| rest.starts_with('y'))
        })
}

#[cfg(test)]
mod tests {
    use super::mark;
    use crate::domain::words::Query;

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

    #[test]
    fn a_name_with_an_apostrophe_is_marked_however_it_is_searched_for() {
        let query = Query::parse("Xi'an").unwrap().words();
        assert_eq!(query, ["xi", "an", "xian", "xian"]);
        for (text, marked) in [
            ("to Xi’an now", "to <mark>Xi’an</mark> now"),
            ("to Xian now", "to <mark>Xian</mark> now"),
            ("to Xi an now", "to <mark>Xi</mark> <mark>an</mark> now"),
        ] {
            assert_eq!(mark("Title", text, &query), marked);
        }
        assert_eq!(
            snippet("“Hydrogen Valley”, e-Mobility", &["hydrogen", "mobil"]),
            "“<mark>Hydrogen</mark> Valley”, e-<mark>Mobility</mark>"
        );
    }
}

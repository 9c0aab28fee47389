//! Entity tags (RFC 9110, section 8.8.3), and the lists of them that conditional requests carry (section 13.1).
//!
//! One rule: a well-formed tag is read whoever made it, and simply equals none of ours; what is not well-formed is refused.
//! The tags of this service are `"<version>-<hash of the body>"`, or `"<hash>"` for what has no version: the version guards
//! writes, the hash also changes when only an embedded name does. Start with [`EntityTags`].

use crate::conventions::http::problem::{Code, Problem};
use actix_web::http::header::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use twox_hash::XxHash3_64;

pub use actix_web::http::header::EntityTag;

/// What [`EntityTags`] reads, as a regular expression for the published document.
pub const PATTERN: &str = concat!(
    "^[ \\t]*(\\*|(",
    "(W/)?(\"[!#-~\\x80-\\xff]*\"|[0-9]{1,9}(-[A-Za-z0-9_-]*)?)[ \\t]*)?",
    "(,[ \\t]*((W/)?(\"[!#-~\\x80-\\xff]*\"|[0-9]{1,9}(-[A-Za-z0-9_-]*)?)[ \\t]*)?)*)[ \\t]*$"
);

/// Most digits of a version that stands without quotes.
const MOST_DIGITS: usize = 9;

/// The value of a header that carries entity tags: `"*" / #entity-tag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityTags {
    /// `*`: any tag at all.
    Any,
    /// One of these; there may be none.
    OneOf(Vec<EntityTag>),
}

impl EntityTags {
    /// Reads all lines of a header of that name; `None` if there are none.
    ///
    /// Besides what RFC 9110 allows, a version may stand without quotes, for people who type it.
    ///
    /// # Errors
    /// `malformed_header`.
    pub fn read(headers: &HeaderMap, name: &'static str) -> Result<Option<Self>, Problem> {
        if !headers.contains_key(name) {
            return Ok(None);
        }
        let lines = headers.get_all(name).map(|line| line.as_bytes());
        parse(lines).map(Some).ok_or_else(|| {
            let detail = format!(
                "{name} must be *, or entity tags in quotes (\"7-hcXeTKGq\") or bare versions (7), separated by commas"
            );
            Problem::new(Code::MalformedHeader, detail)
        })
    }

    /// True if that tag is among them. Weak tags count as well: what compresses on the way weakens ours.
    pub fn contain(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|known| known.weak_eq(tag)),
        }
    }

    /// True if a tag of that version is among them, whatever its hash.
    pub fn contain_version(&self, version: i32) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|tag| version_of(tag) == Some(version)),
        }
    }

    /// The versions of those that have one.
    pub fn versions(&self) -> Vec<i32> {
        match self {
            Self::Any => Vec::new(),
            Self::OneOf(tags) => tags.iter().filter_map(version_of).collect(),
        }
    }
}

/// The tag of what has that version and that body.
pub fn of_version(version: i32, body: &[u8]) -> EntityTag {
    EntityTag::new_strong(format!("{version}-{}", hash(body)))
}

/// The tag of what has that body and no version.
pub fn of_body(body: &[u8]) -> EntityTag {
    EntityTag::new_strong(hash(body))
}

/// The version that a tag of ours begins with.
fn version_of(tag: &EntityTag) -> Option<i32> {
    let digits = tag.tag().split('-').next()?;
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| only_digits)
}

fn hash(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(
        XxHash3_64::oneshot(body)
            .to_be_bytes()
            .get(..6)
            .unwrap_or_default(),
    )
}

/// The tags of the lines of a header; none if one of them is malformed.
fn parse<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Option<EntityTags> {
    let (mut tags, mut elements, mut any) = (Vec::new(), 0, false);
    for line in lines {
        // A comma may be part of a tag; a quotation mark never is (RFC 9110, section 8.8.3).
        let mut quoted = false;
        let separate = |byte: &u8| {
            quoted ^= *byte == b'"';
            *byte == b',' && !quoted
        };
        for element in line.split(separate) {
            elements += 1;
            match element.trim_ascii() {
                // Recipients pass over empty elements (section 5.6.1.2).
                b"" => {}
                b"*" => any = true,
                // Bytes that are no UTF-8 are allowed, but no tag of ours has any: they only have to differ from those.
                other => tags.push(tag(&String::from_utf8_lossy(other))?),
            }
        }
    }
    match (any, elements) {
        (false, _) => Some(EntityTags::OneOf(tags)),
        (true, 1) => Some(EntityTags::Any),
        (true, _) => None,
    }
}

/// A tag in its quotes, or a version without them.
fn tag(text: &str) -> Option<EntityTag> {
    text.parse().ok().or_else(|| {
        let bare = text.strip_prefix("W/").unwrap_or(text);
        let (version, hash) = bare.split_once('-').unwrap_or((bare, ""));
        let is_version = (1..=MOST_DIGITS).contains(&version.len())
            && version.bytes().all(|byte| byte.is_ascii_digit());
        let is_hash = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        (is_version && hash.bytes().all(is_hash))
            .then(|| EntityTag::new(bare.len() < text.len(), bare.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::{EntityTag, EntityTags, PATTERN, of_version, parse};

    fn read(lines: &[&str]) -> Option<EntityTags> {
        parse(lines.iter().map(|line| line.as_bytes()))
    }

    fn strong(tag: &str) -> EntityTag {
        EntityTag::new_strong(tag.to_owned())
    }

    fn one_of(tags: &[&str]) -> Option<EntityTags> {
        Some(EntityTags::OneOf(
            tags.iter().map(|tag| strong(tag)).collect(),
        ))
    }

    #[test]
    fn a_comma_in_quotes_does_not_separate() {
        assert_eq!(read(&["\"x,*,y\""]), one_of(&["x,*,y"]));
        assert_eq!(read(&["\"a,\" , \",b\""]), one_of(&["a,", ",b"]));
        assert_eq!(
            read(&["\",\",W/\"*\""]),
            Some(EntityTags::OneOf(vec![
                strong(","),
                EntityTag::new_weak("*".into())
            ]))
        );
    }

    #[test]
    fn lines_and_empty_elements_make_one_list() {
        assert_eq!(read(&["\"a\"", "\"b\",\"\""]), one_of(&["a", "b", ""]));
        assert_eq!(read(&[" ,\t, \"a\" ,,\"b\"\t,"]), one_of(&["a", "b"]));
        for empty in ["", " ", ",", " , ,"] {
            assert_eq!(read(&[empty]), one_of(&[]), "{empty:?}");
        }
    }

    #[test]
    fn a_star_stands_alone() {
        assert_eq!(read(&["*"]), Some(EntityTags::Any));
        assert_eq!(read(&[" *\t"]), Some(EntityTags::Any));
        for lines in [
            &["*, \"a\""][..],
            &["\"a\",*"],
            &["*,*"],
            &["*,"],
            &["", "*"],
            &["*", "*"],
            &["*", "\"a\""],
            &["**"],
            &["W/*"],
        ] {
            assert_eq!(read(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn a_version_counts_with_and_without_quotes_and_whatever_its_hash() {
        for text in [
            "7", "\"7\"", "W/\"7\"", "W/7", "7-x", "\"7-x\"", "\"9\", 7", "\"7-\"",
        ] {
            assert!(read(&[text]).unwrap().contain_version(7), "{text}");
        }
        for text in [
            "8",
            "\"+7\"",
            "\"-7\"",
            "\"7x\"",
            "\"x-7\"",
            "\"\"",
            "",
            "\"7 \"x",
            "77",
            "\"99999999999\"",
        ] {
            assert!(
                !read(&[text]).is_some_and(|tags| tags.contain_version(7)),
                "{text}"
            );
        }
    }

    #[test]
    fn weak_tags_and_strong_ones_of_one_text_are_the_same() {
        let tag = of_version(7, b"body");
        for text in [tag.to_string(), format!("W/{tag}"), format!("\"x\",{tag}")] {
            assert!(read(&[&text]).unwrap().contain(&tag), "{text}");
        }
        for text in ["\"7\"", "\"7-x\"", "", "\"\""] {
            assert!(!read(&[text]).unwrap().contain(&tag), "{text}");
        }
        assert!(EntityTags::Any.contain(&tag));
    }

    #[test]
    fn what_is_read_is_what_the_published_pattern_says() {
        let schema = serde_json::json!({"type": "string", "pattern": PATTERN});
        let validator = jsonschema::validator_for(&schema).unwrap();
        let well_formed = [
            "",
            "*",
            " * ",
            "\"\"",
            "\"a\"",
            "W/\"a\"",
            "\"a\",\"b\"",
            ",\"a\",,",
            "\"x,*,y\"",
            "7",
            "W/7-a_b-",
            "1-",
            "\"!#~\"",
            "\"a\\\"",
            "\"é\"",
            "123456789",
            "\"1234567890123\"",
            " ,\t,7 ,",
        ];
        let malformed = [
            "\"",
            "\"a",
            "a\"",
            "a",
            "-",
            "-7",
            "7-é",
            "7-x=",
            "1234567890",
            "w/\"a\"",
            "W/",
            "W/ \"a\"",
            "W\"a\"",
            "\"a\"\"b\"",
            "\"a\" \"b\"",
            "\"a b\"",
            "\"a\tb\"",
            "\"a\u{7f}\"",
            "\"a\"b\"",
            "*,",
            "*, \"a\"",
            "'a'",
            "\\\"a\\\"",
            "7 8",
            "\"7",
            "7\"",
            "**",
        ];
        for text in well_formed {
            assert!(read(&[text]).is_some(), "{text:?}");
            assert!(validator.is_valid(&text.into()), "{text:?}");
        }
        for text in malformed {
            assert!(read(&[text]).is_none(), "{text:?}");
            assert!(!validator.is_valid(&text.into()), "{text:?}");
        }
    }
}

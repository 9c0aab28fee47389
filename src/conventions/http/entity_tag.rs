//! Entity tags (RFC 9110, section 8.8.3), and the lists of them that conditional requests carry (section 13.1).
//!
//! One rule: every well-formed tag is accepted, even if another server issued it (it then matches none of ours); a malformed
//! one is refused. The tags of this service are `"<version>-<hash of the body>"`, or `"<hash>"` for a representation without
//! a version. The version guards writes; the hash also changes when only an embedded name changes. Start with [`EntityTags`].

use crate::conventions::http::problem::{Code, Problem};
use actix_web::http::header::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use twox_hash::XxHash3_64;

pub use actix_web::http::header::EntityTag;

/// The header values that [`EntityTags`] accepts, as a regular expression for the published document.
pub const PATTERN: &str = concat!(
    "^[ \\t]*(\\*|(",
    "(W/)?(\"[!#-~\\x80-\\xff]*\"|[0-9]{1,9}(-[A-Za-z0-9_-]*)?)[ \\t]*)?",
    "(,[ \\t]*((W/)?(\"[!#-~\\x80-\\xff]*\"|[0-9]{1,9}(-[A-Za-z0-9_-]*)?)[ \\t]*)?)*)[ \\t]*$"
);

/// The maximum number of digits in a version that is given without quotes.
const MAX_VERSION_DIGITS: usize = 9;

/// The value of a header that carries entity tags: `"*" / #entity-tag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityTags {
    /// `*`: every tag matches.
    Any,
    /// One of these tags matches. The list may be empty.
    OneOf(Vec<EntityTag>),
}

impl EntityTags {
    /// Parses all lines of the header with that name; `None` if the header is absent.
    ///
    /// In addition to what RFC 9110 allows, a version may be given without quotes, which is easier to type.
    ///
    /// # Errors
    /// `malformed_header`.
    pub fn from_headers(headers: &HeaderMap, name: &'static str) -> Result<Option<Self>, Problem> {
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

    /// True if one of the listed tags matches the given tag. The comparison is weak, because a proxy that compresses a response
    /// also weakens its tag.
    pub fn matches(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|known| known.weak_eq(tag)),
        }
    }

    /// True if one of the listed tags has the given version. The hash is not compared.
    pub fn matches_version(&self, version: i32) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(|tag| version_of(tag) == Some(version)),
        }
    }

    /// The versions of the listed tags, as far as they contain one.
    pub fn versions(&self) -> Vec<i32> {
        match self {
            Self::Any => Vec::new(),
            Self::OneOf(tags) => tags.iter().filter_map(version_of).collect(),
        }
    }
}

/// The tag of a representation with that version and that body.
pub fn for_version(version: i32, body: &[u8]) -> EntityTag {
    EntityTag::new_strong(format!("{version}-{}", hash(body)))
}

/// The tag of a representation with that body and without a version.
pub fn for_body(body: &[u8]) -> EntityTag {
    EntityTag::new_strong(hash(body))
}

/// The version at the beginning of a tag, if the tag has the form that this service issues.
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

/// The tags in the lines of a header; `None` if one of them is malformed.
fn parse<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Option<EntityTags> {
    let (mut tags, mut elements, mut any) = (Vec::new(), 0, false);
    for line in lines {
        // A tag may contain a comma but never a quotation mark (RFC 9110, section 8.8.3).
        let mut quoted = false;
        let is_separator = |byte: &u8| {
            quoted ^= *byte == b'"';
            *byte == b',' && !quoted
        };
        for element in line.split(is_separator) {
            elements += 1;
            match element.trim_ascii() {
                // Recipients must ignore empty elements (RFC 9110, section 5.6.1.2).
                b"" => {}
                b"*" => any = true,
                // Bytes outside of UTF-8 are allowed. Our own tags have none, so a lossy conversion cannot make a tag match.
                other => tags.push(parse_tag(&String::from_utf8_lossy(other))?),
            }
        }
    }
    match (any, elements) {
        (false, _) => Some(EntityTags::OneOf(tags)),
        (true, 1) => Some(EntityTags::Any),
        (true, _) => None,
    }
}

/// Parses a tag with its quotes, or a version without quotes.
fn parse_tag(text: &str) -> Option<EntityTag> {
    text.parse().ok().or_else(|| {
        let bare = text.strip_prefix("W/").unwrap_or(text);
        let (version, hash) = bare.split_once('-').unwrap_or((bare, ""));
        let is_version = (1..=MAX_VERSION_DIGITS).contains(&version.len())
            && version.bytes().all(|byte| byte.is_ascii_digit());
        let is_hash = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        (is_version && hash.bytes().all(is_hash))
            .then(|| EntityTag::new(bare.len() < text.len(), bare.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::{EntityTag, EntityTags, PATTERN, for_version, parse};

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
    fn lines_are_joined_and_empty_elements_ignored() {
        assert_eq!(read(&["\"a\"", "\"b\",\"\""]), one_of(&["a", "b", ""]));
        assert_eq!(read(&[" ,\t, \"a\" ,,\"b\"\t,"]), one_of(&["a", "b"]));
        for empty in ["", " ", ",", " , ,"] {
            assert_eq!(read(&[empty]), one_of(&[]), "{empty:?}");
        }
    }

    #[test]
    fn a_star_is_accepted_only_alone() {
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
    fn a_version_matches_with_and_without_quotes_and_with_any_hash() {
        for text in [
            "7", "\"7\"", "W/\"7\"", "W/7", "7-x", "\"7-x\"", "\"9\", 7", "\"7-\"",
        ] {
            assert!(read(&[text]).unwrap().matches_version(7), "{text}");
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
                !read(&[text]).is_some_and(|tags| tags.matches_version(7)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_weak_tag_matches_the_strong_tag_of_the_same_text() {
        let tag = for_version(7, b"body");
        for text in [tag.to_string(), format!("W/{tag}"), format!("\"x\",{tag}")] {
            assert!(read(&[&text]).unwrap().matches(&tag), "{text}");
        }
        for text in ["\"7\"", "\"7-x\"", "", "\"\""] {
            assert!(!read(&[text]).unwrap().matches(&tag), "{text}");
        }
        assert!(EntityTags::Any.matches(&tag));
    }

    #[test]
    fn a_header_is_accepted_exactly_if_the_published_pattern_matches_it() {
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

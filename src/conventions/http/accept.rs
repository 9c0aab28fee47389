//! The header `Accept` of a request (RFC 9110, section 12.5.1).
//!
//! One rule: the most specific range that matches a media type decides. Start with [`Accept::from_headers`].
//!
//! `actix_web::http::header::Accept` is not used, because it omits every range with a malformed weight, and there are clients
//! that send `*/*; q=.2`.

use actix_web::http::header::{self, HeaderMap};

/// The media ranges of a request.
pub struct Accept(Vec<MediaRange>);

/// A member of `Accept`. Parameters other than the weight are ignored.
struct MediaRange {
    essence: String,
    /// From 0, which means not acceptable, to 1. A malformed weight counts as 1.
    weight: f32,
}

impl Accept {
    /// Parses all lines of the header.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let ranges = headers
            .get_all(header::ACCEPT)
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .filter(|range| !range.trim().is_empty())
            .map(MediaRange::parse);
        Self(ranges.collect())
    }

    /// True if the request accepts a media type, by name or by a wildcard, or has no range at all.
    pub fn accepts(&self, media_type: &str) -> bool {
        let matching = self
            .0
            .iter()
            .filter_map(|range| Some((range.precedence(media_type)?, range.weight > 0.0)));
        self.0.is_empty() || matching.max().is_some_and(|(_, accepted)| accepted)
    }

    /// The weight with which the request names a media type; 0 if it does not name it.
    pub fn named_weight(&self, media_type: &str) -> f32 {
        let named = self.0.iter().find(|range| range.essence == media_type);
        named.map_or(0.0, |range| range.weight)
    }
}

impl MediaRange {
    fn parse(text: &str) -> Self {
        let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
        let essence = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            (name.trim() == "q").then(|| value.trim().parse().ok())?
        });
        let weight = weight
            .filter(|weight| (0.0..=1.0).contains(weight))
            .unwrap_or(1.0);
        Self { essence, weight }
    }

    /// How specific the range is, if it matches a media type; `None` if it does not match.
    fn precedence(&self, media_type: &str) -> Option<u8> {
        let media_type = media_type.split(';').next().unwrap_or_default();
        let kind = media_type.split('/').next();
        match self.essence.split_once('/')? {
            _ if self.essence == media_type => Some(2),
            ("*", "*") => Some(0),
            (wanted, "*") if kind == Some(wanted) => Some(1),
            _ => None,
        }
    }
}

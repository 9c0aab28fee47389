//! The query of a page, from which the URLs of links are derived.
//!
//! One rule: parameters with an empty value are ignored, because forms send all their fields. Start with [`Query`].

use crate::conventions::http::problem::Problem;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::future::{Ready, ready};

/// The parameters that change the presentation of a list, but not which records it contains.
pub const PRESENTATION: [&str; 7] = [
    "limit", "cursor", "order", "sort", "count", "fields", "include",
];

/// All characters except the unreserved ones (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The names and values of a query, percent-encoded as in the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Parses the query of a request.
    pub fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let filled = pairs.filter(|(_, value)| !decode(value).trim().is_empty());
        let owned = filled.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(owned.collect())
    }

    /// True if there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The query without the parameters of the given names.
    pub fn without(&self, names: &[&str]) -> Self {
        let pairs = self.0.iter();
        let others = pairs.filter(|(name, _)| !names.contains(&name.as_str()));
        Self(others.cloned().collect())
    }

    /// The query without the parameter at the given index.
    pub fn without_nth(&self, index: usize) -> Self {
        let mut pairs = self.0.clone();
        if index < pairs.len() {
            pairs.remove(index);
        }
        Self(pairs)
    }

    /// The query with one more parameter.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), encode(value)));
        self
    }

    /// The parameters, decoded.
    pub fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        self.0
            .iter()
            .map(|(name, value)| (decode(name), decode(value)))
    }

    /// The query as part of a URL, without `?`.
    pub fn text(&self) -> String {
        let pairs = self.0.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }

    /// The URL of the given path with this query.
    pub fn url(&self, path: &str) -> String {
        if self.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", self.text())
        }
    }
}

impl FromRequest for Query {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = request.extensions().get::<Self>().cloned();
        ready(query.ok_or_else(|| Problem::internal("the query of the page was not read")))
    }
}

/// Percent-encodes a text as a value of a query.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn parameters_with_an_empty_value_are_ignored() {
        let query = Query::read("q=&country=CN&theme=+&sdg=%20&status&&sort=title");
        assert_eq!(query.text(), "country=CN&sort=title");
        assert_eq!(Query::read("q=").url("/plans"), "/plans");
    }

    #[test]
    fn urls_are_derived_from_a_query() {
        let query = Query::read("q=a%20b&cursor=x");
        let next = query.without(&["cursor"]).with("cursor", "y&z=ü");
        assert_eq!(next.url("/plans"), "/plans?q=a%20b&cursor=y%26z%3D%C3%BC");
        assert_eq!(query.without_nth(0).text(), "cursor=x");
        let pairs: Vec<_> = query.pairs().map(|(_, value)| value).collect();
        assert_eq!(pairs, ["a b", "x"]);
    }
}

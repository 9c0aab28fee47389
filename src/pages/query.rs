//! The query of a page as it came, to make other addresses of.
//!
//! One rule: what a form sends of a field that was left empty is no part of it. Start with [`Query`].

use crate::conventions::http::problem::Problem;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::future::{Ready, ready};

/// The parameters that say how a list is shown, not what is in it.
pub const SHOWN: [&str; 7] = [
    "limit", "cursor", "order", "sort", "count", "fields", "include",
];

/// What is written as it is (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Names and values of a query, encoded as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of a request.
    pub fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let filled = pairs.filter(|(_, value)| !decode(value).trim().is_empty());
        let owned = filled.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(owned.collect())
    }

    /// True if nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The query without parameters of those names.
    pub fn without(&self, names: &[&str]) -> Self {
        let pairs = self.0.iter();
        let others = pairs.filter(|(name, _)| !names.contains(&name.as_str()));
        Self(others.cloned().collect())
    }

    /// The query without the parameter at a place.
    pub fn without_nth(&self, place: usize) -> Self {
        let mut pairs = self.0.clone();
        if place < pairs.len() {
            pairs.remove(place);
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

    /// The query as it stands in an address.
    pub fn text(&self) -> String {
        let pairs = self.0.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }

    /// The address of a path with this query.
    pub fn address(&self, path: &str) -> String {
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
        let known = request.extensions().get::<Self>().cloned();
        ready(known.ok_or_else(|| Problem::internal("the query of the page was not read")))
    }
}

/// A text as a value of a query.
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
    fn fields_that_were_left_empty_are_no_part_of_it() {
        let query = Query::read("q=&country=CN&theme=+&sdg=%20&status&&sort=title");
        assert_eq!(query.text(), "country=CN&sort=title");
        assert_eq!(Query::read("q=").address("/plans"), "/plans");
    }

    #[test]
    fn addresses_are_made_of_it() {
        let query = Query::read("q=a%20b&cursor=x");
        let next = query.without(&["cursor"]).with("cursor", "y&z=ü");
        assert_eq!(
            next.address("/plans"),
            "/plans?q=a%20b&cursor=y%26z%3D%C3%BC"
        );
        assert_eq!(query.without_nth(0).text(), "cursor=x");
        let pairs: Vec<_> = query.pairs().map(|(_, value)| value).collect();
        assert_eq!(pairs, ["a b", "x"]);
    }
}

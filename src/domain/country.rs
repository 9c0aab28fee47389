//! Countries by their ISO 3166-1 alpha-2 code.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// An assigned ISO 3166-1 alpha-2 code, or `XK`, the code that the EU uses for Kosovo. `UK` and `EL`, which EU texts use, are read as
/// `GB` and `GR`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Deserialize,
    utoipa::ToSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = "country-code", pattern = "^[A-Z]{2}$", example = "GB")]
pub struct CountryCode([u8; 2]);

/// Codes that ISO 3166-1 leaves to its users and that the EU uses (Interinstitutional Style Guide, annex A5), with their names.
const USER_ASSIGNED: [(&str, &str); 1] = [("XK", "Kosovo")];

impl CountryCode {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Reads a stored code without looking it up: a newer version of the service, with a longer list of countries, may have
    /// stored it. `None` if it is not two capital letters.
    pub fn from_stored(text: &str) -> Option<Self> {
        match text.as_bytes() {
            &[first, second] if first.is_ascii_uppercase() && second.is_ascii_uppercase() => {
                Some(Self([first, second]))
            }
            _ => None,
        }
    }

    /// Every code with its English short name, in alphabetical order of the codes.
    pub fn all() -> Vec<(CountryCode, &'static str)> {
        let mut all: Vec<_> = rust_iso3166::ALL
            .iter()
            .map(|country| (country.alpha2, country.name))
            .chain(USER_ASSIGNED)
            .filter_map(|(code, name)| Some((code.parse().ok()?, name)))
            .collect();
        all.sort_unstable();
        all
    }
}

impl FromStr for CountryCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let code = match text {
            "UK" => "GB",
            "EL" => "GR",
            other => other,
        };
        let is_assigned = rust_iso3166::from_alpha2(code).is_some()
            || USER_ASSIGNED.iter().any(|(assigned, _)| *assigned == code);
        match code.as_bytes() {
            &[first, second] if is_assigned => Ok(Self([first, second])),
            _ => {
                let upper = text.to_uppercase();
                // The comparison also ends the recursion.
                let hint = (upper != text)
                    .then(|| upper.parse::<Self>().ok())
                    .flatten()
                    .map(|code| format!("; did you mean {:?}?", code.as_str()))
                    .unwrap_or_default();
                Err(format!(
                    "{text:?} is not an ISO 3166-1 alpha-2 country code{hint}"
                ))
            }
        }
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl TryFrom<String> for CountryCode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl Serialize for CountryCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::CountryCode;

    #[test]
    fn the_codes_of_eu_texts_become_iso_codes_and_others_are_refused() {
        assert_eq!("UK".parse::<CountryCode>().unwrap().as_str(), "GB");
        assert_eq!("EL".parse::<CountryCode>().unwrap().as_str(), "GR");
        assert_eq!("XK".parse::<CountryCode>().unwrap().as_str(), "XK");
        assert!("XX".parse::<CountryCode>().is_err());
        let lower = "cn".parse::<CountryCode>().unwrap_err();
        assert!(lower.ends_with("; did you mean \"CN\"?"), "{lower}");
        let unknown = "xx".parse::<CountryCode>().unwrap_err();
        assert!(!unknown.contains("did you mean"), "{unknown}");
        let all = CountryCode::all();
        assert!(all.len() > 240 && all.is_sorted());
        assert!(
            all.iter()
                .any(|(code, name)| (code.as_str(), *name) == ("XK", "Kosovo"))
        );
    }

    #[test]
    fn a_stored_code_is_read_even_if_this_version_does_not_know_it() {
        assert_eq!(CountryCode::from_stored("XX").unwrap().as_str(), "XX");
        for text in ["", "G", "GBR", "gb", "ÄÖ"] {
            assert!(CountryCode::from_stored(text).is_none(), "{text}");
        }
    }
}

//! The number of records in a list, as text.
//!
//! One rule: a number that is only estimated is shown as such, without digits that mean nothing. Start with [`Amount`].

use crate::conventions::paging::Total;
use crate::documents::sheets::text::grouped;
use std::fmt;

/// A number of records.
#[derive(Debug, Clone, Copy)]
pub struct Amount(Total);

impl Amount {
    /// A number that was counted.
    pub fn exact(number: usize) -> Self {
        Self(Total::exact(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    /// How many records there are beyond those that are shown; `None` if all are.
    pub fn beyond(&self, shown: usize) -> Option<Self> {
        let items = self.0.items - i64::try_from(shown).unwrap_or(i64::MAX);
        (items > 0).then_some(Self(Total { items, ..self.0 }))
    }

    /// True if it is one record.
    pub fn is_one(&self) -> bool {
        self.0.items == 1
    }

    /// True if the number is an estimate.
    pub fn is_estimate(&self) -> bool {
        self.0.is_estimate
    }
}

impl From<Option<Total>> for Amount {
    /// The total of a list that was read with its total.
    fn from(total: Option<Total>) -> Self {
        Self(total.unwrap_or(Total::exact(0)))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.is_estimate {
            return formatter.write_str(&grouped(&self.0.items.to_string()));
        }
        let rounded = grouped(&rounded(self.0.items).to_string());
        write!(formatter, "about {rounded}")
    }
}

/// The number, rounded to two significant digits.
fn rounded(number: i64) -> i64 {
    let mut unit = 1;
    while number / unit >= 100 {
        unit *= 10;
    }
    (number + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_shown_with_two_digits_and_a_count_with_all() {
        for (items, is_estimate, text) in [
            (0, false, "0"),
            (12_345, false, "12\u{202f}345"),
            (10_001, true, "about 10\u{202f}000"),
            (12_500, true, "about 13\u{202f}000"),
            (999_999, true, "about 1\u{202f}000\u{202f}000"),
        ] {
            let amount = Amount(Total { items, is_estimate });
            assert_eq!(amount.to_string(), text);
        }
    }

    #[test]
    fn the_rest_of_an_estimate_is_an_estimate() {
        let amount = Amount(Total::estimated(20_000));
        assert!(amount.beyond(50).is_some_and(|rest| rest.is_estimate()));
        assert!(Amount::exact(50).beyond(50).is_none());
    }
}

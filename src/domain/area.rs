//! An area in square kilometres, exact to two decimals.
//!
//! The value is an integer number of hundredths, so that an area is read back exactly as it was written. The JSON number is
//! only its notation.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Square kilometres: more than 0, at most 1 000 000 000, at most two decimals.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    utoipa::ToSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Numeric)]
#[schema(value_type = f64, minimum = 0.01, maximum = 1000000000.0, multiple_of = 0.01, example = 1277.5)]
pub struct AreaKm2(i64);

impl AreaKm2 {
    /// Creates an area from hundredths of a square kilometre.
    pub fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// The area in hundredths of a square kilometre.
    pub fn hundredths(self) -> i64 {
        self.0
    }

    /// Creates an area from a number of square kilometres; `None` if the number has more than two decimals or is too large.
    pub fn from_number(number: f64) -> Option<Self> {
        let hundredths = (number * 100.0).round();
        let exact = hundredths.is_finite()
            && (hundredths / 100.0 - number).abs() < f64::EPSILON * number.abs().max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rounded, and limited by the maximum of the schema"
        )]
        (exact && hundredths.abs() <= 1e11).then_some(Self(hundredths as i64))
    }

    /// The area in square kilometres.
    pub fn to_number(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 10^11, far below 2^53")]
        let hundredths = self.0 as f64;
        hundredths / 100.0
    }
}

impl std::fmt::Display for AreaKm2 {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for AreaKm2 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(self.to_number())
        }
    }
}

impl<'de> Deserialize<'de> for AreaKm2 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::from_number(number)
            .ok_or_else(|| serde::de::Error::custom("an area has at most two decimals"))
    }
}

#[cfg(test)]
mod tests {
    use super::AreaKm2;

    proptest::proptest! {
        #[test]
        fn every_area_comes_back_from_json_exactly(hundredths in 1_i64..=100_000_000_000) {
            let area = AreaKm2::from_hundredths(hundredths);
            let json = serde_json::to_string(&area).unwrap();
            proptest::prop_assert_eq!(serde_json::from_str::<AreaKm2>(&json).unwrap(), area);
        }
    }

    #[test]
    fn a_third_decimal_is_refused() {
        assert_eq!(AreaKm2::from_number(1277.555), None);
        assert_eq!(
            AreaKm2::from_number(4.35).map(AreaKm2::hundredths),
            Some(435)
        );
    }
}

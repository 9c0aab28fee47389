//! How values are stored in columns: texts by their `Display` and `FromStr`, nested values as `jsonb`, areas as `numeric`.

use crate::domain::{AreaKm2, CountryCode, Period, RecordKind, Slug};
use diesel::data_types::PgNumeric;
use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Jsonb, Numeric, Text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;

diesel::define_sql_function! {
    /// The current time, not the start of the transaction, so that a writer that waited for another one gets the later time.
    fn clock_timestamp() -> diesel::sql_types::Timestamptz;
}

/// Stores types as `text` by their `Display` and reads them by their `FromStr`.
macro_rules! text_column {
    ($($type:ty),+ $(,)?) => { $(
        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                std::io::Write::write_all(out, self.to_string().as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
        }
        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $type {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = std::str::from_utf8(value.as_bytes())?;
                text.parse().map_err(|_| format!("the database holds {text:?}, which is not a valid {}", stringify!($type)).into())
            }
        }
    )+ };
}
pub(crate) use text_column;

text_column!(Slug, RecordKind);

impl ToSql<Text, Pg> for CountryCode {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.as_str().as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Text, Pg> for CountryCode {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let text = std::str::from_utf8(value.as_bytes())?;
        Self::from_stored(text).ok_or_else(|| {
            format!("the database holds {text:?}, which is not a country code").into()
        })
    }
}

/// A nested value in a `jsonb` column.
#[derive(Debug, Clone, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Jsonb)]
pub struct Json<T>(pub T);

impl<T: std::fmt::Debug + Serialize> ToSql<Jsonb, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        const FORMAT_VERSION: u8 = 1;
        out.write_all(&[FORMAT_VERSION])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl<T: DeserializeOwned> FromSql<Jsonb, Pg> for Json<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let json = value
            .as_bytes()
            .get(1..)
            .ok_or("the jsonb value is empty")?;
        Ok(Self(serde_json::from_slice(json)?))
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> From<Json<Vec<T>>> for Vec<T> {
    fn from(json: Json<Vec<T>>) -> Self {
        json.0
    }
}

impl From<Json<Period>> for Period {
    fn from(json: Json<Period>) -> Self {
        json.0
    }
}

/// The base of the digits of a `numeric`.
const BASE: i64 = 10_000;

impl ToSql<Numeric, Pg> for AreaKm2 {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let (whole, hundredths) = (self.hundredths() / 100, self.hundredths() % 100);
        let digits = [
            whole / BASE / BASE,
            whole / BASE % BASE,
            whole % BASE,
            hundredths * 100,
        ];
        let digits = digits
            .into_iter()
            .map(i16::try_from)
            .collect::<Result<_, _>>()?;
        <PgNumeric as ToSql<Numeric, Pg>>::to_sql(
            &PgNumeric::Positive {
                weight: 2,
                scale: 2,
                digits,
            },
            &mut out.reborrow(),
        )
    }
}

impl FromSql<Numeric, Pg> for AreaKm2 {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let PgNumeric::Positive { weight, digits, .. } = PgNumeric::from_sql(value)? else {
            return Err("an area must be a positive number".into());
        };
        let hundredths = digits
            .into_iter()
            .zip(0_i16..)
            .try_fold(0_i64, |sum, (digit, place)| {
                let digit = i64::from(digit);
                let hundredths = match u32::try_from(weight - place) {
                    Ok(power) => BASE.checked_pow(power)?.checked_mul(digit * 100)?,
                    // An area has at most two decimals, which are in the first digit after the point.
                    Err(_) if weight - place == -1 => digit / 100,
                    Err(_) => 0,
                };
                sum.checked_add(hundredths)
            });
        Ok(Self::from_hundredths(
            hundredths.ok_or("the area is too large")?,
        ))
    }
}

//! Rows as structs that borrow from them, and the JSON that they are sent as.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};
use uuid::Uuid;

type Error = Box<dyn std::error::Error + Sync + Send>;

/// A `jsonb` value that is read where it lies, or written.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<'a, T: Deserialize<'a>> FromSql<'a> for Json<T> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Error> {
        Ok(Self(serde_json::from_slice(
            raw.get(1..).unwrap_or_default(),
        )?))
    }
    accepts!(JSONB);
}

impl<T: Serialize + std::fmt::Debug> ToSql for Json<T> {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<IsNull, Error> {
        out.extend_from_slice(&[1]);
        out.extend_from_slice(&serde_json::to_vec(&self.0)?);
        Ok(IsNull::No)
    }
    accepts!(JSONB);
    to_sql_checked!();
}

type Text<'a> = Cow<'a, str>;
type MaybeText<'a> = Option<Cow<'a, str>>;

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Period<'a> {
    #[serde(borrow)]
    pub start: MaybeText<'a>,
    #[serde(borrow)]
    pub end: MaybeText<'a>,
    #[serde(borrow)]
    pub text: MaybeText<'a>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct AsStated<'a> {
    #[serde(borrow)]
    name: MaybeText<'a>,
    #[serde(borrow)]
    region: MaybeText<'a>,
    #[serde(borrow)]
    country: MaybeText<'a>,
    #[serde(borrow)]
    population: MaybeText<'a>,
    #[serde(borrow)]
    area: MaybeText<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct PlanCity<'a> {
    pub city_id: Uuid,
    #[serde(borrow)]
    pub role: Text<'a>,
    #[serde(borrow, default)]
    pub as_stated: AsStated<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Focus<'a> {
    #[serde(borrow)]
    pub text: Text<'a>,
    #[serde(default)]
    pub city_ids: Vec<Uuid>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct PlanTheme<'a> {
    pub theme_id: Uuid,
    #[serde(borrow)]
    pub label: MaybeText<'a>,
    #[serde(borrow, default)]
    pub focus: Vec<Focus<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Sdg<'a> {
    goal: i32,
    #[serde(borrow)]
    target: MaybeText<'a>,
    #[serde(borrow)]
    label: MaybeText<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Partnership<'a> {
    #[serde(borrow)]
    partnership: Text<'a>,
    #[serde(borrow)]
    label: MaybeText<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Contact<'a> {
    #[serde(borrow)]
    organisation: MaybeText<'a>,
    #[serde(borrow)]
    name: MaybeText<'a>,
    #[serde(borrow)]
    email: MaybeText<'a>,
    #[serde(borrow)]
    url: MaybeText<'a>,
    #[serde(borrow)]
    purpose: MaybeText<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Source<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    url: MaybeText<'a>,
    #[serde(borrow)]
    language: MaybeText<'a>,
    retrieved_on: Option<chrono::NaiveDate>,
    #[serde(borrow)]
    note: MaybeText<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Relation<'a> {
    pub plan_id: Uuid,
    #[serde(borrow)]
    pub kind: Text<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct LinkedCity<'a> {
    pub city_id: Uuid,
    #[serde(borrow)]
    pub role: Text<'a>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Organisation<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub acronym: MaybeText<'a>,
    #[serde(borrow)]
    pub kind: MaybeText<'a>,
    #[serde(borrow)]
    pub role: MaybeText<'a>,
    pub city_id: Option<Uuid>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Indicator<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    unit: MaybeText<'a>,
    baseline: Option<f64>,
    target: Option<f64>,
    actual: Option<f64>,
}

/// A row of `plans`; the columns are those of [`crate::database::PLAN`].
pub struct Plan<'a> {
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub slug: &'a str,
    pub title: &'a str,
    pub programme: Option<&'a str>,
    pub kind: &'a str,
    pub status: &'a str,
    pub period: Period<'a>,
    pub objectives: Vec<&'a str>,
    pub challenges: Vec<&'a str>,
    pub cities: Vec<PlanCity<'a>>,
    pub themes: Vec<PlanTheme<'a>>,
    pub sdgs: Vec<Sdg<'a>>,
    pub urban_agenda: Vec<Partnership<'a>>,
    pub contacts: Vec<Contact<'a>>,
    pub sources: Vec<Source<'a>>,
    pub relations: Vec<Relation<'a>>,
    pub note: Option<&'a str>,
}

fn json<'a, T: Deserialize<'a>>(row: &'a Row, column: usize) -> T {
    row.get::<_, Json<T>>(column).0
}

impl<'a> Plan<'a> {
    pub fn of(row: &'a Row) -> Self {
        Self {
            id: row.get(0),
            version: row.get(1),
            created_at: row.get(2),
            updated_at: row.get(3),
            slug: row.get(4),
            title: row.get(5),
            programme: row.get(6),
            kind: row.get(7),
            status: row.get(8),
            period: json(row, 9),
            objectives: row.get(10),
            challenges: row.get(11),
            cities: json(row, 12),
            themes: json(row, 13),
            sdgs: json(row, 14),
            urban_agenda: json(row, 15),
            contacts: json(row, 16),
            sources: json(row, 17),
            relations: json(row, 18),
            note: row.get(19),
        }
    }
}

/// What is sent of an activity beside its links.
pub struct ActivityTexts<'a> {
    pub title: &'a str,
    pub description: Option<&'a str>,
    pub kind: &'a str,
    pub mode: Option<&'a str>,
    pub status: &'a str,
    pub date: Period<'a>,
    pub outputs: Vec<&'a str>,
    pub note: Option<&'a str>,
}

/// A row of `activities`.
pub struct Activity<'a> {
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub texts: ActivityTexts<'a>,
    pub cities: Vec<LinkedCity<'a>>,
    pub organisations: Vec<Organisation<'a>>,
    pub plan_id: Uuid,
    pub theme_ids: Vec<Uuid>,
    pub position: i32,
}

impl<'a> Activity<'a> {
    pub fn of(row: &'a Row) -> Self {
        let texts = ActivityTexts {
            title: row.get(4),
            description: row.get(5),
            kind: row.get(6),
            mode: row.get(7),
            status: row.get(8),
            date: json(row, 9),
            outputs: row.get(12),
            note: row.get(13),
        };
        let (cities, organisations) = (json(row, 10), json(row, 11));
        let (plan_id, theme_ids, position) = (row.get(14), row.get(15), row.get(16));
        let (id, version, created_at, updated_at) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        Self {
            id,
            version,
            created_at,
            updated_at,
            texts,
            cities,
            organisations,
            plan_id,
            theme_ids,
            position,
        }
    }
}

/// What is sent of an outcome beside its links.
pub struct OutcomeTexts<'a> {
    pub heading: Option<&'a str>,
    pub description: &'a str,
    pub kind: &'a str,
    pub status: &'a str,
    pub due: Period<'a>,
    pub indicators: Vec<Indicator<'a>>,
    pub note: Option<&'a str>,
}

/// A row of `outcomes`.
pub struct Outcome<'a> {
    pub texts: OutcomeTexts<'a>,
    pub cities: Vec<LinkedCity<'a>>,
    pub organisations: Vec<Organisation<'a>>,
    pub theme_id: Option<Uuid>,
}

impl<'a> Outcome<'a> {
    pub fn of(row: &'a Row) -> Self {
        let texts = OutcomeTexts {
            heading: row.get(0),
            description: row.get(1),
            kind: row.get(2),
            status: row.get(3),
            due: json(row, 4),
            indicators: json(row, 7),
            note: row.get(8),
        };
        Self {
            texts,
            cities: json(row, 5),
            organisations: json(row, 6),
            theme_id: row.get(9),
        }
    }
}

/// Ids are random or counted: their last bytes are hash enough.
#[derive(Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().rev().take(8) {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// Something by id.
pub type ById<T> = HashMap<Uuid, T, BuildHasherDefault<IdHasher>>;

/// Slug, name and country of a city; slug and name of a theme; slug and title of a plan.
#[derive(Default)]
pub struct Names<'a> {
    pub cities: ById<(&'a str, &'a str, Option<&'a str>)>,
    pub themes: ById<(&'a str, &'a str)>,
    pub plans: ById<(&'a str, &'a str)>,
}

impl<'a> Names<'a> {
    pub fn of(cities: &'a [Row], themes: &'a [Row], plans: &'a [Row]) -> Self {
        let pair = |row: &'a Row| (row.get(0), (row.get(1), row.get(2)));
        Self {
            cities: cities
                .iter()
                .map(|row| (row.get(0), (row.get(1), row.get(2), row.get(3))))
                .collect(),
            themes: themes.iter().map(pair).collect(),
            plans: plans.iter().map(pair).collect(),
        }
    }
}

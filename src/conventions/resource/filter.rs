//! The filters of a list: those of the resource, those that all resources have, and the records that they name.
//!
//! One rule: a filter never fails open. What it names is looked up before anything is listed, and what is not found is refused.

use super::key::Key;
use super::references::{id_of_key, ids_of_filter};
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{DayBounds, LookupTable};
use crate::database::Database;
use crate::database::sql::Conditions;
use crate::domain::RecordKind;
use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, RefOr, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;

/// Records that a filter names by id or slug.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct RecordKeys {
    named: Vec<String>,
    path: Option<Key>,
    ids: Vec<Uuid>,
}

impl ToSchema for RecordKeys {}

impl PartialSchema for RecordKeys {
    fn schema() -> RefOr<Schema> {
        let key = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[a-z0-9]+(-[a-z0-9]+)*$"))
            .max_length(Some(200));
        ArrayBuilder::new().items(key).into()
    }
}

impl From<Vec<String>> for RecordKeys {
    fn from(named: Vec<String>) -> Self {
        Self {
            named,
            ..Self::default()
        }
    }
}

impl From<Key> for RecordKeys {
    /// The record that the path names: if there is none, nothing is found at the address.
    fn from(key: Key) -> Self {
        Self {
            path: Some(key),
            ..Self::default()
        }
    }
}

impl RecordKeys {
    /// True if it names none, so that it does not filter.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && self.path.is_none()
    }

    /// True if that word is among the keys.
    pub fn contains(&self, word: &str) -> bool {
        self.named.iter().any(|key| key == word)
    }

    /// The ids of the records, after they were looked up.
    pub fn ids(&self) -> Vec<Uuid> {
        self.ids.clone()
    }
}

/// A parameter that names records.
pub struct FilterReference<'f> {
    /// Its name.
    pub parameter: &'static str,
    /// The kind of the records.
    pub kind: RecordKind,
    /// Their keys.
    pub keys: &'f mut RecordKeys,
    /// A word that is no key here but means something else.
    pub except: Option<&'static str>,
}

impl<'f> FilterReference<'f> {
    /// A parameter that names records of that kind and nothing else.
    pub fn new(parameter: &'static str, kind: RecordKind, keys: &'f mut RecordKeys) -> Self {
        Self {
            parameter,
            kind,
            keys,
            except: None,
        }
    }

    /// Looks its records up.
    ///
    /// # Errors
    /// 400 that names what does not exist, 404 if that is the record of the path, 503.
    pub async fn resolve(self, connection: &AsyncPgConnection) -> Result<(), Problem> {
        let RecordKeys { named, path, ids } = self.keys;
        if let Some(key) = path {
            *ids = vec![id_of_key(connection, self.kind, key).await?];
        } else if !named.is_empty() {
            let keys = named
                .iter()
                .filter(|key| self.except != Some(key.as_str()))
                .collect();
            *ids = ids_of_filter(connection, self.kind, self.parameter, keys).await?;
        }
        Ok(())
    }
}

/// The filters of a resource.
#[expect(async_fn_in_trait, reason = "futures stay on the worker's thread")]
pub trait ListFilter: DeserializeOwned + Default + IntoParams + 'static {
    /// The parameters that name records.
    fn references(&mut self) -> Vec<FilterReference<'_>> {
        Vec::new()
    }

    /// What the records satisfy, after the records that the filters name were looked up.
    fn conditions(&self) -> Conditions;

    /// Refreshes what the filters look at if writes do not keep it up to date; comes before anything is read.
    ///
    /// # Errors
    /// 503.
    async fn refresh(&self, _database: &Database) -> Result<(), Problem> {
        Ok(())
    }

    /// The days that the filters ask for, and what they mean for sort keys that are days.
    fn days(&self) -> Option<DayBounds> {
        None
    }

    /// The lookup table that answers these filters alone, and the value to look up in it.
    fn lookup(&self) -> Option<(&'static LookupTable, String)> {
        None
    }
}

/// Filters that the lists of all resources have.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommonFilter {
    /// Words, in any inflection, case and without accents; `"in quotes"` they follow each other, `or` stands between
    /// alternatives, `-` before what must not be there. Where no record at all has plain words, those with similar names are meant.
    #[param(min_length = 1, max_length = 500, example = "hydrogen")]
    pub q: Option<String>,
    /// Changed after this instant.
    #[param(example = "2026-03-01T00:00:00Z")]
    pub updated_after: Option<DateTime<Utc>>,
    /// Changed before this instant.
    #[param(example = "2026-04-01T00:00:00Z")]
    pub updated_before: Option<DateTime<Utc>>,
}

impl CommonFilter {
    /// True if none is given.
    pub fn is_empty(&self) -> bool {
        self.q.is_none() && self.updated_after.is_none() && self.updated_before.is_none()
    }
}

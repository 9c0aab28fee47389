//! The filters of a list: those of the resource, those that all resources have, and the records that they name.
//!
//! One rule: a filter never fails open. The slugs that it names are looked up before anything is listed, and an unknown one is an
//! error. An unknown id selects nothing. Start with [`ListFilter`].

use super::key::Key;
use super::references::{id_of_key, ids_of_filter};
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{DayBounds, Lookup};
use crate::database::Database;
use crate::database::sql::Conditions;
use crate::database::sql::full_text::SearchedPart;
use crate::domain::RecordKind;
use chrono::{DateTime, Utc};
use diesel::QueryResult;
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
    /// The record that the path names. If it does not exist, the response is 404.
    fn from(key: Key) -> Self {
        Self {
            path: Some(key),
            ..Self::default()
        }
    }
}

impl RecordKeys {
    /// True if the filter names no record and therefore has no effect.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && self.path.is_none()
    }

    /// True if the filter names exactly one record.
    pub fn is_single(&self) -> bool {
        self.named.len() + usize::from(self.path.is_some()) == 1
    }

    /// True if the word is one of the keys.
    pub fn contains(&self, word: &str) -> bool {
        self.named.iter().any(|key| key == word)
    }

    /// The ids of the records; empty before they were looked up.
    pub fn ids(&self) -> Vec<Uuid> {
        self.ids.clone()
    }
}

/// A query parameter that names records.
pub struct FilterReference<'f> {
    /// The name of the parameter.
    pub parameter: &'static str,
    /// The kind of the records.
    pub kind: RecordKind,
    /// The keys of the records.
    pub keys: &'f mut RecordKeys,
    /// A word that has a special meaning and is not a key.
    pub except: Option<&'static str>,
}

impl<'f> FilterReference<'f> {
    /// Makes a parameter without a word that has a special meaning.
    pub fn new(parameter: &'static str, kind: RecordKind, keys: &'f mut RecordKeys) -> Self {
        Self {
            parameter,
            kind,
            keys,
            except: None,
        }
    }

    /// Looks up the records.
    ///
    /// # Errors
    /// 400 that lists the slugs of records which do not exist; 404 if the record of the path does not exist; 503.
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
    /// The query parameters that name records.
    fn references(&mut self) -> Vec<FilterReference<'_>> {
        Vec::new()
    }

    /// Looks up values of the filters that are not records, before anything is listed.
    ///
    /// # Errors
    /// The statement fails.
    async fn look_up(&mut self, _connection: &AsyncPgConnection) -> QueryResult<()> {
        Ok(())
    }

    /// The conditions that the filters stand for. The records that they name were looked up before.
    fn conditions(&self) -> Conditions;

    /// Refreshes the data that the filters read, if writes do not keep it up to date. This is called before anything is read.
    ///
    /// # Errors
    /// 503.
    async fn refresh(&self, _database: &Database) -> Result<(), Problem> {
        Ok(())
    }

    /// The days that the filters ask for, and the sort keys that these bound.
    fn days(&self) -> Option<DayBounds> {
        None
    }

    /// Adds the component schemas of parameters that no body has.
    fn add_schemas(_schemas: &mut Vec<(String, RefOr<Schema>)>) {}

    /// What belongs to the records and is searched for words, too.
    fn searched_parts(&self) -> &'static [SearchedPart] {
        &[]
    }

    /// What to look up where, if a lookup table alone can answer these filters.
    fn lookup(&self) -> Option<Lookup> {
        None
    }
}

/// Filters that the lists of all resources have.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommonFilter {
    /// Full-text search. Words match in any inflection and in any case, with or without accents and other marks. The last word also
    /// matches as the beginning of a word (prefix match) if it has three letters or more. Words `"in quotes"` must follow each
    /// other, `or` separates alternatives, and `-` precedes a word that must not occur. If no record at all contains the words, and
    /// none of these operators is used, records with similar names are listed.
    #[param(min_length = 1, max_length = 500, example = "hydrogen")]
    pub q: Option<String>,
    /// Only records that changed after this instant. A new name of a city, theme or plan changes that record and not those that refer
    /// to it; `/v1/changes` lists it with its kind.
    #[param(example = "2026-03-01T00:00:00Z")]
    pub updated_after: Option<DateTime<Utc>>,
    /// Only records that changed before this instant.
    #[param(example = "2026-04-01T00:00:00Z")]
    pub updated_before: Option<DateTime<Utc>>,
}

impl CommonFilter {
    /// True if no filter is given.
    pub fn is_empty(&self) -> bool {
        self.q.is_none() && self.updated_after.is_none() && self.updated_before.is_none()
    }
}

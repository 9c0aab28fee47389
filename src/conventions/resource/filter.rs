//! The filters of a list: those of the resource, those that all resources have, and the records that they name.
//!
//! One rule: a filter never fails open. What it names is looked up before anything is listed, and what is not found is refused.

use super::Readable;
use super::key::Key;
use super::references::{id_of_key, ids_of_filter};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::http::query::Values;
use crate::conventions::paging::{DayBounds, LookupTable};
use crate::database::sql::full_text::SearchMode;
use crate::database::sql::{Conditions, HasKey, In, KeyCondition};
use crate::domain::RecordKind;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::Timestamptz;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use uuid::Uuid;

/// Records that a filter names by id or slug.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct RecordKeys {
    named: Vec<String>,
    path: Option<Key>,
    ids: Vec<Uuid>,
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

    async fn resolve(self, connection: &AsyncPgConnection) -> Result<(), Problem> {
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
pub trait ListFilter: DeserializeOwned + Default + IntoParams + 'static {
    /// The parameters that name records.
    fn references(&mut self) -> Vec<FilterReference<'_>> {
        Vec::new()
    }

    /// What the records satisfy, after the records that the filters name were looked up.
    fn conditions(&self) -> Conditions;

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
    fn is_empty(&self) -> bool {
        self.q.is_none() && self.updated_after.is_none() && self.updated_before.is_none()
    }
}

/// The filters of a request.
#[derive(Default)]
pub struct Selection<F> {
    /// Those of the resource.
    pub filter: F,
    /// Those that all resources have.
    pub common: CommonFilter,
}

impl<F: ListFilter> Selection<F> {
    /// Looks up the records that the filters name.
    ///
    /// # Errors
    /// 400 that names what does not exist, 404 if that is the record of the path, 503.
    pub async fn resolve(&mut self, connection: &AsyncPgConnection) -> Result<(), Problem> {
        let mut faults = Vec::new();
        for reference in self.filter.references() {
            match reference.resolve(connection).await {
                Ok(()) => {}
                Err(problem) if problem.code == Code::InvalidParameters => {
                    faults.extend(problem.faults);
                }
                Err(problem) => return Err(problem),
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(Problem::from_faults(Code::InvalidParameters, faults))
    }

    /// The lookup table that answers the filters alone, and the value to look up in it.
    pub fn lookup(&self) -> Option<(&'static LookupTable, String)> {
        self.filter.lookup().filter(|_| self.common.is_empty())
    }

    /// What the records of `R` satisfy, where words are searched for in that mode.
    pub fn conditions<R: Readable<Filter = F>>(&self, mode: SearchMode) -> Conditions {
        let table = R::KIND.plural();
        let mut conditions = self.filter.conditions();
        for (comparison, time) in [
            (".updated_at > ", self.common.updated_after),
            (".updated_at < ", self.common.updated_before),
        ] {
            conditions.add_some(time.map(|time| Changed {
                table,
                comparison,
                time,
            }));
        }
        let search = self
            .common
            .q
            .as_ref()
            .map(|text| R::SEARCH.condition(text, mode));
        conditions.add_some(search);
        conditions
    }

    /// How to search for the words of the request.
    ///
    /// # Errors
    /// The statement fails.
    pub async fn search_mode<R: Readable<Filter = F>>(
        &self,
        connection: &AsyncPgConnection,
    ) -> QueryResult<SearchMode> {
        match &self.common.q {
            Some(text) => R::SEARCH.mode(connection, text).await,
            None => Ok(SearchMode::default()),
        }
    }

    /// The condition that a column refers to one of the records of `R`.
    pub fn referred_by<R: Readable<Filter = F>>(
        &self,
        column: &'static str,
        mode: SearchMode,
    ) -> In {
        In {
            column,
            table: R::KIND.plural(),
            conditions: self.conditions::<R>(mode),
        }
    }
}

impl<F: IntoParams> IntoParams for Selection<F> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut parameters = F::into_params(&place);
        parameters.extend(CommonFilter::into_params(&place));
        parameters
    }
}

impl<F: ListFilter> FromRequest for Selection<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let extensions = request.extensions();
        let checked = Values::of(&extensions);
        ready(checked.and_then(|values| {
            Ok(Self {
                filter: values.parse()?,
                common: values.parse()?,
            })
        }))
    }
}

/// `table.updated_at > time`, or `<`.
struct Changed {
    table: &'static str,
    comparison: &'static str,
    time: DateTime<Utc>,
}

impl QueryFragment<Pg> for Changed {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.table);
        out.push_sql(self.comparison);
        out.push_bind_param::<Timestamptz, _>(&self.time)
    }
}

/// The condition that a record of `R` has a key; none if no record can have it.
pub fn has_key<R: Readable>(key: &Key) -> Option<HasKey> {
    let key = match key {
        Key::Id(id) => KeyCondition::Id(*id),
        Key::Slug(slug) if R::KIND.has_slug() => KeyCondition::Slug(slug.to_string()),
        Key::Slug(_) => return None,
    };
    Some(HasKey {
        table: R::KIND.plural(),
        key,
    })
}

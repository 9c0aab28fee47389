//! The filters of a request, resolved and turned into SQL conditions.
//!
//! One rule: [`Selection::resolve`] comes before [`Selection::conditions`]. Start with [`Selection`].

use super::filter::{CommonFilter, ListFilter};
use super::{Key, Readable};
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::http::query::QueryValues;
use crate::conventions::paging::Lookup;
use crate::database::sql::full_text::{Search, SearchMode, SearchSource};
use crate::database::sql::{Conditions, HasKey, In, KeyCondition};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::Timestamptz;
use diesel_async::AsyncPgConnection;
use std::future::{Ready, ready};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

/// The filters of a request.
#[derive(Default)]
pub struct Selection<F> {
    /// The filters of the resource.
    pub filter: F,
    /// The filters that all resources have.
    pub common: CommonFilter,
}

impl<F: ListFilter> Selection<F> {
    /// Looks up the records that the filters name.
    ///
    /// # Errors
    /// 400 that lists the slugs of records which do not exist; 404 if the record of the path does not exist; 503.
    pub async fn resolve(&mut self, connection: &AsyncPgConnection) -> Result<(), Problem> {
        self.filter.look_up(connection).await?;
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

    /// What to look up where, if a lookup table alone can answer the filters.
    pub fn lookup(&self) -> Option<Lookup> {
        self.filter.lookup().filter(|_| self.common.is_empty())
    }

    /// Where words are searched for.
    fn search_source<R: Readable<Filter = F>>(&self) -> SearchSource {
        SearchSource {
            parts: self.filter.searched_parts(),
            ..R::SEARCH
        }
    }

    /// The condition that a record has the words of the request, if it has any, in that mode.
    pub fn search<R: Readable<Filter = F>>(&self, mode: SearchMode) -> Option<Search> {
        let text = self.common.q.as_ref()?;
        Some(self.search_source::<R>().condition(text, mode))
    }

    /// The conditions that the filters stand for, where words are searched for in that mode.
    pub fn conditions<R: Readable<Filter = F>>(&self, mode: SearchMode) -> Conditions {
        let mut conditions = self.conditions_but_search::<R>();
        conditions.add_some(self.search::<R>(mode));
        conditions
    }

    /// The conditions that the filters stand for, without the search.
    pub fn conditions_but_search<R: Readable<Filter = F>>(&self) -> Conditions {
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
            Some(text) => self.search_source::<R>().mode(connection, text).await,
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
        let checked = QueryValues::from_extensions(&extensions);
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

/// The condition that a record of `R` has a key; `None` if no record of `R` can have it.
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

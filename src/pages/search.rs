//! What was found in records of all kinds, each with the page on which it is.

use super::addresses;
use super::form::{Field, Form};
use super::query::Query;
use super::rows::{DataLink, Named};
use super::words::page_kind;
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::conventions::http::query::QueryValues;
use crate::conventions::paging::{Cast, Start};
use crate::conventions::resource::queries::find_all;
use crate::database::Connection;
use crate::discovery::search::{self, SearchHit, SearchPage, SearchParameters};
use crate::documents::sheets::text::line;
use crate::domain::RecordKind;
use crate::resources::activities::Activity;
use crate::resources::outcomes::Outcome;
use crate::resources::plan_parts::plans_of;
use crate::resources::plans::Plan;
use actix_web::{HttpMessage, HttpRequest};
use askama::Template;
use std::collections::HashMap;
use strum::IntoEnumIterator;
use uuid::Uuid;

/// What the search shows.
#[derive(Template)]
#[template(path = "pages/search.html")]
pub struct ResultsPage {
    form: Form,
    hits: Vec<Hit>,
    first: Option<String>,
    next: Option<String>,
    data: Vec<DataLink>,
}

/// A record that was found.
struct Hit {
    kind: RecordKind,
    record: Named,
    /// HTML that the search wrote: the words in `<mark>`, the rest escaped; none if it says no more than the title.
    snippet: Option<String>,
    /// The plan that it belongs to.
    plan: Option<String>,
}

/// `GET /search`
pub async fn show(
    request: HttpRequest,
    context: Context,
    query: Query,
) -> Result<Html<ResultsPage>, Problem> {
    let found = found(&request, &context, &query).await?;
    let plans = plans(&context, &found.data).await?;
    let form = Form::new(&request, &query, addresses::SEARCH, vec![kinds()]);
    Ok(Html(ResultsPage::new(form, &query, found, &plans)))
}

/// What a request looks for; nothing is found if it looks for nothing.
async fn found(
    request: &HttpRequest,
    context: &Context,
    query: &Query,
) -> Result<SearchPage, Problem> {
    if query.is_empty() {
        return Ok(SearchPage {
            data: Vec::new(),
            next_cursor: None,
        });
    }
    let parameters: SearchParameters = {
        let extensions = request.extensions();
        QueryValues::from_extensions(&extensions)?.parse()?
    };
    let start = Start::from_query(request, "rank", Cast::Real)?;
    search::read(context, &parameters, &start).await
}

/// Slug and title of the plans that parts of plans belong to, by the ids of the parts.
async fn plans(
    context: &Context,
    hits: &[SearchHit],
) -> Result<HashMap<Uuid, (String, String)>, Problem> {
    let of = |kind: RecordKind| {
        let hits = hits.iter().filter(move |hit| hit.kind == kind);
        hits.map(|hit| hit.id).collect::<Vec<_>>()
    };
    let (activities, outcomes) = (of(RecordKind::Activity), of(RecordKind::Outcome));
    let read = async |connection: &Connection| {
        let mut pairs = plans_of::<Activity>(connection, activities.clone()).await?;
        pairs.extend(plans_of::<Outcome>(connection, outcomes.clone()).await?);
        let mut ids: Vec<Uuid> = pairs.iter().map(|(_, plan)| *plan).collect();
        ids.sort_unstable();
        ids.dedup();
        let plans: Vec<Plan> = find_all(connection, &ids).await?;
        Ok::<_, Problem>((pairs, plans))
    };
    let (pairs, plans) = context.database.read(read).await?;
    let named = plans.iter().map(|plan| {
        let names = (plan.input.slug.to_string(), line(&plan.input.title));
        (plan.record.id, names)
    });
    let named: HashMap<Uuid, (String, String)> = named.collect();
    let named = |(part, plan): (Uuid, Uuid)| Some((part, named.get(&plan)?.clone()));
    Ok(pairs.into_iter().filter_map(named).collect())
}

fn kinds() -> Field {
    let kinds = RecordKind::iter().map(|kind| {
        let plural = kind.plural();
        let (first, rest) = plural.split_at(1);
        (kind.to_string(), first.to_uppercase() + rest)
    });
    Field::new("kind", "Among", "Everything", kinds)
}

impl ResultsPage {
    fn new(
        form: Form,
        query: &Query,
        found: SearchPage,
        plans: &HashMap<Uuid, (String, String)>,
    ) -> Self {
        let start = query.without(&["cursor"]);
        let next = found.next_cursor.as_deref();
        let first = (start != *query).then(|| start.address(addresses::SEARCH));
        let data = (!query.is_empty()).then(|| DataLink::json(start.address("/v1/search")));
        let hits = found.data.iter().filter_map(|hit| Hit::new(hit, plans));
        Self {
            form,
            hits: hits.collect(),
            first,
            next: next.map(|next| start.with("cursor", next).address(addresses::SEARCH)),
            data: data.into_iter().collect(),
        }
    }
}

impl Hit {
    /// A hit with its page; a part of a plan that went meanwhile has none.
    fn new(hit: &SearchHit, plans: &HashMap<Uuid, (String, String)>) -> Option<Self> {
        let plan = plans.get(&hit.id);
        let slug = plan.map(|(slug, _)| slug).or(hit.slug.as_ref())?;
        Some(Self {
            kind: hit.kind,
            record: Named::new(page_kind(hit.kind), slug, &hit.title),
            snippet: Some(hit.snippet.clone()).filter(|snippet| says_more(snippet, &hit.title)),
            plan: plan.map(|(_, title)| title.clone()),
        })
    }
}

/// True if a snippet has more to say than a title.
fn says_more(snippet: &str, title: &str) -> bool {
    let plain = snippet.replace("<mark>", "").replace("</mark>", "");
    !plain.is_empty() && plain != title
}

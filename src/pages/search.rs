//! The search page: the matching records of all kinds, with links to their pages.

use super::form::{Field, Form};
use super::paths;
use super::query::Query;
use super::rows::{DataLink, Named};
use super::words::kind_of_page;
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

/// The content of the search page.
#[derive(Template)]
#[template(path = "pages/search.html")]
pub struct ResultsPage {
    form: Form,
    hits: Vec<Hit>,
    first: Option<String>,
    next: Option<String>,
    data: Vec<DataLink>,
}

/// A matching record.
struct Hit {
    kind: RecordKind,
    record: Named,
    /// HTML from the search, escaped, with the matching words in `<mark>`; `None` if it only repeats the title.
    snippet: Option<String>,
    /// The title of the plan to which the record belongs.
    plan: Option<String>,
}

/// `GET /search`
pub async fn show(
    request: HttpRequest,
    context: Context,
    query: Query,
) -> Result<Html<ResultsPage>, Problem> {
    let found = run_search(&request, &context, &query).await?;
    let plans = plans(&context, &found.data).await?;
    let form = Form::new(&request, &query, paths::SEARCH, vec![kinds()]);
    Ok(Html(ResultsPage::new(form, &query, found, &plans)))
}

/// Runs the search of a request. Without a query there are no results.
async fn run_search(
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
    let start = Start::from_query(request, "rank", Cast::Rank)?;
    search::read(context, &parameters, &start).await
}

/// Returns the slugs and titles of the plans of the given activities and outcomes, by the ids of these.
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
    Field::new("kind", "Kind", "All kinds", kinds)
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
        let first = (start != *query).then(|| start.url(paths::SEARCH));
        let data = (!query.is_empty()).then(|| DataLink::json(start.url("/v1/search")));
        let hits = found.data.iter().filter_map(|hit| Hit::new(hit, plans));
        Self {
            form,
            hits: hits.collect(),
            first,
            next: next.map(|next| start.with("cursor", next).url(paths::SEARCH)),
            data: data.into_iter().collect(),
        }
    }
}

impl Hit {
    /// Creates a hit; `None` if its plan was deleted in the meantime.
    fn new(hit: &SearchHit, plans: &HashMap<Uuid, (String, String)>) -> Option<Self> {
        let plan = plans.get(&hit.id);
        let slug = plan.map(|(slug, _)| slug).or(hit.slug.as_ref())?;
        Some(Self {
            kind: hit.kind,
            record: Named::new(kind_of_page(hit.kind), slug, &hit.title),
            snippet: Some(hit.snippet.clone()).filter(|snippet| adds_to_title(snippet, &hit.title)),
            plan: plan.map(|(_, title)| title.clone()),
        })
    }
}

/// True if a snippet contains more than the title.
fn adds_to_title(snippet: &str, title: &str) -> bool {
    let plain = snippet.replace("<mark>", "").replace("</mark>", "");
    !plain.is_empty() && plain != title
}

//! The list of plans, with the most common filters.

use super::amount::Amount;
use super::form::{Field, Form};
use super::overview::Overview;
use super::paths;
use super::query::{PRESENTATION, Query};
use super::rows::{DataLink, PlanRow};
use super::words;
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{CountMode, Page};
use crate::conventions::reading::list::{self, PageBody};
use crate::conventions::resource::selection::Selection;
use crate::discovery::statistics::PlanCounts;
use crate::documents::sheets::text::line;
use crate::documents::sheets::words::{plan_kind, plan_status};
use crate::resources::plans::{Plan, PlanFilter, PlanKind, PlanSort, PlanStatus};
use actix_web::HttpRequest;
use actix_web::web::Data;
use askama::Template;
use strum::IntoEnumIterator;

/// The content of the list of plans.
#[derive(Template)]
#[template(path = "pages/plans.html")]
pub struct PlansPage {
    form: Form,
    plans: Vec<PlanRow>,
    total: Amount,
    first: Option<String>,
    next: Option<String>,
    data: Vec<DataLink>,
}

/// `GET /plans`
pub async fn show(
    request: HttpRequest,
    context: Context,
    query: Query,
    selection: Selection<PlanFilter>,
    overview: Data<Overview>,
) -> Result<Html<PlansPage>, Problem> {
    let mut page = Page::sorted_by(&request, PlanSort::Title)?;
    page.count = CountMode::True;
    let list = list::list::<Plan>(&context, selection, page).await?;
    let all = overview.read(&context).await?;
    let form = Form::new(&request, &query, paths::PLANS, fields(&all));
    Ok(Html(PlansPage::new(form, &query, &list)))
}

impl PlansPage {
    fn new(form: Form, query: &Query, list: &PageBody<Plan>) -> Self {
        let start = query.without(&["cursor"]);
        let filters = query.without(&PRESENTATION);
        let next = list.next_cursor.as_deref();
        let first = (start != *query).then(|| start.url(paths::PLANS));
        let data = vec![
            DataLink::json(start.url("/v1/plans")),
            DataLink::csv("Table (CSV)", filters.url("/v1/exports/plans.csv")),
            DataLink::geojson(filters.url("/v1/exports/plans.geojson")),
        ];
        Self {
            form,
            plans: list.data.iter().map(PlanRow::new).collect(),
            total: list.total.into(),
            first,
            next: next.map(|next| start.with("cursor", next).url(paths::PLANS)),
            data,
        }
    }
}

/// The fields of the form. Their choices are the values that occur in the plans of the registry.
fn fields(all: &PlanCounts) -> Vec<Field> {
    let countries = all.by_country.iter().map(|count| {
        let name = words::country(&count.country);
        (count.country.clone(), name, Some(count.plans))
    });
    let mut countries: Vec<_> = countries.collect();
    countries.sort_by(|one, other| one.1.cmp(&other.1));
    let themes = all.by_theme.iter().map(|count| {
        let names = &count.theme.names;
        (names.slug.to_string(), line(&names.name), Some(count.plans))
    });
    let mut goals: Vec<_> = all.by_sdg.iter().collect();
    goals.sort_by_key(|count| count.goal);
    let goals = goals.into_iter().map(|count| {
        let title = words::goal(count.goal);
        (count.goal.to_string(), title, Some(count.plans))
    });
    let partnerships = all.by_urban_agenda.iter().map(|count| {
        let title = words::partnership(&count.partnership);
        (count.partnership.clone(), title, Some(count.plans))
    });
    let topics = all.by_topic.iter().map(|count| {
        let title = words::topic(&count.topic);
        (count.topic.clone(), title, Some(count.plans))
    });
    let mut fields = vec![
        Field::counted("country", "Country", "Any country", countries),
        Field::counted("theme", "Theme", "Any theme", themes),
        Field::counted("sdg", "Goal (SDG)", "Any goal", goals),
        Field::counted(
            "urban_agenda",
            "Urban Agenda partnership",
            "Any partnership",
            partnerships,
        ),
        Field::counted("topic", "Topic", "Any topic", topics),
    ];
    fields.extend(fixed_fields());
    fields
}

/// The fields whose choices are the same in every registry.
fn fixed_fields() -> [Field; 4] {
    let statuses = PlanStatus::iter().map(|status| {
        let label = plan_status(status).text.to_owned();
        (status.to_string(), label)
    });
    let kinds = PlanKind::iter().map(|kind| {
        let label = plan_kind(kind).text.to_owned();
        (kind.to_string(), label)
    });
    let choices = |choices: &[(&str, &str)]| {
        let owned = choices.iter().map(|(value, label)| {
            let (value, label): (String, String) = ((*value).into(), (*label).into());
            (value, label)
        });
        owned.collect::<Vec<_>>()
    };
    let sorts = [
        ("title", "Title"),
        ("period_start", "Start of the period"),
        ("updated_at", "Last change"),
        ("created_at", "Creation"),
    ];
    let orders = [("asc", "Ascending"), ("desc", "Descending")];
    [
        Field::new("status", "Status", "Any status", statuses),
        Field::new("kind", "Cooperation", "Any cooperation", kinds),
        Field::new("sort", "Sort by", "Title", choices(&sorts)),
        Field::new("order", "Order", "Ascending", choices(&orders)),
    ]
}

//! The list of cities and the list of themes, in alphabetical order.

use super::amount::Amount;
use super::form::{Field, Form};
use super::overview::Overview;
use super::paths;
use super::query::{PRESENTATION, Query};
use super::rows::{DataLink, Named};
use super::words;
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::conventions::paging::{CountMode, Page};
use crate::conventions::reading::list::{self, PageBody};
use crate::conventions::resource::Resource;
use crate::conventions::resource::selection::Selection;
use crate::discovery::statistics::PlanCounts;
use crate::documents::sheets::text::line;
use crate::domain::RecordKind;
use crate::resources::cities::{City, CityFilter, CitySort};
use crate::resources::themes::{Theme, ThemeFilter, ThemeSort};
use actix_web::HttpRequest;
use actix_web::web::Data;
use askama::Template;

/// The content of a list of cities or themes.
#[derive(Template)]
#[template(path = "pages/catalogue.html")]
pub struct CataloguePage {
    title: &'static str,
    kind: RecordKind,
    path: &'static str,
    form: Form,
    rows: Vec<Row>,
    total: Amount,
    first: Option<String>,
    next: Option<String>,
    data: Vec<DataLink>,
}

/// A city or a theme in its list.
struct Row {
    record: Named,
    asides: Vec<String>,
}

/// `GET /cities`
pub async fn cities(
    request: HttpRequest,
    context: Context,
    query: Query,
    selection: Selection<CityFilter>,
    overview: Data<Overview>,
) -> Result<Html<CataloguePage>, Problem> {
    let mut page = Page::sorted_by(&request, CitySort::Name)?;
    page.count = CountMode::True;
    let list = list::list::<City>(&context, selection, page).await?;
    let all = overview.read(&context).await?;
    let form = Form::new(&request, &query, paths::CITIES, vec![countries(&all)]);
    Ok(Html(CataloguePage::of_cities(form, &query, &list)))
}

/// `GET /themes`
pub async fn themes(
    request: HttpRequest,
    context: Context,
    query: Query,
    selection: Selection<ThemeFilter>,
) -> Result<Html<CataloguePage>, Problem> {
    let mut page = Page::sorted_by(&request, ThemeSort::Name)?;
    page.count = CountMode::True;
    let list = list::list::<Theme>(&context, selection, page).await?;
    let form = Form::new(&request, &query, paths::THEMES, Vec::new());
    Ok(Html(CataloguePage::of_themes(form, &query, &list)))
}

/// The filter by country; its choices are the countries of the cities in plans.
fn countries(all: &PlanCounts) -> Field {
    let counts = all.by_country.iter();
    let countries = counts.map(|count| (count.country.clone(), words::country(&count.country)));
    let mut countries: Vec<_> = countries.collect();
    countries.sort_by(|one, other| one.1.cmp(&other.1));
    Field::new("country", "Country", "Any country", countries)
}

impl CataloguePage {
    fn of_cities(form: Form, query: &Query, list: &PageBody<City>) -> Self {
        let rows = list.data.iter().map(|city| {
            let city = &city.input;
            let country = city.country.map(|country| words::country(country.as_str()));
            let asides = city.alternative_names.iter().map(|name| line(name));
            Row {
                record: Named::new(RecordKind::City, city.slug.as_str(), &city.name),
                asides: asides
                    .chain(city.region.as_deref().map(line))
                    .chain(country)
                    .collect(),
            }
        });
        let rows = rows.collect();
        let mut page = Self::new("Cities", paths::CITIES, form, query, list, rows);
        let filters = query.without(&PRESENTATION);
        let map = filters.url("/v1/exports/cities.geojson");
        page.data.push(DataLink::geojson(map));
        page
    }

    fn of_themes(form: Form, query: &Query, list: &PageBody<Theme>) -> Self {
        let rows = list.data.iter().map(|theme| {
            let theme = &theme.input;
            Row {
                record: Named::new(RecordKind::Theme, theme.slug.as_str(), &theme.name),
                asides: theme.aliases.iter().map(|alias| line(alias)).collect(),
            }
        });
        let rows = rows.collect();
        Self::new("Themes", paths::THEMES, form, query, list, rows)
    }

    fn new<R: Resource>(
        title: &'static str,
        path: &'static str,
        form: Form,
        query: &Query,
        list: &PageBody<R>,
        rows: Vec<Row>,
    ) -> Self {
        let start = query.without(&["cursor"]);
        let filters = query.without(&PRESENTATION);
        let next = list.next_cursor.as_deref();
        let first = (start != *query).then(|| start.url(path));
        let table = filters.url(&format!("/v1/exports{path}.csv"));
        Self {
            title,
            kind: R::KIND,
            path,
            form,
            rows,
            total: list.total.into(),
            first,
            data: vec![
                DataLink::json(start.url(&format!("/v1{path}"))),
                DataLink::csv("Table (CSV)", table),
            ],
            next: next.map(|next| start.with("cursor", next).url(path)),
        }
    }
}

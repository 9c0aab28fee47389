//! The page of a plan: the sheet that `summary.html` shows, with links, a map and the same as data.

use super::map::{Cooperation, Map, position};
use super::rows::DataLink;
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::Target;
use crate::documents::sheets::Sheet;
use crate::documents::{self, PlanDocument};
use crate::resources::plans::Plan;
use askama::Template;
use diesel_async::AsyncPgConnection;

/// What the page of a plan shows.
#[derive(Template)]
#[template(path = "pages/plan.html")]
pub struct PlanPage {
    sheet: Sheet,
    linked: bool,
    map: Option<Map>,
    data: Vec<DataLink>,
}

/// `GET /plans/{plan_id}`
pub async fn show(context: Context, target: Target<Plan>) -> Result<Html<PlanPage>, Problem> {
    let read =
        async |connection: &AsyncPgConnection| documents::read(connection, &target.key).await;
    let shown = context.database.consistent_read(read).await?;
    Ok(Html(PlanPage::new(&shown.document)))
}

impl PlanPage {
    fn new(document: &PlanDocument) -> Self {
        let sheet = Sheet::new(document);
        let data = data(&sheet.slug);
        Self {
            sheet,
            linked: true,
            map: map(document),
            data,
        }
    }
}

/// Where its cities are, and how they work together.
fn map(document: &PlanDocument) -> Option<Map> {
    let cities = &document.cities;
    let mut cooperation = Cooperation::default();
    cooperation.add_plan(&document.plan.cities, |city| {
        let mut slugs = cities.iter().map(|city| city.slug.as_str());
        slugs.position(|slug| slug == city.city.slug())
    });
    cooperation.map(|place| position(cities.get(place?)?))
}

fn data(slug: &str) -> Vec<DataLink> {
    let plan = format!("/v1/plans/{slug}");
    vec![
        DataLink::json(format!("{plan}/summary")),
        DataLink {
            name: "Markdown",
            address: format!("{plan}/summary.md"),
            media_type: "text/markdown",
        },
        DataLink {
            name: "One page to print or keep",
            address: format!("{plan}/summary.html"),
            media_type: "text/html",
        },
        DataLink::csv(
            "Activities as a table (CSV)",
            format!("/v1/exports/activities.csv?plan={slug}"),
        ),
        DataLink::csv(
            "Outcomes as a table (CSV)",
            format!("/v1/exports/outcomes.csv?plan={slug}"),
        ),
        DataLink::calendar(format!("/v1/exports/activities.ics?plan={slug}")),
        DataLink {
            name: "What an editor should look at (JSON)",
            address: format!("{plan}/findings"),
            media_type: "application/json",
        },
    ]
}

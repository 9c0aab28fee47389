//! The page of a plan: the sheet of `summary.html` with links, a map, and links to the data.

use super::map::{Cooperation, Map, position};
use super::rows::DataLink;
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::Target;
use crate::documents::sheets::Sheet;
use crate::documents::{self, PlanDocument, VersionedDocument};
use crate::resources::plans::Plan;
use askama::Template;

/// The content of the page of a plan.
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
    let stored = documents::fetch(&context, &target.key).await?;
    Ok(Html(PlanPage::new(&stored)))
}

impl PlanPage {
    fn new(stored: &VersionedDocument) -> Self {
        let document = &stored.document;
        let sheet = Sheet::new(document, &stored.inverse_relations);
        let data = data(&sheet.slug);
        Self {
            sheet,
            linked: true,
            map: map(document),
            data,
        }
    }
}

/// The map of the cities of the plan and their cooperation.
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
            url: format!("{plan}/summary.md"),
            media_type: "text/markdown",
        },
        DataLink {
            name: "Page for printing and archiving",
            url: format!("{plan}/summary.html"),
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
            name: "Findings for editors (JSON)",
            url: format!("{plan}/findings"),
            media_type: "application/json",
        },
    ]
}

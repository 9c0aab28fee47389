//! The start page: what the registry holds, and ways into it.

use super::latest::{self, Change, Holding};
use super::map::{Cooperation, Map};
use super::matrix::Matrix;
use super::overview::Overview;
use super::reading::{Listed, last};
use super::rows::{self, PlanRow};
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::discovery::statistics::Statistics;
use crate::documents::sheets::timeline::{Subject, Timeline};
use crate::domain::Period;
use crate::resources::plans::{Plan, PlanFilter, PlanSort};
use actix_web::web::Data;
use askama::Template;

/// Plans whose cities are on the map.
const MAPPED: i64 = 120;
/// Plans that are listed.
const LISTED: usize = 10;
/// How many countries are counted.
const COUNTED: usize = 12;

/// What the start page shows.
#[derive(Template)]
#[template(path = "pages/start.html")]
pub struct StartPage {
    holdings: Vec<Holding>,
    plans: Vec<PlanRow>,
    timeline: Option<Timeline>,
    map: Option<Map>,
    is_map_of_all: bool,
    matrix: Option<Matrix>,
    countries: Vec<Count>,
    changes: Vec<Change>,
}

/// How many plans have something in common.
struct Count {
    name: String,
    plans: i64,
    page: String,
}

/// `GET /`
pub async fn show(context: Context, overview: Data<Overview>) -> Result<Html<StartPage>, Problem> {
    let statistics = overview.read(&context).await?;
    let plans = last::<Plan>(
        &context,
        PlanFilter::default(),
        PlanSort::PeriodStart,
        MAPPED,
    )
    .await?;
    let map = cooperation(&plans.records).read_map(&context).await?;
    let (holdings, changes) = latest::read(&context).await?;
    Ok(Html(StartPage::new(
        &statistics,
        &plans,
        map,
        holdings,
        changes,
    )))
}

fn cooperation(plans: &[Plan]) -> Cooperation<uuid::Uuid> {
    let mut cooperation = Cooperation::default();
    for plan in plans {
        cooperation.add_plan(&plan.input.cities, |city| city.city.id());
    }
    cooperation
}

impl StartPage {
    fn new(
        statistics: &Statistics,
        plans: &Listed<Plan>,
        map: Option<Map>,
        holdings: Vec<Holding>,
        changes: Vec<Change>,
    ) -> Self {
        let listed = plans.records.iter().take(LISTED);
        let events = (1..).zip(listed.clone());
        let events = events.map(|(number, plan)| rows::period(number, plan));
        let timeline = Timeline::new(Subject::Plans, &Period::default(), events.collect());
        Self {
            plans: listed.map(PlanRow::new).collect(),
            timeline: timeline.filter(Timeline::has_several),
            map,
            is_map_of_all: plans.total <= MAPPED,
            matrix: Matrix::new(statistics),
            countries: countries(statistics),
            holdings,
            changes,
        }
    }

    fn is_empty(&self) -> bool {
        self.plans.is_empty()
    }

    /// What the map is of.
    fn map_told(&self) -> &'static str {
        if self.is_map_of_all {
            "A dot is a city, a line a cooperation, the thicker the more plans."
        } else {
            "The plans that began last. A dot is a city, a line a cooperation, the thicker the more plans."
        }
    }
}

fn countries(statistics: &Statistics) -> Vec<Count> {
    let counts = statistics.by_country.iter().take(COUNTED);
    let counts = counts.map(|count| Count {
        name: super::words::country(&count.country),
        plans: count.plans,
        page: format!("/plans?country={}", count.country),
    });
    counts.collect()
}

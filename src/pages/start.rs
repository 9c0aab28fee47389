//! The start page: an overview of the registry, with links to its content.

use super::latest::{self, Change, KindCount};
use super::map::{Cooperation, Map};
use super::matrix::Matrix;
use super::overview::Overview;
use super::reading::{Listed, last};
use super::rows::{self, PlanRow};
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::discovery::statistics::PlanCounts;
use crate::documents::sheets::timeline::{Subject, Timeline};
use crate::domain::Period;
use crate::resources::plans::{Plan, PlanFilter, PlanSort};
use actix_web::web::Data;
use askama::Template;

/// The maximum number of plans whose cities are on the map.
const MAPPED: i64 = 120;
/// The maximum number of plans in the list.
const LISTED: usize = 10;
/// The maximum number of countries in the list.
const COUNTED: usize = 12;

/// The content of the start page.
#[derive(Template)]
#[template(path = "pages/start.html")]
pub struct StartPage {
    counts: Vec<KindCount>,
    plans: Vec<PlanRow>,
    timeline: Option<Timeline>,
    map: Option<Map>,
    is_map_of_all: bool,
    matrix: Option<Matrix>,
    countries: Vec<CountryCount>,
    changes: Vec<Change>,
}

/// The number of plans with cities in a country.
struct CountryCount {
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
    let (counts, changes) = latest::read(&context).await?;
    Ok(Html(StartPage::new(
        &statistics,
        &plans,
        map,
        counts,
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
        statistics: &PlanCounts,
        plans: &Listed<Plan>,
        map: Option<Map>,
        counts: Vec<KindCount>,
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
            is_map_of_all: plans.total.beyond(plans.records.len()).is_none(),
            matrix: Matrix::new(statistics),
            countries: countries(statistics),
            counts,
            changes,
        }
    }

    fn is_empty(&self) -> bool {
        self.plans.is_empty()
    }

    /// The caption of the map.
    fn map_caption(&self) -> &'static str {
        if self.is_map_of_all {
            "Dots are cities; lines connect cities that cooperate. A thicker line stands for more plans."
        } else {
            "The plans that started most recently. Dots are cities; lines connect cities that cooperate. A thicker line stands for more \
             plans."
        }
    }
}

fn countries(statistics: &PlanCounts) -> Vec<CountryCount> {
    let counts = statistics.by_country.iter().take(COUNTED);
    let counts = counts.map(|count| CountryCount {
        name: super::words::country(&count.country),
        plans: count.plans,
        page: format!("/plans?country={}", count.country),
    });
    counts.collect()
}

//! The page of a theme: its description, its plans and its activities.

use super::amount::Amount;
use super::map::{Cooperation, Map};
use super::reading::{Listed, last};
use super::rows::{DataLink, PartRow, PlanRow};
use super::words;
use crate::conventions::context::Context;
use crate::conventions::html::Html;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::{self, Target};
use crate::documents::sheets::text::{Text, line};
use crate::resources::activities::{Activity, ActivityFilter, ActivitySort};
use crate::resources::plans::{Plan, PlanFilter, PlanSort};
use crate::resources::themes::{Theme, ThemeInput};
use askama::Template;

/// The maximum number of records in each list.
const LISTED: i64 = 50;

/// The content of the page of a theme.
#[derive(Template)]
#[template(path = "pages/theme.html")]
pub struct ThemePage {
    name: String,
    slug: String,
    aliases: Vec<String>,
    description: Text,
    goals: Vec<String>,
    partnerships: Vec<String>,
    plans: Vec<PlanRow>,
    all_plans: Amount,
    map: Option<Map>,
    activities: Vec<PartRow>,
    all_activities: Amount,
    data: Vec<DataLink>,
}

/// `GET /themes/{theme_id}`
pub async fn show(context: Context, target: Target<Theme>) -> Result<Html<ThemePage>, Problem> {
    let theme = fetch::fetch(&context, &target).await?;
    let (plans, activities) = parts(&context, &theme).await?;
    let map = cooperation(&plans).read_map(&context).await?;
    Ok(Html(ThemePage::new(&theme.input, &plans, &activities, map)))
}

async fn parts(
    context: &Context,
    theme: &Theme,
) -> Result<(Listed<Plan>, Listed<Activity>), Problem> {
    let key = || vec![theme.record.id.to_string()].into();
    let of_plans = PlanFilter {
        theme: key(),
        ..PlanFilter::default()
    };
    let of_activities = ActivityFilter {
        theme: key(),
        ..ActivityFilter::default()
    };
    Ok((
        last(context, of_plans, PlanSort::PeriodStart, LISTED).await?,
        last(context, of_activities, ActivitySort::Date, LISTED).await?,
    ))
}

fn cooperation(plans: &Listed<Plan>) -> Cooperation<uuid::Uuid> {
    let mut cooperation = Cooperation::default();
    for plan in &plans.records {
        cooperation.add_plan(&plan.input.cities, |city| city.city.id());
    }
    cooperation
}

impl ThemePage {
    fn new(
        theme: &ThemeInput,
        plans: &Listed<Plan>,
        activities: &Listed<Activity>,
        map: Option<Map>,
    ) -> Self {
        let rows = (1..).zip(&activities.records);
        let slug = theme.slug.to_string();
        Self {
            name: line(&theme.name),
            aliases: theme.aliases.iter().map(|alias| line(alias)).collect(),
            description: Text::maybe(theme.description.as_deref()),
            goals: theme.sdgs.iter().map(|goal| words::goal(*goal)).collect(),
            partnerships: theme
                .urban_agenda
                .iter()
                .map(|slug| words::partnership(slug))
                .collect(),
            plans: plans.records.iter().map(PlanRow::new).collect(),
            all_plans: plans.total,
            map,
            activities: rows
                .map(|(at, activity)| PartRow::activity(at, activity))
                .collect(),
            all_activities: activities.total,
            data: data(&slug),
            slug,
        }
    }
}

fn data(slug: &str) -> Vec<DataLink> {
    vec![
        DataLink::json(format!("/v1/themes/{slug}")),
        DataLink {
            name: "Plans (JSON)",
            url: format!("/v1/plans?theme={slug}"),
            media_type: "application/json",
        },
        DataLink::csv(
            "Plans as a table (CSV)",
            format!("/v1/exports/plans.csv?theme={slug}"),
        ),
        DataLink::calendar(format!("/v1/exports/activities.ics?theme={slug}")),
        DataLink::geojson(format!("/v1/exports/plans.geojson?theme={slug}")),
    ]
}

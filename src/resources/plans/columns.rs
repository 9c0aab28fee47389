//! Plans as a table: the ids, slugs and names of cities and themes are parallel lists in the same order.

use super::model::Plan;
use super::parts::{PlanCity, PlanCityRole, PlanFocus, PlanTheme};
use crate::conventions::bulk::export::{Cell, Column, Tabular};
use crate::domain::Slug;

impl Tabular for Plan {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::property("id"),
        Column::property("slug"),
        Column::property("title"),
        Column::property("programme"),
        Column::property("kind"),
        Column::property("status"),
        Column::at("period_start", "period/start"),
        Column::at("period_end", "period/end"),
        Column::at("period_text", "period/text"),
        Column::computed("lead_id", |plan| {
            Cell::list(leads(plan).map(|city| city.city.id()))
        }),
        Column::computed("lead_slug", |plan| {
            Cell::list(leads(plan).map(|city| city.city.slug()))
        }),
        Column::computed("lead_name", |plan| {
            Cell::list(leads(plan).map(|city| city.city.name()))
        }),
        Column::computed("partner_ids", |plan| {
            Cell::list(partners(plan).map(|city| city.city.id()))
        }),
        Column::computed("partner_slugs", |plan| {
            Cell::list(partners(plan).map(|city| city.city.slug()))
        }),
        Column::computed("partner_names", |plan| {
            Cell::list(partners(plan).map(|city| city.city.name()))
        }),
        Column::at("theme_ids", "themes/theme_id"),
        Column::at("theme_slugs", "themes/slug"),
        Column::computed("theme_labels", |plan| {
            let themes = plan.input.themes.iter();
            Cell::list(themes.map(|theme| theme.label.as_deref().unwrap_or(theme.theme.name())))
        }),
        Column::computed("sdgs", |plan| {
            let goals = plan.input.sdgs.iter();
            Cell::list(goals.map(|sdg| sdg.target.clone().unwrap_or_else(|| sdg.goal.to_string())))
        }),
        Column::at("urban_agenda", "urban_agenda/partnership"),
        Column::property("objectives"),
        Column::property("challenges"),
        Column::computed("sources", |plan| {
            let sources = plan.input.sources.iter();
            Cell::list(sources.filter_map(|source| source.url.as_ref().or(source.title.as_ref())))
        }),
        Column::property("note"),
        Column::property("version"),
        Column::property("created_at"),
        Column::property("updated_at"),
        Column::at("city_ids", "cities/city_id"),
        Column::at("city_slugs", "cities/slug"),
        Column::at("city_names", "cities/name"),
        Column::at("city_roles", "cities/role"),
        Column::at("as_stated_names", "cities/as_stated/name"),
        Column::at("as_stated_regions", "cities/as_stated/region"),
        Column::at("as_stated_countries", "cities/as_stated/country"),
        Column::at("as_stated_populations", "cities/as_stated/population"),
        Column::at("as_stated_areas", "cities/as_stated/area"),
        Column::at("sdg_labels", "sdgs/label"),
        Column::at("urban_agenda_labels", "urban_agenda/label"),
        Column::computed("focus_theme_slugs", |plan| {
            Cell::list(focus(plan).map(|(theme, _)| theme.theme.slug()))
        }),
        Column::computed("focus_texts", |plan| {
            Cell::list(focus(plan).map(|(_, focus)| focus.text.as_deref().unwrap_or_default()))
        }),
        Column::computed("focus_city_slugs", |plan| {
            // The slugs of one statement are separated by spaces, which a slug does not contain.
            Cell::list(focus(plan).map(|(_, focus)| slugs(focus)))
        }),
        Column::at("contact_organisations", "contacts/organisation"),
        Column::at("contact_names", "contacts/name"),
        Column::at("contact_emails", "contacts/email"),
        Column::at("contact_urls", "contacts/url"),
        Column::at("contact_purposes", "contacts/purpose"),
        Column::at("source_titles", "sources/title"),
        Column::at("relation_plan_ids", "relations/plan_id"),
        Column::at("relation_plan_slugs", "relations/slug"),
        Column::at("relation_kinds", "relations/kind"),
        Column::property("language"),
        Column::at("topics", "topics/topic"),
        Column::at("topic_labels", "topics/label"),
        Column::at("topic_bases", "topics/basis"),
        Column::at("sdg_bases", "sdgs/basis"),
        Column::at("urban_agenda_bases", "urban_agenda/basis"),
        Column::at("source_kinds", "sources/kind"),
        Column::at("as_stated_mayors", "cities/as_stated/mayor"),
        Column::at("relation_texts", "relations/text"),
        Column::at("relation_urls", "relations/url"),
        Column::at("inverse_relation_plan_ids", "inverse_relations/plan_id"),
        Column::at("inverse_relation_plan_slugs", "inverse_relations/slug"),
        Column::at("inverse_relation_kinds", "inverse_relations/kind"),
    ];
}

/// The statements on key focus, each with its theme.
fn focus(plan: &Plan) -> impl Iterator<Item = (&PlanTheme, &PlanFocus)> {
    let themes = plan.input.themes.iter();
    themes.flat_map(|theme| theme.focus.iter().map(move |focus| (theme, focus)))
}

fn slugs(focus: &PlanFocus) -> String {
    let slugs = focus.cities.slugs().into_iter().map(Slug::as_str);
    slugs.collect::<Vec<_>>().join(" ")
}

fn leads(plan: &Plan) -> impl Iterator<Item = &PlanCity> {
    with_role(plan, PlanCityRole::Lead)
}

fn partners(plan: &Plan) -> impl Iterator<Item = &PlanCity> {
    with_role(plan, PlanCityRole::Partner)
}

fn with_role(plan: &Plan, role: PlanCityRole) -> impl Iterator<Item = &PlanCity> {
    let cities = plan.input.cities.iter();
    cities.filter(move |city| city.role == role)
}

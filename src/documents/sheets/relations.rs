//! The relations of a plan to other plans.

use super::sheet::{Link, Relation};
use super::text::line;
use super::words;
use crate::domain::RecordKind;
use crate::resources::plans::PlanRelation;

/// A relation that the plan states.
pub fn stated(relation: &PlanRelation) -> Relation {
    let page = |slug: &str| format!("/{}/{slug}", RecordKind::Plan.plural());
    let slug = relation.plan.slug();
    let text = relation.text.as_deref().map(line);
    Relation {
        label: words::relation(relation.kind),
        plan: text.unwrap_or_else(|| slug.unwrap_or_default().to_owned()),
        page: slug.map(page),
        link: relation.url.as_deref().map(Link::web),
    }
}

//! The relations of a plan to other plans.

use super::sheet::{Link, Relation};
use super::text::line;
use super::words;
use crate::domain::RecordKind;
use crate::resources::plans::{InverseRelation, PlanRelation};

/// The relations that the plan states, and those that other plans state of it. What both plans state is listed once.
pub fn from_both_ends(stated: &[PlanRelation], inverse: &[InverseRelation]) -> Vec<Relation> {
    let mut relations: Vec<Relation> = stated.iter().map(self::stated).collect();
    for relation in inverse.iter().map(self::inverse) {
        let is_same =
            |other: &Relation| (other.label, &other.page) == (relation.label, &relation.page);
        if !relations.iter().any(is_same) {
            relations.push(relation);
        }
    }
    relations
}

fn inverse(relation: &InverseRelation) -> Relation {
    let slug = relation.slug.as_str();
    Relation {
        label: words::inverse_relation(relation.kind),
        plan: slug.to_owned(),
        page: Some(page(slug)),
        link: None,
    }
}

/// The path of the page of a plan.
fn page(slug: &str) -> String {
    format!("/{}/{slug}", RecordKind::Plan.plural())
}

fn stated(relation: &PlanRelation) -> Relation {
    let slug = relation.plan.slug();
    let text = relation.text.as_deref().map(line);
    Relation {
        label: words::relation(relation.kind),
        plan: text.unwrap_or_else(|| slug.unwrap_or_default().to_owned()),
        page: slug.map(page),
        link: relation.url.as_deref().map(Link::web),
    }
}

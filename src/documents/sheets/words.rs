//! The English words for the values of enums: kinds, states and roles.
//!
//! One rule: each function matches exhaustively, so that the code does not compile if a new value has no word. Start with
//! [`activity_tags`].

use super::sheet::Tag;
use crate::resources::activities::{ActivityCityRole, ActivityKind, ActivityMode, ActivityStatus};
use crate::resources::cities::CityKind;
use crate::resources::outcomes::{OutcomeCityRole, OutcomeKind, OutcomeStatus};
use crate::resources::plans::{
    InverseRelationKind, PlanKind, PlanRelationKind, PlanStatus, SourceKind,
};
use crate::resources::references::organisation::{OrganisationKind, OrganisationRole};

fn plain(text: &'static str) -> Tag {
    Tag {
        text,
        marked: false,
    }
}

fn marked(text: &'static str) -> Tag {
    Tag { text, marked: true }
}

/// The kind of a plan.
pub fn plan_kind(kind: PlanKind) -> Tag {
    plain(match kind {
        PlanKind::Pairing => "Pairing",
        PlanKind::Cluster => "Cluster",
    })
}

/// The state of a plan.
pub fn plan_status(status: PlanStatus) -> Tag {
    match status {
        PlanStatus::Draft => marked("Draft"),
        PlanStatus::Active => plain("Active"),
        PlanStatus::Completed => plain("Completed"),
        PlanStatus::Cancelled => marked("Cancelled"),
    }
}

/// The tags of a plan: its kind, and its state if it is known.
pub fn plan_tags(kind: PlanKind, status: Option<PlanStatus>) -> Vec<Tag> {
    let status = status.map(plan_status);
    std::iter::once(plan_kind(kind)).chain(status).collect()
}

/// The kind of relation to another plan. The name of the other plan follows these words.
pub fn relation(kind: PlanRelationKind) -> &'static str {
    match kind {
        PlanRelationKind::Mirrors => "The same cooperation, written from another side",
        PlanRelationKind::MemberOf => "Belongs to the cluster",
        PlanRelationKind::Continues => "Continues",
    }
}

/// The kind of relation that another plan states. The name of that plan follows these words.
pub fn inverse_relation(kind: InverseRelationKind) -> &'static str {
    match kind {
        InverseRelationKind::MirroredBy => "The same cooperation, written from another side",
        InverseRelationKind::HasMember => "Cluster to which belongs",
        InverseRelationKind::ContinuedBy => "Continued by",
    }
}

/// The kind of a source; `None` if its title says enough.
pub fn source_kind(kind: SourceKind) -> Option<&'static str> {
    match kind {
        SourceKind::Summary => Some("summary"),
        SourceKind::FullPlan => Some("full plan"),
        SourceKind::WebPage => Some("web page"),
        SourceKind::Agreement => Some("agreement"),
        SourceKind::Other => None,
    }
}

/// The kind of place; `None` for a city.
pub fn place(kind: CityKind) -> Option<&'static str> {
    match kind {
        CityKind::City | CityKind::Other => None,
        CityKind::Municipality => Some("municipality"),
        CityKind::MetropolitanArea => Some("metropolitan area"),
        CityKind::Region => Some("region"),
        CityKind::District => Some("district"),
        CityKind::County => Some("county"),
    }
}

/// The kind of an activity.
pub fn activity_kind(kind: ActivityKind) -> Option<&'static str> {
    match kind {
        ActivityKind::Mission => Some("mission"),
        ActivityKind::Visit => Some("visit"),
        ActivityKind::Meeting => Some("meeting"),
        ActivityKind::Conference => Some("conference"),
        ActivityKind::Webinar => Some("webinar"),
        ActivityKind::Workshop => Some("workshop"),
        ActivityKind::Coaching => Some("coaching"),
        ActivityKind::Exhibition => Some("exhibition"),
        ActivityKind::Agreement => Some("agreement"),
        ActivityKind::PilotProject => Some("pilot project"),
        ActivityKind::Publication => Some("publication"),
        ActivityKind::Document => Some("document"),
        ActivityKind::Other => None,
    }
}

/// The mode of an activity.
pub fn mode(mode: ActivityMode) -> &'static str {
    match mode {
        ActivityMode::InPerson => "in person",
        ActivityMode::Online => "online",
        ActivityMode::Hybrid => "in person and online",
    }
}

/// The state of an activity; `None` if it took place.
pub fn activity_status(status: ActivityStatus) -> Option<&'static str> {
    match status {
        ActivityStatus::Held => None,
        ActivityStatus::Planned => Some("planned"),
        ActivityStatus::Postponed => Some("postponed"),
        ActivityStatus::Cancelled => Some("cancelled"),
    }
}

/// The tags of an activity. A word that its title contains is omitted.
pub fn activity_tags(
    title: &str,
    kind: ActivityKind,
    activity_mode: Option<ActivityMode>,
    status: ActivityStatus,
) -> Vec<Tag> {
    let title = title.to_lowercase();
    let words = [activity_kind(kind), activity_mode.map(mode)]
        .into_iter()
        .flatten();
    activity_status(status)
        .map(marked)
        .into_iter()
        .chain(words.filter(|word| !title.contains(word)).map(plain))
        .collect()
}

/// The role of a city in an activity.
pub fn activity_role(role: ActivityCityRole) -> Option<&'static str> {
    match role {
        ActivityCityRole::Host => Some("host"),
        ActivityCityRole::Venue => Some("venue"),
        ActivityCityRole::Visitor => Some("visitor"),
        ActivityCityRole::Participant => Some("participant"),
        ActivityCityRole::Mentioned => None,
    }
}

/// The tags of an outcome, as far as they are known. The state "planned" is omitted, because it is the usual one.
pub fn outcome_tags(kind: Option<OutcomeKind>, status: Option<OutcomeStatus>) -> Vec<Tag> {
    let status = status.and_then(|status| match status {
        OutcomeStatus::Planned => None,
        OutcomeStatus::Interest => Some("area of interest"),
        OutcomeStatus::Possible => Some("possible"),
        OutcomeStatus::Agreed => Some("agreed"),
        OutcomeStatus::InProgress => Some("in progress"),
        OutcomeStatus::Achieved => Some("achieved"),
        OutcomeStatus::Dropped => Some("dropped"),
    });
    let kind = kind.map(|kind| match kind {
        OutcomeKind::Result => "result",
        OutcomeKind::Benefit => "benefit",
        OutcomeKind::Output => "output",
    });
    let status = status.map(marked);
    status.into_iter().chain(kind.map(plain)).collect()
}

/// The role of a city in an outcome.
pub fn outcome_role(role: OutcomeCityRole) -> Option<&'static str> {
    match role {
        OutcomeCityRole::Beneficiary => Some("beneficiary"),
        OutcomeCityRole::Funder => Some("funder"),
        OutcomeCityRole::Implementer => Some("implementer"),
        OutcomeCityRole::Partner => Some("partner"),
        OutcomeCityRole::Mentioned => None,
    }
}

/// The kind of an organisation.
pub fn organisation_kind(kind: OrganisationKind) -> Option<&'static str> {
    match kind {
        OrganisationKind::University => Some("university"),
        OrganisationKind::Research => Some("research"),
        OrganisationKind::Government => Some("public authority"),
        OrganisationKind::Company => Some("company"),
        OrganisationKind::Programme => Some("programme"),
        OrganisationKind::SciencePark => Some("science park"),
        OrganisationKind::Other => None,
    }
}

/// The role of an organisation.
pub fn organisation_role(role: OrganisationRole) -> &'static str {
    match role {
        OrganisationRole::Organiser => "organiser",
        OrganisationRole::Participant => "participant",
        OrganisationRole::Support => "support",
        OrganisationRole::Funder => "funder",
        OrganisationRole::Implementer => "implementer",
        OrganisationRole::Subject => "subject",
    }
}

#[cfg(test)]
mod tests {
    use super::{activity_tags, outcome_tags};
    use crate::resources::activities::{ActivityKind, ActivityMode, ActivityStatus};
    use crate::resources::outcomes::{OutcomeKind, OutcomeStatus};

    #[test]
    fn tags_omit_words_that_the_title_contains() {
        let tags_of = |title, status| {
            let tags = activity_tags(
                title,
                ActivityKind::Meeting,
                Some(ActivityMode::Online),
                status,
            );
            tags.iter().map(|tag| tag.text).collect::<Vec<_>>()
        };
        assert_eq!(
            tags_of(
                "Online meeting of Manchester and Chengdu",
                ActivityStatus::Held
            ),
            [""; 0]
        );
        assert_eq!(
            tags_of("First talks", ActivityStatus::Cancelled),
            ["cancelled", "meeting", "online"]
        );
    }

    #[test]
    fn an_outcome_has_a_tag_for_its_state_unless_it_is_planned() {
        assert_eq!(
            outcome_tags(Some(OutcomeKind::Benefit), Some(OutcomeStatus::Planned)).len(),
            1
        );
        assert!(
            outcome_tags(Some(OutcomeKind::Benefit), Some(OutcomeStatus::Possible))
                .iter()
                .any(|tag| tag.text == "possible" && tag.marked)
        );
    }
}

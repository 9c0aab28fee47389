//! The words for the kinds, states and roles of the records.
//!
//! Each function is one exhaustive match, so that a new value does not compile without its words.

use super::sheet::Tag;
use crate::resources::activities::{ActivityCityRole, ActivityKind, ActivityMode, ActivityStatus};
use crate::resources::cities::CityKind;
use crate::resources::outcomes::{OutcomeCityRole, OutcomeKind, OutcomeStatus};
use crate::resources::plans::{PlanKind, PlanRelationKind, PlanStatus};
use crate::resources::references::organisation::{OrganisationKind, OrganisationRole};

fn quiet(text: &'static str) -> Tag {
    Tag {
        text,
        marked: false,
    }
}

fn marked(text: &'static str) -> Tag {
    Tag { text, marked: true }
}

/// What sort of cooperation a plan is.
pub fn plan_kind(kind: PlanKind) -> Tag {
    quiet(match kind {
        PlanKind::Pairing => "Pairing",
        PlanKind::Cluster => "Cluster",
    })
}

/// Where a plan stands.
pub fn plan_status(status: PlanStatus) -> Tag {
    match status {
        PlanStatus::Draft => marked("Draft"),
        PlanStatus::Active => quiet("Active"),
        PlanStatus::Completed => quiet("Completed"),
        PlanStatus::Cancelled => marked("Cancelled"),
    }
}

/// How a plan relates to another, which is named after these words.
pub fn relation(kind: PlanRelationKind) -> &'static str {
    match kind {
        PlanRelationKind::Mirrors => "The same cooperation, written from another side",
        PlanRelationKind::MemberOf => "Belongs to the cluster",
        PlanRelationKind::Continues => "Continues",
    }
}

/// What sort of place a city is, unless it is a city.
pub fn place(kind: CityKind) -> Option<&'static str> {
    match kind {
        CityKind::City | CityKind::Other => None,
        CityKind::MetropolitanArea => Some("metropolitan area"),
        CityKind::Region => Some("region"),
        CityKind::District => Some("district"),
        CityKind::County => Some("county"),
    }
}

/// What sort of activity it is.
pub fn activity_kind(kind: ActivityKind) -> Option<&'static str> {
    match kind {
        ActivityKind::Mission => Some("mission"),
        ActivityKind::Meeting => Some("meeting"),
        ActivityKind::Conference => Some("conference"),
        ActivityKind::Webinar => Some("webinar"),
        ActivityKind::Workshop => Some("workshop"),
        ActivityKind::Coaching => Some("coaching"),
        ActivityKind::Exhibition => Some("exhibition"),
        ActivityKind::Agreement => Some("agreement"),
        ActivityKind::PilotProject => Some("pilot project"),
        ActivityKind::Publication => Some("publication"),
        ActivityKind::Other => None,
    }
}

/// How an activity takes place.
pub fn mode(mode: ActivityMode) -> &'static str {
    match mode {
        ActivityMode::InPerson => "in person",
        ActivityMode::Online => "online",
        ActivityMode::Hybrid => "in person and online",
    }
}

/// Where an activity stands, unless it took place.
pub fn activity_status(status: ActivityStatus) -> Option<&'static str> {
    match status {
        ActivityStatus::Held => None,
        ActivityStatus::Planned => Some("planned"),
        ActivityStatus::Postponed => Some("postponed"),
        ActivityStatus::Cancelled => Some("cancelled"),
    }
}

/// The tags of an activity. A word that its title says already is left out.
pub fn activity_tags(
    title: &str,
    kind: ActivityKind,
    how: Option<ActivityMode>,
    status: ActivityStatus,
) -> Vec<Tag> {
    let title = title.to_lowercase();
    let words = [activity_kind(kind), how.map(mode)].into_iter().flatten();
    activity_status(status)
        .map(marked)
        .into_iter()
        .chain(words.filter(|word| !title.contains(word)).map(quiet))
        .collect()
}

/// The part of a city in an activity.
pub fn activity_role(role: ActivityCityRole) -> Option<&'static str> {
    match role {
        ActivityCityRole::Host => Some("host"),
        ActivityCityRole::Venue => Some("venue"),
        ActivityCityRole::Visitor => Some("visitor"),
        ActivityCityRole::Participant => Some("participant"),
        ActivityCityRole::Mentioned => None,
    }
}

/// The tags of an outcome; that it is planned goes without saying.
pub fn outcome_tags(kind: OutcomeKind, status: OutcomeStatus) -> Vec<Tag> {
    let status = match status {
        OutcomeStatus::Planned => None,
        OutcomeStatus::Interest => Some("area of interest"),
        OutcomeStatus::Possible => Some("possible"),
        OutcomeStatus::Agreed => Some("agreed"),
        OutcomeStatus::InProgress => Some("in progress"),
        OutcomeStatus::Achieved => Some("achieved"),
        OutcomeStatus::Dropped => Some("dropped"),
    };
    let kind = match kind {
        OutcomeKind::Result => "result",
        OutcomeKind::Benefit => "benefit",
        OutcomeKind::Output => "output",
    };
    status
        .map(marked)
        .into_iter()
        .chain([quiet(kind)])
        .collect()
}

/// The part of a city in an outcome.
pub fn outcome_role(role: OutcomeCityRole) -> Option<&'static str> {
    match role {
        OutcomeCityRole::Beneficiary => Some("beneficiary"),
        OutcomeCityRole::Funder => Some("funder"),
        OutcomeCityRole::Implementer => Some("implementer"),
        OutcomeCityRole::Partner => Some("partner"),
        OutcomeCityRole::Mentioned => None,
    }
}

/// What sort of organisation it is.
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

/// What an organisation has to do with it.
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
    fn tags_tell_what_the_title_does_not() {
        let told = |title, status| {
            let tags = activity_tags(
                title,
                ActivityKind::Meeting,
                Some(ActivityMode::Online),
                status,
            );
            tags.iter().map(|tag| tag.text).collect::<Vec<_>>()
        };
        assert_eq!(
            told(
                "Online meeting of Manchester and Chengdu",
                ActivityStatus::Held
            ),
            [""; 0]
        );
        assert_eq!(
            told("First talks", ActivityStatus::Cancelled),
            ["cancelled", "meeting", "online"]
        );
    }

    #[test]
    fn an_outcome_says_how_firm_it_is_unless_it_is_planned() {
        assert_eq!(
            outcome_tags(OutcomeKind::Benefit, OutcomeStatus::Planned).len(),
            1
        );
        assert!(
            outcome_tags(OutcomeKind::Benefit, OutcomeStatus::Possible)
                .iter()
                .any(|tag| tag.text == "possible" && tag.marked)
        );
    }
}

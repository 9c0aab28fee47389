//! A document from a request, validated as a whole and split into the inputs of its records.
//!
//! One rule: all faults of the document are reported together, with pointers into the document. Slugs are replaced by provisional
//! ids, so that the rules of the records can be applied; which stored records they refer to is resolved later. Start with
//! [`Draft::parse`].

use super::hierarchy::Hierarchy;
use super::pointers;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::{Code, Problem};
use crate::conventions::resource::Resource;
use crate::conventions::writing::input::apply_rules;
use crate::domain::{Fault, FaultCode, Faults, Place, RecordKind, Slug};
use crate::resources::activities::{Activity, ActivityInput};
use crate::resources::cities::{City, CityInput};
use crate::resources::outcomes::{Outcome, OutcomeInput};
use crate::resources::plans::{Plan, PlanInput};
use crate::resources::themes::{Theme, ThemeInput};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A city or theme of a document.
#[derive(Debug, Clone)]
pub struct Given<T> {
    /// The input from which the record is created if it is not stored yet.
    pub input: T,
    /// The members that the document contains, without defaults.
    pub members: Map<String, Value>,
}

impl<T: Serialize> Given<T> {
    /// Retains the members that state something. Null states that a text or a number is unknown, but of a list or an object it
    /// states nothing.
    fn new(input: T, mut members: Map<String, Value>) -> Result<Self, Problem> {
        let values = serde_json::to_value(&input).map_err(Problem::internal)?;
        members.retain(|name, member| !member.is_null() || values.get(name) == Some(&Value::Null));
        Ok(Self { input, members })
    }
}

/// The slugs that the provisional ids stand for.
#[derive(Debug, Default)]
pub struct ProvisionalIds {
    /// The slugs of cities.
    pub cities: HashMap<Uuid, String>,
    /// The slugs of themes.
    pub themes: HashMap<Uuid, String>,
    /// The slugs of plans.
    pub plans: HashMap<Uuid, String>,
}

/// Makes the id of a record that is created, of its kind and its place among the records of that kind in the document.
pub type NewId = fn(RecordKind, usize) -> Uuid;

/// A document that was split into the inputs of its records. All its ids are provisional.
#[derive(Debug)]
pub struct Draft {
    /// The plan.
    pub plan: PlanInput,
    /// The cities.
    pub cities: Vec<Given<CityInput>>,
    /// The themes.
    pub themes: Vec<Given<ThemeInput>>,
    /// The activities.
    pub activities: Vec<ActivityInput>,
    /// Which activities belong to which.
    pub hierarchy: Hierarchy,
    /// The outcomes.
    pub outcomes: Vec<OutcomeInput>,
    /// The slugs that its provisional ids stand for.
    pub provisional: ProvisionalIds,
    /// Makes the ids of the records that are created.
    pub new_id: NewId,
}

/// The provisional id of a slug. A city, a theme and a plan may have the same slug, but not the same id.
fn provisional_id(kind: RecordKind, slug: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{kind} {slug}").as_bytes())
}

impl ProvisionalIds {
    /// Returns the provisional id of a slug, and remembers which slug it stands for.
    fn id(&mut self, kind: RecordKind, slug: &str) -> Value {
        let known = match kind {
            RecordKind::City => &mut self.cities,
            RecordKind::Theme => &mut self.themes,
            _ => &mut self.plans,
        };
        let id = provisional_id(kind, slug);
        known.entry(id).or_insert_with(|| slug.to_owned());
        Value::String(id.to_string())
    }

    /// Replaces the member with a slug, or a list of slugs, of that kind of record by a member with provisional ids.
    fn link(&mut self, kind: RecordKind, value: &mut Value, slug: &str, id: &str) {
        let Some(members) = value.as_object_mut() else {
            return;
        };
        let by_id = match members.get(slug) {
            Some(Value::String(slug)) => self.id(kind, slug),
            Some(Value::Array(slugs)) => slugs
                .iter()
                .filter_map(Value::as_str)
                .map(|slug| self.id(kind, slug))
                .collect(),
            _ => return,
        };
        members.shift_remove(slug);
        members.insert(id.to_owned(), by_id);
    }

    /// Replaces the slugs in a plan.
    fn link_plan(&mut self, plan: &mut Value) {
        items(plan, "cities").for_each(|city| self.link(RecordKind::City, city, "city", "city_id"));
        for theme in items(plan, "themes") {
            self.link(RecordKind::Theme, theme, "theme", "theme_id");
            items(theme, "focus")
                .for_each(|focus| self.link(RecordKind::City, focus, "cities", "city_ids"));
        }
        items(plan, "relations")
            .for_each(|relation| self.link(RecordKind::Plan, relation, "plan", "plan_id"));
    }

    /// Replaces the slugs in activities or outcomes.
    fn link_parts(&mut self, mut parts: Vec<Value>) -> Vec<Value> {
        parts.iter_mut().for_each(|part| self.link_part(part));
        parts
    }

    /// Replaces the slugs in an activity or an outcome, and adds a placeholder for the id of its plan.
    fn link_part(&mut self, part: &mut Value) {
        items(part, "cities").for_each(|city| self.link(RecordKind::City, city, "city", "city_id"));
        items(part, "organisations")
            .for_each(|organisation| self.link(RecordKind::City, organisation, "city", "city_id"));
        self.link(RecordKind::Theme, part, "themes", "theme_ids");
        self.link(RecordKind::Theme, part, "theme", "theme_id");
        if let Some(members) = part.as_object_mut() {
            members.insert("plan_id".into(), Value::String(Uuid::nil().to_string()));
        }
    }
}

fn items<'a>(value: &'a mut Value, member: &str) -> impl Iterator<Item = &'a mut Value> + use<'a> {
    value
        .get_mut(member)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

/// Parses the parts of a document and collects their faults.
struct Parser<'c> {
    contract: &'c Contract,
    /// Violations of the schema.
    schema_faults: Vec<Fault>,
    /// Violations of rules.
    rule_faults: Vec<Fault>,
}

impl Parser<'_> {
    /// Parses the part at `pointer`, if it conforms to the schema, and collects the rules that it violates.
    fn parse_part<R: Resource>(
        &mut self,
        pointer: &str,
        value: Value,
    ) -> Result<Option<R::Input>, Problem> {
        if self.schema_faults.len() >= Fault::MAX_REPORTED {
            // The list of violations is full, so the part may have others that are not known.
            return Ok(None);
        }
        let within = |fault: &Fault| {
            pointers::relative_to(pointer, fault)
                .map(|own| Fault::at(pointers::to_record(R::KIND, own), fault.code, ""))
        };
        let known: Vec<Fault> = self.schema_faults.iter().filter_map(within).collect();
        let skip = known.len();
        let (input, faults) = apply_rules::<R>(self.contract, value, known)?;
        let located = |fault: Fault| match fault.place {
            Place::Pointer(own) => Fault::at(
                format!("{pointer}{}", pointers::to_document(&own)),
                fault.code,
                fault.detail,
            ),
            Place::Parameter(_) => fault,
        };
        self.rule_faults
            .extend(faults.into_iter().skip(skip).map(located));
        Ok(input)
    }

    fn parse_parts<R: Resource>(
        &mut self,
        member: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Option<R::Input>>, Problem> {
        values
            .into_iter()
            .enumerate()
            .map(|(index, value)| self.parse_part::<R>(&format!("/{member}/{index}"), value))
            .collect()
    }
}

impl Parser<'_> {
    /// Parses cities or themes, and retains the members that the document contains.
    fn parse_given<R: Resource>(
        &mut self,
        member: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Option<Given<R::Input>>>, Problem> {
        let members = values.iter().map(Value::as_object);
        let members: Vec<_> = members
            .map(|members| members.cloned().unwrap_or_default())
            .collect();
        let inputs = self.parse_parts::<R>(member, values)?.into_iter();
        inputs
            .zip(members)
            .map(|(input, members)| input.map(|input| Given::new(input, members)).transpose())
            .collect()
    }

    /// True if the value at the pointer violates the schema.
    fn violates_schema_at(&self, pointer: &str) -> bool {
        let mut faults = self.schema_faults.iter();
        faults.any(|fault| pointers::relative_to(pointer, fault).is_some())
    }

    /// All faults, limited to the number that is reported.
    fn into_faults(self, document_faults: Faults) -> Vec<Fault> {
        let mut all = self.schema_faults;
        all.extend(self.rule_faults);
        all.extend(document_faults.into_vec());
        all.truncate(Fault::MAX_REPORTED);
        all
    }
}

impl Draft {
    /// Validates a document and splits it into inputs; `slug` is the slug of the plan in the path, if the path has one.
    ///
    /// # Errors
    /// 422 with all faults.
    pub fn parse(
        contract: &Contract,
        mut document: Value,
        slug: Option<&Slug>,
    ) -> Result<Self, Problem> {
        let mut parser = Parser {
            contract,
            schema_faults: contract.check("PlanDocumentInput", &document),
            rule_faults: Vec::new(),
        };
        let plan = document.get_mut("plan").map(Value::take);
        let mut plan = plan.unwrap_or_default();
        parser.rule_faults.extend(apply_slug(slug, &mut plan));
        let mut provisional = ProvisionalIds::default();
        provisional.link_plan(&mut plan);
        let [cities, themes] = ["cities", "themes"].map(|member| take_items(&mut document, member));
        let [mut activities, outcomes] = ["activities", "outcomes"]
            .map(|member| provisional.link_parts(take_items(&mut document, member)));
        let hierarchy = Hierarchy::take(&mut activities);
        let plan_themes = theme_ids(&mut plan);
        let plan_themes = plan_themes.filter(|_| !parser.violates_schema_at("/plan/themes"));
        let plan = if plan.is_object() {
            parser.parse_part::<Plan>("/plan", plan)?
        } else {
            None
        };
        let cities = parser.parse_given::<City>("cities", cities)?;
        let themes = parser.parse_given::<Theme>("themes", themes)?;
        let activities = parser.parse_parts::<Activity>("activities", activities)?;
        let outcomes = parser.parse_parts::<Outcome>("outcomes", outcomes)?;
        let mut faults = Faults::default();
        check_records(&plan, &cities, &themes, &mut faults);
        check_themes_of_parts(plan_themes, &activities, &outcomes, &mut faults);
        hierarchy.validate(&mut faults);
        let all = parser.into_faults(faults);
        assemble(plan, cities, themes, activities, outcomes, provisional)
            .filter(|_| all.is_empty())
            .map(|draft| Self { hierarchy, ..draft })
            .ok_or_else(|| Problem::from_faults(Code::ValidationFailed, all))
    }

    /// The slugs of the records of a kind that the document lists.
    pub fn slugs(&self, kind: RecordKind) -> Vec<&str> {
        match kind {
            RecordKind::City => self
                .cities
                .iter()
                .map(|one| one.input.slug.as_str())
                .collect(),
            RecordKind::Theme => self
                .themes
                .iter()
                .map(|one| one.input.slug.as_str())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// All references of the document, with the pointers to them.
    pub fn references(&self) -> Vec<(String, RecordKind, Uuid)> {
        use crate::conventions::resource::Input;
        let locate = |prefix: String| {
            move |reference: crate::conventions::resource::references::Reference| {
                (
                    format!("{prefix}{}", pointers::to_document(&reference.pointer)),
                    reference.kind,
                    reference.id,
                )
            }
        };
        let references_of_plan = self
            .plan
            .references()
            .into_iter()
            .map(locate("/plan".into()));
        let activities = self.activities.iter().enumerate();
        let activities = activities.flat_map(|(index, part)| {
            part.references()
                .into_iter()
                .map(locate(format!("/activities/{index}")))
        });
        let outcomes = self.outcomes.iter().enumerate();
        let outcomes = outcomes.flat_map(|(index, part)| {
            part.references()
                .into_iter()
                .map(locate(format!("/outcomes/{index}")))
        });
        references_of_plan
            .chain(activities)
            .chain(outcomes)
            .filter(|(_, _, id)| !id.is_nil())
            .collect()
    }
}

/// Takes the items of a list out of the document. A value that is not a list has none.
fn take_items(document: &mut Value, member: &str) -> Vec<Value> {
    match document.get_mut(member).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// Sets the slug of the plan to the slug in the path. A different slug is a fault.
fn apply_slug(slug: Option<&Slug>, plan: &mut Value) -> Option<Fault> {
    let (slug, members) = (slug?, plan.as_object_mut()?);
    match members.get("slug") {
        None | Some(Value::Null) => {
            members.insert("slug".into(), Value::String(slug.to_string()));
            None
        }
        Some(Value::String(own)) if own != slug.as_str() => Some(Fault::at(
            "/plan/slug",
            FaultCode::Rule,
            format!(
                "must be {:?}, the slug of the plan in the path",
                slug.as_str()
            ),
        )),
        Some(_) => None,
    }
}

/// The ids of the themes of a plan, which may have faults elsewhere.
fn theme_ids(plan: &mut Value) -> Option<Vec<Uuid>> {
    plan.is_object().then(|| {
        items(plan, "themes")
            .filter_map(|theme| theme.get("theme_id")?.as_str()?.parse().ok())
            .collect()
    })
}

/// Checks the rules for the plan, the cities and the themes of a document together.
fn check_records(
    plan: &Option<PlanInput>,
    cities: &[Option<Given<CityInput>>],
    themes: &[Option<Given<ThemeInput>>],
    faults: &mut Faults,
) {
    check_cities(cities, faults);
    check_themes(themes, faults);
    let Some(plan) = plan.as_ref().filter(|plan| !plan.slug.is_unassigned()) else {
        return;
    };
    let own = provisional_id(RecordKind::Plan, plan.slug.as_str());
    for (index, _) in plan
        .relations
        .iter()
        .enumerate()
        .filter(|(_, relation)| relation.plan.id() == Some(own))
    {
        faults.add(
            format!("/plan/relations/{index}/plan"),
            "a plan cannot be related to itself",
        );
    }
}

/// Checks that no two cities have the same slug or the same identifier.
fn check_cities(cities: &[Option<Given<CityInput>>], faults: &mut Faults) {
    let mut slugs = HashSet::new();
    let mut identifiers = HashMap::new();
    for (index, city) in cities.iter().enumerate() {
        let Some(city) = city.as_ref().map(|city| &city.input) else {
            continue;
        };
        if !slugs.insert(city.slug.as_str()) {
            faults.add(
                format!("/cities/{index}/slug"),
                "another city of the document has this slug",
            );
        }
        for (place, identifier) in city.identifiers.iter().enumerate() {
            let earlier = identifiers.insert((&identifier.scheme, &identifier.value), index);
            if earlier.is_some_and(|earlier| earlier != index) {
                faults.add(
                    format!("/cities/{index}/identifiers/{place}"),
                    "another city of the document has this identifier",
                );
            }
        }
    }
}

/// Checks that no two themes have the same slug.
fn check_themes(themes: &[Option<Given<ThemeInput>>], faults: &mut Faults) {
    let mut slugs = HashSet::new();
    for (index, theme) in themes.iter().enumerate() {
        let slug = theme.as_ref().map(|theme| theme.input.slug.as_str());
        if slug.is_some_and(|slug| !slugs.insert(slug)) {
            faults.add(
                format!("/themes/{index}/slug"),
                "another theme of the document has this slug",
            );
        }
    }
}

/// Checks that activities and outcomes only serve themes of the plan.
fn check_themes_of_parts(
    themes: Option<Vec<Uuid>>,
    activities: &[Option<ActivityInput>],
    outcomes: &[Option<OutcomeInput>],
    faults: &mut Faults,
) {
    const DETAIL: &str = "this theme is not a theme of the plan";
    let Some(themes) = themes else { return };
    let serves = |id: &Uuid| themes.contains(id);
    for (index, activity) in activities
        .iter()
        .enumerate()
        .filter_map(|(index, activity)| Some((index, activity.as_ref()?)))
    {
        for (place, _) in activity
            .theme_ids
            .iter()
            .enumerate()
            .filter(|(_, id)| !serves(id))
        {
            faults.add(format!("/activities/{index}/themes/{place}"), DETAIL);
        }
    }
    for (index, outcome) in outcomes
        .iter()
        .enumerate()
        .filter_map(|(index, outcome)| Some((index, outcome.as_ref()?)))
    {
        if !outcome.theme_id.as_ref().is_none_or(serves) {
            faults.add(format!("/outcomes/{index}/theme"), DETAIL);
        }
    }
}

/// Creates the draft; `None` if a part of it could not be parsed.
fn assemble(
    plan: Option<PlanInput>,
    cities: Vec<Option<Given<CityInput>>>,
    themes: Vec<Option<Given<ThemeInput>>>,
    activities: Vec<Option<ActivityInput>>,
    outcomes: Vec<Option<OutcomeInput>>,
    provisional: ProvisionalIds,
) -> Option<Draft> {
    Some(Draft {
        plan: plan?,
        cities: cities.into_iter().collect::<Option<_>>()?,
        themes: themes.into_iter().collect::<Option<_>>()?,
        activities: activities.into_iter().collect::<Option<_>>()?,
        hierarchy: Hierarchy::default(),
        outcomes: outcomes.into_iter().collect::<Option<_>>()?,
        provisional,
        new_id: |_, _| Uuid::now_v7(),
    })
}

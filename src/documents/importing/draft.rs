//! A document that somebody sent, checked as a whole and taken apart into the inputs of its records.
//!
//! One rule: every fault of the document is reported at once, with its pointer into the document. Slugs get provisional
//! ids, so that the rules of the records apply; which stored records they mean is decided later. Start with
//! [`Draft::read`].

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
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A city or theme of a document.
#[derive(Debug, Clone)]
pub struct Given<T> {
    /// What it is if it is new.
    pub input: T,
    /// What the document says of it, and nothing else.
    pub members: Map<String, Value>,
}

/// The slugs behind provisional ids.
#[derive(Debug, Default)]
pub struct Provisional {
    /// Of cities.
    pub cities: HashMap<Uuid, String>,
    /// Of themes.
    pub themes: HashMap<Uuid, String>,
    /// Of plans.
    pub plans: HashMap<Uuid, String>,
}

/// A document taken apart. All ids in it are provisional.
#[derive(Debug)]
pub struct Draft {
    /// The plan.
    pub plan: PlanInput,
    /// Its cities.
    pub cities: Vec<Given<CityInput>>,
    /// Its themes.
    pub themes: Vec<Given<ThemeInput>>,
    /// Its activities.
    pub activities: Vec<ActivityInput>,
    /// Its outcomes.
    pub outcomes: Vec<OutcomeInput>,
    /// What its provisional ids stand for.
    pub provisional: Provisional,
}

impl Provisional {
    /// The provisional id of a slug: the same for the same slug.
    fn id(known: &mut HashMap<Uuid, String>, slug: &str) -> Uuid {
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, slug.as_bytes());
        known.entry(id).or_insert_with(|| slug.to_owned());
        id
    }

    /// Names the city, theme or plan of a member by id instead of by slug.
    fn link(known: &mut HashMap<Uuid, String>, value: &mut Value, slug: &str, id: &str) {
        let Some(members) = value.as_object_mut() else {
            return;
        };
        let by_id = match members.get(slug) {
            Some(Value::String(slug)) => Value::String(Self::id(known, slug).to_string()),
            Some(Value::Array(slugs)) => slugs
                .iter()
                .filter_map(Value::as_str)
                .map(|slug| Value::String(Self::id(known, slug).to_string()))
                .collect(),
            _ => return,
        };
        members.shift_remove(slug);
        members.insert(id.to_owned(), by_id);
    }

    /// The links of a plan.
    fn link_plan(&mut self, plan: &mut Value) {
        items(plan, "cities")
            .for_each(|city| Self::link(&mut self.cities, city, "city", "city_id"));
        for theme in items(plan, "themes") {
            Self::link(&mut self.themes, theme, "theme", "theme_id");
            items(theme, "focus")
                .for_each(|focus| Self::link(&mut self.cities, focus, "cities", "city_ids"));
        }
        items(plan, "relations")
            .for_each(|relation| Self::link(&mut self.plans, relation, "plan", "plan_id"));
    }

    /// The links of an activity or an outcome, which get a plan to belong to.
    fn link_part(&mut self, part: &mut Value) {
        items(part, "cities")
            .for_each(|city| Self::link(&mut self.cities, city, "city", "city_id"));
        items(part, "organisations")
            .for_each(|organisation| Self::link(&mut self.cities, organisation, "city", "city_id"));
        Self::link(&mut self.themes, part, "themes", "theme_ids");
        Self::link(&mut self.themes, part, "theme", "theme_id");
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

/// The faults of a document while it is being read.
struct Reader<'c> {
    contract: &'c Contract,
    shape: Vec<Fault>,
    rules: Vec<Fault>,
}

impl Reader<'_> {
    /// Gives the part at `pointer` its type, if its shape is right, and notes the rules that it breaks.
    fn part<R: Resource>(
        &mut self,
        pointer: &str,
        value: Value,
    ) -> Result<Option<R::Input>, Problem> {
        if self.shape.len() >= Fault::MAX_REPORTED {
            // Nobody knows what else is wrong with its shape.
            return Ok(None);
        }
        let within = |fault: &Fault| {
            pointers::below(pointer, fault)
                .map(|own| Fault::at(pointers::to_record(R::KIND, own), fault.code, ""))
        };
        let known: Vec<Fault> = self.shape.iter().filter_map(within).collect();
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
        self.rules
            .extend(faults.into_iter().skip(skip).map(located));
        Ok(input)
    }

    fn parts<R: Resource>(
        &mut self,
        member: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Option<R::Input>>, Problem> {
        values
            .into_iter()
            .enumerate()
            .map(|(index, value)| self.part::<R>(&format!("/{member}/{index}"), value))
            .collect()
    }
}

impl Reader<'_> {
    /// Cities or themes, with what the document says of them and nothing else.
    fn given<R: Resource>(
        &mut self,
        member: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Option<Given<R::Input>>>, Problem> {
        let members = values.iter().map(Value::as_object);
        let members: Vec<_> = members
            .map(|members| members.cloned().unwrap_or_default())
            .collect();
        let inputs = self.parts::<R>(member, values)?.into_iter();
        let given = inputs
            .zip(members)
            .map(|(input, members)| input.map(|input| Given { input, members }));
        Ok(given.collect())
    }

    /// True if the shape of what stands there is wrong.
    fn fails_at(&self, pointer: &str) -> bool {
        let mut shape = self.shape.iter();
        shape.any(|fault| pointers::below(pointer, fault).is_some())
    }

    /// All faults, as many as are told.
    fn faults(self, across: Faults) -> Vec<Fault> {
        let mut all = self.shape;
        all.extend(self.rules);
        all.extend(across.into_vec());
        all.truncate(Fault::MAX_REPORTED);
        all
    }
}

impl Draft {
    /// Checks a document and takes it apart; `slug` is that of its address, if the address has one.
    ///
    /// # Errors
    /// 422 with all faults.
    pub fn read(
        contract: &Contract,
        mut document: Value,
        slug: Option<&Slug>,
    ) -> Result<Self, Problem> {
        let mut reader = Reader {
            contract,
            shape: contract.check("PlanDocumentInput", &document),
            rules: Vec::new(),
        };
        let plan = document.get_mut("plan").map(Value::take);
        let mut plan = plan.unwrap_or_default();
        reader.rules.extend(named_by(slug, &mut plan));
        let mut provisional = Provisional::default();
        provisional.link_plan(&mut plan);
        let [cities, themes] = ["cities", "themes"].map(|member| taken(&mut document, member));
        let [activities, outcomes] = ["activities", "outcomes"].map(|member| {
            let mut parts = taken(&mut document, member);
            let linked = parts.iter_mut();
            linked.for_each(|part| provisional.link_part(part));
            parts
        });
        let themes_of_plan = themes_of(&mut plan).filter(|_| !reader.fails_at("/plan/themes"));
        let plan = if plan.is_object() {
            reader.part::<Plan>("/plan", plan)?
        } else {
            None
        };
        let cities = reader.given::<City>("cities", cities)?;
        let themes = reader.given::<Theme>("themes", themes)?;
        let activities = reader.parts::<Activity>("activities", activities)?;
        let outcomes = reader.parts::<Outcome>("outcomes", outcomes)?;
        let mut faults = Faults::default();
        rules_across(&plan, &cities, &themes, &mut faults);
        rules_of_parts(themes_of_plan, &activities, &outcomes, &mut faults);
        let all = reader.faults(faults);
        let draft = whole(plan, cities, themes, activities, outcomes, provisional);
        draft
            .filter(|_| all.is_empty())
            .ok_or_else(|| Problem::from_faults(Code::ValidationFailed, all))
    }

    /// All records that the document names, with their places in it.
    pub fn references(&self) -> Vec<(String, RecordKind, Uuid)> {
        use crate::conventions::resource::Input;
        let place = |prefix: String| {
            move |reference: crate::conventions::resource::references::Reference| {
                (
                    format!("{prefix}{}", pointers::to_document(&reference.pointer)),
                    reference.kind,
                    reference.id,
                )
            }
        };
        let of_plan = self
            .plan
            .references()
            .into_iter()
            .map(place("/plan".into()));
        let activities = self.activities.iter().enumerate();
        let activities = activities.flat_map(|(index, part)| {
            part.references()
                .into_iter()
                .map(place(format!("/activities/{index}")))
        });
        let outcomes = self.outcomes.iter().enumerate();
        let outcomes = outcomes.flat_map(|(index, part)| {
            part.references()
                .into_iter()
                .map(place(format!("/outcomes/{index}")))
        });
        of_plan
            .chain(activities)
            .chain(outcomes)
            .filter(|(_, _, id)| !id.is_nil())
            .collect()
    }
}

fn taken(document: &mut Value, member: &str) -> Vec<Value> {
    match document.get_mut(member).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// Takes over the slug of the address, or complains of another.
fn named_by(slug: Option<&Slug>, plan: &mut Value) -> Option<Fault> {
    let (slug, members) = (slug?, plan.as_object_mut()?);
    match members.get("slug") {
        None => {
            members.insert("slug".into(), Value::String(slug.to_string()));
            None
        }
        Some(Value::String(own)) if own != slug.as_str() => Some(Fault::at(
            "/plan/slug",
            FaultCode::Rule,
            format!("the address is that of the plan {:?}", slug.as_str()),
        )),
        Some(_) => None,
    }
}

/// The themes of a plan, even if other things are wrong with it.
fn themes_of(plan: &mut Value) -> Option<Vec<Uuid>> {
    plan.is_object().then(|| {
        items(plan, "themes")
            .filter_map(|theme| theme.get("theme_id")?.as_str()?.parse().ok())
            .collect()
    })
}

/// What must hold between the plan, the cities and the themes of a document.
fn rules_across(
    plan: &Option<PlanInput>,
    cities: &[Option<Given<CityInput>>],
    themes: &[Option<Given<ThemeInput>>],
    faults: &mut Faults,
) {
    rules_of_cities(cities, faults);
    rules_of_themes(themes, faults);
    let Some(plan) = plan.as_ref().filter(|plan| !plan.slug.is_unassigned()) else {
        return;
    };
    let own = Provisional::id(&mut HashMap::new(), plan.slug.as_str());
    for (index, _) in plan
        .relations
        .iter()
        .enumerate()
        .filter(|(_, relation)| relation.plan.id() == own)
    {
        faults.add(
            format!("/plan/relations/{index}/plan"),
            "a plan does not relate to itself",
        );
    }
}

/// No two cities have the same slug or the same identifier.
fn rules_of_cities(cities: &[Option<Given<CityInput>>], faults: &mut Faults) {
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

/// No two themes have the same slug.
fn rules_of_themes(themes: &[Option<Given<ThemeInput>>], faults: &mut Faults) {
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

/// Activities and outcomes serve themes of the plan alone.
fn rules_of_parts(
    themes: Option<Vec<Uuid>>,
    activities: &[Option<ActivityInput>],
    outcomes: &[Option<OutcomeInput>],
    faults: &mut Faults,
) {
    const FOREIGN: &str = "this theme is not one of the plan's themes";
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
            faults.add(format!("/activities/{index}/themes/{place}"), FOREIGN);
        }
    }
    for (index, outcome) in outcomes
        .iter()
        .enumerate()
        .filter_map(|(index, outcome)| Some((index, outcome.as_ref()?)))
    {
        if !outcome.theme_id.as_ref().is_none_or(serves) {
            faults.add(format!("/outcomes/{index}/theme"), FOREIGN);
        }
    }
}

/// The draft, if every part of it is one.
fn whole(
    plan: Option<PlanInput>,
    cities: Vec<Option<Given<CityInput>>>,
    themes: Vec<Option<Given<ThemeInput>>>,
    activities: Vec<Option<ActivityInput>>,
    outcomes: Vec<Option<OutcomeInput>>,
    provisional: Provisional,
) -> Option<Draft> {
    Some(Draft {
        plan: plan?,
        cities: cities.into_iter().collect::<Option<_>>()?,
        themes: themes.into_iter().collect::<Option<_>>()?,
        activities: activities.into_iter().collect::<Option<_>>()?,
        outcomes: outcomes.into_iter().collect::<Option<_>>()?,
        provisional,
    })
}

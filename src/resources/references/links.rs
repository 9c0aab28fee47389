//! How records name cities, themes and plans: by id where it is stored, with names where it is read, by slug in a document.
//!
//! One rule: a link always has its id; what else it shows depends on who reads. Requests are read by their ids alone.
//! Start with [`CityLink`].

use super::{
    CityNames, CityReference, CityReferences, PlanNames, PlanReference, Seat, ThemeNames,
    ThemeReference,
};
use crate::domain::Slug;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Lets a part of a record be read by the id of its link, which is then a member like the others. A flattened field would
/// make serde keep all members until it knows what they are.
macro_rules! read_by_id {
    ($part:ident { $link:ident: $kind:ident from $(#[$id_as:meta])* $id:ident: $target:ty, $($(#[$member_as:meta])* $member:ident: $type:ty),* $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $part {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                struct ById {
                    $(#[$id_as])*
                    $id: $target,
                    $($(#[$member_as])* $member: $type,)*
                }
                let ById { $id, $($member),* } = ById::deserialize(source)?;
                Ok(Self { $link: $kind::Stored { $id }, $($member),* })
            }
        }
    };
}
pub(in crate::resources) use read_by_id;

/// The names of records that links lead to.
#[derive(Debug, Default)]
pub struct Names {
    /// Of cities, by id.
    pub cities: HashMap<Uuid, CityNames>,
    /// Of themes, by id.
    pub themes: HashMap<Uuid, ThemeNames>,
    /// Of plans, by id.
    pub plans: HashMap<Uuid, PlanNames>,
}

/// The slugs of records that links lead to.
#[derive(Debug, Default)]
pub struct Slugs {
    /// Of cities, by id.
    pub cities: HashMap<Uuid, Slug>,
    /// Of themes, by id.
    pub themes: HashMap<Uuid, Slug>,
    /// Of plans, by id.
    pub plans: HashMap<Uuid, Slug>,
}

/// A link somewhere in a record.
#[derive(Debug)]
pub enum Link<'a> {
    /// To a city.
    City(&'a mut CityLink),
    /// To some cities.
    Cities(&'a mut CityLinks),
    /// To the city of an organisation, if it names one.
    Seat(&'a mut SeatLink),
    /// To a theme.
    Theme(&'a mut ThemeLink),
    /// To a plan.
    Plan(&'a mut PlanLink),
}

/// The ids that some links lead to.
#[derive(Debug, Default)]
pub struct Targets {
    /// Of cities.
    pub cities: Vec<Uuid>,
    /// Of themes.
    pub themes: Vec<Uuid>,
    /// Of plans.
    pub plans: Vec<Uuid>,
}

impl Targets {
    /// The targets of those links, in their order, repetitions included.
    pub fn new<'a>(links: impl IntoIterator<Item = Link<'a>>) -> Self {
        let mut targets = Self::default();
        for link in links {
            match link {
                Link::City(link) => targets.cities.push(link.id()),
                Link::Cities(link) => targets.cities.extend(link.ids()),
                Link::Seat(link) => targets.cities.extend(link.id()),
                Link::Theme(link) => targets.themes.push(link.id()),
                Link::Plan(link) => targets.plans.push(link.id()),
            }
        }
        targets
    }
}

impl Link<'_> {
    /// Shows the link with names, as answers do. What has no name stays as it is stored.
    pub fn name(self, names: &Names) {
        match self {
            Self::City(link) => link.name_by(&names.cities),
            Self::Cities(link) => link.name_by(&names.cities),
            Self::Seat(link) => link.name_by(&names.cities),
            Self::Theme(link) => link.name_by(&names.themes),
            Self::Plan(link) => link.name_by(&names.plans),
        }
    }

    /// Leads the link to the record that takes the place of its target; `None` if none does.
    pub fn retarget(self, places: &HashMap<Uuid, Uuid>) -> Option<()> {
        let place = |id: Uuid| places.get(&id).copied();
        match self {
            Self::City(link) => {
                *link = CityLink::Stored {
                    city_id: place(link.id())?,
                }
            }
            Self::Cities(link) => {
                *link = CityLinks::Stored {
                    city_ids: link.ids().into_iter().map(place).collect::<Option<_>>()?,
                }
            }
            Self::Seat(link) => {
                if let Some(id) = link.id() {
                    *link = SeatLink::Stored {
                        city_id: Some(place(id)?),
                    };
                }
            }
            Self::Theme(link) => {
                *link = ThemeLink::Stored {
                    theme_id: place(link.id())?,
                }
            }
            Self::Plan(link) => {
                *link = PlanLink::Stored {
                    plan_id: place(link.id())?,
                }
            }
        }
        Some(())
    }

    /// Shows the link by slug, as documents do; `None` if there is no slug for it.
    pub fn slug(self, slugs: &Slugs) -> Option<()> {
        match self {
            Self::City(link) => {
                *link = CityLink::Document {
                    city_id: link.id(),
                    city: slugs.cities.get(&link.id())?.clone(),
                }
            }
            Self::Cities(link) => {
                let city_ids = link.ids();
                let cities = city_ids
                    .iter()
                    .map(|id| slugs.cities.get(id).cloned())
                    .collect::<Option<_>>()?;
                *link = CityLinks::Document { city_ids, cities };
            }
            Self::Seat(link) => {
                let city_id = link.id();
                let city = city_id
                    .map(|id| slugs.cities.get(&id).cloned().ok_or(()))
                    .transpose()
                    .ok()?;
                *link = SeatLink::Document { city_id, city };
            }
            Self::Theme(link) => {
                *link = ThemeLink::Document {
                    theme_id: link.id(),
                    theme: slugs.themes.get(&link.id())?.clone(),
                }
            }
            Self::Plan(link) => {
                *link = PlanLink::Document {
                    plan_id: link.id(),
                    plan: slugs.plans.get(&link.id())?.clone(),
                }
            }
        }
        Some(())
    }
}

/// How a city is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CityLink {
    /// By id.
    Stored {
        /// Its id.
        city_id: Uuid,
    },
    /// By id and names.
    Read(CityReference),
    /// By slug.
    Document {
        /// Its id, not shown.
        #[serde(skip)]
        city_id: Uuid,
        /// Its slug.
        city: Slug,
    },
}

impl CityLink {
    fn name_by(&mut self, names: &HashMap<Uuid, CityNames>) {
        let city_id = self.id();
        if let Some(names) = names.get(&city_id).cloned() {
            *self = Self::Read(CityReference { city_id, names });
        }
    }

    /// Slug of the city, as far as the link shows it.
    pub fn slug(&self) -> &str {
        match self {
            Self::Stored { .. } => "",
            Self::Read(CityReference { names, .. }) => names.slug.as_str(),
            Self::Document { city, .. } => city.as_str(),
        }
    }

    /// Name of the city, as far as the link shows it.
    pub fn name(&self) -> &str {
        match self {
            Self::Read(CityReference { names, .. }) => &names.name,
            Self::Stored { .. } | Self::Document { .. } => self.slug(),
        }
    }

    /// Id of the city.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Stored { city_id }
            | Self::Read(CityReference { city_id, .. })
            | Self::Document { city_id, .. } => *city_id,
        }
    }
}

/// How a list of cities is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CityLinks {
    /// By ids.
    Stored {
        /// Their ids.
        city_ids: Vec<Uuid>,
    },
    /// By ids and names.
    Read(CityReferences),
    /// By slugs.
    Document {
        /// Their ids, not shown.
        #[serde(skip)]
        city_ids: Vec<Uuid>,
        /// Their slugs.
        cities: Vec<Slug>,
    },
}

impl CityLinks {
    fn name_by(&mut self, names: &HashMap<Uuid, CityNames>) {
        let city_ids = self.ids();
        let named = city_ids.iter().filter_map(|id| {
            Some(CityReference {
                city_id: *id,
                names: names.get(id)?.clone(),
            })
        });
        *self = Self::Read(CityReferences {
            cities: named.collect(),
            city_ids,
        });
    }

    /// Slugs of the cities, if the links are those of a document.
    pub fn slugs(&self) -> &[Slug] {
        match self {
            Self::Stored { .. } | Self::Read(_) => &[],
            Self::Document { cities, .. } => cities,
        }
    }

    /// Ids of the cities.
    pub fn ids(&self) -> Vec<Uuid> {
        match self {
            Self::Stored { city_ids }
            | Self::Read(CityReferences { city_ids, .. })
            | Self::Document { city_ids, .. } => city_ids.clone(),
        }
    }
}

/// How the city of an organisation is named, if it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SeatLink {
    /// By id.
    Stored {
        /// Its id.
        city_id: Option<Uuid>,
    },
    /// By id and names.
    Read(Seat),
    /// By slug.
    Document {
        /// Its id, not shown.
        #[serde(skip)]
        city_id: Option<Uuid>,
        /// Its slug.
        city: Option<Slug>,
    },
}

impl SeatLink {
    fn name_by(&mut self, names: &HashMap<Uuid, CityNames>) {
        let city_id = self.id();
        let city = city_id.and_then(|id| names.get(&id));
        *self = Self::Read(Seat {
            city_id,
            city_slug: city.map(|city| city.slug.clone()),
            city_name: city.map(|city| city.name.clone()),
        });
    }

    /// Slug of the city, as far as the link shows it.
    pub fn slug(&self) -> Option<&str> {
        match self {
            Self::Stored { .. } => None,
            Self::Read(Seat {
                city_slug: slug, ..
            })
            | Self::Document { city: slug, .. } => slug.as_ref().map(Slug::as_str),
        }
    }

    /// Id of the city.
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Stored { city_id }
            | Self::Read(Seat { city_id, .. })
            | Self::Document { city_id, .. } => *city_id,
        }
    }
}

/// How a theme is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ThemeLink {
    /// By id.
    Stored {
        /// Its id.
        theme_id: Uuid,
    },
    /// By id and names.
    Read(ThemeReference),
    /// By slug.
    Document {
        /// Its id, not shown.
        #[serde(skip)]
        theme_id: Uuid,
        /// Its slug.
        theme: Slug,
    },
}

impl ThemeLink {
    fn name_by(&mut self, names: &HashMap<Uuid, ThemeNames>) {
        let theme_id = self.id();
        if let Some(names) = names.get(&theme_id).cloned() {
            *self = Self::Read(ThemeReference { theme_id, names });
        }
    }

    /// Slug of the theme, as far as the link shows it.
    pub fn slug(&self) -> &str {
        match self {
            Self::Stored { .. } => "",
            Self::Read(ThemeReference { names, .. }) => names.slug.as_str(),
            Self::Document { theme, .. } => theme.as_str(),
        }
    }

    /// Name of the theme, as far as the link shows it.
    pub fn name(&self) -> &str {
        match self {
            Self::Read(ThemeReference { names, .. }) => &names.name,
            Self::Stored { .. } | Self::Document { .. } => self.slug(),
        }
    }

    /// Id of the theme.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Stored { theme_id }
            | Self::Read(ThemeReference { theme_id, .. })
            | Self::Document { theme_id, .. } => *theme_id,
        }
    }
}

/// How another plan is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PlanLink {
    /// By id.
    Stored {
        /// Its id.
        plan_id: Uuid,
    },
    /// By id and names.
    Read(PlanReference),
    /// By slug.
    Document {
        /// Its id, not shown.
        #[serde(skip)]
        plan_id: Uuid,
        /// Its slug.
        plan: Slug,
    },
}

impl PlanLink {
    fn name_by(&mut self, names: &HashMap<Uuid, PlanNames>) {
        let plan_id = self.id();
        if let Some(names) = names.get(&plan_id).cloned() {
            *self = Self::Read(PlanReference { plan_id, names });
        }
    }

    /// Slug of the plan, as far as the link shows it.
    pub fn slug(&self) -> &str {
        match self {
            Self::Stored { .. } => "",
            Self::Read(PlanReference { names, .. }) => names.slug.as_str(),
            Self::Document { plan, .. } => plan.as_str(),
        }
    }

    /// Id of the plan.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Stored { plan_id }
            | Self::Read(PlanReference { plan_id, .. })
            | Self::Document { plan_id, .. } => *plan_id,
        }
    }
}

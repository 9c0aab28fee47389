//! The links of records to cities, themes and plans: stored by id, shown with names in responses, and by slug in documents.
//!
//! One rule: a link always has an id, and only the id of a request is read. Start with [`CityLink`].

use super::{
    CityNames, CityReference, CityReferences, PlanNames, RelatedPlan, Seat, ThemeNames,
    ThemeReference,
};
use crate::domain::Slug;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Implements `Deserialize` for a part of a record that has a link, and reads the id of the link as an ordinary member. If the link were
/// a flattened field, serde would buffer all members.
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

/// The names of the records to which links refer.
#[derive(Debug, Default)]
pub struct Names {
    /// Cities by id.
    pub cities: HashMap<Uuid, CityNames>,
    /// Themes by id.
    pub themes: HashMap<Uuid, ThemeNames>,
    /// Plans by id.
    pub plans: HashMap<Uuid, PlanNames>,
}

/// The slugs of the records to which links refer.
#[derive(Debug, Default)]
pub struct Slugs {
    /// Cities by id.
    pub cities: HashMap<Uuid, Slug>,
    /// Themes by id.
    pub themes: HashMap<Uuid, Slug>,
    /// Plans by id.
    pub plans: HashMap<Uuid, Slug>,
}

/// A link of a record.
#[derive(Debug)]
pub enum Link<'a> {
    /// A link to a city.
    City(&'a mut CityLink),
    /// A link to several cities.
    Cities(&'a mut CityLinks),
    /// An optional link to the city of an organisation.
    Seat(&'a mut SeatLink),
    /// A link to a theme.
    Theme(&'a mut ThemeLink),
    /// An optional link to a plan.
    Plan(&'a mut PlanLink),
}

/// The ids of the records to which links refer.
#[derive(Debug, Default)]
pub struct Targets {
    /// Cities.
    pub cities: Vec<Uuid>,
    /// Themes.
    pub themes: Vec<Uuid>,
    /// Plans.
    pub plans: Vec<Uuid>,
}

impl Targets {
    /// The targets of links, in their order, including repetitions.
    pub fn new<'a>(links: impl IntoIterator<Item = Link<'a>>) -> Self {
        let mut targets = Self::default();
        for link in links {
            match link {
                Link::City(link) => targets.cities.push(link.id()),
                Link::Cities(link) => targets.cities.extend(link.ids()),
                Link::Seat(link) => targets.cities.extend(link.id()),
                Link::Theme(link) => targets.themes.push(link.id()),
                Link::Plan(link) => targets.plans.extend(link.id()),
            }
        }
        targets
    }
}

impl Link<'_> {
    /// Shows names, as in responses. A link to a record without a name remains as it is stored.
    pub fn set_names(self, names: &Names) {
        match self {
            Self::City(link) => link.set_names(&names.cities),
            Self::Cities(link) => link.set_names(&names.cities),
            Self::Seat(link) => link.set_names(&names.cities),
            Self::Theme(link) => link.set_names(&names.themes),
            Self::Plan(link) => link.set_names(&names.plans),
        }
    }

    /// Replaces the target of the link by the corresponding record; `None` if there is none.
    pub fn retarget(self, replacements: &HashMap<Uuid, Uuid>) -> Option<()> {
        let target = |id: Uuid| replacements.get(&id).copied();
        match self {
            Self::City(link) => {
                *link = CityLink::Stored {
                    city_id: target(link.id())?,
                }
            }
            Self::Cities(link) => {
                *link = CityLinks::Stored {
                    city_ids: link.ids().into_iter().map(target).collect::<Option<_>>()?,
                }
            }
            Self::Seat(link) => {
                if let Some(id) = link.id() {
                    *link = SeatLink::Stored {
                        city_id: Some(target(id)?),
                    };
                }
            }
            Self::Theme(link) => {
                *link = ThemeLink::Stored {
                    theme_id: target(link.id())?,
                }
            }
            Self::Plan(link) => {
                if let Some(id) = link.id() {
                    *link = PlanLink::Stored {
                        plan_id: Some(target(id)?),
                    };
                }
            }
        }
        Some(())
    }

    /// Shows a slug, as in documents; `None` if there is no slug for the target.
    pub fn set_slugs(self, slugs: &Slugs) -> Option<()> {
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
                let plan_id = link.id();
                let plan = plan_id
                    .map(|id| slugs.plans.get(&id).cloned().ok_or(()))
                    .transpose()
                    .ok()?;
                *link = PlanLink::Document { plan_id, plan };
            }
        }
        Some(())
    }
}

/// A link to a city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CityLink {
    /// As it is stored: by id.
    Stored {
        /// Its id.
        city_id: Uuid,
    },
    /// As responses show it: by id and names.
    Read(CityReference),
    /// As documents show it: by slug.
    Document {
        /// Its id, which is not shown.
        #[serde(skip)]
        city_id: Uuid,
        /// Its slug.
        city: Slug,
    },
}

impl CityLink {
    fn set_names(&mut self, names: &HashMap<Uuid, CityNames>) {
        let city_id = self.id();
        if let Some(names) = names.get(&city_id).cloned() {
            *self = Self::Read(CityReference { city_id, names });
        }
    }

    /// Slug of the city; empty if the link does not show it.
    pub fn slug(&self) -> &str {
        match self {
            Self::Stored { .. } => "",
            Self::Read(CityReference { names, .. }) => names.slug.as_str(),
            Self::Document { city, .. } => city.as_str(),
        }
    }

    /// Name of the city if the link shows it, otherwise its slug.
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

/// A link to several cities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CityLinks {
    /// As it is stored: by ids.
    Stored {
        /// Their ids.
        city_ids: Vec<Uuid>,
    },
    /// As responses show it: by ids and names.
    Read(CityReferences),
    /// As documents show it: by slugs.
    Document {
        /// Their ids, which are not shown.
        #[serde(skip)]
        city_ids: Vec<Uuid>,
        /// Their slugs.
        cities: Vec<Slug>,
    },
}

impl CityLinks {
    fn set_names(&mut self, names: &HashMap<Uuid, CityNames>) {
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

    /// Slugs of the cities; empty as long as the link is only stored.
    pub fn slugs(&self) -> Vec<&Slug> {
        match self {
            Self::Stored { .. } => Vec::new(),
            Self::Read(cities) => cities.cities.iter().map(|city| &city.names.slug).collect(),
            Self::Document { cities, .. } => cities.iter().collect(),
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

/// An optional link to the city of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SeatLink {
    /// As it is stored: by id.
    Stored {
        /// Its id.
        city_id: Option<Uuid>,
    },
    /// As responses show it: by id and names.
    Read(Seat),
    /// As documents show it: by slug.
    Document {
        /// Its id, which is not shown.
        #[serde(skip)]
        city_id: Option<Uuid>,
        /// Its slug.
        city: Option<Slug>,
    },
}

impl SeatLink {
    fn set_names(&mut self, names: &HashMap<Uuid, CityNames>) {
        let city_id = self.id();
        let city = city_id.and_then(|id| names.get(&id));
        *self = Self::Read(Seat {
            city_id,
            city_slug: city.map(|city| city.slug.clone()),
            city_name: city.map(|city| city.name.clone()),
        });
    }

    /// Slug of the city if the link shows it.
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

/// A link to a theme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ThemeLink {
    /// As it is stored: by id.
    Stored {
        /// Its id.
        theme_id: Uuid,
    },
    /// As responses show it: by id and names.
    Read(ThemeReference),
    /// As documents show it: by slug.
    Document {
        /// Its id, which is not shown.
        #[serde(skip)]
        theme_id: Uuid,
        /// Its slug.
        theme: Slug,
    },
}

impl ThemeLink {
    fn set_names(&mut self, names: &HashMap<Uuid, ThemeNames>) {
        let theme_id = self.id();
        if let Some(names) = names.get(&theme_id).cloned() {
            *self = Self::Read(ThemeReference { theme_id, names });
        }
    }

    /// Slug of the theme; empty if the link does not show it.
    pub fn slug(&self) -> &str {
        match self {
            Self::Stored { .. } => "",
            Self::Read(ThemeReference { names, .. }) => names.slug.as_str(),
            Self::Document { theme, .. } => theme.as_str(),
        }
    }

    /// Name of the theme if the link shows it, otherwise its slug.
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

/// An optional link to another plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PlanLink {
    /// As it is stored: by id.
    Stored {
        /// Its id.
        plan_id: Option<Uuid>,
    },
    /// As responses show it: by id and names.
    Read(RelatedPlan),
    /// As documents show it: by slug.
    Document {
        /// Its id, which is not shown.
        #[serde(skip)]
        plan_id: Option<Uuid>,
        /// Its slug.
        plan: Option<Slug>,
    },
}

impl PlanLink {
    fn set_names(&mut self, names: &HashMap<Uuid, PlanNames>) {
        let plan_id = self.id();
        let plan = plan_id.and_then(|id| names.get(&id));
        *self = Self::Read(RelatedPlan {
            plan_id,
            slug: plan.map(|plan| plan.slug.clone()),
            title: plan.map(|plan| plan.title.clone()),
        });
    }

    /// Slug of the plan if the link shows it.
    pub fn slug(&self) -> Option<&str> {
        match self {
            Self::Stored { .. } => None,
            Self::Read(RelatedPlan { slug, .. }) | Self::Document { plan: slug, .. } => {
                slug.as_ref().map(Slug::as_str)
            }
        }
    }

    /// Id of the plan.
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Stored { plan_id }
            | Self::Read(RelatedPlan { plan_id, .. })
            | Self::Document { plan_id, .. } => *plan_id,
        }
    }
}

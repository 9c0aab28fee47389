//! The common features of activities and outcomes, which are parts of a plan.
//!
//! They are separate resources. They refer to their plan, its themes, cities and organisations in the same way, and have the same
//! filters by these references. Start with [`PlanPart`].

mod queries;

pub use queries::{PartFilter, first_of_plans, foreign_themes, load_names, plans_of};

use crate::conventions::resource::Readable;
use crate::resources::references::links::{CityLink, Link, Names};
use crate::resources::references::organisation::Organisation;
use uuid::Uuid;

/// A record that belongs to a plan.
pub trait PlanPart: Readable {
    /// The tables of its kind.
    const TABLES: &'static PartTables;

    /// The id of its plan.
    fn plan_id(&self) -> Uuid;
    /// The ids of the themes that it serves.
    fn theme_ids(&self) -> impl Iterator<Item = Uuid>;
    /// Its links to cities.
    fn links(&mut self) -> impl Iterator<Item = Link<'_>>;
    /// Sets the names of its plan and its themes.
    fn set_names(&mut self, names: &Names);
}

/// The tables of a kind of plan part.
#[derive(Debug)]
pub struct PartTables {
    /// The table of the parts.
    pub parts: &'static str,
    /// The column with the id of a part in the other tables.
    pub id: &'static str,
    /// The table of their links to cities, with roles.
    pub cities: &'static str,
}

/// The links of a part: to its cities, and to the cities of its organisations.
pub fn links<'c>(
    cities: impl Iterator<Item = &'c mut CityLink>,
    organisations: &'c mut [Organisation],
) -> impl Iterator<Item = Link<'c>> {
    let seats = organisations
        .iter_mut()
        .map(|organisation| Link::Seat(&mut organisation.city));
    cities.map(Link::City).chain(seats)
}

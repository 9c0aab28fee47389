//! The input of a map: cities with their coordinates, and lines between them.

use crate::pages::rows::Named;

/// A city with its coordinates.
#[derive(Debug, Clone)]
pub struct Place {
    /// The name and the page.
    pub city: Named,
    /// The longitude in degrees east.
    pub longitude: f64,
    /// The latitude in degrees north.
    pub latitude: f64,
    /// The number of plans. The names of cities with more plans are placed first.
    pub weight: usize,
}

/// A line between two cities, given by their indices in the list of places.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// The first city.
    pub from: usize,
    /// The second city.
    pub to: usize,
    /// The number of plans that they share.
    pub plans: usize,
}

#[cfg(test)]
pub mod tests {
    use super::{Named, Place};

    pub fn place(name: &str, longitude: f64, latitude: f64) -> Place {
        let city = Named {
            name: name.into(),
            page: format!("/cities/{name}"),
        };
        Place {
            city,
            longitude,
            latitude,
            weight: 1,
        }
    }
}

//! What a map is made of: cities where they are, and lines between them.

use crate::pages::rows::Named;

/// A city on its way to the map.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its name and page.
    pub city: Named,
    /// Degrees east.
    pub longitude: f64,
    /// Degrees north.
    pub latitude: f64,
    /// How much there is to it: the names of larger ones come first.
    pub weight: usize,
}

/// A cooperation between two cities, by their places in the list of places.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// One city.
    pub from: usize,
    /// The other.
    pub to: usize,
    /// How many plans they share.
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

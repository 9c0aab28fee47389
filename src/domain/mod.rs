//! What values mean, without HTTP and without queries: slugs, countries, partial dates, areas, vocabularies, faults.
//!
//! A type may name the SQL type of its column in a derive; how it gets there is in [`database`](crate::database) alone.
//! Every type here can only hold a valid value; it is made by `FromStr` and shown by `Display`, and both the JSON
//! and the database form are those. Start with [`PartialDate`], the one that is peculiar to plans.

mod area;
mod country;
mod faults;
pub mod formats;
mod kind;
mod nearest;
mod partial_date;
mod period;
mod slug;
pub mod text;
pub mod vocabularies;

pub use area::AreaKm2;
pub use country::CountryCode;
pub use faults::{Fault, FaultCode, Faults, Place};
pub use kind::RecordKind;
pub use nearest::nearest;
pub use partial_date::PartialDate;
pub use period::Period;
pub use slug::Slug;

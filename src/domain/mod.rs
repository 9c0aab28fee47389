//! The values of the domain, without HTTP and without queries: slugs, countries, partial dates, areas, vocabularies, faults.
//!
//! One rule: a type can hold only valid values. It is parsed by `FromStr` and written by `Display`, and both JSON and the
//! database use this text. A type may name the SQL type of its column in a derive; the conversion itself is in
//! [`database`](crate::database). Start with [`PartialDate`].

mod area;
mod country;
mod faults;
pub mod folding;
pub mod formats;
mod kind;
mod nearest;
mod partial_date;
mod period;
mod slug;
pub mod text;
pub mod vocabularies;
pub mod words;

pub use area::AreaKm2;
pub use country::CountryCode;
pub use faults::{Fault, FaultCode, Faults, Place};
pub use kind::RecordKind;
pub use nearest::{edit_distance, nearest, suggestion};
pub use partial_date::{EARLIEST_DAY, LATEST_DAY, PartialDate};
pub use period::Period;
pub use slug::Slug;

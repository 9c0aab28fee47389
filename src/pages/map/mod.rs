//! The layout of a map of cities and their cooperation, twice as wide as high.
//!
//! The land and the lines are drawn in degrees and scaled to the size of the drawing. The positions of dots and names are percentages
//! of its width and height, so that they have the same size on every screen. One rule: everything that a map shows is also listed
//! on its page as text. Start with [`Cooperation`] and [`Map`]; `frame.rs` selects the visible part of the world, and `labels.rs`
//! the visible names.

mod cooperation;
mod drawing;
mod frame;
mod labels;
mod place;

pub use cooperation::{Cooperation, position};
pub use drawing::Map;

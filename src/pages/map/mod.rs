//! Cities and lines of cooperation, laid out for a drawing twice as wide as high.
//!
//! The land and the lines are drawn in degrees and stretched to the drawing; dots and names stand at shares of its width and
//! height, so that they keep their size on every screen. Who cannot see the drawing loses nothing: what it shows is also
//! listed on the page. Start with [`Cooperation`], which says who works with
//! whom, and [`Map`]; `frame.rs` chooses what part of the world is seen, `labels.rs` which names.

mod cooperation;
mod drawing;
mod frame;
mod labels;
mod place;

pub use cooperation::{Cooperation, position};
pub use drawing::Map;

//! SQL that any query can be made of: fragments that may stand anywhere, search, the state that a statement sees, and
//! statements over many rows.
//!
//! One rule: nothing here knows a table of its own; which table is meant is said by whoever asks.

mod advisory_lock;
pub mod bulk;
mod fragment;
pub mod full_text;
mod next_version;
mod select;
mod snapshot;

pub use advisory_lock::AdvisoryLock;
pub use fragment::SqlFragment;
pub use next_version::NextVersion;
pub use select::{Conditions, Count, HasKey, In, KeyCondition, RowType, Select, TypedSelect};
pub use snapshot::{CurrentState, Seen, State, current_state, seen};

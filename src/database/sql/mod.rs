//! Building blocks of SQL: the statement that reads records, fragments for any query, search, snapshots, and writes of many rows.
//!
//! One rule: nothing here knows a table; the caller names it.

mod advisory_lock;
pub mod bulk;
mod count;
mod fragment;
pub mod full_text;
mod metadata;
mod next_version;
mod select;
mod snapshot;

pub use advisory_lock::AdvisoryLock;
pub use count::{Count, ExpectedRows};
pub use fragment::SqlFragment;
pub use metadata::Metadata;
pub use next_version::NextVersion;
pub use select::{Conditions, HasKey, In, KeyCondition, RowType, Select, TypedSelect};
pub use snapshot::{CurrentSnapshot, Observed, Snapshot, current_snapshot, observe};

//! `ucap doctor`.
use super::failure::Failure;
use super::output::Output;
use crate::config::ServeSettings;
pub(super) fn doctor(_: &ServeSettings, _: &Output) -> Result<(), Failure> {
    Ok(())
}

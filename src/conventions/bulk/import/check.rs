//! Checks lines of JSON as an import does, but without a database.
//!
//! One rule: a line is parsed by the same code as in an import. Start with [`check`].

use super::entry::{Entry, ParseError};
use super::lines::Lines;
use super::report::OnExisting;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Writable;
use crate::domain::Fault;
use actix_web::web::Bytes;
use futures_util::Stream;

/// Checks all lines and reports each line with faults, with its number; returns the number of lines.
///
/// # Errors
/// The lines break off, 500.
pub async fn check<R: Writable>(
    contract: &Contract,
    source: impl Stream<Item = Result<Bytes, Problem>> + Unpin,
    report: &mut dyn FnMut(u64, Vec<Fault>),
) -> Result<u64, Problem> {
    let (mut lines, mut count) = (Lines::new(source), 0);
    while let Some((number, line)) = lines.next().await? {
        count += 1;
        match Entry::<R>::parse(contract, OnExisting::Replace, number, line) {
            Ok(_) => {}
            Err(ParseError::Faulty { faults, .. }) => report(number, faults),
            Err(ParseError::Failed(problem)) => return Err(problem),
        }
    }
    Ok(count)
}

//! Lines of JSON checked as an import checks them, without a database. Start with [`check`].

use super::lines::Lines;
use super::understand;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Writable;
use crate::domain::Fault;
use actix_web::web::Bytes;
use futures_util::Stream;

/// Checks all lines and reports the faults of each line that has some, with its number; returns how many lines there are.
///
/// # Errors
/// The lines break off.
pub async fn check<R: Writable>(
    contract: &Contract,
    source: impl Stream<Item = Result<Bytes, Problem>> + Unpin,
    report: &mut dyn FnMut(u64, Vec<Fault>),
) -> Result<u64, Problem> {
    let (mut lines, mut count) = (Lines::new(source), 0);
    while let Some((number, line)) = lines.next().await? {
        count += 1;
        if let Err((_, faults)) = understand::<R>(contract, number, line)? {
            report(number, faults);
        }
    }
    Ok(count)
}

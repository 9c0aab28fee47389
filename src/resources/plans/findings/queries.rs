//! The SQL that refreshes which plans have which findings. Writes mark their plans as stale; before a filter by findings is applied,
//! the findings of stale plans are refreshed.

use crate::conventions::http::problem::{Code, Problem};
use crate::database::schema::stale_findings;
use crate::database::{Database, DatabaseError};
use diesel::dsl::exists;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::time::Duration;
use tokio::sync::Mutex;

diesel::define_sql_function! {
    /// Refreshes the findings of at most the given number of plans; returns the number of plans.
    fn refresh_findings(most: diesel::sql_types::Integer) -> diesel::sql_types::Integer;
}

/// The maximum number of plans that are refreshed in one transaction.
const BATCH: i32 = 256;

/// Only one request refreshes at a time, so that readers do not occupy the connections that writers need.
static REFRESHING: Mutex<()> = Mutex::const_new(());

/// How long a request waits for another one that refreshes.
const TURN_TIMEOUT: Duration = Duration::from_secs(15);

/// Refreshes the findings of stale plans.
///
/// # Errors
/// 503.
pub async fn refresh(database: &Database) -> Result<(), Problem> {
    if !has_stale_plans(database).await? {
        return Ok(());
    }
    let _refreshing = tokio::time::timeout(TURN_TIMEOUT, REFRESHING.lock())
        .await
        .map_err(|_| DatabaseError::Unavailable("other requests refresh findings".to_owned()))?;
    let mut limit = BATCH;
    while has_stale_plans(database).await? {
        let some = async |connection: &mut AsyncPgConnection| {
            Ok::<i32, Problem>(
                diesel::select(refresh_findings(limit))
                    .get_result(connection)
                    .await?,
            )
        };
        match database.write(some).await {
            // All stale plans were refreshed; later writes need not be considered.
            Ok(refreshed) if refreshed < limit => break,
            Ok(_) => {}
            // The batch may have been too large for the time limit of a statement.
            Err(problem) if limit > 1 && problem.code == Code::DatabaseUnavailable => limit /= 4,
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

async fn has_stale_plans(database: &Database) -> Result<bool, Problem> {
    let stale = async |mut connection: &AsyncPgConnection| {
        let due = stale_findings::table.filter(stale_findings::due.le(diesel::dsl::now));
        let stale = exists(due.select(stale_findings::plan_id));
        Ok(diesel::select(stale).get_result(&mut connection).await?)
    };
    database.read(stale).await
}

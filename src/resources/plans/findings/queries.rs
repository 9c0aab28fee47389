//! The SQL that keeps true which plans have which findings: writes mark their plans, and whoever filters by findings refreshes
//! the marked ones first.

use crate::conventions::http::problem::{Code, Problem};
use crate::database::Database;
use crate::database::schema::stale_findings;
use diesel::dsl::exists;
use diesel::prelude::QueryDsl;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::sync::Mutex;

diesel::define_sql_function! {
    /// Refreshes the findings of at most that many plans; returns of how many.
    fn refresh_findings(most: diesel::sql_types::Integer) -> diesel::sql_types::Integer;
}

/// How many plans have their findings refreshed in one transaction.
const REFRESHED_TOGETHER: i32 = 256;

/// One request at a time refreshes, so that reading does not take the connections of those who write.
static REFRESHING: Mutex<()> = Mutex::const_new(());

/// Refreshes which plans have which findings, if something was written since the last time.
///
/// # Errors
/// 503.
pub async fn refresh(database: &Database) -> Result<(), Problem> {
    if !are_stale(database).await? {
        return Ok(());
    }
    let _refreshing = REFRESHING.lock().await;
    let mut most = REFRESHED_TOGETHER;
    while are_stale(database).await? {
        let some = async |connection: &mut AsyncPgConnection| {
            Ok::<i32, Problem>(
                diesel::select(refresh_findings(most))
                    .get_result(connection)
                    .await?,
            )
        };
        match database.write(some).await {
            // What is written from now on may be missed.
            Ok(refreshed) if refreshed < most => break,
            Ok(_) => {}
            // Too much for the time that a statement has, maybe.
            Err(problem) if most > 1 && problem.code == Code::DatabaseUnavailable => most /= 4,
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

async fn are_stale(database: &Database) -> Result<bool, Problem> {
    let stale = async |mut connection: &AsyncPgConnection| {
        let stale = exists(stale_findings::table.select(stale_findings::plan_id));
        Ok(diesel::select(stale).get_result(&mut connection).await?)
    };
    database.read(stale).await
}

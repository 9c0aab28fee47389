//! Which plans have which findings, brought up to date before somebody asks for it.

use crate::conventions::problem::{Code, Problem};
use crate::database::Database;
use crate::database::schema::unsettled_plans;
use diesel::dsl::exists;
use diesel::prelude::QueryDsl;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::sync::Mutex;

diesel::define_sql_function! {
    /// Settles the findings of no more than that many plans; says of how many.
    fn settle_findings(most: diesel::sql_types::Integer) -> diesel::sql_types::Integer;
}

/// How many plans have their findings settled in one transaction.
const SETTLED_TOGETHER: i32 = 256;

/// One at a time settles, so that those who ask do not take the connections of those who write.
static SETTLING: Mutex<()> = Mutex::const_new(());

/// Settles which plans have which findings, as far as something was written since that was last done.
pub(super) async fn settle(database: &Database) -> Result<(), Problem> {
    if !is_unsettled(database).await? {
        return Ok(());
    }
    let _settling = SETTLING.lock().await;
    let mut most = SETTLED_TOGETHER;
    while is_unsettled(database).await? {
        let some = async |connection: &mut AsyncPgConnection| {
            Ok::<i32, Problem>(
                diesel::select(settle_findings(most))
                    .get_result(connection)
                    .await?,
            )
        };
        match database.write(some).await {
            // What is written from now on may be missed.
            Ok(settled) if settled < most => break,
            Ok(_) => {}
            // Too much for the time that a statement has, maybe.
            Err(problem) if most > 1 && problem.code == Code::DatabaseUnavailable => most /= 4,
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

async fn is_unsettled(database: &Database) -> Result<bool, Problem> {
    let unsettled = async |mut connection: &AsyncPgConnection| {
        let unsettled = exists(unsettled_plans::table.select(unsettled_plans::plan_id));
        Ok(diesel::select(unsettled)
            .get_result(&mut connection)
            .await?)
    };
    database.read(unsettled).await
}

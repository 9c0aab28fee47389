//! The statements that are the same for all resources.
//!
//! One rule: a resource only contributes its columns and conditions; the statement around them is written here. Start with
//! [`page`]. Lookups of ids and slugs are in [`lookup`].

pub mod lookup;
mod writes;

pub use writes::{insert_all, update_all};

use super::filter::ListFilter;
use super::selection::{Selection, has_key};
use super::{Key, Readable, Rows};
use crate::conventions::paging::{CountMode, Page, Total};
use crate::database::sql::{Conditions, Count, ExpectedRows, HasKey, KeyCondition, Select};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::{StreamExt, TryStreamExt};
use uuid::Uuid;

fn select<R: Readable>(conditions: Conditions) -> Select {
    Select::new(R::KIND.plural(), conditions)
}

fn by_ids<R: Readable>(ids: &[Uuid]) -> Select {
    let table = R::KIND.plural();
    let key = KeyCondition::Ids(ids.to_vec());
    select::<R>(Conditions::default().and(HasKey { table, key }))
}

/// Reads the records that a statement selects.
///
/// # Errors
/// The statement fails.
pub async fn load<R: Readable>(
    connection: &AsyncPgConnection,
    select: Select,
) -> QueryResult<Vec<R>> {
    let rows = R::rows(connection, select).await?;
    rows.map_ok(|(record, input, _)| R::new(record, input))
        .try_collect()
        .await
}

/// Reads one record, without the names of the records that it refers to.
///
/// # Errors
/// The statement fails.
pub async fn find<R: Readable>(
    connection: &AsyncPgConnection,
    key: &Key,
) -> QueryResult<Option<R>> {
    let Some(condition) = has_key::<R>(key) else {
        return Ok(None);
    };
    let select = select::<R>(Conditions::default().and(condition));
    Ok(load(connection, select).await?.pop())
}

/// Reads some records, without the names of the records that they refer to.
///
/// # Errors
/// The statement fails.
pub async fn find_all<R: Readable>(
    connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<Vec<R>> {
    load(connection, by_ids::<R>(ids)).await
}

/// Reads some records in the order of their ids, and locks them until the end of the transaction.
///
/// # Errors
/// The statement fails.
pub async fn lock<R: Readable>(
    connection: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<Vec<R>> {
    load(
        connection,
        by_ids::<R>(ids).ordered(Id(R::KIND.plural())).locked(),
    )
    .await
}

/// Reads the rows of a page, each with its sort key.
///
/// # Errors
/// The statement fails.
pub async fn page<R: Readable>(
    connection: &AsyncPgConnection,
    selection: &Selection<R::Filter>,
    page: &Page<R::Sort>,
) -> QueryResult<Vec<(R, String)>> {
    let looked_up = selection.lookup().and_then(|lookup| page.looked_up(lookup));
    let conditions = match looked_up {
        Some(looked_up) => Conditions::default().and(looked_up),
        None => {
            let mut conditions = selection.conditions_but_search::<R>();
            let search = selection.search::<R>(page.mode);
            conditions.add_some(search.map(|search| match page.sort_after_filter {
                true => search,
                false => search.record_by_record(),
            }));
            let days = selection.filter.days();
            conditions.add_some(days.and_then(|days| page.day_range(&days)));
            conditions.add_some(page.seek());
            conditions
        }
    };
    let select = select::<R>(conditions)
        .with_key(page.key())
        .ordered(page.ordering())
        .limited(page.row_limit());
    let rows = R::rows(connection, select).await?;
    rows.map_ok(|(record, input, key)| (R::new(record, input), key.unwrap_or_default()))
        .try_collect()
        .await
}

/// The total of the list to which a page belongs, as far as the page states it.
///
/// # Errors
/// A statement fails.
pub async fn total<R: Readable>(
    mut connection: &AsyncPgConnection,
    selection: &Selection<R::Filter>,
    page: &Page<R::Sort>,
) -> QueryResult<Option<Total>> {
    let limit = match page.count {
        CountMode::False => return Ok(None),
        CountMode::True => Some(Total::MAX_COUNTED + 1),
        CountMode::Exact => None,
    };
    let table = R::KIND.plural();
    let count = Count {
        table,
        conditions: selection.conditions::<R>(page.mode),
        limit,
    };
    let counted: i64 = count.get_result(&mut connection).await?;
    if limit != Some(counted) {
        return Ok(Some(Total::exact(counted)));
    }
    let expected = ExpectedRows {
        table,
        conditions: selection.conditions::<R>(page.mode),
    };
    let estimate = expected.estimate(connection).await?;
    Ok(Some(Total::estimated(estimate)))
}

/// Streams all records that the filters select, in the order of their ids.
///
/// # Errors
/// The statement fails.
pub async fn stream<'a, R: Readable>(
    connection: &'a AsyncPgConnection,
    selection: &Selection<R::Filter>,
) -> QueryResult<Rows<'a, R>> {
    let mode = selection.search_mode::<R>(connection).await?;
    let select = select::<R>(selection.conditions::<R>(mode)).ordered(Id(R::KIND.plural()));
    let rows = R::rows(connection, select).await?;
    Ok(rows
        .map_ok(|(record, input, _)| R::new(record, input))
        .boxed_local())
}

/// Deletes a record and the records that belong to it.
///
/// # Errors
/// The statement fails.
pub async fn delete<R: Readable>(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    let delete = Delete {
        table: R::KIND.plural(),
        id,
    };
    delete.execute(connection).await.map(drop)
}

/// `table.id`
struct Id(&'static str);

impl QueryFragment<Pg> for Id {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.0);
        out.push_sql(".id");
        Ok(())
    }
}

/// `DELETE FROM table WHERE id = …`
struct Delete {
    table: &'static str,
    id: Uuid,
}

impl QueryFragment<Pg> for Delete {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("DELETE FROM ");
        out.push_sql(self.table);
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<SqlUuid, _>(&self.id)
    }
}

impl QueryId for Delete {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl diesel::RunQueryDsl<AsyncPgConnection> for Delete {}

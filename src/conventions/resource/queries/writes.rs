//! Writes of many records of one kind in one statement.
//!
//! One rule: the derived columns of a row are written together with its document, so no caller can forget them. Start with
//! [`insert_all`].

use crate::conventions::resource::Writable;
use crate::database::sql::bulk;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use uuid::Uuid;

/// A row in the form in which it is sent: its members are columns.
#[derive(Serialize)]
#[serde(bound = "")]
struct Row<'i, R: Writable> {
    id: Uuid,
    /// A deleted record that is inserted again continues its versions. Updates do not state a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    #[serde(flatten)]
    input: &'i R::Input,
    #[serde(flatten)]
    derived: R::Derived,
}

impl<'i, R: Writable> Row<'i, R> {
    fn new(id: Uuid, version: Option<i32>, input: &'i R::Input) -> Self {
        Self {
            id,
            version,
            input,
            derived: R::derived(input),
        }
    }
}

/// Inserts records with their ids and versions, in the given order. The caller must sort them by their unique texts, so that
/// concurrent imports cannot deadlock.
///
/// # Errors
/// The statement fails; then no record is inserted.
pub async fn insert_all<'i, R: Writable>(
    connection: &mut AsyncPgConnection,
    records: impl IntoIterator<Item = (Uuid, i32, &'i R::Input)>,
) -> QueryResult<()> {
    let rows = records
        .into_iter()
        .map(|(id, version, input)| Row::<R>::new(id, Some(version), input));
    bulk::insert(connection, R::KIND.plural(), rows).await
}

/// Replaces the documents of stored records, each in its next version.
///
/// # Errors
/// The statement fails; then no record is changed.
pub async fn update_all<'i, R: Writable>(
    connection: &mut AsyncPgConnection,
    records: impl IntoIterator<Item = (Uuid, &'i R::Input)>,
) -> QueryResult<()> {
    let rows = records
        .into_iter()
        .map(|(id, input)| Row::<R>::new(id, None, input));
    bulk::update(connection, R::KIND.plural(), rows).await
}

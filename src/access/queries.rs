//! The SQL of API keys.

use super::keys::{ApiKey, Role, Secret};
use crate::database::schema::api_keys;
use diesel::QueryResult;
use diesel::dsl::now;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

type Columns = (
    api_keys::id,
    api_keys::name,
    api_keys::role,
    api_keys::created_at,
    api_keys::revoked_at,
);

const COLUMNS: Columns = (
    api_keys::id,
    api_keys::name,
    api_keys::role,
    api_keys::created_at,
    api_keys::revoked_at,
);

/// The key with the given digest, unless it was revoked.
pub(super) async fn find_by_digest(
    mut connection: &AsyncPgConnection,
    digest: &[u8],
) -> QueryResult<Option<ApiKey>> {
    let active = api_keys::table
        .filter(api_keys::digest.eq(digest))
        .filter(api_keys::revoked_at.is_null());
    active
        .select(COLUMNS)
        .first(&mut connection)
        .await
        .optional()
}

/// Stores a new key.
///
/// # Errors
/// The statement fails.
pub async fn create(
    connection: &mut AsyncPgConnection,
    name: &str,
    role: Role,
    secret: &Secret,
) -> QueryResult<ApiKey> {
    let digest = Secret::digest_of(secret.expose());
    let row = (
        api_keys::id.eq(Uuid::now_v7()),
        api_keys::name.eq(name),
        api_keys::role.eq(role),
        api_keys::digest.eq(digest),
    );
    diesel::insert_into(api_keys::table)
        .values(row)
        .returning(COLUMNS)
        .get_result(connection)
        .await
}

/// All keys, oldest first.
///
/// # Errors
/// The statement fails.
pub async fn list(connection: &mut AsyncPgConnection) -> QueryResult<Vec<ApiKey>> {
    api_keys::table
        .order(api_keys::id)
        .select(COLUMNS)
        .load(connection)
        .await
}

/// True if there is an active admin key.
///
/// # Errors
/// The statement fails.
pub async fn admin_exists(connection: &mut AsyncPgConnection) -> QueryResult<bool> {
    let active = api_keys::table
        .filter(api_keys::role.eq(Role::Admin))
        .filter(api_keys::revoked_at.is_null());
    diesel::select(diesel::dsl::exists(active))
        .get_result(connection)
        .await
}

/// Revokes a key; `None` if there is no such key, or if it was revoked before.
///
/// # Errors
/// The statement fails.
pub async fn revoke(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<ApiKey>> {
    let active = api_keys::table
        .find(id)
        .filter(api_keys::revoked_at.is_null());
    let revoked = diesel::update(active)
        .set(api_keys::revoked_at.eq(now))
        .returning(COLUMNS);
    revoked.get_result(connection).await.optional()
}

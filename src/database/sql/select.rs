//! SQL conditions on the table of a resource, and the statement that reads the records that satisfy them.
//!
//! A resource writes its conditions with diesel's columns or as fragments of SQL; the statement around them is the same for all
//! resources. Start with [`Select`].

use super::metadata::MetadataType;
use diesel::QueryResult;
use diesel::dsl::SqlTypeOf;
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::prelude::Selectable;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

/// A fragment of SQL with the values that it binds.
pub type Sql = Box<dyn QueryFragment<Pg> + Send>;

/// Conditions that must all hold; if there are none, every record satisfies them.
#[derive(Default)]
pub struct Conditions(Vec<Sql>);

impl Conditions {
    /// Adds a condition.
    pub fn add(&mut self, condition: impl QueryFragment<Pg> + Send + 'static) {
        self.0.push(Box::new(condition));
    }

    /// Adds a condition if there is one.
    pub fn add_some(&mut self, condition: Option<impl QueryFragment<Pg> + Send + 'static>) {
        if let Some(condition) = condition {
            self.add(condition);
        }
    }

    /// Adds the condition that a column has one of some values, unless there are no values.
    pub fn add_any_of<T, C>(&mut self, values: &[T], condition: impl FnOnce(Vec<T>) -> C)
    where
        T: Clone,
        C: QueryFragment<Pg> + Send + 'static,
    {
        if !values.is_empty() {
            self.add(condition(values.to_vec()));
        }
    }

    /// Returns the conditions with an additional one.
    #[must_use]
    pub fn and(mut self, condition: impl QueryFragment<Pg> + Send + 'static) -> Self {
        self.add(condition);
        self
    }
}

impl QueryFragment<Pg> for Conditions {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.0.is_empty() {
            out.push_sql("true");
        }
        for (index, condition) in self.0.iter().enumerate() {
            out.push_sql(if index == 0 { "(" } else { " AND (" });
            condition.walk_ast(out.reborrow())?;
            out.push_sql(")");
        }
        Ok(())
    }
}

/// The type of the rows that a [`Select`] returns: metadata, the columns of the input document `I`, and the sort key.
pub type RowType<I> = (
    MetadataType,
    SqlTypeOf<<I as Selectable<Pg>>::SelectExpression>,
    Nullable<Text>,
);

/// `SELECT` of records of one table: their metadata, their input document, and optionally their sort key.
pub struct Select {
    table: &'static str,
    conditions: Conditions,
    key: Option<Sql>,
    order: Option<Sql>,
    limit: Option<i64>,
    locked: bool,
}

impl Select {
    /// Selects the records of a table that satisfy the conditions.
    pub fn new(table: &'static str, conditions: Conditions) -> Self {
        Self {
            table,
            conditions,
            key: None,
            order: None,
            limit: None,
            locked: false,
        }
    }

    /// Also selects the sort key of each record.
    #[must_use]
    pub fn with_key(mut self, key: impl QueryFragment<Pg> + Send + 'static) -> Self {
        self.key = Some(Box::new(key));
        self
    }

    /// Sorts the records.
    #[must_use]
    pub fn ordered(mut self, order: impl QueryFragment<Pg> + Send + 'static) -> Self {
        self.order = Some(Box::new(order));
        self
    }

    /// Limits the number of records.
    #[must_use]
    pub fn limited(mut self, limit: i64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Locks the records against changes by other transactions until the end of the transaction.
    #[must_use]
    pub fn locked(mut self) -> Self {
        self.locked = true;
        self
    }

    /// The statement that reads the columns of `I` as the input document.
    pub fn typed<I: Selectable<Pg>>(self) -> TypedSelect<I> {
        TypedSelect {
            select: self,
            columns: I::construct_selection(),
        }
    }
}

/// A [`Select`] with the type of its input document, so that it can be executed.
pub struct TypedSelect<I: Selectable<Pg>> {
    select: Select,
    columns: I::SelectExpression,
}

impl<I> QueryFragment<Pg> for TypedSelect<I>
where
    I: Selectable<Pg, SelectExpression: QueryFragment<Pg>>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let select = &self.select;
        let table = select.table;
        out.push_sql("SELECT ");
        for column in [".id, ", ".version, ", ".created_at, ", ".updated_at, "] {
            out.push_sql(table);
            out.push_sql(column);
        }
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        match &select.key {
            Some(key) => key.walk_ast(out.reborrow())?,
            None => out.push_sql("NULL::text"),
        }
        out.push_sql(" FROM ");
        out.push_sql(table);
        out.push_sql(" WHERE ");
        select.conditions.walk_ast(out.reborrow())?;
        if let Some(order) = &select.order {
            out.push_sql(" ORDER BY ");
            order.walk_ast(out.reborrow())?;
        }
        if let Some(limit) = &select.limit {
            out.push_sql(" LIMIT ");
            out.push_bind_param::<BigInt, _>(limit)?;
        }
        if select.locked {
            out.push_sql(" FOR NO KEY UPDATE");
        }
        Ok(())
    }
}

impl<I: Selectable<Pg>> QueryId for TypedSelect<I> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<I: Selectable<Pg>> Query for TypedSelect<I> {
    type SqlType = RowType<I>;
}
impl<I: Selectable<Pg>> diesel::RunQueryDsl<AsyncPgConnection> for TypedSelect<I> {}

/// `column IN (SELECT id FROM table WHERE conditions)`: the column refers to a record that satisfies the conditions.
pub struct In {
    /// The qualified column.
    pub column: &'static str,
    /// The table of the records.
    pub table: &'static str,
    /// The conditions.
    pub conditions: Conditions,
}

impl QueryFragment<Pg> for In {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for part in [
            self.column,
            " IN (SELECT ",
            self.table,
            ".id FROM ",
            self.table,
            " WHERE ",
        ] {
            out.push_sql(part);
        }
        self.conditions.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for In {
    type SqlType = Bool;
}

/// A condition on the key of a record.
pub enum KeyCondition {
    /// Has this id.
    Id(Uuid),
    /// Has one of these ids.
    Ids(Vec<Uuid>),
    /// Has this slug.
    Slug(String),
}

/// A condition on the key of the records of a table.
pub struct HasKey {
    /// The table.
    pub table: &'static str,
    /// The key.
    pub key: KeyCondition,
}

impl QueryFragment<Pg> for HasKey {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.table);
        match &self.key {
            KeyCondition::Id(id) => {
                out.push_sql(".id = ");
                out.push_bind_param::<SqlUuid, _>(id)
            }
            KeyCondition::Ids(ids) => {
                out.push_sql(".id = ANY(");
                out.push_bind_param::<Array<SqlUuid>, _>(ids)?;
                out.push_sql(")");
                Ok(())
            }
            KeyCondition::Slug(slug) => {
                out.push_sql(".slug = ");
                out.push_bind_param::<Text, _>(slug)
            }
        }
    }
}

//! Vectors of the full-text search, as they are stored in columns.

use crate::domain::words::Lexemes;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::SqlType;
use serde::Serialize;
use std::io::Write;

/// The SQL type `tsvector`.
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 3614, array_oid = 3643))]
pub struct Tsvector;

/// The words of a record in a column of the type `tsvector`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, diesel::expression::AsExpression)]
#[diesel(sql_type = Tsvector)]
#[serde(transparent)]
pub struct SearchVector(pub Lexemes);

impl ToSql<Tsvector, Pg> for SearchVector {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let lexemes = self.0.iter();
        out.write_all(&u32::try_from(lexemes.len())?.to_be_bytes())?;
        for (lexeme, positions) in lexemes {
            out.write_all(lexeme.as_bytes())?;
            out.write_all(&[0])?;
            out.write_all(&u16::try_from(positions.len())?.to_be_bytes())?;
            for position in positions {
                out.write_all(&position.bits().to_be_bytes())?;
            }
        }
        Ok(IsNull::No)
    }
}

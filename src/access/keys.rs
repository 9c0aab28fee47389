//! API keys: a secret of 256 random bits, and the role of the holder.

use crate::database::text_column;
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use diesel::prelude::Queryable;
use sha2::{Digest, Sha256};
use strum::{Display, EnumString};
use uuid::Uuid;

/// What the holder of a key may do; each role includes the ones before it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Display,
    EnumString,
    ValueEnum,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Read, where reading requires a key.
    Reader,
    /// Read and write.
    Editor,
    /// Do everything.
    Admin,
}
text_column!(Role);

/// A stored key, without its secret.
#[derive(Debug, Clone, Queryable)]
pub struct ApiKey {
    /// The id.
    pub id: Uuid,
    /// The purpose of the key.
    pub name: String,
    /// The role of the holder.
    pub role: Role,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key as its holder sends it: `ucap_` and 43 characters of base 62.
pub struct Secret(String);

impl Secret {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const LENGTH: usize = 43;

    /// Generates a new key.
    ///
    /// # Errors
    /// The operating system cannot provide random numbers.
    pub fn generate() -> Result<Self, String> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
        Ok(Self(format!("ucap_{}", base62(bytes))))
    }

    /// The key itself, to be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The SHA-256 digest of a key. Only the digest is stored.
    pub fn digest_of(secret: &str) -> Vec<u8> {
        Sha256::digest(secret.as_bytes()).to_vec()
    }
}

/// A 256-bit number in base 62, most significant digit first, always of the same length.
fn base62(mut number: [u8; 32]) -> String {
    let digits = (0..Secret::LENGTH).map(|_| {
        let remainder = number.iter_mut().fold(0_u32, |carry, byte| {
            let value = (carry << 8) | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
            value % 62
        });
        let digit = usize::try_from(remainder)
            .ok()
            .and_then(|index| Secret::ALPHABET.get(index));
        char::from(digit.copied().unwrap_or(b'0'))
    });
    let mut digits: Vec<char> = digits.collect();
    digits.reverse();
    digits.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{Secret, base62};

    #[test]
    fn numbers_are_written_in_base_62_with_leading_zeros() {
        let mut number = [0; 32];
        number[31] = 61;
        assert_eq!(base62(number), format!("{}z", "0".repeat(42)));
        number[31] = 62;
        assert_eq!(base62(number), format!("{}10", "0".repeat(41)));
        assert_eq!(base62([255; 32]).len(), 43);
    }

    #[test]
    fn two_keys_differ_and_have_the_published_form() {
        let (one, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert_ne!(one.expose(), other.expose());
        assert!(one.expose().starts_with("ucap_") && one.expose().len() == 48);
    }
}

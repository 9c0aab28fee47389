//! Where a search continues: the place of the last hit of a page among all hits. Start with [`Position`].

use std::str::FromStr;

/// The place of a hit. Hits of the same rank and kind come in the order in which they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The number of the rank, from 1.
    pub rank: i64,
    /// The number of the kind of record.
    pub kind: i32,
    /// The block and the number in it at which the row is stored.
    row: (u32, u16),
}

impl Position {
    /// The address of the row, as PostgreSQL writes it.
    pub fn row(self) -> String {
        let (block, number) = self.row;
        format!("({block},{number})")
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(' ');
        let mut part = || parts.next().ok_or(());
        let rank = part()?.parse().map_err(drop)?;
        let kind = part()?.parse().map_err(drop)?;
        let row = part()?.strip_prefix('(').ok_or(())?;
        let (block, number) = row.strip_suffix(')').ok_or(())?.split_once(',').ok_or(())?;
        let row = (block.parse().map_err(drop)?, number.parse().map_err(drop)?);
        parts
            .next()
            .map_or(Ok(Self { rank, kind, row }), |_| Err(()))
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn only_what_the_service_wrote_is_a_position() {
        let position: Position = "12 4 (70000,9)".parse().unwrap();
        assert_eq!((position.rank, position.kind), (12, 4));
        assert_eq!(position.row(), "(70000,9)");
        for text in [
            "",
            "1 2",
            "1 2 3",
            "1 2 (3)",
            "1 2 (3,70000)",
            "1 2 (3,4) 5",
            "x 2 (3,4)",
            "0.5",
        ] {
            assert_eq!(text.parse::<Position>(), Err(()), "{text}");
        }
    }
}

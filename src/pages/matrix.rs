//! How often themes and Sustainable Development Goals come together in plans: a small heat table.

use super::rows::Named;
use crate::discovery::statistics::Statistics;
use crate::domain::vocabularies::SDGS;
use std::collections::HashMap;

/// How many themes have a row; the most common ones.
const ROWS: usize = 12;
/// How many shades there are.
const SHADES: i64 = 5;

/// A table of themes and goals.
pub struct Matrix {
    /// The goals that have a column, with their titles.
    pub goals: Vec<(i32, &'static str)>,
    /// The themes.
    pub rows: Vec<MatrixRow>,
}

/// A theme in the table.
pub struct MatrixRow {
    /// The theme.
    pub theme: Named,
    /// One cell for each goal.
    pub cells: Vec<Cell>,
}

/// Plans with a theme that touch a goal.
pub struct Cell {
    /// How many.
    pub plans: i64,
    /// From 1 to 5, the more plans the darker; 0 for none.
    pub shade: i64,
    /// The plans.
    pub page: String,
}

impl Matrix {
    /// The table; `None` if no plan has both a theme and a goal.
    pub fn new(statistics: &Statistics) -> Option<Self> {
        let counts = statistics.themes_by_sdg.iter();
        let counts: HashMap<_, _> = counts
            .map(|cell| ((cell.theme_id, cell.goal), cell.plans))
            .collect();
        let most = counts.values().copied().max()?;
        let themes = statistics.by_theme.iter();
        let themes = themes.filter(|count| {
            let mut pairs = counts.keys();
            pairs.any(|(theme, _)| *theme == count.theme.theme_id)
        });
        let themes: Vec<_> = themes.take(ROWS).collect();
        let touched = |goal: i32| {
            let mut themes = themes.iter();
            themes.any(|count| counts.contains_key(&(count.theme.theme_id, goal)))
        };
        let goals = SDGS.iter().filter(|sdg| touched(sdg.goal));
        let goals: Vec<_> = goals.map(|sdg| (sdg.goal, sdg.title.as_str())).collect();
        let rows = themes.iter().map(|count| {
            let slug = &count.theme.names.slug;
            let cells = goals.iter().map(|(goal, _)| {
                let plans = counts.get(&(count.theme.theme_id, *goal)).copied();
                let plans = plans.unwrap_or_default();
                Cell {
                    plans,
                    shade: (plans * SHADES + most - 1) / most,
                    page: format!("/plans?theme={slug}&sdg={goal}"),
                }
            });
            MatrixRow {
                theme: Named::theme(&count.theme),
                cells: cells.collect(),
            }
        });
        let rows = rows.collect();
        Some(Self { goals, rows })
    }
}

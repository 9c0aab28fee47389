//! The table of themes and Sustainable Development Goals, with the number of plans that have both.

use super::rows::Named;
use crate::discovery::statistics::PlanCounts;
use crate::domain::vocabularies::SDGS;
use std::collections::HashMap;

/// The maximum number of rows. The most common themes have one.
const ROWS: usize = 12;
/// The number of shades.
const SHADES: i64 = 5;

/// A table of themes and goals.
pub struct Matrix {
    /// The goals that have a column, with their numbers and titles.
    pub goals: Vec<(i32, &'static str)>,
    /// The rows, one for each theme.
    pub rows: Vec<MatrixRow>,
}

/// A theme in the table.
pub struct MatrixRow {
    /// The theme.
    pub theme: Named,
    /// One cell for each goal.
    pub cells: Vec<Cell>,
}

/// The plans with the theme of the row and the goal of the column.
pub struct Cell {
    /// The number of plans.
    pub plans: i64,
    /// The shade, from 1 to 5: darker for more plans; 0 for none.
    pub shade: i64,
    /// The path of the list of these plans.
    pub page: String,
}

impl Matrix {
    /// Creates the table; `None` if no plan has both a theme and a goal.
    pub fn new(statistics: &PlanCounts) -> Option<Self> {
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
        let has_plans = |goal: i32| {
            let mut themes = themes.iter();
            themes.any(|count| counts.contains_key(&(count.theme.theme_id, goal)))
        };
        let goals = SDGS.iter().filter(|sdg| has_plans(sdg.goal));
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

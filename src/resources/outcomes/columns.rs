//! Outcomes as a table: what is a list in the record is a list in its cell, ids, slugs and names side by side.

use super::model::Outcome;
use crate::conventions::bulk::export::{Cell, Column, Tabular};

impl Tabular for Outcome {
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |outcome| Cell::plain(outcome.record.id)),
        ("plan_id", |outcome| Cell::plain(outcome.input.plan_id)),
        ("plan_slug", |outcome| Cell::plain(&outcome.plan_slug)),
        ("plan_title", |outcome| Cell::text(&outcome.plan_title)),
        ("position", |outcome| Cell::plain(outcome.input.position)),
        ("theme_id", |outcome| {
            Cell::plain_or_empty(outcome.input.theme_id)
        }),
        ("theme_slug", |outcome| {
            Cell::plain_or_empty(outcome.theme_slug.as_ref())
        }),
        ("theme_name", |outcome| {
            Cell::text_or_empty(outcome.theme_name.as_deref())
        }),
        ("heading", |outcome| {
            Cell::text_or_empty(outcome.input.content.heading.as_deref())
        }),
        ("description", |outcome| {
            Cell::text(&outcome.input.content.description)
        }),
        ("kind", |outcome| Cell::plain(outcome.input.content.kind)),
        ("status", |outcome| {
            Cell::plain(outcome.input.content.status)
        }),
        ("due_start", |outcome| {
            Cell::plain_or_empty(outcome.input.content.due.start)
        }),
        ("due_end", |outcome| {
            Cell::plain_or_empty(outcome.input.content.due.end)
        }),
        ("due_text", |outcome| {
            Cell::text_or_empty(outcome.input.content.due.text.as_deref())
        }),
        ("city_ids", |outcome| {
            Cell::list(
                outcome
                    .input
                    .content
                    .cities
                    .iter()
                    .map(|city| city.city.id()),
            )
        }),
        ("city_slugs", |outcome| {
            Cell::list(
                outcome
                    .input
                    .content
                    .cities
                    .iter()
                    .map(|city| city.city.slug().to_owned()),
            )
        }),
        ("city_names", |outcome| {
            Cell::list(
                outcome
                    .input
                    .content
                    .cities
                    .iter()
                    .map(|city| city.city.name().to_owned()),
            )
        }),
        ("city_roles", |outcome| {
            Cell::list(outcome.input.content.cities.iter().map(|city| city.role))
        }),
        ("organisations", |outcome| {
            Cell::list(
                outcome
                    .input
                    .content
                    .organisations
                    .iter()
                    .map(|organisation| &organisation.name),
            )
        }),
        ("indicators", |outcome| {
            Cell::list(
                outcome
                    .input
                    .content
                    .indicators
                    .iter()
                    .map(|indicator| &indicator.name),
            )
        }),
        ("note", |outcome| {
            Cell::text_or_empty(outcome.input.content.note.as_deref())
        }),
        ("version", |outcome| Cell::plain(outcome.record.version)),
        ("created_at", |outcome| {
            Cell::time(outcome.record.created_at)
        }),
        ("updated_at", |outcome| {
            Cell::time(outcome.record.updated_at)
        }),
    ];
}

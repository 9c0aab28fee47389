//! Activities as a table: what is a list in the record is a list in its cell, ids, slugs and names side by side.

use super::model::Activity;
use crate::conventions::bulk::export::{Cell, Column, Tabular};

impl Tabular for Activity {
    const COLUMNS: &'static [Column<Self>] = &[
        ("id", |activity| Cell::plain(activity.record.id)),
        ("plan_id", |activity| Cell::plain(activity.input.plan_id)),
        ("plan_slug", |activity| Cell::plain(&activity.plan_slug)),
        ("plan_title", |activity| Cell::text(&activity.plan_title)),
        ("position", |activity| Cell::plain(activity.input.position)),
        ("title", |activity| {
            Cell::text(&activity.input.content.title)
        }),
        ("description", |activity| {
            Cell::text_or_empty(activity.input.content.description.as_deref())
        }),
        ("kind", |activity| Cell::plain(activity.input.content.kind)),
        ("mode", |activity| {
            Cell::plain_or_empty(activity.input.content.mode)
        }),
        ("status", |activity| {
            Cell::plain(activity.input.content.status)
        }),
        ("date_start", |activity| {
            Cell::plain_or_empty(activity.input.content.date.start)
        }),
        ("date_end", |activity| {
            Cell::plain_or_empty(activity.input.content.date.end)
        }),
        ("date_text", |activity| {
            Cell::text_or_empty(activity.input.content.date.text.as_deref())
        }),
        ("city_ids", |activity| {
            Cell::list(
                activity
                    .input
                    .content
                    .cities
                    .iter()
                    .map(|city| city.city.id()),
            )
        }),
        ("city_slugs", |activity| {
            Cell::list(
                activity
                    .input
                    .content
                    .cities
                    .iter()
                    .map(|city| city.city.slug().to_owned()),
            )
        }),
        ("city_names", |activity| {
            Cell::list(
                activity
                    .input
                    .content
                    .cities
                    .iter()
                    .map(|city| city.city.name().to_owned()),
            )
        }),
        ("city_roles", |activity| {
            Cell::list(activity.input.content.cities.iter().map(|city| city.role))
        }),
        ("organisations", |activity| {
            Cell::list(
                activity
                    .input
                    .content
                    .organisations
                    .iter()
                    .map(|organisation| &organisation.name),
            )
        }),
        ("theme_ids", |activity| {
            Cell::list(&activity.input.theme_ids)
        }),
        ("theme_slugs", |activity| {
            Cell::list(activity.themes.iter().map(|theme| &theme.names.slug))
        }),
        ("theme_names", |activity| {
            Cell::list(activity.themes.iter().map(|theme| &theme.names.name))
        }),
        ("outputs", |activity| {
            Cell::list(&activity.input.content.outputs)
        }),
        ("note", |activity| {
            Cell::text_or_empty(activity.input.content.note.as_deref())
        }),
        ("version", |activity| Cell::plain(activity.record.version)),
        ("created_at", |activity| {
            Cell::time(activity.record.created_at)
        }),
        ("updated_at", |activity| {
            Cell::time(activity.record.updated_at)
        }),
    ];
}

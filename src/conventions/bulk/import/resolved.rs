//! Entries whose documents are known: slugs of other records were replaced by ids, and patches were merged into stored records.
//!
//! One rule: an entry is merged again if its record was stored or changed since then. Start with [`Resolved`];
//! [`resolution`](super::resolution) makes them.

use super::entry::{Content, Entry, Head, Open};
use super::report::OnExisting;
use crate::conventions::contract::Contract;
use crate::conventions::http::problem::Problem;
use crate::conventions::resource::Writable;
use crate::conventions::writing::input;
use crate::conventions::writing::named::Ids;
use crate::domain::Fault;
use serde_json::Value;
use uuid::Uuid;

/// How the lines of an import are treated.
#[derive(Clone, Copy)]
pub(super) struct Treatment<'a> {
    /// The schemas that merged documents are checked against.
    pub contract: &'a Contract,
    /// What a line does to a stored record.
    pub on_existing: OnExisting,
    /// True if rules between records of different kinds are checked at the end of the import.
    pub checks_at_end: bool,
}

/// An entry whose document is known.
pub(super) struct Resolved<R: Writable> {
    pub head: Head,
    /// The document.
    pub input: R::Input,
    /// The id under which the record is created, if other entries refer to it by its slug.
    pub new_id: Option<Uuid>,
    opened: Option<Opened>,
}

/// An open line together with the records that it needed.
struct Opened {
    line: Open,
    /// The line with ids instead of slugs.
    value: Value,
    /// The record into which it was merged, and its version; `None` if it was not merged.
    base: Option<(Uuid, i32)>,
}

impl<R: Writable> Resolved<R> {
    /// Resolves an entry with the ids of the records that it names, and with the stored record if it is merged into one.
    ///
    /// # Errors
    /// The document is invalid.
    pub(super) fn new(
        contract: &Contract,
        Entry { head, content }: Entry<R>,
        ids: &Ids,
        record: Option<&R>,
    ) -> Result<Self, Problem> {
        let (input, opened) = match content {
            Content::Whole(input) => (input, None),
            Content::Open(line) => {
                let mut value = line.value.clone();
                line.named.replace(&mut value, ids);
                let record = record.filter(|_| line.merges);
                let input = match record {
                    Some(record) => input::merged::<R>(contract, record.input(), value.clone())?,
                    None => input::parse::<R>(contract, value.clone())?,
                };
                let base = record.map(|record| (record.record().id, record.record().version));
                (input, Some(Opened { line, value, base }))
            }
        };
        let named = |slug: &String| ids.get(&(R::KIND, slug.clone())).copied();
        let new_id = head.slug.as_ref().and_then(named);
        Ok(Self {
            head,
            input,
            new_id,
            opened,
        })
    }

    /// The document that the record has after the entry was stored.
    ///
    /// # Errors
    /// The patch does not fit the record any more, which was changed since it was merged.
    pub(super) fn input_for(&self, contract: &Contract, record: &R) -> Result<R::Input, Problem> {
        let current = Some((record.record().id, record.record().version));
        match &self.opened {
            Some(opened) if opened.line.merges && opened.base != current => {
                input::merged::<R>(contract, record.input(), opened.value.clone())
            }
            _ => Ok(self.input.clone()),
        }
    }

    /// Names the slugs in the faults that references lead to no records.
    pub(super) fn explain(&self, faults: &mut [Fault]) {
        if let Some(Opened { line, .. }) = &self.opened {
            faults
                .iter_mut()
                .for_each(|fault| line.named.explain(fault));
        }
    }

    /// The entry as it was before it was resolved.
    pub(super) fn into_entry(self) -> Entry<R> {
        let content = match self.opened {
            Some(opened) => Content::Open(opened.line),
            None => Content::Whole(self.input),
        };
        Entry {
            head: self.head,
            content,
        }
    }
}

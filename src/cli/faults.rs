//! What is wrong with a file: each fault with its place in the file.

use super::client::RegistryError;
use super::positions::Position;
use crate::domain::{Fault, Place};
use serde::Serialize;
use std::fmt::{Display, Formatter, Result as FmtResult};

/// Something that is wrong with a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct FileFault {
    /// The line, from 1, if that is known.
    pub(super) line: Option<u64>,
    /// The column, from 1, if that is known.
    pub(super) column: Option<u64>,
    /// The JSON Pointer of what is wrong.
    pub(super) pointer: Option<String>,
    /// What would be right.
    pub(super) detail: String,
}

impl FileFault {
    /// A fault of the whole file.
    pub(super) fn new(detail: impl Display) -> Self {
        Self {
            detail: detail.to_string(),
            ..Self::default()
        }
    }

    /// The same fault at a place.
    pub(super) fn at(self, position: Position) -> Self {
        let number = |number: usize| u64::try_from(number).ok();
        Self {
            line: number(position.line),
            column: number(position.column),
            ..self
        }
    }

    /// A fault of what a pointer names in the text of a document.
    pub(super) fn of_document(text: &str, pointer: String, detail: String) -> Self {
        let position = Position::of(text, &pointer);
        let fault = Self {
            pointer: Some(pointer),
            ..Self::new(detail)
        };
        fault.at(position)
    }

    /// What a registry found wrong with a document of that text.
    pub(super) fn of_refusal(text: &str, error: RegistryError) -> Vec<Self> {
        if error.faults.is_empty() {
            return vec![Self::new(error)];
        }
        let faults = error.faults.into_iter();
        faults
            .map(|(pointer, detail)| Self::of_document(text, pointer, detail))
            .collect()
    }

    /// The faults of a text.
    pub(super) fn of_faults(text: &str, faults: Vec<Fault>) -> Vec<Self> {
        let faults = faults.into_iter().map(|fault| match fault.place {
            Place::Pointer(pointer) => Self::of_document(text, pointer, fault.detail),
            Place::Parameter(_) => Self::new(fault.detail),
        });
        faults.collect()
    }
}

impl Display for FileFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}: ")?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            _ => {}
        }
        match self.pointer.as_deref() {
            Some(pointer) if !pointer.is_empty() => write!(f, "{pointer}: ")?,
            _ => {}
        }
        f.write_str(&self.detail)
    }
}

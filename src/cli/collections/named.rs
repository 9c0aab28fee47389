//! Which collection the lines of a file belong to. Start with [`named`].

use crate::cli::failure::{Failure, failed};
use crate::cli::sources::Source;
use crate::conventions::slice::Slice;
use crate::domain::RecordKind;
use crate::resources::in_order_of_reference;

/// The files with their collections, each collection after those that it refers to.
pub(crate) fn named(
    sources: Vec<Source>,
    collection: Option<RecordKind>,
) -> Result<Vec<(&'static Slice, Source)>, Failure> {
    let slices = in_order_of_reference();
    let mut named = Vec::new();
    for source in sources {
        let slice = slices.iter().find(|slice| match collection {
            Some(kind) => slice.kind == kind,
            None => source.stem() == Some(slice.kind.plural()),
        });
        if let (None, Source::File(path)) = (slice, &source) {
            // A file that does not exist is told as such, whatever its name.
            std::fs::metadata(path).map_err(|error| failed(format!("{source}: {error}")))?;
        }
        let Some(slice) = slice else {
            let names: Vec<_> = slices.iter().map(|slice| slice.kind.plural()).collect();
            return Err(Failure::Setting(format!(
                "{source} is named after no collection ({}); set --collection",
                names.join(", ")
            )));
        };
        named.push((*slice, source));
    }
    named.sort_by_key(|(slice, _)| slices.iter().position(|other| other.kind == slice.kind));
    Ok(named)
}

//! Progress bars.
//!
//! One rule: a bar fits a terminal of 40 columns, however long the name of what is being worked on is.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts items, such as plans, with the name of the current one as its message.
pub(super) fn items(length: usize) -> ProgressBar {
    let length = length.try_into().unwrap_or_default();
    styled(ProgressBar::new(length), "{bar:12} {pos}/{len} {wide_msg}")
}

/// A bar that counts the records of a collection.
pub(super) fn records(length: u64, collection: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(collection);
    styled(bar, "{msg} {wide_bar} {pos}/{len}")
}

/// A bar that counts bytes. Without a length, it shows only that something is happening.
pub(super) fn bytes(length: Option<u64>, collection: &'static str) -> ProgressBar {
    match length {
        Some(length) => {
            let bar = ProgressBar::new(length).with_message(collection);
            styled(bar, "{msg} {wide_bar} {bytes}/{total_bytes}")
        }
        None => {
            let bar = ProgressBar::new_spinner().with_message(collection);
            styled(bar, "{msg} {spinner} {bytes}")
        }
    }
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.tick();
    bar
}

//! Counts the statements that the service sends to the database, separately for each test, because each test has its own thread.

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

struct Counter;

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            COUNT.set(COUNT.get() + 1);
        }
    }
}

/// Counts the statements of all connections that are opened from now on.
pub fn begin() {
    set_default_instrumentation(|| Some(Box::new(Counter)))
        .expect("the instrumentation can be set");
}

/// The number of statements that this test has sent so far.
pub fn statements() -> usize {
    COUNT.get()
}

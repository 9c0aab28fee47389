//! The programs that these tests need; a missing one is reported in one line.

use crate::instance::bare_command;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Once;

/// Finds PostgreSQL as the service does, and downloads it if necessary. Almost none of these tests can run without it, so the
/// reason is printed once and the process ends.
pub fn postgres() {
    static ASKED: Once = Once::new();
    ASKED.call_once(|| {
        let mut ask = bare_command();
        ask.arg("postgres").stdout(Stdio::null());
        if !ask.status().unwrap().success() {
            let _ = writeln!(
                std::io::stderr(),
                "The tests need the programs of PostgreSQL, and no DATABASE_URL."
            );
            std::process::exit(101);
        }
    });
}

/// Fails with one line if one of these programs is missing.
pub fn programs(names: &[&str]) {
    let is_missing = |name: &&&str| {
        let mut ask = Command::new("sh");
        ask.args(["-c", "command -v \"$0\"", name])
            .stdout(Stdio::null());
        !ask.status().unwrap().success()
    };
    let missing: Vec<&str> = names.iter().filter(is_missing).copied().collect();
    let list = missing.join(", ");
    assert!(
        missing.is_empty(),
        "this test needs programs that are missing: install {list}"
    );
}

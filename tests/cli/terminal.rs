//! What commands show on a terminal: progress bars that fit 40 columns.

use crate::instance::{Folder, Instance, admin_key, command};
use crate::transfer::{small, text, write};
use nix::pty::{OpenptyResult, Winsize, openpty};
use serde_json::json;
use std::fs::File;
use std::io::Read;
use std::process::Stdio;

/// What a command writes to standard error if that is a terminal of that width.
fn on_terminal(columns: u16, arguments: &[&str]) -> String {
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let OpenptyResult { master, slave } = openpty(&size, None).unwrap();
    let mut child = command()
        .args(arguments)
        .env("TERM", "xterm")
        .env("RUST_LOG", "error")
        .stdout(Stdio::null())
        .stderr(slave)
        .spawn()
        .unwrap();
    let reader = std::thread::spawn(move || {
        let (mut terminal, mut shown) = (File::from(master), Vec::new());
        // The end of a terminal is an error on Linux.
        let _ = terminal.read_to_end(&mut shown);
        String::from_utf8_lossy(&shown).into_owned()
    });
    assert!(child.wait().unwrap().success(), "{arguments:?}");
    reader.join().unwrap()
}

/// The lines that a terminal shows one after the other, without their control sequences.
fn lines(shown: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut letters = shown.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            letters.by_ref().skip(1).find(char::is_ascii_alphabetic);
            plain.push('\r');
        } else {
            plain.push(letter);
        }
    }
    let lines = plain.split(['\r', '\n']).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_progress_bar_fits_forty_columns() {
    let folder = Folder::new();
    let data = folder.data();
    let service = Instance::start(&data);
    let (dir, copy) = (folder.path().join("plans"), folder.path().join("copy"));
    std::fs::create_dir_all(&dir).unwrap();
    let slug = format!("a-plan-with-a-{}-name", "very-".repeat(20) + "long");
    write(&folder, "plans/long.json", &small(&slug, json!([])));
    let remote = ["--url", &service.base, "--key", &admin_key(&data)];
    let direct = ["--data-dir", text(&data)];
    let lines_of = ["--format", "ndjson"];
    for (command, bar) in [
        (vec!["import", text(&dir)], "0/1"),
        (vec!["export", "--all", "--dir", text(&dir)], "/2"),
        (
            vec!["export", lines_of[0], lines_of[1], "--dir", text(&copy)],
            "cities ",
        ),
        (
            vec!["import", lines_of[0], lines_of[1], text(&copy)],
            "cities ",
        ),
        (vec!["check", text(&dir)], "/3"),
        (
            vec!["check", lines_of[0], lines_of[1], text(&copy)],
            "cities ",
        ),
    ] {
        for registry in [&remote[..], &direct] {
            let is_check = command[0] == "check";
            let place = if is_check { &[][..] } else { registry };
            let arguments = [&command[..], place].concat();
            let shown = lines(&on_terminal(40, &arguments));
            let is_bar = |line: &&String| line.contains(['░', '█']) || line.starts_with(bar);
            let bars: Vec<_> = shown.iter().filter(is_bar).collect();
            let named = bars.iter().any(|line| line.contains(bar));
            assert!(named, "{arguments:?}: {shown:?}");
            for line in &bars {
                assert!(line.chars().count() <= 40, "{arguments:?}: {line:?}");
            }
            let quiet = on_terminal(40, &[&arguments[..], &["--quiet"]].concat());
            assert!(!quiet.contains(['░', '█']), "{quiet:?}");
        }
    }
    // Over HTTP, the registry says how many records there are.
    let export = [
        "export",
        "--format",
        "ndjson",
        "--collection",
        "activities",
        "--dir",
        text(&copy),
    ];
    let shown = lines(&on_terminal(40, &[&export[..], &remote].concat()));
    assert!(
        shown
            .iter()
            .any(|line| line.starts_with("activities ") && line.ends_with("/9")),
        "{shown:?}"
    );
}

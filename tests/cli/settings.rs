//! Settings: an invalid setting is reported in a sentence, with exit code 2; nothing panics.

use crate::instance::{Folder, command};
use clap::CommandFactory;
use std::process::Output;
use ucap::config::CommandLine;

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_invalid_setting_leads_to_exit_code_2_and_a_sentence() {
    for (arguments, said) in [
        (vec!["--addr", "nonsense"], "nonsense"),
        (vec!["--addr", "127.0.0.1:99999"], "99999"),
        (vec!["--pool-size", "0"], "pool-size"),
        (vec!["--workers", "many"], "many"),
        (vec!["--public-url", "registry"], "registry"),
        (vec!["--database-url", "mysql://x"], "DATABASE_URL"),
        (
            vec!["--database-url", "postgres://u:secret@h/d?sslmode=maybe"],
            "sslmode",
        ),
        (vec!["--no-such-flag"], "no-such-flag"),
        (vec!["--cors-origins", "*"], "origin"),
        (
            vec![
                "--cors-origins",
                "https://a.example.org,https://b.example.org/path",
            ],
            "origin",
        ),
        (vec!["key", "create", "a\nb"], "control"),
        (vec!["fly"], "fly"),
        (vec!["key", "revoke", "x"], "x"),
        (vec!["key", "create", ""], "1 to 200"),
        (vec!["openapi", "--format", "2.0"], "2.0"),
    ] {
        let output = command().args(&arguments).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&output)
        );
        assert!(
            text(&output).contains(said)
                && !text(&output).contains("panicked")
                && !text(&output).contains("secret"),
            "{}",
            text(&output)
        );
    }
    let output = command().env("UCAP_POOL_SIZE", "-3").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_failure_at_run_time_leads_to_exit_code_1_and_a_sentence() {
    let folder = Folder::new();
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    let closed = "postgres://127.0.0.1:1/nothing?connect_timeout=2".to_owned();
    for (name, value, said) in [
        ("UCAP_ADDR", taken.clone(), taken),
        ("DATABASE_URL", closed, "127.0.0.1:1".to_owned()),
        ("UCAP_PG_BIN", "/nowhere".to_owned(), "/nowhere".to_owned()),
    ] {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let free = listener.local_addr().unwrap().to_string();
        drop(listener);
        let mut program = command();
        program
            .env("UCAP_DATA_DIR", folder.data())
            .env("UCAP_ADDR", free)
            .env(name, &value);
        let output = program.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {}", text(&output));
        assert!(
            text(&output).contains(&said) && !text(&output).contains("panicked"),
            "{}",
            text(&output)
        );
    }
}

#[test]
fn missing_programs_are_one_error_that_names_the_remedies() {
    let folder = Folder::new();
    let empty = Folder::new();
    std::fs::create_dir_all(empty.data()).unwrap();
    let output = command()
        .env("UCAP_DATA_DIR", folder.data())
        .env("UCAP_PG_BIN", empty.data())
        .arg("migrate")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("UCAP_PG_BIN"), "{}", text(&output));
}

#[test]
fn the_page_of_settings_lists_every_command() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings.md");
    let page = std::fs::read_to_string(page).unwrap();
    for command in CommandLine::command().get_subcommands() {
        let name = command.get_name();
        assert!(page.contains(&format!("`ucap {name}`")), "{name}");
    }
}

#[test]
fn help_explains_every_setting() {
    let help = String::from_utf8(command().arg("--help").output().unwrap().stdout).unwrap();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings.md");
    let page = std::fs::read_to_string(page).unwrap();
    for argument in CommandLine::command()
        .get_arguments()
        .filter(|argument| argument.get_env().is_some())
    {
        let flag = format!("--{}", argument.get_long().unwrap());
        let variable = argument.get_env().unwrap().to_string_lossy().into_owned();
        assert!(
            argument
                .get_help()
                .is_some_and(|help| !help.to_string().is_empty()),
            "{flag}"
        );
        for text in [&help, &page] {
            assert!(
                text.contains(&flag) && text.contains(&variable),
                "{flag} {variable}"
            );
        }
    }
    assert!(help.contains("RUST_LOG") && page.contains("RUST_LOG"));
}

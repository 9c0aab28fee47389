//! The tour of the README: all commands in order, with the printed output.

use crate::instance::{Folder, Instance, PROGRAM, admin_key};
use crate::needs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

struct Step {
    script: String,
    output: Option<String>,
}

/// The blocks tagged `sh tour`, each with the block tagged `text output` after it.
fn steps() -> Vec<Step> {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let mut steps: Vec<Step> = Vec::new();
    let mut block: Option<(String, String)> = None;
    for line in readme.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(tag)) => block = Some((tag.to_owned(), String::new())),
            (Some((tag, text)), Some(_)) => {
                match tag.as_str() {
                    "sh tour" => steps.push(Step {
                        script: text.clone(),
                        output: None,
                    }),
                    "text output" => {
                        steps
                            .last_mut()
                            .expect("a command before its output")
                            .output = Some(text.clone())
                    }
                    _ => {}
                }
                block = None;
            }
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    steps
}

#[test]
fn every_command_of_the_readme_prints_what_the_readme_says() {
    const MARK: &str = "=== end of step ===";
    needs::programs(&["bash", "curl", "jq"]);
    let steps = steps();
    assert!(steps.len() >= 8, "the tour has {} steps", steps.len());
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    let script: String = steps
        .iter()
        .map(|step| format!("{}echo '{MARK}'\n", step.script))
        .collect();
    let mut shell = Command::new("bash")
        .args(["-euo", "pipefail"])
        .env("UCAP_URL", &service.base)
        .env("UCAP_KEY", admin_key(&folder.data()))
        .env(
            "PATH",
            format!(
                "{}:{}",
                Path::new(PROGRAM).parent().unwrap().display(),
                std::env::var("PATH").unwrap()
            ),
        )
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    shell
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    let output = shell.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let printed: Vec<&str> = text.split(&format!("{MARK}\n")).collect();
    for (step, printed) in steps.iter().zip(printed) {
        if let Some(expected) = &step.output {
            assert_eq!(printed, expected, "{}", step.script);
        }
    }
}

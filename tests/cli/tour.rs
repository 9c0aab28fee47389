//! The README and the guide in `docs/`: every command, in order, with the output that is printed there.
//!
//! The word behind the language of a block says what runs it. Each page has a service of its own.
//!
//! | block | what runs it |
//! |---|---|
//! | `sh setup` | nothing: it exports what a reader needs, and this test sets those variables, and no others, to its own service |
//! | `sh tour` | this test |
//! | `text output` | nothing: it is what the block before it prints |
//! | `sh manual` | nothing, because it changes the machine; its commands of `ucap` must exist |
//! | `python clients`, `ts clients` | the suites in `tests/clients/` |

use crate::instance::{Folder, Instance, PROGRAM, admin_key, forget_settings};
use crate::needs;
use clap::CommandFactory;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use ucap::config::CommandLine;

/// Where a reader's service is, in the pages.
const READERS_SERVICE: &str = "http://127.0.0.1:8080";

struct Block {
    tag: String,
    text: String,
}

/// The README and all pages of the guide.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let below = std::fs::read_dir(root.join("docs")).unwrap();
    let below = below.map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = below
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .chain([root.join("README.md")])
        .collect();
    pages.sort();
    pages
}

fn blocks(page: &Path) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in std::fs::read_to_string(page).unwrap().lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(tag)) => {
                let (tag, text) = (tag.to_owned(), String::new());
                open = Some(Block { tag, text });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{}: a block does not end", page.display());
    blocks
}

struct Step {
    script: String,
    output: Option<String>,
}

/// The blocks that are run, each with what it prints.
fn steps(blocks: &[Block]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut before = "";
    for block in blocks {
        match block.tag.as_str() {
            "sh tour" => steps.push(Step {
                script: block.text.clone(),
                output: None,
            }),
            "text output" if before == "sh tour" => {
                steps.last_mut().unwrap().output = Some(block.text.clone());
            }
            _ => {}
        }
        before = &block.tag;
    }
    steps
}

/// The variables that a page tells its reader to export, with the values of this service.
fn setup(blocks: &[Block], service: &Instance, data: &Path) -> BTreeMap<String, String> {
    let known = [
        ("UCAP_URL", service.base.clone()),
        ("UCAP_KEY", admin_key(data)),
        ("UCAP_DATA_DIR", data.display().to_string()),
    ];
    let lines = blocks
        .iter()
        .filter(|block| block.tag == "sh setup")
        .flat_map(|block| block.text.lines());
    lines
        .map(|line| {
            let name = line
                .strip_prefix("export ")
                .and_then(|rest| rest.split('=').next());
            let found = known.iter().find(|(known, _)| Some(*known) == name);
            let (name, value) = found.unwrap_or_else(|| panic!("what does {line:?} set?"));
            ((*name).to_owned(), value.clone())
        })
        .collect()
}

/// Runs the blocks of a page in one shell; what they do not print as the page says.
fn follow(page: &Path) -> Vec<String> {
    const MARK_LINE: &str = "=== end of step ===\n";
    let blocks = blocks(page);
    let steps = steps(&blocks);
    if steps.is_empty() {
        return Vec::new();
    }
    let folder = Folder::new();
    let data = folder.data();
    let service = Instance::start(&data);
    let script: String = steps
        .iter()
        .map(|step| format!("{}printf '{}'\n", step.script, MARK_LINE.escape_default()))
        .collect();
    let script = format!("trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n{script}");
    let programs = Path::new(PROGRAM).parent().unwrap().display();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    forget_settings(&mut shell);
    let mut shell = shell
        .args(["-euo", "pipefail"])
        .envs(setup(&blocks, &service, &data))
        .env("PATH", path)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let script = script.replace(READERS_SERVICE, &service.base);
    let mut input = shell.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    let output = shell.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.replace(&service.base, READERS_SERVICE);
    let mut faults = Vec::new();
    if !output.status.success() {
        faults.push(format!("{}: {}", page.display(), output.status));
    }
    let mut printed = text.split(MARK_LINE);
    for step in &steps {
        let printed = printed.next().unwrap_or_default().trim_end_matches('\n');
        let expected = step.output.as_deref().unwrap_or(printed);
        if printed != expected.trim_end_matches('\n') {
            let (page, script) = (page.display(), &step.script);
            faults.push(format!(
                "{page}:\n{script}\nprints\n{printed}\nand not\n{expected}"
            ));
        }
    }
    faults
}

#[test]
fn every_command_of_the_readme_and_the_guide_prints_what_they_say() {
    needs::programs(&["bash", "curl", "jq"]);
    let pages = pages();
    let followed = pages.iter().filter(|page| !steps(&blocks(page)).is_empty());
    assert!(followed.count() >= 9, "{pages:?}");
    let faults: Vec<String> = pages.iter().flat_map(|page| follow(page)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_block_says_what_runs_it() {
    let tags = [
        "sh setup",
        "sh tour",
        "sh manual",
        "text output",
        "text",
        "python clients",
        "ts clients",
        "rust",
    ];
    for page in pages() {
        let blocks = blocks(&page);
        for block in &blocks {
            let (page, tag) = (page.display(), block.tag.as_str());
            assert!(tags.contains(&tag), "{page}: a block is tagged {tag:?}");
        }
        for pair in blocks.windows(2) {
            let prints = ["sh tour", "sh manual", "python clients", "ts clients"];
            assert!(
                pair[1].tag != "text output" || prints.contains(&pair[0].tag.as_str()),
                "{}: nothing prints {:?}",
                page.display(),
                pair[1].text
            );
        }
    }
}

/// The words of a command line of the shell. Quotes keep words together; what is behind `#`, `|`, `>` or `&` is not part of it.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in line.chars().chain([' ']) {
        match (quote, letter) {
            (Some(end), letter) if end == letter => quote = None,
            (Some(_), letter) => word.push(letter),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '#' | '|' | '>' | '&') => break,
            (None, ' ') if word.is_empty() => {}
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (None, letter) => word.push(letter),
        }
    }
    words
}

#[test]
fn the_commands_that_are_run_by_hand_exist() {
    let mut found = 0;
    for page in pages() {
        let manual = blocks(&page)
            .into_iter()
            .filter(|block| block.tag == "sh manual");
        for line in manual.flat_map(|block| {
            let lines = block.text.lines().map(str::to_owned);
            lines.collect::<Vec<_>>()
        }) {
            let words = words(&line);
            let program = words.iter().rposition(|word| word == "ucap");
            let is_command = |at: &usize| match at.checked_sub(1).map(|at| words[at].as_str()) {
                None | Some("ucap") => true,
                Some(_) => false,
            };
            let Some(at) = program.filter(is_command) else {
                continue;
            };
            found += 1;
            let parsed = CommandLine::command().try_get_matches_from(&words[at..]);
            let refused = parsed.err().filter(clap::Error::use_stderr);
            assert!(refused.is_none(), "{}: {line}: {refused:?}", page.display());
        }
    }
    assert!(found >= 4, "only {found} commands were found");
}

#[test]
fn shell_blocks_are_well_formed() {
    needs::programs(&["bash"]);
    for page in pages() {
        for block in blocks(&page) {
            if !block.tag.starts_with("sh ") {
                continue;
            }
            let mut check = Command::new("bash");
            check.args(["-n", "-c", &block.text]);
            assert!(check.status().unwrap().success(), "{}", block.text);
        }
    }
}

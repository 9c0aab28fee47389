//! What the program prints about itself: the OpenAPI document, completions for shells, manual pages, help.
//!
//! One rule: a text is made completely before any of it is printed, so that writing can fail in only one place. Start with
//! [`print_openapi`].

use super::failure::{Failure, failed};
use super::output::{print, unwritten};
use crate::config::{CommandLine, OpenapiFormat, Shell};
use crate::conventions::openapi::downgrade;
use crate::server;
use clap::CommandFactory;
use clap_complete::shells::{Bash, Fish, Zsh};
use std::io::Write;

/// Prints the OpenAPI document of the service.
pub(super) fn print_openapi(format: OpenapiFormat) -> Result<(), Failure> {
    let contract = server::contract().map_err(failed)?;
    let document = match format {
        OpenapiFormat::V3_1 => contract.document().clone(),
        OpenapiFormat::V3_0 => downgrade(contract.document()),
    };
    print(serde_json::to_string_pretty(&document).map_err(failed)?)
}

/// Prints the completions for a shell.
pub(super) fn print_completions(shell: Shell) -> Result<(), Failure> {
    let mut command = CommandLine::command();
    let mut script = Vec::new();
    match shell {
        Shell::Bash => clap_complete::generate(Bash, &mut command, "ucap", &mut script),
        Shell::Zsh => clap_complete::generate(Zsh, &mut command, "ucap", &mut script),
        Shell::Fish => clap_complete::generate(Fish, &mut command, "ucap", &mut script),
    }
    print(String::from_utf8_lossy(&script).trim_end())
}

/// Prints the manual page of the program, or of the command that these words name.
pub(super) fn print_manual(words: &[String]) -> Result<(), Failure> {
    let mut command = CommandLine::command();
    command.build();
    for word in words {
        let name = command.get_name().to_owned();
        let below = command.find_subcommand(word).cloned();
        command =
            below.ok_or_else(|| Failure::Setting(format!("{name} has no command {word:?}")))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(failed)?;
    print(String::from_utf8_lossy(&page).trim_end())
}

/// Prints what clap answers instead of a command: help and version on standard output, errors on standard error.
pub(super) fn print_answer(answer: &clap::Error) -> Result<u8, Failure> {
    let written = answer.print().and_then(|()| std::io::stdout().flush());
    if answer.use_stderr() {
        return Ok(2);
    }
    written.or_else(|error| unwritten(&error))?;
    Ok(0)
}

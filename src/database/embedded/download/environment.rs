//! The environment in which package clients run: the variables of this process, or those of a test.
//!
//! One rule: all code that downloads reads variables only through this type, so that a test can simulate a machine. Start with
//! [`Environment::of_process`].

use std::{
    env,
    ffi::{OsStr, OsString},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, Stdio},
};

/// Environment variables.
#[derive(Debug, Clone)]
pub(super) struct Environment {
    variables: Vec<(OsString, OsString)>,
}

impl Environment {
    /// The variables of this process.
    pub(super) fn of_process() -> Self {
        Self {
            variables: env::vars_os().collect(),
        }
    }

    /// The value of a variable; `None` if it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        let mut variables = self.variables.iter();
        let (_, value) = variables.find(|(known, _)| known == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// The same, if it is valid UTF-8.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str()
    }

    /// A file below the folder that a variable names, if that is an absolute path.
    pub(super) fn below(&self, variable: &str, file: &str) -> Option<PathBuf> {
        let folder = PathBuf::from(self.get(variable)?);
        folder.is_absolute().then(|| folder.join(file))
    }

    /// A command that runs a program of the search path, with empty input and in a process group of its own.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0);
        command
    }
}

#[cfg(test)]
impl Environment {
    /// Only these variables.
    pub(super) fn of(variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
        Self {
            variables: variables.iter().map(owned).collect(),
        }
    }
}

//! What the doctor found, as lines for people and as JSON. Start with [`Findings`].

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use serde::Serialize;
use serde_json::json;
use strum::IntoStaticStr;

/// How good a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
enum State {
    /// It is as it should be.
    Ok,
    /// The service works, but the operator should know.
    Note,
    /// The service does not work as it should.
    Problem,
}

/// Something that the doctor found.
#[derive(Debug, Serialize)]
struct Finding {
    topic: &'static str,
    state: State,
    detail: String,
}

/// All that the doctor found.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Adds something that is as it should be.
    pub(super) fn fine(&mut self, topic: &'static str, detail: impl Into<String>) {
        self.add(topic, State::Ok, detail.into());
    }

    /// Adds something that the operator should know.
    pub(super) fn note(&mut self, topic: &'static str, detail: impl Into<String>) {
        self.add(topic, State::Note, detail.into());
    }

    /// Adds something that keeps the service from working as it should.
    pub(super) fn problem(&mut self, topic: &'static str, detail: impl Into<String>) {
        self.add(topic, State::Problem, detail.into());
    }

    fn add(&mut self, topic: &'static str, state: State, detail: String) {
        self.0.push(Finding {
            topic,
            state,
            detail,
        });
    }

    /// Reports everything; a failure if there are problems.
    pub(super) fn report(self, output: &Output) -> Result<(), Failure> {
        let problems = self
            .0
            .iter()
            .filter(|finding| finding.state == State::Problem);
        let problems = problems.count();
        for Finding {
            topic,
            state,
            detail,
        } in &self.0
        {
            let state: &str = state.into();
            output.result(format!("{state:<7}  {topic:<14}  {detail}"));
        }
        output.json(&json!({"problems": problems, "findings": self.0}))?;
        match problems {
            0 => Ok(()),
            1 => Err(Failure::Work("1 problem was found".to_owned())),
            many => Err(Failure::Work(format!("{many} problems were found"))),
        }
    }
}

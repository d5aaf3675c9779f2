//! `iamscope permissions`: what the program calls, and the least policy for it.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::aws::{self, AwsError, Connection, Feature, OPERATIONS, Question, least_policy};

use super::Failure;
use super::connections::waiting;
use super::live::Live;

/// Print the least policy that the program needs in an account, ready to paste.
///
/// With --assume-role it names that role as the one that may be assumed. With --check, ask AWS's simulator which of it the caller has.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope permissions
  iamscope permissions --feature account,organisation
  iamscope permissions --profile prod --check")]
pub(super) struct Permissions {
    /// Only for these features: caller, account, fallback, organisation, simulator, denials, resources,
    /// assume-role
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = feature)]
    feature: Vec<Feature>,
    /// Say for each action whether the caller may call it
    #[arg(long)]
    check: bool,
    /// Write the list of operations with their features instead of a policy
    #[arg(long, conflicts_with = "check")]
    list: bool,
    /// The region to call
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    #[command(flatten)]
    live: Live,
}

fn feature(name: &str) -> Result<Feature, String> {
    let found = Feature::ALL
        .into_iter()
        .find(|feature| feature.name() == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = Feature::ALL.into_iter().map(Feature::name).collect();
        format!("one of {}", known.join(", "))
    })
}

impl Permissions {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let role = self.live.role();
        let features = match self.feature.as_slice() {
            // Nobody should paste a policy that allows to assume every role.
            [] if !self.list && !self.check && role.is_none() => {
                let mut all = Feature::ALL.to_vec();
                all.retain(|feature| *feature != Feature::AssumeRole);
                all
            }
            [] => Feature::ALL.to_vec(),
            some => some.to_vec(),
        };
        let mut out = stdout().lock();
        if self.list {
            for operation in OPERATIONS
                .iter()
                .filter(|one| features.contains(&one.feature))
            {
                writeln!(out, "{:<12} {}", operation.feature.name(), operation.action)?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        if !self.check {
            writeln!(out, "{:#}", least_policy(&features, role))?;
            return Ok(ExitCode::SUCCESS);
        }
        let answers = waiting(self.asked(&features))?;
        writeln!(out, "{:#}", Value::from(answers))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn asked(&self, features: &[Feature]) -> Result<Vec<Value>, AwsError> {
        let connection = aws::connect(&self.live.options(self.region.as_ref())).await?;
        let mut answers = Vec::new();
        for operation in OPERATIONS
            .iter()
            .filter(|one| features.contains(&one.feature))
        {
            let decision = decision(&connection, operation.action).await?;
            answers.push(json!({
                "feature": operation.feature.name(),
                "action": operation.action,
                "decision": decision,
            }));
        }
        Ok(answers)
    }
}

async fn decision(connection: &Connection, action: &str) -> Result<String, AwsError> {
    let question = Question {
        principal: connection.caller_policy_source(),
        action: action.to_owned(),
        ..Question::default()
    };
    let answers = aws::ask(connection, &question).await?;
    let decision = answers.into_iter().next().map(|answer| answer.decision);
    Ok(decision.unwrap_or_else(|| "not answered".to_owned()))
}

//! `iamscope denied`: from an error message to who said no.

use std::io::{BufWriter, Read, Write, stdin, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::denial;
use crate::report::denial_json;

use super::{Failure, lines};

/// Longest message read from standard input.
const LONGEST_MESSAGE: u64 = 4 << 20;

/// Say which policy denied a request, from the error message or the CloudTrail event.
///
/// Reads AccessDenied messages as AWS services, the AWS CLI, SDKs, Terraform, CloudFormation and others
/// write them, wrapped and coloured or not, and decoded authorization messages.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  pbpaste | iamscope denied
  iamscope denied --message 'User: arn:aws:iam::123456789012:user/ana is not authorized to perform: ...'
  iamscope denied --batch messages.jsonl")]
pub(super) struct Denied {
    /// The message; standard input when it is not given
    #[arg(long, value_name = "TEXT", conflicts_with = "batch")]
    message: Option<String>,
    /// Lines of {\"id\", \"message\"} to read; `-` for standard input
    #[arg(long, value_name = "FILE")]
    batch: Option<String>,
    /// How to write the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Denied {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut out = BufWriter::new(stdout().lock());
        match &self.batch {
            Some(path) => lines::each_line(path, &mut out, |case| read_line(&case).map(Some))?,
            None => self.one(&mut out)?,
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    fn one(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let text = match &self.message {
            Some(message) => message.clone(),
            None => {
                let mut bytes = Vec::new();
                stdin()
                    .take(LONGEST_MESSAGE)
                    .read_to_end(&mut bytes)
                    .map_err(|error| Failure::input(format!("cannot read the message: {error}")))?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
        };
        let denial = denial::read(&text);
        if !denial.says_something() {
            return Err(Failure::input(
                "the message says nothing of a denied request: paste the whole error, or the CloudTrail event",
            ));
        }
        let mut answer = denial_json(&denial);
        match self.format {
            Format::Json => {
                answer["format"] = json!(1);
                writeln!(out, "{answer}")?;
            }
            Format::Text => writeln!(out, "{answer:#}")?,
        }
        Ok(())
    }
}

/// The answer to one line of a batch.
fn read_line(case: &Value) -> Result<Value, String> {
    let message = case
        .get("message")
        .and_then(Value::as_str)
        .ok_or("`message` must be a string")?;
    let mut answer = json!({ "id": case.get("id") });
    if let (Some(answer), Value::Object(fields)) =
        (answer.as_object_mut(), denial_json(&denial::read(message)))
    {
        answer.extend(fields);
    }
    Ok(answer)
}

//! `iamscope simulate`: one request, or a batch of cases.

mod ask;

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::aws;
use crate::explain::{decision_page, escape};
use crate::report::{
    AwsAnswer, BatchOptions, beside_json, case_line, case_name, decision_line, plain, run_batch,
    trace_json, verdict,
};
use crate::runtime::aws_question;
use crate::simulate::{Decision, Outcome, Policies, PolicySet, Request};

use super::connections::waiting;
use super::failure::ANSWER_IS_NO;
use super::output::style_of_output;
use super::sources::Sources;
use super::{Failure, lines};
use ask::{Asked, Question};

/// Decide a request as AWS would, on this machine, and say why.
///
/// Keys of the request's context that could be present and are not given are unknown: the answer may be
/// `depends`. The principal is looked up in the source, with its policies.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope simulate --demo --principal gitpod-customer-debug-access-role --action s3:GetObject \\
      --resource arn:aws:s3:::any/key
  iamscope simulate template.yaml --param BucketName=acme --principal TaskRole --action s3:ListBucket \\
      --resource arn:aws:s3:::acme --expect allow
  iamscope simulate --batch requests.jsonl --check

A decision that is to stay as it is, checked in CI without the source:
  iamscope simulate template.yaml --principal TaskRole --action s3:ListBucket \\
      --resource arn:aws:s3:::acme --format case >> requests.jsonl")]
pub(super) struct Simulate {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    question: Question,
    /// Cases to decide, one JSON object a line; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["principal", "action", "request"])]
    batch: Option<String>,
    /// Write only the cases of a batch whose decision is not the one expected, and a count
    #[arg(long, requires = "batch")]
    check: bool,
    /// Write only name, decision, deniers and what it depends on
    #[arg(long)]
    brief: bool,
    /// Exit with 1 when the decision is another
    #[arg(long, value_enum, conflicts_with = "batch")]
    expect: Option<Expect>,
    /// Ask AWS's own simulator the same, with the credentials of `--profile`, and compare
    #[arg(long, conflicts_with = "batch")]
    ask_aws: bool,
    /// How to write the decision
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Expect {
    Allow,
    Deny,
}

impl Expect {
    /// A decision that depends is neither.
    fn is_met(self, outcome: Outcome) -> bool {
        match self {
            Expect::Allow => outcome == Outcome::Allow,
            Expect::Deny => outcome.is_deny(),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    /// One line of a batch, with every policy in play and this decision as the one expected
    Case,
}

impl Simulate {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut out = BufWriter::new(stdout().lock());
        if let Some(path) = &self.batch {
            let options = BatchOptions {
                brief: self.brief,
                check: self.check,
            };
            let summary = run_batch(lines::open(path)?, &mut out, options)?;
            let no = self.check && (summary.differ > 0 || summary.errors > 0);
            return Ok(if no {
                ExitCode::from(ANSWER_IS_NO)
            } else {
                ExitCode::SUCCESS
            });
        }
        if self.ask_aws && matches!(self.format, Format::Case) {
            return Err(Failure::input(
                "`--format case` writes a case and nothing else: leave out `--ask-aws`",
            ));
        }
        let asked = self.question.ask(&self.sources)?;
        let decision = Policies::compile(&asked.policies).evaluate(&asked.request);
        self.write(&mut out, &asked.request, &asked.policies, &decision)?;
        out.flush()?;
        if self.ask_aws {
            self.beside(&mut out, &asked, &decision)?;
            out.flush()?;
        }
        let met = self
            .expect
            .is_none_or(|expect| expect.is_met(decision.outcome));
        Ok(if met {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(ANSWER_IS_NO)
        })
    }

    /// Both answers and the verdict, a line for each resource.
    fn beside(
        &self,
        out: &mut dyn Write,
        asked: &Asked,
        decision: &Decision,
    ) -> Result<(), Failure> {
        let request = &asked.request;
        let account = request.principal.account.as_deref();
        let Some((_, connection)) = asked.connections.to(account) else {
            return Err(Failure::input(
                "`--ask-aws` wants `--profile`: whose simulator to ask",
            ));
        };
        let question = aws_question(request);
        let answers = waiting(aws::ask(&connection, &question))?;
        for answer in &answers {
            let theirs = AwsAnswer {
                resource: &answer.resource,
                decision: &answer.decision,
                missing_context: &answer.missing_context,
            };
            match self.format {
                Format::Json => writeln!(out, "{}", beside_json(request, decision, theirs))?,
                Format::Text | Format::Case => writeln!(
                    out,
                    "AWS's simulator on {}: {}; {}",
                    escape(&answer.resource),
                    escape(&answer.decision),
                    escape(&verdict(request, decision, theirs).words())
                )?,
            }
        }
        Ok(())
    }

    fn write(
        &self,
        out: &mut dyn Write,
        request: &Request,
        policies: &PolicySet,
        decision: &Decision,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Json => {
                let mut object = decision_line(self.question.name(), decision, self.brief);
                object["format"] = json!(1);
                if !self.brief {
                    object["legs"] = trace_json(decision);
                }
                writeln!(out, "{object}")?;
            }
            Format::Text => {
                out.write_all(
                    plain(&decision_page(request, decision), style_of_output()).as_bytes(),
                )?;
            }
            Format::Case => {
                let name = self.question.name();
                let name = name.map_or_else(|| case_name(request), str::to_owned);
                let line = case_line(&name, request, policies, decision);
                let line = line.map_err(|error| Failure::input(error.to_string()))?;
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }
}

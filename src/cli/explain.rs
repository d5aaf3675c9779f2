//! `iamscope explain`: what actions are, and what patterns stand for.

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::catalog::{
    Action, ConditionKeyInfo, Lookup, Pattern, data_date, expand, lookup, operations_checking,
};
use crate::explain::{action_page, pattern_page, pattern_table};
use crate::report::plain;

use super::Failure;
use super::output::style_of_output;

/// Explain actions: what they do and to what, with which conditions, and what must go with them.
///
/// A pattern stands for every action that it matches. Exits with 2 when a name or pattern stands for
/// none.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  iamscope explain s3:GetObject
  iamscope explain 'ec2:Describe*' --format json")]
pub(super) struct Explain {
    /// Actions, or patterns with `*` and `?`
    #[arg(required = true, value_name = "ACTION|PATTERN")]
    names: Vec<String>,
    /// How to write the answer; JSON has one object a line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Explain {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let mut out = BufWriter::new(stdout().lock());
        let mut all_known = true;
        for (at, name) in self.names.iter().enumerate() {
            let actions = expand(name);
            all_known &= !actions.is_empty();
            match self.format {
                Format::Json if actions.is_empty() => writeln!(out, "{}", unknown(name))?,
                Format::Json => {
                    for action in actions {
                        writeln!(out, "{}", known(action))?;
                    }
                }
                Format::Text => {
                    if at > 0 {
                        writeln!(out)?;
                    }
                    write_text(&mut out, name)?;
                }
            }
        }
        out.flush()?;
        Ok(if all_known {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(2)
        })
    }
}

fn write_text(out: &mut dyn Write, name: &str) -> Result<(), Failure> {
    let style = style_of_output();
    if Pattern::parse(name).is_some_and(|pattern| pattern.is_wild()) {
        out.write_all(plain(&pattern_page(name), style).as_bytes())?;
        let table = plain(&pattern_table(name), style);
        if !table.is_empty() {
            write!(out, "\n{table}")?;
        }
    } else {
        out.write_all(plain(&action_page(name), style).as_bytes())?;
    }
    Ok(())
}

fn known(action: &'static Action) -> Value {
    let info = action.details();
    let names = |keys: &[&'static ConditionKeyInfo]| -> Vec<&str> {
        keys.iter().map(|key| key.name.as_str()).collect()
    };
    let resource_types = info.resource_types.iter().map(|used| {
        json!({
            "name": used.name,
            "arn": used.arn,
            "required": used.required,
            "condition_keys": names(&used.condition_keys),
        })
    });
    let key_details = info.condition_keys.iter().map(|key| {
        json!({
            "name": key.name,
            "type": key.kind.name(),
            "multi_valued": key.multi_valued,
            "description": key.description,
        })
    });
    json!({
        "format": 1,
        "action": action.canonical(),
        "service": action.service().prefix(),
        "service_name": action.service().title(),
        "access_level": action.level().name(),
        "manages_permissions": action.effective_level() == crate::catalog::AccessLevel::PermissionsManagement,
        "description": info.description,
        "resource_types": resource_types.collect::<Vec<_>>(),
        "condition_keys": names(&info.condition_keys),
        "condition_key_details": key_details.collect::<Vec<_>>(),
        "dependent_actions": info.dependent_actions,
        "also_checked_by": operations_checking(action),
        "permission_only": info.permission_only,
        "documentation": info.documentation,
        "data_date": data_date(),
    })
}

/// What can be said of a name or pattern that stands for no action of the catalogue.
fn unknown(name: &str) -> Value {
    let names = |actions: &[&'static Action]| -> Vec<&str> {
        actions.iter().map(|action| action.canonical()).collect()
    };
    let (status, why, suggestions) = match lookup(name) {
        Lookup::NewerThanData => ("newer", None, Vec::new()),
        Lookup::Retired => ("retired", None, Vec::new()),
        Lookup::ApiNameNotAction { use_instead, why } => {
            ("api-name", Some(why), names(&use_instead))
        }
        Lookup::OperationOnly { nearest } => ("operation", None, names(&nearest)),
        Lookup::Unknown { nearest } => ("unknown", None, names(&nearest)),
        Lookup::Known(_) => return Value::Null,
    };
    json!({
        "format": 1,
        "action": name,
        "status": status,
        "why": why,
        "suggestions": suggestions,
        "data_date": data_date(),
    })
}

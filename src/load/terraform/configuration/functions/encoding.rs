//! JSON, base64, and files of the configuration.

use std::rc::Rc;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::hcl::{Locator, parse_template};
use super::super::literal::{self, Notation};
use super::super::module::Env;
use super::super::value::{Kind, Val, from_node};
use super::Call;
use crate::iam::{Problem, SourceId, UnresolvedKind};
use crate::load::json_text::read_json;

pub(super) fn call(call: &Call<'_>) -> Option<Val> {
    match call.name {
        "jsonencode" => {
            let argument = call.argument(0)?;
            match &argument.kind {
                Kind::Unknown(_) => None,
                _ => {
                    let node = call.world.encoded(argument);
                    Some(Val::new(call.place, Kind::Json(Rc::new(node))))
                }
            }
        }
        "jsondecode" => {
            let argument = call.argument(0)?;
            match &argument.kind {
                Kind::Json(node) => Some(from_node(node)),
                Kind::Text(pieces) => match read_json(pieces, None, call.place) {
                    (node, None) => Some(from_node(&node)),
                    (_, Some(problem)) => Some(call.failed(&problem.message)),
                },
                _ => None,
            }
        }
        "base64encode" => Some(call.text(STANDARD.encode(call.known(0)?))),
        "base64decode" => {
            let bytes = STANDARD.decode(call.known(0)?).ok();
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            Some(text.map_or_else(|| call.failed("not base64"), |text| call.text(text)))
        }
        "urlencode" => {
            let set = percent_encoding::NON_ALPHANUMERIC;
            Some(call.text(percent_encoding::utf8_percent_encode(&call.known(0)?, set).to_string()))
        }
        "file" => {
            let (source, text) = content(call)?;
            let locator = locator(call, source, &text);
            let pieces = literal::pieces(&locator, 0..text.len(), Notation::File);
            Some(Val::pieces(call.place, pieces))
        }
        "templatefile" => template_file(call),
        "fileexists" => {
            let path = call.known(0)?;
            let found = call.world.file(&path).is_some();
            Some(call.bool(found))
        }
        "basename" => {
            let path = call.known(0)?;
            Some(call.text(path.rsplit('/').next().unwrap_or_default()))
        }
        "dirname" => {
            let path = call.known(0)?;
            Some(call.text(path.rsplit_once('/').map_or(".", |(folder, _)| folder)))
        }
        "abspath" | "pathexpand" => call.argument(0).cloned(),
        _ => None,
    }
}

/// The text of the file that the first argument names.
fn content(call: &Call<'_>) -> Option<(Option<SourceId>, Arc<str>)> {
    let path = call.known(0)?;
    let found = call.world.file(&path);
    if found.is_none() {
        let short = path.rsplit('/').next().unwrap_or(&path).to_owned();
        let message = format!("file `{short}` is not in the folder, or is not text");
        call.world.problem(Problem::warning(call.place, message));
    }
    let (source, text) = found?;
    let fits = call.world.spend_text(text.len(), call.place);
    fits.then_some((source, text))
}

/// Where the characters of a file stand; in one that is no source, where the call does.
fn locator<'t>(call: &Call<'_>, source: Option<SourceId>, text: &'t str) -> Locator<'t> {
    match source {
        Some(source) => Locator::new(text, source),
        None => Locator::fixed(text, call.place),
    }
}

fn template_file(call: &Call<'_>) -> Option<Val> {
    let (source, text) = content(call)?;
    let segments = match parse_template(&locator(call, source, &text)) {
        Ok(segments) => segments,
        Err(fault) => {
            call.world
                .problem(Problem::error(fault.place, fault.message));
            return None;
        }
    };
    // Only what is passed has a name in there.
    let mut env = Env::of(call.env.module.clone());
    match &call.argument(1)?.kind {
        Kind::Map(fields) => {
            for field in fields.iter() {
                env = env.with(&field.key.to_string(), field.val.clone());
            }
        }
        Kind::Unknown(reference) => {
            let name = format!("templatefile(..., {})", reference.name);
            return Some(
                call.world
                    .unknown(&name, UnresolvedKind::Expression, call.place),
            );
        }
        _ => return None,
    }
    if !call.world.enter(call.place) {
        call.world.leave();
        return Some(call.world.too_much(call.place));
    }
    let val = call.world.template(&segments, &env, call.place);
    call.world.leave();
    Some(val)
}

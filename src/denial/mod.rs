//! An AccessDenied message or a CloudTrail event becomes a [`Denial`]: who was denied what,
//! and which policy type said no, as far as the text says so.
//!
//! Reading never fails. What the text does not say stays `None`; what was concluded rather
//! than read is listed in [`Denial::guessed`].
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

mod arn_guess;
mod ask;
mod caller;
mod clean;
mod names;
mod phrases;
mod reader;
mod reason;
mod resource;
mod sentence;
mod squeeze;
mod structured;
mod trail;
mod types;
mod wrapper;

#[cfg(test)]
mod tests;

pub use ask::{Asked, ask, home};
pub use caller::{Found, Seen, find};
pub use trail::{Group, Progress, ScanError, Trail, scan, scan_path};
pub use types::{Cause, ContextFact, Denial, Field, PolicyType};

/// Longest piece of text read as one message. Denials are a few kilobytes at most, the
/// encoded authorization message included; the bound keeps any paste cheap.
const MAX_TEXT: usize = 512 * 1024;

/// Reads one denial: the most telling one when the text holds several.
pub fn read(text: &str) -> Denial {
    let mut best = Denial::default();
    for denial in read_all(text) {
        if denial.weight() > best.weight() {
            best = denial;
        }
    }
    best
}

/// Reads every denial in the text, in order, each distinct one once.
/// A text that says nothing about access gives an empty list.
pub fn read_all(text: &str) -> Vec<Denial> {
    let text = clip(text);
    let mut found = match structured::read(text) {
        Some(denials) => denials,
        None => read_text(text),
    };
    let mut distinct: Vec<Denial> = Vec::new();
    found.retain(Denial::says_something);
    for denial in found {
        if !distinct.contains(&denial) {
            distinct.push(denial);
        }
    }
    distinct
}

/// A denial with what AWS says of its encoded part; what only the message says stays.
pub fn with_decoded(denial: &Denial, decoded: &str) -> Denial {
    let own = denial.clone();
    let decoded = read(decoded);
    Denial {
        policy_type: decoded.policy_type.or(own.policy_type),
        policy_arn: decoded.policy_arn.or(own.policy_arn),
        via: decoded.via.or(own.via),
        role_arn: decoded.role_arn.or(own.role_arn),
        operation: decoded.operation.or(own.operation),
        error_code: decoded.error_code.or(own.error_code),
        time: decoded.time.or(own.time),
        ..decoded
    }
}

/// Reads prose: sentences first, then the fixed phrases of single services, then what a
/// wrapper alone says.
fn read_text(text: &str) -> Vec<Denial> {
    let text = clean::clean(text);
    let squeezed = squeeze::Squeezed::new(&text);
    let wrapper = wrapper::read(&squeezed);
    let mut denials = sentence::read_all(&squeezed);
    if denials.is_empty() {
        denials.extend(phrases::read(&squeezed, &wrapper));
    }
    if denials.is_empty() {
        denials.push(Denial::default());
    }
    for denial in &mut denials {
        wrapper.complete(denial);
        arn_guess::complete(denial);
    }
    denials
}

fn clip(text: &str) -> &str {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

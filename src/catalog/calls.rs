//! Which action authorises an API call, by the names that SDKs, the CLI and CloudTrail use.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::asset;
use super::index::{Action, index};

/// The exceptions to "the action is called like the operation".
struct Calls {
    /// Prefixes by the names that services go by elsewhere: `monitoring` is `cloudwatch`.
    sources: HashMap<&'static str, Vec<&'static str>>,
    /// By lower-case `prefix:operation`.
    operations: HashMap<String, Call>,
    /// Lower-case `prefix:operation` of those of which nobody says what authorises them.
    unexplained: HashSet<String>,
}

/// An operation that is authorised under other names than its own.
struct Call {
    /// `prefix:operation` as AWS spells it.
    name: &'static str,
    actions: Vec<&'static Action>,
}

fn calls() -> &'static Calls {
    static TEXT: OnceLock<String> = OnceLock::new();
    static CALLS: OnceLock<Calls> = OnceLock::new();
    CALLS.get_or_init(|| {
        let compressed = include_bytes!("../../assets/catalog/api_calls.zst");
        let text = TEXT.get_or_init(|| asset::text(compressed));
        let mut calls = Calls {
            sources: HashMap::new(),
            operations: HashMap::new(),
            unexplained: HashSet::new(),
        };
        for line in text.lines() {
            if let Some(operation) = line.strip_prefix('?') {
                calls.unexplained.insert(operation.to_ascii_lowercase());
                continue;
            }
            let Some((left, right)) = line.split_once('\t') else {
                continue;
            };
            if let Some(source) = left.strip_prefix('=') {
                calls.sources.insert(source, right.split(',').collect());
            } else {
                let actions = right.split(',').filter_map(|name| index().find(name));
                let call = Call {
                    name: left,
                    actions: actions.collect(),
                };
                calls.operations.insert(left.to_ascii_lowercase(), call);
            }
        }
        calls
    })
}

/// The prefixes of the services that an event source (`monitoring.amazonaws.com`), a CLI
/// command (`s3api`) or a service id (`Elastic Load Balancing v2`) may mean.
pub fn service_prefixes(source: &str) -> Vec<&'static str> {
    let lower = source.to_ascii_lowercase().replace(' ', "");
    let name = lower.strip_suffix(".amazonaws.com").unwrap_or(&lower);
    // The CLI's own name for the operations of S3.
    let name = if name == "s3api" { "s3" } else { name };
    match calls().sources.get(name) {
        Some(prefixes) => prefixes.clone(),
        None => index()
            .service(name)
            .map(|service| service.prefix())
            .into_iter()
            .collect(),
    }
}

/// The actions that authorise an API call, the most telling first; none where nothing is known.
/// `source` as for [`service_prefixes`], `operation` as CloudTrail and SDKs write it.
pub fn api_call_to_actions(source: &str, operation: &str) -> Vec<&'static Action> {
    let operation = without_version(operation).to_ascii_lowercase();
    let prefixes = service_prefixes(source);
    let names: Vec<String> = prefixes
        .iter()
        .map(|prefix| format!("{prefix}:{operation}"))
        .collect();
    let same_name = names.iter().find_map(|name| index().find(name));
    match same_name {
        Some(action) => vec![action],
        None => {
            let exception = names.iter().find_map(|name| calls().operations.get(name));
            exception
                .map(|call| call.actions.clone())
                .unwrap_or_default()
        }
    }
}

/// The API operations of other names that check an action, perhaps among others: `ListObjects`
/// and `HeadBucket` for `s3:ListBucket`. Those of another service come with its prefix.
pub fn operations_checking(action: &Action) -> Vec<String> {
    let operations = calls().operations.values();
    let fitting =
        operations.filter(|call| call.actions.iter().any(|used| used.id() == action.id()));
    let mut names: Vec<String> = fitting
        .map(|call| match call.name.split_once(':') {
            Some((prefix, operation)) if prefix == action.service().prefix() => {
                operation.to_owned()
            }
            _ => call.name.to_owned(),
        })
        .collect();
    names.sort();
    names
}

/// The actions that authorise what is written like an action and is none: an operation of another
/// name than its action, or a service by the name that SDKs give it (`elb:CreateLoadBalancer`).
pub(super) fn authorised_as(lower: &str) -> Vec<&'static Action> {
    match (calls().operations.get(lower), lower.split_once(':')) {
        (Some(call), _) => call.actions.clone(),
        (None, Some((source, operation))) if index().service(source).is_none() => {
            api_call_to_actions(source, operation)
        }
        _ => Vec::new(),
    }
}

/// Whether an API operation has this lower-case `prefix:operation`, of which the data does not
/// say what authorises it.
pub(super) fn is_unexplained(lower: &str) -> bool {
    calls().unexplained.contains(lower)
}

/// CloudTrail appends an API version to the operations of some services:
/// `ListFunctions20150331`, `UpdateFunctionCode20150331v2`, `CreateDistribution2020_05_31`.
fn without_version(operation: &str) -> &str {
    let digits = |text: &str, count: usize| {
        let tail = text.len().checked_sub(count).and_then(|at| text.get(at..));
        tail.is_some_and(|tail| {
            tail.starts_with("20")
                && tail
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'_')
        })
    };
    let unnumbered = match operation.rsplit_once('v') {
        Some((before, number)) if number.len() == 1 && digits(before, 8) => before,
        _ => operation,
    };
    for length in [10, 8] {
        if digits(unnumbered, length) {
            return &unnumbered[..unnumbered.len() - length];
        }
    }
    operation
}

#[cfg(test)]
mod tests {
    use super::without_version;

    #[test]
    fn versions_are_cut_off() {
        for (written, plain) in [
            ("ListFunctions20150331", "ListFunctions"),
            ("UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
            ("CreateDistribution2020_05_31", "CreateDistribution"),
            ("GetObject", "GetObject"),
            ("ListObjectsV2", "ListObjectsV2"),
            ("20150331", ""),
            ("v2", "v2"),
            ("é20150331", "é"),
        ] {
            assert_eq!(without_version(written), plain, "{written}");
        }
    }
}

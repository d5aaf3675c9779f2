//! What went wrong with a call, in one line with the next step.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum FaultKind {
    /// AWS says no.
    Denied,
    /// The credentials are no longer valid.
    Expired,
    /// There are no usable credentials.
    Credentials,
    /// The configuration cannot be used as it is.
    Configuration,
    /// Too many calls, or the service is busy; worth another try.
    Throttled,
    /// No answer, or none that can be read; worth another try.
    Unreachable,
    /// What was asked for does not exist.
    NotFound,
    /// Anything else.
    Other,
}

/// A call that failed, in one line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AwsError {
    /// The action that was called, or what was being done.
    pub doing: String,
    /// What kind of failure it is.
    pub kind: FaultKind,
    /// What AWS or the SDK said.
    pub message: String,
    /// What to do next.
    pub next: Option<String>,
}

impl AwsError {
    pub(super) fn new(doing: &str, kind: FaultKind, message: impl AsRef<str>) -> Self {
        AwsError {
            doing: doing.to_owned(),
            kind,
            message: clean(message.as_ref()),
            next: None,
        }
    }

    /// A failure of this program's own machinery.
    pub fn internal(message: &str) -> Self {
        AwsError::new("starting", FaultKind::Other, message)
    }

    pub(super) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Whether the same call may succeed a little later.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.kind, FaultKind::Throttled | FaultKind::Unreachable)
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.next {
            // Some of AWS's messages are whole sentences.
            Some(next) => {
                let message = self.message.trim_end_matches('.');
                write!(f, "{}: {message}; {next}", self.doing)
            }
            None => write!(f, "{}: {}", self.doing, self.message),
        }
    }
}

impl Error for AwsError {}

/// The failure of an SDK call. Neither its `Display` ("dispatch failure") nor its `Debug` (headers,
/// tokens) is fit to be shown.
pub(super) fn of_call<E>(action: &str, error: &SdkError<E, HttpResponse>) -> AwsError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let SdkError::ServiceError(service) = error {
        let inner = service.err();
        if let Some(code) = inner.code() {
            return of_code(action, code, inner.message().unwrap_or_default());
        }
        let status = service.raw().status().as_u16();
        return unreadable(action, status);
    }
    match error {
        SdkError::TimeoutError(_) => {
            AwsError::new(action, FaultKind::Unreachable, "AWS did not answer in time")
                .next("check the network, a proxy or the endpoint")
        }
        SdkError::ResponseError(response) => unreadable(action, response.raw().status().as_u16()),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            AwsError::new(action, FaultKind::Unreachable, "no connection in time")
                .next("check the network, a proxy or the endpoint")
        }
        _ => of_chain(action, error),
    }
}

/// An answer that is not AWS's: a proxy's or a portal's page.
pub(super) fn unreadable(action: &str, status: u16) -> AwsError {
    AwsError::new(
        action,
        FaultKind::Unreachable,
        format!("the answer (HTTP {status}) is not one of AWS: a proxy or another server sent it"),
    )
    .next("check the endpoint and HTTPS_PROXY")
}

/// What a service answered.
pub(super) fn of_code(action: &str, code: &str, message: &str) -> AwsError {
    let (kind, next): (FaultKind, Option<String>) = match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthorizationError" => (FaultKind::Denied, Some(format!("it needs `{action}`"))),
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => (
            FaultKind::Expired,
            Some("sign in again (`aws sso login`, `aws login`, or new keys)".to_owned()),
        ),
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => (
            FaultKind::Credentials,
            Some(
                "the access key does not exist (any more), or a session token is missing or old"
                    .to_owned(),
            ),
        ),
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => (
            FaultKind::Credentials,
            Some("check the secret key, and that this machine's clock is right".to_owned()),
        ),
        "RequestTimeTooSkewed" => (
            FaultKind::Credentials,
            Some("set this machine's clock".to_owned()),
        ),
        "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "ThrottledException"
        | "SlowDown"
        | "RequestThrottled"
        | "ServiceUnavailable"
        | "InternalFailure"
        | "InternalError"
        | "ServiceFailure"
        | "ServiceFailureException"
        | "ServiceException" => (FaultKind::Throttled, None),
        "NoSuchEntity"
        | "NoSuchEntityException"
        | "AWSOrganizationsNotInUseException"
        | "NoSuchBucket"
        | "NotFound"
        | "NotFoundException"
        | "ResourceNotFoundException"
        | "RepositoryNotFoundException"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue" => (FaultKind::NotFound, None),
        _ => (FaultKind::Other, None),
    };
    let text = match message.trim() {
        "" => code.to_owned(),
        message => format!("{code}: {message}"),
    };
    let error = AwsError::new(action, kind, text);
    match next {
        Some(next) => error.next(next),
        None => error,
    }
}

/// The deepest specific text of a chain of causes.
pub(super) fn of_chain(doing: &str, error: &(dyn Error + 'static)) -> AwsError {
    let mut texts = Vec::new();
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    let all = texts.join(" ").to_lowercase();
    let text = texts.pop().unwrap_or_default();
    let has = |part: &str| all.contains(part);
    if has("connection refused") {
        return AwsError::new(doing, FaultKind::Unreachable, "the connection was refused")
            .next("check the endpoint");
    }
    if has("dns") || has("failed to lookup") || has("name or service not known") {
        return AwsError::new(doing, FaultKind::Unreachable, "the host was not found")
            .next("check the network and the region's name");
    }
    if has("no providers in chain") || has("the credential provider was not enabled") {
        return no_credentials(doing);
    }
    AwsError::new(doing, FaultKind::Other, text)
}

/// Whether an error, or one of its causes, says a word.
pub(super) fn says(error: &(dyn Error + 'static), word: &str) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains(word) {
            return true;
        }
        cause = error.source();
    }
    false
}

pub(super) fn no_credentials(doing: &str) -> AwsError {
    AwsError::new(
        doing,
        FaultKind::Credentials,
        "there are no AWS credentials",
    )
    .next("name a profile with `--profile`, or sign in with `aws sso login` or `aws login`")
}

/// One line without control characters, and without what looks like a key or token.
fn clean(text: &str) -> String {
    const LONGEST: usize = 600;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&without_tokens(word));
        if line.len() > LONGEST {
            line.push_str(" ...");
            break;
        }
    }
    line.chars()
        .flat_map(|c| {
            let escape = c.is_control();
            let escaped = escape.then(|| c.escape_default()).into_iter().flatten();
            escaped.chain((!escape).then_some(c))
        })
        .collect()
}

/// Replaces runs of forty or more letters, digits, `/`, `+` and `=` that are no ARN or path: that is
/// what secret keys and session tokens look like.
fn without_tokens(word: &str) -> String {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '=');
    let mut kept = String::new();
    let mut rest = word;
    while let Some(start) = rest.find(is_token) {
        let (before, from) = rest.split_at(start);
        kept.push_str(before);
        let end = from.find(|c| !is_token(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        let mixed = run.bytes().any(|b| b.is_ascii_digit())
            && run.bytes().any(|b| b.is_ascii_uppercase())
            && run.bytes().any(|b| b.is_ascii_lowercase());
        kept.push_str(if run.len() >= 40 && mixed {
            "(hidden)"
        } else {
            run
        });
        rest = after;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_are_hidden() {
        let text = clean(
            "got {\"SecretAccessKey\":\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"}\n\x1b[31m end",
        );
        assert_eq!(
            text,
            "got {\"SecretAccessKey\":\"(hidden)\"} \\u{1b}[31m end"
        );
        let arn = "arn:aws:iam::123456789012:role/path/of/a/role/with-a-name";
        assert_eq!(clean(arn), arn);
    }

    #[derive(Debug, thiserror::Error)]
    #[error("dispatch failure")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Inner(&'static str);

    #[test]
    fn the_way_that_failed_is_named_and_not_the_machinery() {
        let cases = [
            (
                "tcp connect error: Connection refused (os error 111)",
                "the connection was refused; check the endpoint",
            ),
            (
                "dns error: failed to lookup address information",
                "the host was not found; check the network and the region's name",
            ),
            (
                "no providers in chain provided credentials",
                "there are no AWS credentials; name a profile with `--profile`, or sign in with `aws sso login` or `aws login`",
            ),
            (
                "invalid peer certificate: UnknownIssuer",
                "invalid peer certificate: UnknownIssuer",
            ),
        ];
        for (cause, expected) in cases {
            let error = of_chain("x", &Outer(Inner(cause)));
            assert_eq!(error.to_string(), format!("x: {expected}"));
        }
        type Call = SdkError<aws_smithy_types::error::ErrorMetadata, HttpResponse>;
        let timeout = of_call("x", &Call::timeout_error("HTTP read timeout"));
        assert!(
            timeout.message.contains("in time") && timeout.next.is_some(),
            "{timeout}"
        );
        assert!(timeout.is_passing());
    }

    #[test]
    fn codes_have_a_kind_and_a_next_step() {
        let denied = of_code("iam:ListRoles", "AccessDenied", "User: x is not authorized");
        assert_eq!(denied.kind, FaultKind::Denied);
        assert_eq!(
            denied.to_string(),
            "iam:ListRoles: AccessDenied: User: x is not authorized; it needs `iam:ListRoles`"
        );
        assert_eq!(of_code("x", "ExpiredToken", "").kind, FaultKind::Expired);
        let unknown = of_code("x", "InvalidClientTokenId", "The token is invalid.");
        assert!(
            unknown
                .to_string()
                .starts_with("x: InvalidClientTokenId: The token is invalid; the access"),
            "{unknown}"
        );
        assert!(of_code("x", "Throttling", "").is_passing());
        assert!(!of_code("x", "ValidationError", "").is_passing());
    }
}

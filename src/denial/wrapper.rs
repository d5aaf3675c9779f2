//! What stands around a message: the CLI, an SDK, Terraform, CloudFormation. It gives the
//! error code, the operation, the service, and sometimes the object in question.

use super::clean::patterns;
use super::names;
use super::reader::Reader;
use super::sentence;
use super::squeeze::Squeezed;
use super::types::{Denial, Field};

patterns! {
    /// botocore and the AWS CLI.
    BOTO = r"(?i)anerroroccurred\((?P<code>[A-Za-z0-9._]+)\)whencallingthe(?P<op>[A-Za-z0-9]+?)operation(?:[:(]|$)";
    /// AWS SDK for Go v2, and Terraform through it.
    GO = r"operationerror(?P<service>[A-Za-z0-9 ]+?):(?P<op>[A-Za-z0-9]+),";
    GO_CODE = r"apierror(?P<code>[A-Za-z0-9._]+):";
    /// AWS SDK for Java v1, and CloudFormation's older resource handlers.
    JAVA1 = r"\(Service:(?P<service>[A-Za-z0-9]+);StatusCode:\d+;ErrorCode:(?P<code>[A-Za-z0-9._]+)";
    /// AWS SDK for Java v2, and CloudFormation's resource handlers.
    JAVA2 = r"\(Service:(?P<service>[A-Za-z0-9]+),StatusCode:\d+,";
    /// AWS SDK for PHP.
    PHP = r#"Errorexecuting"(?P<op>[A-Za-z0-9]+)"on"(?P<url>https?://[^"]+)""#;
    /// Class names: Ruby, .NET, Java.
    CLASS = r"(?:Aws::(?P<ruby>[A-Za-z0-9]+)::Errors::(?P<code>[A-Za-z0-9]+)|Amazon\.(?P<net>[A-Za-z0-9]+)\.(?:Model\.)?[A-Za-z0-9]+Exception|awssdk\.services\.(?P<java>[a-z0-9]+)\.|com\.amazonaws\.services\.(?P<java1>[a-z0-9]+)\.)";
    /// XML and JSON bodies, and what SDKs print of their error objects.
    FIELD = r#"(?i)<Code>(?P<xml>[A-Za-z0-9._]+)</Code>|["']?(?:__type|error_?code|code|errortype|x-amzn-errortype)["']?[:=](?:Some\()?["'](?:[a-z0-9._]+#)?(?P<json>[A-Za-z][A-Za-z0-9._]+)["':]"#;
    /// A code that stands in front of its message.
    BARE = r"\b(?P<code>(?:Client\.|KMS\.)?(?:AccessDenied(?:Exception|Fault|Error)?|KMSAccessDeniedException|UnauthorizedOperation|AuthorizationError(?:Exception)?|UnauthorizedException|NotAuthorizedException|NotAuthorized|ForbiddenException|AllAccessDisabled|UnrecognizedClientException|InvalidClientTokenId|ExpiredToken(?:Exception)?|InvalidAccessKeyId|SignatureDoesNotMatch|AuthFailure|OptInRequired|IncompleteSignature|MissingAuthenticationToken|RequestExpired|InvalidIdentityToken))(?:Exception)?\b";
    BARE_SQUEEZED = r"(?P<code>Client\.UnauthorizedOperation|UnauthorizedOperation|AccessDeniedException|KMSAccessDeniedException|AuthorizationErrorException|AuthorizationError|AccessDenied|UnrecognizedClientException|InvalidClientTokenId|ExpiredTokenException|ExpiredToken|SignatureDoesNotMatch)[:(]";
    HANDLER = r"HandlerErrorCode:(?P<code>[A-Za-z]+)";
    /// `aws s3 cp` and friends.
    S3_COPY = r"(?i)(?P<verb>upload|download|copy|move|delete|make_bucket|remove_bucket)failed:(?P<from>s3://[^\s]+|\S*?)(?:tos3://|to\S*?anerroroccurred|anerroroccurred)";
    S3_URI = r"s3://[a-z0-9]";
    /// Terraform's state in S3.
    S3_STATE = r#"(?i)accessobject"(?P<key>[^"]+)"ins3bucket"(?P<bucket>[a-z0-9.-]+)""#;
    S3_ONLY = r"(?i)<HostId>|hostid:|ExtendedRequestI";
}

/// What a wrapper says.
#[derive(Debug, Default)]
pub(super) struct Wrapper {
    pub code: Option<String>,
    pub operation: Option<String>,
    pub service: Option<String>,
    pub encoded: Option<String>,
    /// An object or bucket that a command names beside the error.
    object: Option<String>,
}

/// Reads the wrapper of a message.
pub(super) fn read(squeezed: &Squeezed<'_>) -> Wrapper {
    let text = squeezed.text();
    let mut wrapper = Wrapper {
        encoded: sentence::encoded(squeezed),
        ..Wrapper::default()
    };
    if let Some(found) = BOTO.captures(text) {
        wrapper.set_code(&found["code"]);
        wrapper.set_operation(&found["op"]);
    }
    if let Some(found) = GO.captures(text) {
        wrapper.set_service(&found["service"]);
        wrapper.set_operation(&found["op"]);
    }
    if let Some(found) = GO_CODE.captures(text) {
        wrapper.set_code(&found["code"]);
    }
    if let Some(found) = JAVA1.captures(text) {
        wrapper.set_service(&found["service"]);
        wrapper.set_code(&found["code"]);
    }
    if let Some(found) = JAVA2.captures(text) {
        wrapper.set_service(&found["service"]);
    }
    if let Some(found) = PHP.captures(text) {
        wrapper.set_operation(&found["op"]);
        wrapper.read_url(&found["url"]);
    }
    if let Some(found) = CLASS.captures(text) {
        for name in ["ruby", "net", "java", "java1"] {
            if let Some(service) = found.name(name) {
                wrapper.set_service(service.as_str());
            }
        }
        if let Some(code) = found.name("code") {
            wrapper.set_code(code.as_str());
        }
    }
    for found in FIELD.captures_iter(text) {
        if let Some(code) = found.name("xml").or_else(|| found.name("json")) {
            wrapper.set_code(code.as_str());
        }
    }
    for (pattern, text) in [
        (&BARE_SQUEEZED, text),
        (&BARE, squeezed.source()),
        (&HANDLER, text),
    ] {
        if let Some(found) = pattern.captures(text) {
            wrapper.set_code(&found["code"]);
        }
    }
    wrapper.read_context(squeezed);
    wrapper
}

impl Wrapper {
    fn set_code(&mut self, code: &str) {
        let code = code.trim_end_matches('.');
        if self.code.is_none() && code.len() >= 3 {
            self.code = Some(code.to_owned());
        }
    }

    fn set_operation(&mut self, operation: &str) {
        if self.operation.is_none() && names::is_operation(operation) {
            self.operation = Some(operation.to_owned());
        }
    }

    fn set_service(&mut self, service: &str) {
        if self.service.is_none() {
            self.service = names::service_prefix(service);
        }
    }

    /// Reads service, bucket and key of an endpoint's address.
    fn read_url(&mut self, url: &str) {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = path.split(['?', '#']).next().unwrap_or("");
        let Some(host) = host.strip_suffix(".amazonaws.com") else {
            return;
        };
        if let Some((bucket, _)) = host.split_once(".s3") {
            self.set_service("s3");
            self.object = Some(format!("s3://{bucket}/{path}"));
        } else if host == "s3" || host.starts_with("s3.") || host.starts_with("s3-") {
            self.set_service("s3");
            if !path.is_empty() {
                self.object = Some(format!("s3://{path}"));
            }
        } else if let Some(service) = host.split('.').next() {
            self.set_service(service);
        }
    }

    /// What the text around the error says about service and object.
    fn read_context(&mut self, squeezed: &Squeezed<'_>) {
        let ec2 = |code: &str| code.ends_with("UnauthorizedOperation");
        if self.code.as_deref().is_some_and(ec2) {
            self.set_service("ec2");
        } else if S3_ONLY.is_match(squeezed.text()) {
            self.set_service("s3");
        }
        if S3_COPY.is_match(squeezed.text()) {
            self.set_service("s3");
        }
        if let Some(found) = S3_STATE.captures(squeezed.text()) {
            self.object = Some(format!("s3://{}/{}", &found["bucket"], &found["key"]));
        }
        if self.object.is_none()
            && self
                .action()
                .is_some_and(|action| action.starts_with("s3:"))
        {
            let text = squeezed.text();
            let mut uris = S3_URI.find_iter(text).map(|uri| {
                let end = Reader::new(squeezed).token(uri.start(), |c| !"\"'<>()[]{}".contains(c));
                text[uri.start()..end].trim_end_matches(['.', ',', ':'])
            });
            // Of a copy's two addresses, the one that the failing call was about.
            let first = uris.next();
            let written = self
                .action()
                .is_some_and(|action| action.starts_with("s3:Put"));
            self.object = match (written, uris.next()) {
                (true, Some(second)) => Some(second.to_owned()),
                _ => first.map(str::to_owned),
            };
        }
    }

    /// The action that the operation stands for.
    pub fn action(&self) -> Option<String> {
        names::actions(self.service.as_deref(), self.operation.as_deref()?)
            .into_iter()
            .next()
    }

    /// Adds to a denial what the wrapper knows and the message did not say.
    pub fn complete(&self, denial: &mut Denial) {
        denial.error_code = denial.error_code.take().or_else(|| self.code.clone());
        let own = denial.operation.take();
        let meant = own.clone().or_else(|| self.operation.clone());
        denial.operation = self.operation.clone().or(own);
        denial.encoded = denial.encoded.take().or_else(|| self.encoded.clone());
        let denied = denial.principal.is_some() || self.is_refusal() || denial.encoded.is_some();
        if let (None, Some(operation), true) = (&denial.action, meant, denied) {
            let mut actions = names::actions(self.service.as_deref(), &operation).into_iter();
            denial.action = actions.next();
            denial.other_actions.extend(actions);
            if denial.action.is_some() {
                denial.guess(Field::Action);
            }
        }
        if let (None, Some(object)) = (&denial.resource, &self.object)
            && denial
                .action
                .as_deref()
                .is_some_and(|a| a.starts_with("s3:"))
        {
            denial.resource = Some(self.object_of(denial, object));
        }
    }

    /// For an action on buckets, the bucket alone.
    fn object_of(&self, denial: &Denial, object: &str) -> String {
        let on_objects = denial
            .action
            .as_deref()
            .is_some_and(|a| a.contains("Object") || a.contains("Multipart"));
        let path = object.strip_prefix("s3://").unwrap_or(object);
        match path.split_once('/') {
            Some((bucket, _)) if !on_objects => format!("s3://{bucket}"),
            _ => object.to_owned(),
        }
    }

    /// Whether the error is one of access.
    fn is_refusal(&self) -> bool {
        self.code.as_deref().is_some_and(|code| {
            let code = code.to_ascii_lowercase();
            [
                "accessdenied",
                "unauthorized",
                "authorizationerror",
                "notauthorized",
                "forbidden",
            ]
            .iter()
            .any(|word| code.contains(word))
                || code == "403"
        })
    }
}

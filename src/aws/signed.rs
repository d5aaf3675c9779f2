//! Single signed requests to services that have no client here: a client of each would cost more to
//! build than everything else together.
//!
//! They are sent by the SDK's own runtime, so that they pass the same guard of permitted operations
//! and have the same limits of time.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use aws_types::service_config::ServiceConfigKey;

use super::clients;
use super::connect;
use super::fault::{self, AwsError, FaultKind};
use super::guard::ReadOnly;
use super::retry::retrying;

/// A service that is asked with single requests.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Service {
    /// Its name in the list of operations.
    pub name: &'static str,
    /// Its id in `--endpoint`, in signatures and in the names of actions.
    pub id: &'static str,
    /// Its id in the configuration: `AWS_ENDPOINT_URL_SECRETS_MANAGER` has `secrets manager`.
    pub config_id: &'static str,
    /// The first part of its hosts' names.
    pub host: &'static str,
}

/// A request that reads.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub service: &'static Service,
    pub operation: &'static str,
    pub region: String,
    pub method: &'static str,
    /// Path and query, encoded.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Call {
    /// The action that authorises it.
    pub fn action(&self) -> String {
        format!("{}:{}", self.service.id, self.operation)
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub status: u16,
    headers: BTreeMap<String, String>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The code and message of an error, whichever of the protocols wrote it.
    pub fn error(&self) -> Option<(String, String)> {
        if let Ok(json) = serde_json::from_str::<serde_json::Value>(&self.body) {
            let text = |name: &str| json.get(name).and_then(|value| value.as_str());
            let code = text("__type").or(text("code")).or(text("Code"));
            // `com.amazonaws.kms#NotFoundException`, `NotFoundException:http://...`
            let code = code.or_else(|| self.header("x-amzn-errortype"))?;
            let code = code.rsplit('#').next().unwrap_or(code);
            let code = code.split(':').next().unwrap_or(code);
            let message = text("message").or(text("Message")).unwrap_or_default();
            return Some((code.to_owned(), message.to_owned()));
        }
        let code = element(&self.body, "Code")?;
        Some((code, element(&self.body, "Message").unwrap_or_default()))
    }

    /// The error in one line.
    pub fn fault(&self, action: &str) -> AwsError {
        match self.error() {
            Some((code, message)) => fault::of_code(action, &code, &message),
            None => fault::unreadable(action, self.status),
        }
    }
}

/// The text of the first element of a name: all that is read of XML here is flat.
pub(super) fn element(xml: &str, name: &str) -> Option<String> {
    let start = format!("<{name}>");
    let from = xml.find(&start)? + start.len();
    let rest = xml.get(from..)?;
    let text = rest.get(..rest.find(&format!("</{name}>"))?)?;
    Some(unescaped(text))
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let end = from.find(';').unwrap_or(0);
        let letter = match from.get(1..end).unwrap_or_default() {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            code => {
                let number = code.strip_prefix('#').and_then(|code| {
                    let hex = code.strip_prefix(['x', 'X']);
                    match hex {
                        Some(hex) => u32::from_str_radix(hex, 16).ok(),
                        None => code.parse().ok(),
                    }
                });
                number.and_then(char::from_u32)
            }
        };
        match letter {
            Some(letter) => {
                plain.push(letter);
                rest = from.get(end + 1..).unwrap_or_default();
            }
            None => {
                plain.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Sends single requests of one account.
#[derive(Clone)]
pub(super) struct Signed {
    config: SdkConfig,
    endpoints: BTreeMap<String, String>,
}

/// Nothing of it is fit to be shown.
impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").finish_non_exhaustive()
    }
}

impl Signed {
    pub fn new(config: &SdkConfig, endpoints: &BTreeMap<String, String>) -> Self {
        Signed {
            config: config.clone(),
            endpoints: endpoints.clone(),
        }
    }

    /// The answer to a request, whatever its status says.
    pub async fn send(&self, call: &Call) -> Result<Reply, AwsError> {
        let action = call.action();
        let credentials = self.credentials(&action).await?;
        retrying(|| async {
            let reply = self.once(call, &action, &credentials).await?;
            let fault = (reply.status >= 300).then(|| reply.fault(&action));
            match fault {
                Some(fault) if fault.is_passing() => Err(fault),
                _ => Ok(reply),
            }
        })
        .await
    }

    async fn credentials(&self, action: &str) -> Result<Credentials, AwsError> {
        let Some(provider) = self.config.credentials_provider() else {
            return Err(fault::no_credentials(action));
        };
        let credentials = provider.provide_credentials().await;
        credentials.map_err(|error| connect::credentials_error(&error, None))
    }

    async fn once(
        &self,
        call: &Call,
        action: &str,
        credentials: &Credentials,
    ) -> Result<Reply, AwsError> {
        let endpoint = self.endpoint(call);
        let request = signed(call, &endpoint, credentials)
            .map_err(|error| AwsError::new(action, FaultKind::Other, error.to_string()))?;
        let mut operation = Operation::builder()
            .service_name(call.service.name)
            .operation_name(call.operation)
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&endpoint)
            .no_auth()
            .no_retry()
            .timeout_config(clients::timeouts())
            .interceptor(ReadOnly)
            .serializer(|request: Request| request.build())
            .deserializer(
                |response: &HttpResponse| -> Result<Reply, OrchestratorError<ErrorMetadata>> {
                    Ok(read(response))
                },
            );
        if let Some(client) = self.config.http_client() {
            operation = operation.http_client(client);
        }
        let answer = operation.build().invoke(request).await;
        answer.map_err(|error| fault::of_call(action, &error))
    }

    /// Where a service is: what the user says, else what the environment and the profile say, else
    /// AWS.
    fn endpoint(&self, call: &Call) -> String {
        let service = call.service;
        let configured = || {
            let key = ServiceConfigKey::builder()
                .service_id(service.config_id)
                .env("AWS_ENDPOINT_URL")
                .profile("endpoint_url")
                .build();
            self.config.service_config()?.load_config(key.ok()?)
        };
        let given = self.endpoints.get(service.id).cloned();
        let given = given.or_else(configured);
        let url = given.unwrap_or_else(|| {
            let end = match call.region.starts_with("cn-") {
                true => "amazonaws.com.cn",
                false => "amazonaws.com",
            };
            format!("https://{}.{}.{end}", service.host, call.region)
        });
        url.trim_end_matches('/').to_owned()
    }
}

/// A request with its signature.
#[derive(Debug)]
struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(Cow<'static, str>, String)>,
    body: String,
}

impl Request {
    fn build(self) -> Result<HttpRequest, BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method(self.method)?;
        request.set_uri(self.path)?;
        for (name, value) in self.headers {
            request.headers_mut().try_insert(name, value)?;
        }
        Ok(request)
    }
}

fn signed(call: &Call, endpoint: &str, credentials: &Credentials) -> Result<Request, BoxError> {
    let mut settings = SigningSettings::default();
    if call.service.id == "s3" {
        // S3: sigv4-header-based-auth: the path as it is, and the body's hash in a header.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&call.region)
        .name(call.service.id)
        .time(SystemTime::now())
        .settings(settings)
        .build()?
        .into();
    let given = call.headers.iter();
    let signable = SignableRequest::new(
        call.method,
        format!("{endpoint}{}", call.path),
        given.map(|(name, value)| (*name, value.as_str())),
        SignableBody::Bytes(call.body.as_bytes()),
    )?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    let given = call.headers.iter();
    let mut headers: Vec<(Cow<'static, str>, String)> = given
        .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
        .collect();
    for (name, value) in instructions.headers() {
        headers.push((Cow::Owned(name.to_owned()), value.to_owned()));
    }
    Ok(Request {
        method: call.method,
        path: call.path.clone(),
        headers,
        body: call.body.clone(),
    })
}

fn read(response: &HttpResponse) -> Reply {
    let headers = response.headers().iter();
    Reply {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &str) -> Reply {
        Reply {
            status: 400,
            headers: BTreeMap::new(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn errors_of_every_protocol_are_read() {
        let cases = [
            (
                r#"{"__type":"com.amazonaws.kms#NotFoundException","message":"no key"}"#,
                Some(("NotFoundException", "no key")),
            ),
            (
                r#"{"__type":"AccessDeniedException","Message":"no"}"#,
                Some(("AccessDeniedException", "no")),
            ),
            (
                "<?xml version=\"1.0\"?><Error><Code>NoSuchBucketPolicy</Code><Message>a &lt;b&gt; &#38; c</Message></Error>",
                Some(("NoSuchBucketPolicy", "a <b> & c")),
            ),
            (
                "<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code></Error></ErrorResponse>",
                Some(("AuthorizationError", "")),
            ),
            ("<html><body>sign in</body></html>", None),
            ("{}", None),
            ("", None),
        ];
        for (body, expected) in cases {
            let found = reply(body).error();
            let found = found.as_ref().map(|(code, message)| (&**code, &**message));
            assert_eq!(found, expected, "{body}");
        }
    }

    #[test]
    fn what_is_no_entity_stays() {
        assert_eq!(
            unescaped("a && b &; &x; &#xZ; &#x41;"),
            "a && b &; &x; &#xZ; A"
        );
        assert_eq!(unescaped("&"), "&");
    }
}

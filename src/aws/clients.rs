//! The SDK's clients and the sender of single requests, all behind the guard and without retries of
//! their own.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;

use super::guard::ReadOnly;
use super::signed::Signed;

/// Clients of one account.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    pub iam: aws_sdk_iam::Client,
    pub sts: aws_sdk_sts::Client,
    pub organizations: aws_sdk_organizations::Client,
    pub signed: Signed,
}

impl Clients {
    /// Clients of a configuration; `endpoints` overrides services by name (`iam`, `sts`, `s3`).
    pub fn new(config: &SdkConfig, endpoints: &BTreeMap<String, String>) -> Self {
        let mut iam = aws_sdk_iam::config::Builder::from(config).interceptor(ReadOnly);
        // Only where one is given: setting none would take the environment's away.
        if let Some(endpoint) = endpoints.get("iam") {
            iam.set_endpoint_url(Some(endpoint.clone()));
        }
        Clients {
            iam: aws_sdk_iam::Client::from_conf(iam.build()),
            sts: sts(config, endpoints),
            signed: Signed::new(config, endpoints),
            organizations: {
                let mut builder =
                    aws_sdk_organizations::config::Builder::from(config).interceptor(ReadOnly);
                if let Some(endpoint) = endpoints.get("organizations") {
                    builder.set_endpoint_url(Some(endpoint.clone()));
                }
                aws_sdk_organizations::Client::from_conf(builder.build())
            },
        }
    }
}

/// A client of STS alone.
pub(super) fn sts(config: &SdkConfig, endpoints: &BTreeMap<String, String>) -> aws_sdk_sts::Client {
    let mut builder = aws_sdk_sts::config::Builder::from(config).interceptor(ReadOnly);
    if let Some(endpoint) = endpoints.get("sts") {
        builder.set_endpoint_url(Some(endpoint.clone()));
    }
    aws_sdk_sts::Client::from_conf(builder.build())
}

/// Retries are [`super::retry`]'s.
pub(super) fn no_retries() -> RetryConfig {
    RetryConfig::disabled()
}

pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(30))
        .build()
}

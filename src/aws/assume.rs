//! Assuming a role: asked for with `--assume-role`, or by a profile with `mfa_serial`, which the SDK
//! ignores.

use std::time::SystemTime;

use aws_credential_types::Credentials;

use super::fault::{self, AwsError};
use super::retry::retrying;
use super::{Feature, Secret, least_policy};

/// A role to assume and how.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// What its owner asks for, so that nobody else's request is mistaken for yours.
    pub external_id: Option<Secret>,
    /// The MFA device's serial number or ARN.
    pub mfa_serial: Option<String>,
    /// How long, in seconds.
    pub duration: Option<i32>,
    /// The session's name; `iamscope` where none is given.
    pub session_name: Option<String>,
    /// The source identity.
    pub source_identity: Option<String>,
    /// Whether the session may do no more than this program needs.
    pub read_only: bool,
}

impl AssumeRole {
    /// The credentials of a session of the role.
    pub(super) async fn session(
        &self,
        sts: &aws_sdk_sts::Client,
        code: Option<&Secret>,
    ) -> Result<Credentials, AwsError> {
        let action = "sts:AssumeRole";
        let policy = self.read_only.then(|| {
            let features = [
                Feature::Account,
                Feature::Fallback,
                Feature::Organisation,
                Feature::Simulator,
                Feature::Denials,
                Feature::Resources,
            ];
            least_policy(&features, None).to_string()
        });
        let answer = retrying(|| async {
            sts.assume_role()
                .role_arn(&self.role_arn)
                .role_session_name(self.session_name.as_deref().unwrap_or("iamscope"))
                .set_external_id(self.external_id.as_ref().map(|id| id.reveal().to_owned()))
                .set_serial_number(code.and(self.mfa_serial.clone()))
                .set_token_code(code.map(|code| code.reveal().to_owned()))
                .set_duration_seconds(self.duration)
                .set_source_identity(self.source_identity.clone())
                .set_policy(policy.clone())
                .send()
                .await
                .map_err(|error| fault::of_call(action, &error))
        })
        .await?;
        let Some(given) = answer.credentials() else {
            return Err(AwsError::new(
                action,
                super::FaultKind::Other,
                "AWS gave no credentials",
            ));
        };
        let expiry = SystemTime::try_from(*given.expiration()).ok();
        Ok(Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            expiry,
            "assumed role",
        ))
    }
}

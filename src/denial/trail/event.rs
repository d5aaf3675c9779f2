//! One CloudTrail event and what it says about a denial.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use serde::Deserialize;
use serde_json::Value;

use super::super::names;
use super::super::read_text;
use super::super::types::{Cause, Denial, Field};
use super::{facts, target};

/// The parts of an event that matter here. Athena writes names in lower case.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Event {
    #[serde(alias = "useridentity")]
    pub user_identity: Value,
    #[serde(alias = "eventtime")]
    pub event_time: Option<String>,
    #[serde(alias = "eventsource")]
    pub event_source: Option<String>,
    #[serde(alias = "eventname")]
    pub event_name: Option<String>,
    #[serde(alias = "awsregion")]
    pub aws_region: Option<String>,
    #[serde(rename = "sourceIPAddress", alias = "sourceipaddress")]
    pub source_ip_address: Option<String>,
    #[serde(alias = "useragent")]
    pub user_agent: Option<String>,
    #[serde(alias = "errorcode")]
    pub error_code: Option<String>,
    #[serde(alias = "errormessage")]
    pub error_message: Option<String>,
    #[serde(alias = "requestparameters")]
    pub request_parameters: Value,
    pub resources: Value,
    #[serde(alias = "recipientaccountid")]
    pub recipient_account_id: Option<String>,
    #[serde(alias = "vpcendpointid")]
    pub vpc_endpoint_id: Option<String>,
    #[serde(alias = "tlsdetails")]
    pub tls_details: Value,
}

impl Event {
    /// Reads an event; `None` where the value is none.
    pub fn read(value: &Value) -> Option<Event> {
        let members = value.as_object()?;
        let has = |name: &str| members.keys().any(|key| key.eq_ignore_ascii_case(name));
        if !has("eventSource") || !has("eventName") {
            return None;
        }
        let mut event: Event = Event::deserialize(value).ok()?;
        event.unfold();
        Some(event)
    }

    /// Athena and CSV exports hold the nested parts as text.
    pub fn unfold(&mut self) {
        for part in [
            &mut self.user_identity,
            &mut self.request_parameters,
            &mut self.resources,
            &mut self.tls_details,
        ] {
            if let Value::String(text) = part
                && let Ok(value) = serde_json::from_str(text)
            {
                *part = value;
            }
        }
    }

    /// Whether the event reports a refusal.
    pub fn is_denial(&self) -> bool {
        let code = self.error_code.as_deref().unwrap_or_default();
        let refusals = [
            "AccessDenied",
            "Unauthorized",
            "NotAuthorized",
            "AuthorizationError",
            "Forbidden",
        ];
        refusals.iter().any(|word| code.contains(word))
            || self
                .error_message
                .as_deref()
                .is_some_and(|message| message.contains("not authorized to perform"))
    }

    /// A field of the identity, by its path; names are matched without regard to case.
    pub fn identity(&self, path: &[&str]) -> Option<&str> {
        let mut value = &self.user_identity;
        for name in path {
            value = value
                .as_object()?
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)?;
        }
        value.as_str().filter(|text| !text.is_empty())
    }

    /// The denial that the event reports.
    pub fn denial(&self) -> Denial {
        let message = self.error_message.as_deref().unwrap_or_default();
        // Most messages of S3 say nothing more, and files hold many of them.
        let mut denial = match message {
            "" | "Access Denied" => Denial::default(),
            message => read_text(message).into_iter().next().unwrap_or_default(),
        };
        // Of callers from elsewhere the event has an id only, the message the ARN.
        let named = denial
            .principal
            .as_deref()
            .is_some_and(|own| own.starts_with("arn:"));
        if let Some(principal) = self.principal()
            && (principal.starts_with("arn:") || !named)
        {
            denial.principal = Some(principal);
            denial.guessed.retain(|field| *field != Field::Principal);
        }
        denial.role_arn = self.role_arn();
        let own = denial.operation.take();
        denial.operation = self.event_name.clone().or(own);
        denial.error_code = self.error_code.clone().or(denial.error_code);
        denial.time = self.event_time.clone();
        if denial.action.is_none() || denial.guessed.contains(&Field::Action) {
            self.action(&mut denial);
        }
        if denial.resource.is_none() {
            target::complete(self, &mut denial);
        }
        denial.resource_account = self.resource_account();
        if denial.cause == Cause::Service {
            denial.cause = Cause::Authorization;
        }
        facts::complete(self, &mut denial);
        denial
    }

    /// The action that the call stands for.
    fn action(&self, denial: &mut Denial) {
        let (Some(source), Some(name)) = (&self.event_source, &self.event_name) else {
            return;
        };
        // KMS refusals behind another service's call keep the action they tell of.
        if denial
            .action
            .as_deref()
            .is_some_and(|a| a.starts_with("kms:"))
        {
            return;
        }
        let service = names::service_prefix(source);
        let mut actions = names::actions(service.as_deref(), name).into_iter();
        if let Some(action) = actions.next() {
            denial.action = Some(action);
            denial.other_actions = actions.collect();
            denial.guess(Field::Action);
        }
    }

    /// Who called.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
    fn principal(&self) -> Option<String> {
        let kind = self.identity(&["type"]).unwrap_or_default();
        if let Some(arn) = self.identity(&["arn"]) {
            return Some(arn.to_owned());
        }
        match kind {
            "AWSService" => self.identity(&["invokedBy"]).map(str::to_owned),
            "AWSAccount" => {
                let account = self.identity(&["accountId"])?;
                let account = account.to_ascii_lowercase();
                if matches!(account.as_str(), "anonymous_principal" | "anonymous") {
                    return Some("anonymous".to_owned());
                }
                self.identity(&["principalId"]).map(str::to_owned)
            }
            "WebIdentityUser" | "SAMLUser" => self.identity(&["principalId"]).map(str::to_owned),
            _ => self
                .identity(&["invokedBy"])
                .or_else(|| self.identity(&["principalId"]))
                .map(str::to_owned),
        }
    }

    /// The role behind the session, with its path.
    fn role_arn(&self) -> Option<String> {
        let issuer = ["sessionContext", "sessionIssuer", "arn"];
        self.identity(&issuer)
            .filter(|arn| arn.contains(":role/"))
            .map(str::to_owned)
    }

    /// The account that owns what the call was about.
    fn resource_account(&self) -> Option<String> {
        let named = self
            .resources
            .as_array()
            .into_iter()
            .flatten()
            .find_map(|resource| resource.get("accountId")?.as_str());
        named
            .or(self.recipient_account_id.as_deref())
            .map(str::to_owned)
    }
}

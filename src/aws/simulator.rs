//! AWS's own simulator, `SimulatePrincipalPolicy`, asked the same question.

use aws_sdk_iam::types::{
    ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType, Statement,
};

use super::Connection;
use super::fault::{self, AwsError};
use super::retry::retrying;

/// A context key with its values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContextValue {
    /// The key.
    pub key: String,
    /// The type as the API names it: `string`, `stringList`, `boolean`, `ip`, ...
    pub kind: String,
    /// The values.
    pub values: Vec<String>,
}

/// What to ask.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Question {
    /// The role, user or group.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The resources.
    pub resources: Vec<String>,
    /// The context.
    pub context: Vec<ContextValue>,
    /// The resource's policy; only users may have one here.
    pub resource_policy: Option<String>,
    /// Policies to put beside the principal's.
    pub extra_policies: Vec<String>,
    /// A boundary in the place of the principal's.
    pub boundary: Option<String>,
}

/// A statement that AWS says matched.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MatchedStatement {
    /// The policy's name.
    pub policy: String,
    /// What kind of policy, as AWS writes it, which is not always one of the documented names.
    pub kind: String,
    /// Line and column in the stored text.
    pub start: Option<(i32, i32)>,
}

/// The answer for one resource.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The resource.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
    /// The statements; without those of SCPs and, when denied, without allows.
    pub matched: Vec<MatchedStatement>,
    /// Context keys that a policy uses and the question did not have.
    pub missing_context: Vec<String>,
}

/// Asks AWS.
///
/// # Errors
/// What AWS said.
pub async fn ask(connection: &Connection, question: &Question) -> Result<Vec<Answer>, AwsError> {
    let context = question
        .context
        .iter()
        .map(|value| {
            ContextEntry::builder()
                .context_key_name(&value.key)
                .context_key_type(ContextKeyTypeEnum::from(value.kind.as_str()))
                .set_context_key_values(Some(value.values.clone()))
                .build()
        })
        .collect::<Vec<_>>();
    let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    let mut answers = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let page = retrying(|| async {
            let call = connection
                .clients
                .iam
                .simulate_principal_policy()
                .policy_source_arn(&question.principal)
                .action_names(&question.action)
                .set_resource_arns(some(&question.resources))
                .set_context_entries((!context.is_empty()).then(|| context.clone()))
                .set_resource_policy(question.resource_policy.clone())
                .set_caller_arn(
                    question
                        .resource_policy
                        .is_some()
                        .then(|| question.principal.clone()),
                )
                .set_policy_input_list(some(&question.extra_policies))
                .set_permissions_boundary_policy_input_list(
                    question.boundary.clone().map(|one| vec![one]),
                )
                .set_marker(marker.clone())
                .send()
                .await;
            call.map_err(|error| fault::of_call("iam:SimulatePrincipalPolicy", &error))
        })
        .await?;
        for result in page.evaluation_results() {
            let missing = |keys: &[String]| keys.to_vec();
            let each = result.resource_specific_results();
            // The decisions of single resources where there are any; the older shape has one above.
            for one in each {
                answers.push(Answer {
                    resource: one.eval_resource_name().to_owned(),
                    decision: decision(one.eval_resource_decision()),
                    matched: one.matched_statements().iter().map(matched).collect(),
                    missing_context: missing(one.missing_context_values()),
                });
            }
            if each.is_empty() {
                answers.push(Answer {
                    resource: result.eval_resource_name().unwrap_or("*").to_owned(),
                    decision: decision(result.eval_decision()),
                    matched: result.matched_statements().iter().map(matched).collect(),
                    missing_context: missing(result.missing_context_values()),
                });
            }
        }
        match page.marker() {
            Some(next) if page.is_truncated() => marker = Some(next.to_owned()),
            _ => return Ok(answers),
        }
    }
}

fn decision(decision: &PolicyEvaluationDecisionType) -> String {
    decision.as_str().to_owned()
}

fn matched(statement: &Statement) -> MatchedStatement {
    MatchedStatement {
        policy: statement.source_policy_id().unwrap_or("?").to_owned(),
        kind: statement
            .source_policy_type()
            .map_or("?", |kind| kind.as_str())
            .to_owned(),
        start: statement
            .start_position()
            .map(|at| (at.line(), at.column())),
    }
}

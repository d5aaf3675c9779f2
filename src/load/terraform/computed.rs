//! Attributes that the provider computes from others: ids and ARNs, known before anything is made.

use crate::iam::{Member, Node, Part, Place, Text, Value};

use super::super::cloudformation::Surroundings;
use super::{Resource, unknown};

/// A type whose ARN is known from its name.
struct Form {
    kind: &'static str,
    /// The attribute that names it.
    name: &'static str,
    /// The ARN; `{p}`, `{r}`, `{a}` and `{n}` stand for partition, region, account and name, `{path}`
    /// for the path of an entity of IAM.
    arn: &'static str,
    /// Whether its id is the ARN, and not the name.
    id_is_arn: bool,
}

const fn named(kind: &'static str, name: &'static str, arn: &'static str) -> Form {
    Form {
        kind,
        name,
        arn,
        id_is_arn: false,
    }
}

const fn by_arn(kind: &'static str, name: &'static str, arn: &'static str) -> Form {
    Form {
        kind,
        name,
        arn,
        id_is_arn: true,
    }
}

const FORMS: [Form; 24] = [
    named("aws_iam_role", "name", "arn:{p}:iam::{a}:role{path}{n}"),
    named("aws_iam_user", "name", "arn:{p}:iam::{a}:user{path}{n}"),
    named("aws_iam_group", "name", "arn:{p}:iam::{a}:group{path}{n}"),
    by_arn("aws_iam_policy", "name", "arn:{p}:iam::{a}:policy{path}{n}"),
    named(
        "aws_iam_instance_profile",
        "name",
        "arn:{p}:iam::{a}:instance-profile{path}{n}",
    ),
    by_arn(
        "aws_iam_saml_provider",
        "name",
        "arn:{p}:iam::{a}:saml-provider/{n}",
    ),
    by_arn(
        "aws_iam_openid_connect_provider",
        "url",
        "arn:{p}:iam::{a}:oidc-provider/{n}",
    ),
    named("aws_s3_bucket", "bucket", "arn:{p}:s3:::{n}"),
    named("aws_sqs_queue", "name", "arn:{p}:sqs:{r}:{a}:{n}"),
    by_arn("aws_sns_topic", "name", "arn:{p}:sns:{r}:{a}:{n}"),
    named(
        "aws_dynamodb_table",
        "name",
        "arn:{p}:dynamodb:{r}:{a}:table/{n}",
    ),
    named(
        "aws_lambda_function",
        "function_name",
        "arn:{p}:lambda:{r}:{a}:function:{n}",
    ),
    named("aws_kms_key", "key_id", "arn:{p}:kms:{r}:{a}:key/{n}"),
    named(
        "aws_cloudwatch_log_group",
        "name",
        "arn:{p}:logs:{r}:{a}:log-group:{n}",
    ),
    named(
        "aws_cloudwatch_event_bus",
        "name",
        "arn:{p}:events:{r}:{a}:event-bus/{n}",
    ),
    named(
        "aws_ecr_repository",
        "name",
        "arn:{p}:ecr:{r}:{a}:repository/{n}",
    ),
    by_arn("aws_ecs_cluster", "name", "arn:{p}:ecs:{r}:{a}:cluster/{n}"),
    named("aws_eks_cluster", "name", "arn:{p}:eks:{r}:{a}:cluster/{n}"),
    by_arn(
        "aws_kinesis_stream",
        "name",
        "arn:{p}:kinesis:{r}:{a}:stream/{n}",
    ),
    by_arn(
        "aws_sfn_state_machine",
        "name",
        "arn:{p}:states:{r}:{a}:stateMachine:{n}",
    ),
    by_arn(
        "aws_elasticsearch_domain",
        "domain_name",
        "arn:{p}:es:{r}:{a}:domain/{n}",
    ),
    by_arn(
        "aws_opensearch_domain",
        "domain_name",
        "arn:{p}:es:{r}:{a}:domain/{n}",
    ),
    named(
        "aws_backup_vault",
        "name",
        "arn:{p}:backup:{r}:{a}:backup-vault:{n}",
    ),
    named(
        "aws_codebuild_project",
        "name",
        "arn:{p}:codebuild:{r}:{a}:project/{n}",
    ),
];

/// Puts in the name, ARN and id of a resource where they follow from what is known.
pub(super) fn complete(resource: &mut Resource, surroundings: &Surroundings) {
    let Some(form) = FORMS.iter().find(|form| form.kind == resource.kind) else {
        return;
    };
    if resource.is_data {
        return;
    }
    let place = resource.place;
    let name = known_text(resource, form.name);
    let name =
        name.unwrap_or_else(|| unknown(&format!("{}.{}", resource.address, form.name), place));
    let arn =
        known_text(resource, "arn").unwrap_or_else(|| fill(form, &name, resource, surroundings));
    let id = if form.id_is_arn { &arn } else { &name };
    let id = known_text(resource, "id").unwrap_or_else(|| id.clone());
    for (attribute, text) in [(form.name, name), ("arn", arn), ("id", id)] {
        set(&mut resource.values, attribute, text, place);
    }
}

/// An attribute that no unknown value stands for.
fn known_text(resource: &Resource, attribute: &str) -> Option<Text> {
    resource.text(attribute).filter(|text| {
        let own = format!("{}.{attribute}", resource.address);
        text.references().all(|reference| reference.name != own)
    })
}

fn set(values: &mut Node, attribute: &str, text: Text, place: Place) {
    let Value::Object(members) = &mut values.value else {
        return;
    };
    let new = Value::String(text);
    match members.iter_mut().find(|member| member.key == *attribute) {
        Some(member) => member.value.value = new,
        None => members.push(Member {
            key: Text::plain(attribute),
            place,
            value: Node::new(place, new),
        }),
    }
}

fn fill(form: &Form, name: &Text, resource: &Resource, around: &Surroundings) -> Text {
    let mut parts = Vec::new();
    let literal = |text: &str| Part::Literal(text.into());
    let mut rest = form.arn;
    while let Some((before, after)) = rest.split_once('{') {
        let (mark, after) = after.split_once('}').unwrap_or((after, ""));
        parts.push(literal(before));
        match mark {
            "p" => parts.push(literal(&around.partition)),
            "r" => parts.push(literal(&around.region)),
            "a" => parts.push(literal(&around.account)),
            "path" => {
                let path = resource.text("path");
                parts.extend(path.unwrap_or_else(|| Text::plain("/")).to_parts());
            }
            _ => parts.extend(without_scheme(name)),
        }
        rest = after;
    }
    parts.push(literal(rest));
    Text::from_parts(parts)
}

/// The issuer in the ARN of an OIDC provider has no `https://`.
fn without_scheme(name: &Text) -> Vec<Part> {
    let bare = name.as_plain().and_then(|url| url.strip_prefix("https://"));
    match bare {
        Some(bare) => vec![Part::Literal(bare.into())],
        None => name.to_parts(),
    }
}

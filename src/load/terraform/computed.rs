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
    /// for the path of an entity of IAM, `{suffix}` for characters that AWS adds.
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

const FORMS: [Form; 46] = [
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
    by_arn(
        "aws_secretsmanager_secret",
        "name",
        "arn:{p}:secretsmanager:{r}:{a}:secret:{n}-{suffix}",
    ),
    named(
        "aws_ssm_parameter",
        "name",
        "arn:{p}:ssm:{r}:{a}:parameter/{/n}",
    ),
    named("aws_kms_alias", "name", "arn:{p}:kms:{r}:{a}:{n}"),
    named(
        "aws_kms_replica_key",
        "key_id",
        "arn:{p}:kms:{r}:{a}:key/{n}",
    ),
    named(
        "aws_kms_external_key",
        "key_id",
        "arn:{p}:kms:{r}:{a}:key/{n}",
    ),
    named(
        "aws_cloudwatch_event_rule",
        "name",
        "arn:{p}:events:{r}:{a}:rule/{n}",
    ),
    by_arn(
        "aws_kinesis_firehose_delivery_stream",
        "name",
        "arn:{p}:firehose:{r}:{a}:deliverystream/{n}",
    ),
    named(
        "aws_codecommit_repository",
        "repository_name",
        "arn:{p}:codecommit:{r}:{a}:{n}",
    ),
    named(
        "aws_codepipeline",
        "name",
        "arn:{p}:codepipeline:{r}:{a}:{n}",
    ),
    named("aws_glue_job", "name", "arn:{p}:glue:{r}:{a}:job/{n}"),
    named(
        "aws_glue_crawler",
        "name",
        "arn:{p}:glue:{r}:{a}:crawler/{n}",
    ),
    named(
        "aws_athena_workgroup",
        "name",
        "arn:{p}:athena:{r}:{a}:workgroup/{n}",
    ),
    named(
        "aws_cloudwatch_metric_alarm",
        "alarm_name",
        "arn:{p}:cloudwatch:{r}:{a}:alarm:{n}",
    ),
    by_arn(
        "aws_cloudtrail",
        "name",
        "arn:{p}:cloudtrail:{r}:{a}:trail/{n}",
    ),
    named(
        "aws_db_instance",
        "identifier",
        "arn:{p}:rds:{r}:{a}:db:{n}",
    ),
    named(
        "aws_rds_cluster",
        "cluster_identifier",
        "arn:{p}:rds:{r}:{a}:cluster:{n}",
    ),
    named(
        "aws_elasticache_replication_group",
        "replication_group_id",
        "arn:{p}:elasticache:{r}:{a}:replicationgroup:{n}",
    ),
    by_arn(
        "aws_msk_cluster",
        "cluster_name",
        "arn:{p}:kafka:{r}:{a}:cluster/{n}/{suffix}",
    ),
    by_arn(
        "aws_sfn_activity",
        "name",
        "arn:{p}:states:{r}:{a}:activity:{n}",
    ),
    named(
        "aws_s3_directory_bucket",
        "bucket",
        "arn:{p}:s3express:{r}:{a}:bucket/{n}",
    ),
    named("aws_iot_policy", "name", "arn:{p}:iot:{r}:{a}:policy/{n}"),
    named(
        "aws_ecs_task_definition",
        "family",
        "arn:{p}:ecs:{r}:{a}:task-definition/{n}:{suffix}",
    ),
];

/// What an attribute is computed from.
pub(super) struct Subject<'a> {
    pub kind: &'a str,
    pub address: &'a str,
    pub is_data: bool,
    /// Where unresolved names stand.
    pub place: Place,
    /// The attributes that are written, or known.
    pub known: &'a dyn Fn(&str) -> Option<Text>,
}

/// The attributes that are computed for a type.
pub(super) fn attributes_of(kind: &str) -> Vec<&'static str> {
    let form = FORMS.iter().find(|form| form.kind == kind);
    form.map(|form| vec![form.name, "arn", "id"])
        .unwrap_or_default()
}

impl Subject<'_> {
    /// An attribute that follows from what is known; `None` where it does not.
    pub fn attribute(&self, attribute: &str, around: &Surroundings) -> Option<Text> {
        let form = FORMS.iter().find(|form| form.kind == self.kind)?;
        // The path of an entity that is only read is not known.
        if self.is_data && form.arn.contains("{path}") {
            return None;
        }
        match attribute {
            "id" if form.id_is_arn => self.attribute("arn", around),
            "id" => Some(self.name(form)),
            "arn" => Some((self.known)("arn").unwrap_or_else(|| self.arn(form, around))),
            name if name == form.name => Some(self.name(form)),
            _ => None,
        }
    }

    fn name(&self, form: &Form) -> Text {
        let unknown = |name: &str| unknown(&format!("{}.{name}", self.address), self.place);
        if let Some(name) = (self.known)(form.name) {
            return name;
        }
        match (self.known)(&format!("{}_prefix", form.name)) {
            Some(prefix) => {
                let suffix = unknown(&format!("{}_suffix", form.name)).to_parts();
                Text::from_parts(prefix.to_parts().into_iter().chain(suffix))
            }
            None => unknown(form.name),
        }
    }

    fn arn(&self, form: &Form, around: &Surroundings) -> Text {
        let name = self.name(form);
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
                    let path = (self.known)("path");
                    parts.extend(path.unwrap_or_else(|| Text::plain("/")).to_parts());
                }
                "suffix" => {
                    let suffix = format!("{}.arn_suffix", self.address);
                    parts.extend(unknown(&suffix, self.place).to_parts());
                }
                // A parameter's name may begin with the slash that its ARN has anyway.
                "/n" => parts.extend(without(&name, "/")),
                _ => parts.extend(without(&name, "https://")),
            }
            rest = after;
        }
        parts.push(literal(rest));
        Text::from_parts(parts)
    }
}

/// A name without what some begin with: the issuer in the ARN of an OIDC provider has no `https://`.
fn without(name: &Text, start: &str) -> Vec<Part> {
    let mut parts = name.to_parts();
    if let Some(Part::Literal(first)) = parts.first_mut()
        && let Some(bare) = first.strip_prefix(start)
    {
        *first = bare.into();
    }
    parts
}

/// Puts in the name, ARN and id of a resource where they follow from what is known.
pub(super) fn complete(resource: &mut Resource, surroundings: &Surroundings) {
    if resource.is_data {
        return;
    }
    let known = |attribute: &str| known_text(resource, attribute);
    let subject = Subject {
        kind: &resource.kind,
        address: &resource.address,
        is_data: false,
        place: resource.place,
        known: &known,
    };
    let computed: Vec<(&str, Text)> = attributes_of(&resource.kind)
        .into_iter()
        .filter_map(|name| {
            let text = known(name).or_else(|| subject.attribute(name, surroundings))?;
            Some((name, text))
        })
        .collect();
    let place = resource.place;
    for (attribute, text) in computed {
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

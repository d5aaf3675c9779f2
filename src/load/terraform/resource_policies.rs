//! Policies of resources: `assets/tf_policy_attributes.tsv` lists the attributes that carry one, and
//! the attribute that names what it is about.

use std::sync::Arc;

use crate::iam::{Account, Part, PolicyKind, ResourcePolicy, Text, Value};

use super::super::aws_managed::last_segment;
use super::super::cloudformation::Surroundings;
use super::documents::Documents;
use super::table::{Row, rows};
use super::{Resource, permissions};

/// Adds them to the account.
pub(super) fn add(documents: &Documents<'_>, around: &Surroundings, account: &mut Account) {
    let own = documents
        .resources
        .iter()
        .filter(|resource| !resource.is_data);
    for resource in own {
        let rows = rows().iter().filter(|row| row.kind == resource.kind);
        for Row {
            kind,
            attribute,
            policy,
            about,
        } in rows
        {
            let policy = match *policy {
                "resource" if kind.starts_with("aws_vpc_endpoint") => PolicyKind::Vpce,
                "resource" => PolicyKind::Resource,
                "session" => PolicyKind::Session,
                // Whom an organisation's policy reaches is decided by what it is attached to, which is
                // outside of this account: it is shown, and not in force.
                "org" => match resource.text("type").as_ref().and_then(Text::as_plain) {
                    None | Some("SERVICE_CONTROL_POLICY") => PolicyKind::Scp,
                    Some("RESOURCE_CONTROL_POLICY") => PolicyKind::Rcp,
                    _ => continue,
                },
                "resource-statement" => {
                    let subject = subject(resource, about, around);
                    if let Some(document) = permissions::document(resource, &subject) {
                        add_one(account, resource, subject, document);
                    }
                    continue;
                }
                _ => continue,
            };
            let node = attribute
                .split('.')
                .try_fold(&resource.values, |node, step| {
                    node.get(step).or_else(|| node.items().first()?.get(step))
                });
            let written = node.filter(|node| match &node.value {
                Value::Object(_) => true,
                _ => node.scalar().is_some_and(|text| !text.is_empty()),
            });
            if let Some(node) = written {
                let document = documents.read(resource, node, policy);
                let subject = subject(resource, about, around);
                // What a provider computes where nothing is written says nothing of a policy.
                let own = format!("{}.{attribute}", resource.address);
                if node
                    .text()
                    .and_then(Text::as_reference)
                    .is_some_and(|one| one.name == own)
                {
                    continue;
                }
                add_one(account, resource, subject, document);
            }
        }
    }
}

fn add_one(
    account: &mut Account,
    resource: &Resource,
    subject: Text,
    document: crate::iam::Document,
) {
    account.resource_policies.push(ResourcePolicy {
        resource: subject,
        kind: resource.kind.clone(),
        logical_id: Some(resource.address.clone()),
        place: resource.place,
        guard: resource.guard.clone(),
        document: Arc::new(document),
    });
}

/// The ARN of what a policy is about, where its name gives it.
fn subject(resource: &Resource, about: &str, around: &Surroundings) -> Text {
    let named = match about {
        "" => resource.text("arn"),
        attribute => resource.text(attribute),
    };
    let Some(named) = named else {
        return resource.address.as_str().into();
    };
    if named.known_prefix().starts_with("arn:") {
        return named;
    }
    let (partition, region, id) = (&around.partition, &around.region, &around.account);
    let (start, name) = match resource.kind.as_str() {
        "aws_s3_bucket_policy" => (format!("arn:{partition}:s3:::"), named),
        "aws_sqs_queue_policy" => {
            let start = format!("arn:{partition}:sqs:{region}:{id}:");
            (start, last_segment(&named))
        }
        "aws_lambda_permission" => (
            format!("arn:{partition}:lambda:{region}:{id}:function:"),
            named,
        ),
        "aws_kms_key_policy" => (format!("arn:{partition}:kms:{region}:{id}:key/"), named),
        "aws_ecr_repository_policy" => (
            format!("arn:{partition}:ecr:{region}:{id}:repository/"),
            named,
        ),
        "aws_cloudwatch_event_bus_policy" | "aws_cloudwatch_event_permission" => (
            format!("arn:{partition}:events:{region}:{id}:event-bus/"),
            named,
        ),
        "aws_s3express_bucket_policy" => (
            format!("arn:{partition}:s3express:{region}:{id}:bucket/"),
            named,
        ),
        "aws_efs_file_system_policy" => (
            format!("arn:{partition}:elasticfilesystem:{region}:{id}:file-system/"),
            named,
        ),
        "aws_elasticsearch_domain_policy" | "aws_opensearch_domain_policy" => {
            (format!("arn:{partition}:es:{region}:{id}:domain/"), named)
        }
        "aws_backup_vault_policy" => (
            format!("arn:{partition}:backup:{region}:{id}:backup-vault:"),
            named,
        ),
        "aws_schemas_registry_policy" => (
            format!("arn:{partition}:schemas:{region}:{id}:registry/"),
            named,
        ),
        "aws_cloudwatch_log_destination_policy" => (
            format!("arn:{partition}:logs:{region}:{id}:destination:"),
            named,
        ),
        _ => return named,
    };
    let start = Part::Literal(start.into());
    Text::from_parts(std::iter::once(start).chain(name.to_parts()))
}

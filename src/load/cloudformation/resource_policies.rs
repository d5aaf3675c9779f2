//! Policies of resources: which property of which type carries one, and which resource it is about.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::build::replaced;
use super::permissions;
use super::scope::Scope;
use super::template::Resource;
use crate::iam::{Account, Guard, Node, Part, PolicyKind, ResourcePolicy, Text, Value};

/// The list of types and properties, and for policies that are resources of their own the property
/// that names what they are about.
const PROPERTIES: &str = include_str!("../../../assets/cfn_policy_properties.tsv");

/// One property that carries a policy.
struct Carrier {
    /// Steps from the properties to the document; `*` for every item of a list.
    path: Vec<&'static str>,
    kind: PolicyKind,
    /// The property that names the resource; `None` where it is the resource itself.
    about: Option<&'static str>,
}

fn carriers() -> &'static HashMap<&'static str, Vec<Carrier>> {
    static CARRIERS: OnceLock<HashMap<&'static str, Vec<Carrier>>> = OnceLock::new();
    CARRIERS.get_or_init(|| {
        let mut carriers: HashMap<&str, Vec<Carrier>> = HashMap::new();
        for line in PROPERTIES.lines().skip(1) {
            let mut fields = line.split('\t');
            let (Some(kind), Some(path), Some(policy)) =
                (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let policy = match policy {
                "resource" | "resource-statement" => PolicyKind::Resource,
                "session" => PolicyKind::Session,
                "org" => PolicyKind::Scp,
                _ => continue,
            };
            let about = fields.nth(3).filter(|about| !about.is_empty());
            carriers.entry(kind).or_default().push(Carrier {
                path: path.split('/').collect(),
                kind: if kind == "AWS::EC2::VPCEndpoint" {
                    PolicyKind::Vpce
                } else {
                    policy
                },
                about,
            });
        }
        carriers
    })
}

/// Adds the policies of resources to the account.
pub(super) fn add(scope: &Scope<'_>, account: &mut Account) {
    for resource in scope.resources() {
        let Some(carriers) = carriers().get(resource.kind.as_str()) else {
            continue;
        };
        scope.work_on(&resource.id);
        for (guard, resource) in scope.variants(resource) {
            for carrier in carriers {
                let Some(part) = part(scope, &resource, carrier) else {
                    continue;
                };
                let mut documents = Vec::new();
                if let Some(document) = permissions::document(scope, &resource) {
                    documents.push((guard.clone(), document));
                } else {
                    let properties = &resource.properties;
                    follow(scope, &guard, properties, &carrier.path, &mut documents);
                }
                for (guard, node) in documents {
                    let document = scope.document_with(&node, part, |document| {
                        if resource.kind == "AWS::ApiGateway::RestApi" {
                            write_out_api(scope, &resource, document);
                        }
                    });
                    let document = Arc::new(document);
                    for about in subjects(scope, &resource, carrier) {
                        account.resource_policies.push(ResourcePolicy {
                            resource: about,
                            kind: resource.kind.clone(),
                            logical_id: Some(resource.id.clone()),
                            place: resource.place,
                            guard: guard.clone(),
                            document: document.clone(),
                        });
                    }
                }
            }
        }
    }
}

/// What kind of policy a resource carries. Of an organisation's policies only two kinds are IAM documents.
fn part(scope: &Scope<'_>, resource: &Resource, carrier: &Carrier) -> Option<PolicyKind> {
    if carrier.kind != PolicyKind::Scp {
        return Some(carrier.kind);
    }
    match scope.text_of(resource, "Type")?.as_plain()? {
        "SERVICE_CONTROL_POLICY" => Some(PolicyKind::Scp),
        "RESOURCE_CONTROL_POLICY" => Some(PolicyKind::Rcp),
        _ => None,
    }
}

/// API Gateway takes `execute-api:/stage/...` for the ARN of the API that has the policy.
fn write_out_api(scope: &Scope<'_>, api: &Resource, document: &mut Node) {
    let around = scope.surroundings;
    let start = format!(
        "arn:{}:execute-api:{}:{}:",
        around.partition, around.region, around.account
    );
    let id = scope.name_of(api, api.place);
    let write_out = |node: &Node| {
        let (first, rest) = match node.text()?.to_parts().split_first()? {
            (Part::Literal(first), rest) => (first.clone(), rest.to_vec()),
            _ => return None,
        };
        let end = first.strip_prefix("execute-api:/")?;
        let parts = [Part::Literal(start.as_str().into())]
            .into_iter()
            .chain(id.to_parts())
            .chain([Part::Literal(format!("/{end}").into())])
            .chain(rest);
        let text = Node::string(node.place, Text::from_parts(parts));
        Some(Node {
            guard: node.guard.clone(),
            ..text
        })
    };
    *document = replaced(document, &write_out);
}

/// The documents at the end of a path, unresolved.
fn follow(
    scope: &Scope<'_>,
    guard: &Guard,
    node: &Node,
    path: &[&str],
    found: &mut Vec<(Guard, Node)>,
) {
    let Some((step, rest)) = path.split_first() else {
        if !matches!(node.value, Value::Null) {
            found.push((guard.clone(), node.clone()));
        }
        return;
    };
    scope.each_item(guard, node, &mut |guard, node| {
        if *step == "*" {
            follow(scope, &guard, node, rest, found);
        } else if let Some(inner) = node.get(step) {
            // A document that is one of two is split where it is read.
            if rest.is_empty() {
                found.push((guard, inner.clone()));
            } else {
                follow(scope, &guard, inner, rest, found);
            }
        }
    });
}

/// The resources that a policy is about.
fn subjects(scope: &Scope<'_>, resource: &Resource, carrier: &Carrier) -> Vec<Text> {
    let Some(property) = carrier.about else {
        let own = scope.arn_of(resource);
        return vec![own.unwrap_or_else(|| scope.name_of(resource, resource.place))];
    };
    let named = scope.listed(resource, property);
    if named.is_empty() {
        return vec![scope.name_of(resource, resource.place)];
    }
    let arn = |text: &Text| subject_arn(scope, &resource.kind, text);
    named.iter().map(|one| arn(&one.text)).collect()
}

/// The ARN of what a policy names: some name it by its ARN, some by its name or URL.
pub(super) fn subject_arn(scope: &Scope<'_>, kind: &str, named: &Text) -> Text {
    if named.known_prefix().starts_with("arn:") {
        return named.clone();
    }
    let around = scope.surroundings;
    let (partition, region, id) = (&around.partition, &around.region, &around.account);
    let (start, name) = match kind {
        "AWS::S3::BucketPolicy" => (format!("arn:{partition}:s3:::"), named.clone()),
        "AWS::SQS::QueuePolicy" | "AWS::SQS::QueueInlinePolicy" => (
            format!("arn:{partition}:sqs:{region}:{id}:"),
            crate::load::aws_managed::last_segment(named),
        ),
        "AWS::Lambda::Permission" => (
            format!("arn:{partition}:lambda:{region}:{id}:function:"),
            named.clone(),
        ),
        "AWS::Events::EventBusPolicy" => (
            format!("arn:{partition}:events:{region}:{id}:event-bus/"),
            named.clone(),
        ),
        "AWS::SecretsManager::ResourcePolicy" => (
            format!("arn:{partition}:secretsmanager:{region}:{id}:secret:"),
            named.clone(),
        ),
        "AWS::S3Express::BucketPolicy" => (
            format!("arn:{partition}:s3express:{region}:{id}:bucket/"),
            named.clone(),
        ),
        "AWS::EventSchemas::RegistryPolicy" => (
            format!("arn:{partition}:schemas:{region}:{id}:registry/"),
            named.clone(),
        ),
        _ => return named.clone(),
    };
    Text::from_parts(
        [Part::Literal(start.into())]
            .into_iter()
            .chain(name.to_parts()),
    )
}

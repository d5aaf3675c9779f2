//! The question of one `simulate` call: arguments become a request and the policies that it meets.

use std::fs;
use std::sync::Arc;

use clap::Args;

use crate::catalog;
use crate::iam::{
    Document, Inventory, PolicyKind, Source, SourceId, SourceKind, parse_document_text,
};
use crate::report::Case;
use crate::simulate::{
    Context, Home, KeyValue, Missing, NamedPolicy, PolicyLevel, PolicySet, Request,
    RequestResource, WrittenError, action_written, organisation_facts, owner_id, owner_of,
    policies_for, resource_written, session_legs,
};

use super::super::Failure;
use super::super::connections::Connections;
use super::super::sources::{Sources, caller_named, name_and_value};

/// What to ask.
#[derive(Debug, Args)]
pub(super) struct Question {
    /// Who asks: ARN of a role, user or session, a name in the source, service:NAME, ARN of an identity provider for the bearer of its token, root, anonymous
    #[arg(long, value_name = "P")]
    principal: Option<String>,
    /// The action
    #[arg(long, value_name = "A")]
    action: Option<String>,
    /// The resource: an ARN, one with the source's references (${Bucket}), or a logical id of the source
    #[arg(long = "resource", value_name = "ARN")]
    resources: Vec<String>,
    /// A key of the context; several values by giving it twice, or as a JSON array
    #[arg(long = "context", value_name = "KEY=VALUE", value_parser = name_and_value)]
    context: Vec<(String, String)>,
    /// An identity-based policy of the principal, beside those of the source
    #[arg(long = "identity-policy", value_name = "FILE")]
    identity_policies: Vec<String>,
    /// A policy passed with the session
    #[arg(long = "session-policy", value_name = "FILE")]
    session_policies: Vec<String>,
    /// A permissions boundary in place of the source's
    #[arg(long, value_name = "FILE")]
    boundary: Option<String>,
    /// The resource's policy, in place of the source's
    #[arg(long, value_name = "FILE")]
    resource_policy: Option<String>,
    /// A service control policy at a level; levels in the order given, from the root to the account
    #[arg(long = "scp", value_name = "LEVEL=FILE", value_parser = name_and_value)]
    scps: Vec<(String, String)>,
    /// A resource control policy at a level
    #[arg(long = "rcp", value_name = "LEVEL=FILE", value_parser = name_and_value)]
    rcps: Vec<(String, String)>,
    /// The policy of the VPC endpoint that the request goes through
    #[arg(long, value_name = "FILE")]
    endpoint_policy: Option<String>,
    /// The account that owns the resource
    #[arg(long, value_name = "ID")]
    resource_account: Option<String>,
    /// The time of the request (ISO 8601 or epoch seconds)
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// A key that is certainly not in the request
    #[arg(long, value_name = "KEY")]
    absent: Vec<String>,
    /// Take every key that is not given for absent
    #[arg(long)]
    assume_absent: bool,
    /// A whole case in a file, as a line of a batch
    #[arg(long, value_name = "FILE", conflicts_with_all = ["principal", "action", "resources", "context"])]
    request: Option<String>,
    /// What to call it in the answer
    #[arg(long, value_name = "TEXT", conflicts_with = "batch")]
    name: Option<String>,
}

/// What is asked, the policies in play, and the connections to live accounts that were read for it.
pub(super) struct Asked {
    pub request: Request,
    pub policies: PolicySet,
    pub connections: Connections,
}

impl Question {
    /// What the answer is called.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref().or(self.request.as_deref())
    }

    /// What is asked, and the policies in play.
    pub fn ask(&self, sources: &Sources) -> Result<Asked, Failure> {
        if let Some(path) = &self.request {
            let case = Case::read(&read(path)?)
                .map_err(|error| Failure::input(format!("`{path}`: {error}")))?;
            return Ok(Asked {
                request: case.request,
                policies: case.policies,
                connections: Connections::default(),
            });
        }
        let (Some(principal), Some(action)) = (&self.principal, &self.action) else {
            return Err(Failure::input(
                "name `--principal` and `--action`, or a case with `--request` or `--batch`",
            ));
        };
        let action = &written(action_written(action))?;
        let (mut inventory, connections) = if sources.is_empty() {
            (Inventory::default(), Connections::default())
        } else {
            sources.load_for_caller(&self.home(principal), principal)?
        };
        let files = self.files(&mut inventory)?;
        let named = self.resources_or_default(action)?;
        let mut resources = Vec::new();
        for text in named {
            resources.push(RequestResource {
                account: self.resource_account.clone(),
                ..RequestResource::new(written(resource_written(&inventory, &text))?)
            });
        }
        if self.resource_policy.is_none() {
            for arn in resources.iter().filter_map(|own| own.arn.as_plain()) {
                connections.read_policy(&mut inventory, arn)?;
            }
        }
        let caller = caller_named(&inventory, principal)?;
        let context = self.context()?;
        let first = &resources[0].arn;
        let owner = owner_of(&inventory, first);
        let mut policies = policies_for(&inventory, &caller, action, &resources);
        files.join(&mut policies);
        for resource in &mut resources {
            if resource.account.is_none() {
                resource.account = owner_id(&inventory, &caller, &resource.arn);
            }
        }
        let request = Request {
            also_requires: session_legs(action, &context),
            organisation: organisation_facts(&caller, owner),
            resources,
            context,
            ..Request::new(caller.principal, action, "*")
        };
        Ok(Asked {
            request,
            policies,
            connections,
        })
    }

    /// What the request itself says of where it is made.
    fn home(&self, principal: &str) -> Home {
        let region = self
            .context
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case("aws:RequestedRegion"))
            .map(|(_, value)| value.as_str());
        let resource = self.resources.first().map(String::as_str);
        Home::of(Some(principal), resource, region)
    }

    /// The resources asked for; `*` for an action that has no resource types.
    fn resources_or_default(&self, action: &str) -> Result<Vec<String>, Failure> {
        if !self.resources.is_empty() {
            return Ok(self.resources.clone());
        }
        let Some(known) = catalog::index().find(action) else {
            return Err(Failure::input(format!(
                "name a `--resource`: `{action}` is not known, so its resource types are not either"
            )));
        };
        if !known.has_resource_types() {
            return Ok(vec!["*".to_owned()]);
        }
        let types: Vec<String> = known
            .details()
            .resource_types
            .iter()
            .map(|used| {
                format!(
                    "{} ({}){}",
                    used.name,
                    used.arn,
                    if used.required { ", required" } else { "" }
                )
            })
            .collect();
        Err(Failure::input(format!(
            "name a `--resource`: {} acts on {}",
            known.canonical(),
            types.join("; ")
        )))
    }

    fn context(&self) -> Result<Context, Failure> {
        let mut context = Context::default();
        context.missing = if self.assume_absent {
            Missing::Absent
        } else {
            Missing::Unknown
        };
        let mut seen: Vec<&str> = Vec::new();
        for (key, _) in &self.context {
            if seen.iter().any(|known| known.eq_ignore_ascii_case(key)) {
                continue;
            }
            seen.push(key);
            let given: Vec<&String> = self
                .context
                .iter()
                .filter(|(other, _)| other.eq_ignore_ascii_case(key))
                .map(|(_, value)| value)
                .collect();
            context.set(key, key_value(&given));
        }
        for key in &self.absent {
            context.set(key, KeyValue::Absent);
        }
        if let Some(time) = &self.at {
            context.set("aws:CurrentTime", KeyValue::One(time.clone()));
            context.set("aws:EpochTime", KeyValue::One(time.clone()));
        }
        Ok(context)
    }

    /// The policies given as files, each a source of the inventory so that places in it can be named.
    fn files(&self, inventory: &mut Inventory) -> Result<Files, Failure> {
        let mut one =
            |path: &String, kind: PolicyKind, name: &str| -> Result<NamedPolicy, Failure> {
                Ok(NamedPolicy::new(
                    name,
                    kind,
                    Arc::new(document(inventory, path, kind)?),
                ))
            };
        let mut files = Files::default();
        for path in &self.identity_policies {
            files.identity.push(one(path, PolicyKind::Identity, path)?);
        }
        for (index, path) in self.session_policies.iter().enumerate() {
            files.session.push(one(
                path,
                PolicyKind::Session,
                &format!("session/{}", index + 1),
            )?);
        }
        if let Some(path) = &self.boundary {
            files.boundary = Some(one(path, PolicyKind::Boundary, "boundary")?);
        }
        if let Some(path) = &self.resource_policy {
            files.resource = Some(one(path, PolicyKind::Resource, "resource")?);
        }
        if let Some(path) = &self.endpoint_policy {
            files.endpoint = Some(one(path, PolicyKind::Vpce, "vpce")?);
        }
        for (given, kind, levels) in [
            (&self.scps, PolicyKind::Scp, &mut files.scps),
            (&self.rcps, PolicyKind::Rcp, &mut files.rcps),
        ] {
            for (level, path) in given {
                let policy = one(path, kind, path)?;
                match levels.iter_mut().find(|known| known.name == *level) {
                    Some(known) => known.policies.push(policy),
                    None => levels.push(PolicyLevel {
                        name: level.clone(),
                        policies: vec![policy],
                    }),
                }
            }
        }
        Ok(files)
    }
}

/// Policies given beside those of the source.
#[derive(Default)]
struct Files {
    identity: Vec<NamedPolicy>,
    session: Vec<NamedPolicy>,
    boundary: Option<NamedPolicy>,
    resource: Option<NamedPolicy>,
    endpoint: Option<NamedPolicy>,
    scps: Vec<PolicyLevel>,
    rcps: Vec<PolicyLevel>,
}

impl Files {
    /// Puts them in place of, or beside, the source's.
    fn join(self, set: &mut PolicySet) {
        set.identity.extend(self.identity);
        if !self.session.is_empty() {
            set.session = Some(self.session);
        }
        set.boundary = self.boundary.or(set.boundary.take());
        if self.resource.is_some() {
            set.set_resource(self.resource);
        }
        set.endpoint = self.endpoint.or(set.endpoint.take());
        if !self.scps.is_empty() {
            set.scps = Some(self.scps);
        }
        if !self.rcps.is_empty() {
            set.rcps = Some(self.rcps);
        }
    }
}

fn written<T>(read: Result<T, WrittenError>) -> Result<T, Failure> {
    read.map_err(|error| Failure::input(error.to_string()))
}

/// One value, several, or a JSON array of them.
fn key_value(given: &[&String]) -> KeyValue {
    match given {
        [one] => match serde_json::from_str::<Vec<String>>(one) {
            Ok(values) => KeyValue::Many(values),
            Err(_) => KeyValue::One((*one).clone()),
        },
        several => KeyValue::Many(several.iter().map(|value| (*value).clone()).collect()),
    }
}

fn read(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::input(format!("cannot read `{path}`: {error}")))
}

fn document(inventory: &mut Inventory, path: &str, kind: PolicyKind) -> Result<Document, Failure> {
    let source = SourceId(u32::try_from(inventory.sources.len()).unwrap_or(u32::MAX));
    let text = read(path)?;
    let document = parse_document_text(&text, source, kind).map_err(|error| {
        Failure::input(format!(
            "{path}:{}:{}: {error}",
            error.place.line, error.place.column
        ))
    })?;
    inventory.sources.push(Source {
        path: path.to_owned(),
        kind: SourceKind::Policy,
    });
    Ok(document)
}

//! Everything that was loaded: an inventory of accounts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Document, Group, ManagedPolicy, Place, Problem, ResourcePolicy, Role, Text, UnresolvedKind,
    User,
};

/// What marks a file as a snapshot of this program, in its member `kind`.
pub const SNAPSHOT_KIND: &str = "iamscope-snapshot";

/// The newest format of snapshots: the one written; every earlier one is read.
pub const SNAPSHOT_FORMAT: u64 = 1;

/// What was loaded from all sources.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// What was read, in order; [`Place::source`] counts in this list.
    pub sources: Vec<Source>,
    /// The accounts found, in the order of their sources.
    pub accounts: Vec<Account>,
    /// Problems that belong to no account.
    pub problems: Vec<Problem>,
}

impl Inventory {
    /// The path or name of the source that a place is in.
    pub fn path_of(&self, place: Place) -> Option<&str> {
        let index = usize::try_from(place.source.0).ok()?;
        self.sources.get(index).map(|source| source.path.as_str())
    }

    /// A place for reading: `template.json:12:7`, or the source alone where there is no line.
    pub fn describe(&self, place: Place) -> String {
        let path = self.path_of(place).unwrap_or("?");
        if place.is_known() {
            format!("{path}:{}:{}", place.line, place.column)
        } else {
            path.to_owned()
        }
    }
}

/// What a source turned out to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum SourceKind {
    /// CloudFormation template, JSON or YAML.
    CloudFormation,
    /// SAM template.
    Sam,
    /// A CDK cloud assembly.
    Cdk,
    /// A stream or array of `{"key", "value"}` items.
    TemplateItems,
    /// `terraform show -json` of a plan.
    TerraformPlan,
    /// `terraform show -json` of a state, or a state file.
    TerraformState,
    /// Terraform configuration.
    Terraform,
    /// `aws iam get-account-authorization-details`.
    AccountDetails,
    /// The output of one AWS CLI call.
    CliOutput,
    /// A bare policy document.
    Policy,
    /// A snapshot of this program.
    Snapshot,
    /// A live account.
    Live,
    /// A file that holds nothing of these.
    Unknown,
}

impl SourceKind {
    /// Whether account and region are filled in, rather than known from what was read.
    pub fn is_template(self) -> bool {
        matches!(
            self,
            SourceKind::CloudFormation
                | SourceKind::Sam
                | SourceKind::Cdk
                | SourceKind::TemplateItems
                | SourceKind::Terraform
                | SourceKind::TerraformPlan
        )
    }

    /// Every kind.
    pub const ALL: [SourceKind; 13] = [
        SourceKind::CloudFormation,
        SourceKind::Sam,
        SourceKind::Cdk,
        SourceKind::TemplateItems,
        SourceKind::TerraformPlan,
        SourceKind::TerraformState,
        SourceKind::Terraform,
        SourceKind::AccountDetails,
        SourceKind::CliOutput,
        SourceKind::Policy,
        SourceKind::Snapshot,
        SourceKind::Live,
        SourceKind::Unknown,
    ];

    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::CloudFormation => "cloudformation",
            SourceKind::Sam => "sam",
            SourceKind::Cdk => "cdk",
            SourceKind::TemplateItems => "template-items",
            SourceKind::TerraformPlan => "terraform-plan",
            SourceKind::TerraformState => "terraform-state",
            SourceKind::Terraform => "terraform",
            SourceKind::AccountDetails => "account-details",
            SourceKind::CliOutput => "cli-output",
            SourceKind::Policy => "policy",
            SourceKind::Snapshot => "snapshot",
            SourceKind::Live => "live",
            SourceKind::Unknown => "unknown",
        }
    }
}

/// One thing that was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path, or `standard input`, `demo`, `profile NAME`.
    pub path: String,
    /// What it turned out to be.
    pub kind: SourceKind,
}

/// A value that was given, or assumed because nothing gave it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Assumed<T> {
    /// The value.
    pub value: T,
    /// Whether nothing in the source or of the user said so.
    pub assumed: bool,
}

/// Where the value of a parameter comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum ParameterFrom {
    /// The template's default: an assumption about the deployment.
    Default,
    /// The user.
    Given,
}

impl ParameterFrom {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            ParameterFrom::Default => "default",
            ParameterFrom::Given => "given",
        }
    }
}

/// A parameter of a template, or a variable of a module.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type as written.
    pub kind: String,
    /// Its value, where it has one.
    pub value: Option<String>,
    /// Where the value comes from.
    pub from: Option<ParameterFrom>,
    /// The template's default.
    pub default: Option<String>,
    /// The values that the template accepts; empty where it accepts any.
    pub allowed: Vec<String>,
    /// Its description.
    pub description: Option<String>,
    /// Whether its value must not be shown (`NoEcho`, `sensitive`).
    pub secret: bool,
    /// Whether the value looks like a placeholder that its author left to be filled in.
    pub placeholder: bool,
    /// Where it is defined.
    pub place: Place,
    /// Names of the roles, policies and resources that use it.
    pub used_by: Vec<String>,
}

/// A part of a policy's text that its author left to be filled in: `<YOUR-BUCKET>`.
#[derive(Clone, Debug)]
pub struct Placeholder {
    /// The part as written, by which it is given a value.
    pub text: String,
    /// What the user gives for it.
    pub value: Option<String>,
    /// Where it stands first.
    pub place: Place,
    /// Names of the roles, policies and resources in whose policies it stands.
    pub used_by: Vec<String>,
}

/// One reference that stays unresolved.
#[derive(Clone, Debug)]
pub struct UnresolvedUse {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: UnresolvedKind,
    /// Where it stands first.
    pub place: Place,
}

/// One template condition that nothing decides.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// Its name.
    pub condition: String,
    /// Where it is defined.
    pub place: Place,
}

/// A SAML or OIDC provider.
#[derive(Clone, Debug)]
pub struct FederatedProvider {
    /// Its ARN.
    pub arn: Text,
    /// The issuer without `https://`, or the SAML provider's name.
    pub issuer: Text,
    /// Whether it speaks SAML; OIDC otherwise.
    pub saml: bool,
    /// Where it is defined.
    pub place: Place,
    /// The logical id in a template.
    pub logical_id: Option<String>,
}

/// Service and resource control policies in force at one level.
#[derive(Clone, Debug)]
pub struct OrgLevel {
    /// The root, OU or account.
    pub name: String,
    /// The policies attached there, by name.
    pub policies: Vec<(String, Arc<Document>)>,
}

/// The organisation's policies that reach an account, from the root to the account.
#[derive(Clone, Debug, Default)]
pub struct OrgPolicies {
    /// Service control policies; `None` where they were not loaded.
    pub scps: Option<Vec<OrgLevel>>,
    /// Resource control policies; `None` where they were not loaded.
    pub rcps: Option<Vec<OrgLevel>>,
    /// Whether the account is the organisation's management account.
    pub is_management: bool,
    /// The organisation's id.
    pub org_id: Option<String>,
    /// The account's path in the organisation, with a trailing slash.
    pub org_path: Option<String>,
}

/// One account, or one template that would be deployed into one.
#[derive(Clone, Debug)]
pub struct Account {
    /// What to call it: the alias, the file's name.
    pub name: String,
    /// The account id.
    pub id: Assumed<String>,
    /// The region of regional resources.
    pub region: Assumed<String>,
    /// The partition.
    pub partition: Assumed<String>,
    /// The roles.
    pub roles: Vec<Role>,
    /// The users.
    pub users: Vec<User>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The managed policies of the source.
    pub policies: Vec<ManagedPolicy>,
    /// Resources with policies.
    pub resource_policies: Vec<ResourcePolicy>,
    /// SAML and OIDC providers.
    pub providers: Vec<FederatedProvider>,
    /// SCPs and RCPs, where loaded.
    pub organisation: OrgPolicies,
    /// Parameters and variables.
    pub parameters: Vec<Parameter>,
    /// What is left to be filled in in the text of policies.
    pub placeholders: Vec<Placeholder>,
    /// Every reference that stays unresolved, once.
    pub unresolved: Vec<UnresolvedUse>,
    /// Every condition that stays undecided, once.
    pub undecided: Vec<Undecided>,
    /// ARNs of the source's resources by logical id, for requests against "the bucket of this template".
    pub resources: BTreeMap<String, Text>,
    /// What is wrong outside policy documents.
    pub problems: Vec<Problem>,
}

impl Account {
    /// An empty account with assumed id, region and partition.
    pub fn new(name: impl Into<String>) -> Self {
        let assumed = |value: &str| Assumed {
            value: value.to_owned(),
            assumed: true,
        };
        Account {
            name: name.into(),
            id: assumed("123456789012"),
            region: assumed("us-east-1"),
            partition: assumed("aws"),
            roles: Vec::new(),
            users: Vec::new(),
            groups: Vec::new(),
            policies: Vec::new(),
            resource_policies: Vec::new(),
            providers: Vec::new(),
            organisation: OrgPolicies::default(),
            parameters: Vec::new(),
            placeholders: Vec::new(),
            unresolved: Vec::new(),
            undecided: Vec::new(),
            resources: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Every problem of the account and of its documents, each shared document once.
    pub fn all_problems(&self) -> Vec<&Problem> {
        let mut seen = std::collections::HashSet::new();
        let mut all: Vec<&Problem> = self.problems.iter().collect();
        for document in self.documents() {
            let pointer = Arc::as_ptr(document);
            if seen.insert(pointer) {
                all.extend(&document.problems);
            }
        }
        all
    }

    /// Every document of the account, shared ones as often as they are attached.
    pub fn documents(&self) -> impl Iterator<Item = &Arc<Document>> {
        let roles = self.roles.iter().flat_map(|role| {
            role.trust
                .iter()
                .chain(
                    role.boundary
                        .iter()
                        .filter_map(|boundary| boundary.document.as_ref()),
                )
                .chain(
                    role.managed
                        .iter()
                        .filter_map(|attached| attached.document.as_ref()),
                )
                .chain(role.inline.iter().map(|inline| &inline.document))
        });
        let users = self.users.iter().flat_map(|user| {
            user.boundary
                .iter()
                .chain(&user.managed)
                .filter_map(|attached| attached.document.as_ref())
                .chain(user.inline.iter().map(|inline| &inline.document))
        });
        let groups = self.groups.iter().flat_map(|group| {
            group
                .managed
                .iter()
                .filter_map(|attached| attached.document.as_ref())
                .chain(group.inline.iter().map(|inline| &inline.document))
        });
        let policies = self
            .policies
            .iter()
            .filter_map(|policy| policy.document.as_ref());
        let resources = self.resource_policies.iter().map(|policy| &policy.document);
        roles
            .chain(users)
            .chain(groups)
            .chain(policies)
            .chain(resources)
    }
}

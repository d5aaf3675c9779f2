//! The rulings that bear on a layer: where AWS's documentation leaves open, or contradicts itself about,
//! what its statements met in this request.

use crate::iam::{
    BaseOperator, Condition, Effect, PolicyKind, PrincipalElement, PrincipalType, PrincipalValue,
    SessionKind, SetPrefix, Statement,
};

use super::conditions::CompiledCondition;
use super::context::KeyState;
use super::keys::Key;
use super::prepare::Relation;
use super::reasons::About;
use super::rules as rule;
use super::values::{Instant, parse_network};
use super::warnings::source;
use super::{LayerKind, LayerStatus, NearMiss, PartKind, Rule, StatementRef};

/// The rulings that bear on a layer, each once.
pub(super) fn of(about: &About<'_>, near_misses: &[NearMiss]) -> Vec<Rule> {
    let mut rulings = Rulings {
        about,
        found: Vec::new(),
    };
    rulings.granted_anyway();
    if !about.status.takes_part() {
        return rulings.found;
    }
    rulings.layer();
    for matched in about.matched {
        if let Some(statement) = source(&matched.statement) {
            rulings.applies(&matched.statement, statement);
        }
    }
    // Where a layer allows, what else nearly allowed is of no interest; why a denial did not apply is.
    let wanting = matches!(
        about.status,
        LayerStatus::ImplicitDeny | LayerStatus::Depends
    );
    for miss in near_misses {
        if let Some(statement) = source(&miss.statement)
            && (wanting || statement.effect != Some(Effect::Allow))
        {
            rulings.fails(miss, statement);
        }
    }
    rulings.found
}

struct Rulings<'a> {
    about: &'a About<'a>,
    found: Vec<Rule>,
}

impl Rulings<'_> {
    fn add(&mut self, applies: bool, rule: Rule) {
        if applies && !self.found.contains(&rule) {
            self.found.push(rule);
        }
    }

    fn caller(&self) -> SessionKind {
        self.about.caller.principal.kind
    }

    /// What is granted by no policy, to which the layer has nothing to add.
    fn granted_anyway(&mut self) {
        let leg = self.about.leg;
        let root = leg.relation == Relation::OwnRoot && !leg.requires_policy;
        match self.about.kind {
            LayerKind::Identity => self.add(root, rule::ROOT),
            LayerKind::Resource => self.add(leg.repairs_bucket, rule::REPAIRS_BUCKET),
            _ => {}
        }
    }

    fn layer(&mut self) {
        let leg = self.about.leg;
        let denies = self.about.status == LayerStatus::ImplicitDeny;
        match self.about.kind {
            LayerKind::Credential | LayerKind::Partition => {
                self.add(denies, rule::REFUSED_FIRST);
            }
            LayerKind::Rcp => self.add(*leg.service == *"es", rule::OPENSEARCH),
            LayerKind::Resource => self.add(leg.lacks_signature, rule::UNSIGNED),
            LayerKind::Identity => self.add(leg.owner_assumed, rule::OWNER_ASSUMED),
            LayerKind::Session => {
                let root = self.caller() == SessionKind::Root;
                self.add(root, rule::SESSION_OF_ROOT);
                let federated = self.about.caller.is_federated_user() && denies;
                self.add(federated, rule::NO_SESSION_POLICY);
            }
            LayerKind::Scp | LayerKind::Vpce | LayerKind::Boundary => {}
        }
    }

    /// A statement that applies, or may.
    fn applies(&mut self, reference: &StatementRef, statement: &Statement) {
        if let Some(principal) = &statement.principal {
            self.principal(reference.kind, statement, principal);
        }
        let mut actions = statement.action.iter().flat_map(|own| &own.entries);
        let wild = actions.any(|entry| {
            let prefix = entry.text.known_prefix().split_once(':');
            prefix.is_some_and(|(service, _)| service.contains(['*', '?']))
        });
        self.add(wild, rule::ACTION_PREFIX);
        self.resource(reference.kind, statement);
        for condition in &statement.conditions {
            self.condition(reference, statement, condition);
        }
    }

    /// A statement that nearly applies: only the parts that fail.
    fn fails(&mut self, miss: &NearMiss, statement: &Statement) {
        let reference = &miss.statement;
        for failed in &miss.failed {
            match &failed.part {
                PartKind::Action => {}
                PartKind::Principal => {
                    let named = statement.principal.as_ref();
                    let aws =
                        named.is_some_and(|own| own.entries.iter().any(|value| of_aws(value.kind)));
                    let federated = self.about.leg.federated_only && aws;
                    self.add(federated, rule::FEDERATED_GRANT);
                }
                PartKind::Resource => {
                    use PolicyKind::{Boundary, Identity, Session};
                    let completed = matches!(reference.kind, Identity | Boundary | Session);
                    let short = short_arns(statement).next().is_some();
                    self.add(short && !completed, rule::NOT_COMPLETED);
                }
                PartKind::Condition(key) => {
                    for condition in &statement.conditions {
                        if Key::new(&condition.key.to_string()).canonical() == *key {
                            self.condition(reference, statement, condition);
                        }
                    }
                }
            }
        }
    }

    fn principal(&mut self, kind: PolicyKind, statement: &Statement, principal: &PrincipalElement) {
        if principal.not {
            self.add(
                statement.effect == Some(Effect::Deny),
                rule::NOT_PRINCIPAL_CHAIN,
            );
            return;
        }
        let leg = self.about.leg;
        let entries = || principal.entries.iter().filter(|value| of_aws(value.kind));
        let parsed = || {
            entries()
                .filter_map(|value| value.entry.text.as_plain())
                .map(PrincipalValue::parse)
        };
        let everyone = parsed().any(|value| value == PrincipalValue::Everyone);
        self.add(
            everyone && self.caller() == SessionKind::Service,
            rule::EVERYONE_AND_SERVICES,
        );
        let own = self.about.caller.principal.account.as_deref();
        let account = parsed().any(|value| match value {
            PrincipalValue::Account(id) => Some(id) == own,
            _ => false,
        });
        let grants = statement.effect == Some(Effect::Allow) && kind == PolicyKind::Resource;
        let same = grants && leg.relation == Relation::SameAccount;
        self.add(
            same && account && !leg.requires_policy,
            rule::ACCOUNT_DELEGATES,
        );
        let by_arn = statement
            .conditions
            .iter()
            .any(|own| own.key.to_string().eq_ignore_ascii_case("aws:PrincipalArn"));
        self.add(
            same && by_arn && (everyone || account),
            rule::ELEMENT_DECIDES,
        );
        let gateway = matches!(&*leg.service, "s3" | "dynamodb");
        self.add(
            kind == PolicyKind::Vpce && account && gateway,
            rule::ENDPOINT_ACCOUNT,
        );
    }

    fn resource(&mut self, kind: PolicyKind, statement: &Statement) {
        let leg = self.about.leg;
        let Some(element) = &statement.resource else {
            self.add(kind == PolicyKind::Resource, rule::RESOURCE_IMPLIED);
            return;
        };
        let lists = leg.is_any_resource() && leg.is_action("s3", "listallmybuckets");
        let all_of_s3 = element
            .entries
            .iter()
            .any(|own| own.text == *"arn:aws:s3:::*");
        self.add(lists && all_of_s3, rule::LIST_BUCKETS);
        let wild_service = element.entries.iter().any(|own| {
            let text = own.text.to_string();
            let service = text.split(':').nth(2).unwrap_or_default();
            service.contains(['*', '?'])
        });
        self.add(wild_service, rule::RESOURCE_SERVICE);
        let runs_on = short_arns(statement).any(|text| text.ends_with('*'));
        self.add(runs_on, rule::TRAILING_STAR);
        let allows = statement.effect == Some(Effect::Allow);
        let narrow = element.not || element.entries.iter().any(|own| own.text != *"*");
        self.add(
            kind == PolicyKind::Scp && allows && narrow,
            rule::SCP_RESOURCE,
        );
    }

    fn condition(
        &mut self,
        reference: &StatementRef,
        statement: &Statement,
        condition: &Condition,
    ) {
        use BaseOperator::{Bool, IpAddress, NotIpAddress, Null, StringNotLike};
        let Some(operator) = condition.operator else {
            return;
        };
        let compiled = CompiledCondition::new(condition, reference.document.version);
        let state = self.about.leg.keys.get(&compiled.key);
        let (set, base) = (operator.set, operator.base);
        let all = set == Some(SetPrefix::ForAllValues);
        self.add(all && base == StringNotLike, rule::FOR_ALL_NOT_LIKE);
        match state {
            KeyState::Many([]) => self.add(true, rule::EMPTY_LIST),
            KeyState::Many(_) if set.is_none() && base != Null => {
                self.add(true, rule::PLAIN_ON_LIST);
            }
            KeyState::Many(values) => {
                self.add(values.iter().any(String::is_empty), rule::EMPTY_STRINGS);
            }
            KeyState::One("") => self.add(set.is_none() && base == Null, rule::NULL_OF_EMPTY),
            KeyState::Absent => {
                let any = set == Some(SetPrefix::ForAnyValue);
                self.add(any && operator.if_exists, rule::ANY_IF_EXISTS);
            }
            _ => {}
        }
        for value in &condition.values {
            let Some(text) = value.text.as_plain() else {
                continue;
            };
            match base {
                IpAddress | NotIpAddress => self.network(text, state),
                Bool => {
                    self.add(text.contains("${"), rule::VARIABLE_IN_BOOL);
                    self.add(text != text.to_ascii_lowercase(), rule::BOOL_CASE);
                }
                _ if base.name().starts_with("Date") => self.date(text),
                _ if base.name().starts_with("Arn") => {
                    self.add(text.splitn(6, ':').count() < 6, rule::ARN_FORM);
                }
                _ => {}
            }
        }
        self.variables(&compiled);
        self.key(&compiled, statement.effect, state);
    }

    fn network(&mut self, text: &str, state: KeyState<'_>) {
        let Some(network) = parse_network(text) else {
            return;
        };
        let is_v6 = text.contains(':');
        self.add(is_v6 && !text.contains('/'), rule::V6_PREFIX);
        self.add(network.addr() != network.network(), rule::HOST_BITS);
        if let KeyState::One(address) = state {
            self.add(address.contains(':') != is_v6, rule::OTHER_FAMILY);
        }
    }

    fn date(&mut self, text: &str) {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        self.add(digits && !text.is_empty(), rule::DATE_OF_DIGITS);
        let zoned = |time: &str| time.ends_with('Z') || time.contains(['+', '-']);
        let zoneless = text.split_once('T').is_some_and(|(_, time)| !zoned(time));
        self.add(
            zoneless && Instant::parse(text).is_some(),
            rule::DATE_WITHOUT_ZONE,
        );
    }

    fn variables(&mut self, condition: &CompiledCondition) {
        for variable in condition.variables() {
            match self.about.leg.keys.get(&variable.key) {
                KeyState::One("") => self.add(true, rule::VARIABLE_OF_EMPTY),
                KeyState::One(value) => {
                    self.add(value.contains(['*', '?']), rule::VARIABLE_LITERAL)
                }
                KeyState::Absent if variable.default.is_none() => {
                    self.add(condition.values.len() > 1, rule::VARIABLE_BESIDE_OTHERS);
                }
                _ => {}
            }
        }
    }

    /// Keys about which AWS says different things in different places, or nothing.
    fn key(&mut self, condition: &CompiledCondition, effect: Option<Effect>, state: KeyState<'_>) {
        let Some(operator) = condition.operator else {
            return;
        };
        let denies = effect == Some(Effect::Deny);
        let is_null = operator.base == BaseOperator::Null;
        let caller = self.caller();
        match &*condition.key.lower {
            "aws:principalarn" => {
                self.add(caller == SessionKind::AssumedRole, rule::ARN_OF_SESSIONS);
            }
            "aws:multifactorauthpresent" => self.add(denies && is_null, rule::NULL_OF_MFA),
            "aws:sourceip" => {
                let via = self.about.leg.keys.one("aws:ViaAWSService") == Some("true");
                self.add(via, rule::ADDRESS_FORWARDED);
            }
            "aws:principalservicename" => {
                let absent = matches!(state, KeyState::Absent);
                let negated = operator.base.is_negated() && operator.if_exists;
                self.add(denies && negated && absent, rule::SERVICE_NAME_OF_OTHERS);
            }
            "aws:principaltype" => self.add(caller == SessionKind::Service, rule::TYPE_OF_SERVICES),
            _ => {}
        }
    }
}

fn of_aws(kind: PrincipalType) -> bool {
    matches!(kind, PrincipalType::Aws | PrincipalType::Everyone)
}

/// The resources of a statement that are ARNs with fewer than six fields.
fn short_arns(statement: &Statement) -> impl Iterator<Item = &str> {
    let entries = statement.resource.iter().flat_map(|own| &own.entries);
    entries
        .filter_map(|entry| entry.text.as_plain())
        .filter(|text| text.starts_with("arn:") && text.splitn(6, ':').count() < 6)
}

//! A decision with all its reasons. Screen, JSON and Markdown only render it.

use std::sync::Arc;

use crate::iam::{Document, Effect, Place, PolicyKind, Text};

use super::Truth;

/// What AWS answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum Outcome {
    /// Allowed.
    Allow,
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing that must allow it does.
    ImplicitDeny,
    /// Both an allow and a deny are possible.
    Depends,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 4] = [
        Outcome::Allow,
        Outcome::ExplicitDeny,
        Outcome::ImplicitDeny,
        Outcome::Depends,
    ];

    /// The name used in formats: `explicitDeny`.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Allow => "allow",
            Outcome::ExplicitDeny => "explicitDeny",
            Outcome::ImplicitDeny => "implicitDeny",
            Outcome::Depends => "depends",
        }
    }

    /// Whether it is a denial, of either kind.
    pub fn is_deny(self) -> bool {
        matches!(self, Outcome::ExplicitDeny | Outcome::ImplicitDeny)
    }
}

/// The layers of evaluation, in the order in which deniers are named.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
#[allow(missing_docs)] // the names say it
pub enum LayerKind {
    Credential,
    Partition,
    Rcp,
    Scp,
    Vpce,
    Resource,
    Identity,
    Boundary,
    Session,
}

impl LayerKind {
    /// Every layer in order.
    pub const ALL: [LayerKind; 9] = [
        LayerKind::Credential,
        LayerKind::Partition,
        LayerKind::Rcp,
        LayerKind::Scp,
        LayerKind::Vpce,
        LayerKind::Resource,
        LayerKind::Identity,
        LayerKind::Boundary,
        LayerKind::Session,
    ];

    /// The name used in formats.
    pub fn name(self) -> &'static str {
        match self {
            LayerKind::Credential => "credential",
            LayerKind::Partition => "partition",
            LayerKind::Rcp => "rcp",
            LayerKind::Scp => "scp",
            LayerKind::Vpce => "vpce",
            LayerKind::Resource => "resource",
            LayerKind::Identity => "identity",
            LayerKind::Boundary => "boundary",
            LayerKind::Session => "session",
        }
    }
}

/// What one layer says of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum LayerStatus {
    /// No policy of this kind was given: an assumption, which decisions say.
    NotGiven,
    /// This kind of policy does not apply to this request.
    NotApplicable,
    /// It allows.
    Allows,
    /// It does not allow, and need not.
    NotNeeded,
    /// A statement of it denies.
    ExplicitDeny,
    /// It would have to allow and does not.
    ImplicitDeny,
    /// Depends on something that is not known.
    Depends,
}

impl LayerStatus {
    /// The name used in formats.
    pub fn name(self) -> &'static str {
        match self {
            LayerStatus::NotGiven => "notGiven",
            LayerStatus::NotApplicable => "notApplicable",
            LayerStatus::Allows => "allows",
            LayerStatus::NotNeeded => "notNeeded",
            LayerStatus::ExplicitDeny => "explicitDeny",
            LayerStatus::ImplicitDeny => "implicitDeny",
            LayerStatus::Depends => "depends",
        }
    }

    /// Whether a layer of this status has a part in the decision.
    pub fn takes_part(self) -> bool {
        !matches!(
            self,
            LayerStatus::NotGiven | LayerStatus::NotApplicable | LayerStatus::NotNeeded
        )
    }
}

/// Whether AWS documents a rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum RuleStatus {
    /// AWS documents it.
    Documented,
    /// The documentation is silent: this program's ruling.
    Inferred,
    /// The documentation contradicts itself: this program's ruling.
    Contradicted,
}

impl RuleStatus {
    /// The name used in formats.
    pub fn name(self) -> &'static str {
        match self {
            RuleStatus::Documented => "documented",
            RuleStatus::Inferred => "inferred",
            RuleStatus::Contradicted => "contradicted",
        }
    }
}

/// A rule of evaluation and the page that states it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub struct Rule {
    /// The rule in words.
    pub words: &'static str,
    /// The AWS documentation page, such as `IAM:reference_policies_evaluation-logic`.
    pub page: &'static str,
    /// Whether AWS documents it.
    pub status: RuleStatus,
}

/// A statement that a decision points to.
#[derive(Clone, Debug)]
pub struct StatementRef {
    /// The policy's name.
    pub policy: String,
    /// The policy's kind.
    pub kind: PolicyKind,
    /// Its Sid, or its number.
    pub statement: String,
    /// Its number, from 1.
    pub number: usize,
    /// The document that holds it.
    pub document: Arc<Document>,
    /// Where it stands.
    pub place: Place,
    /// Its effect; `None` where that could not be read.
    pub effect: Option<Effect>,
}

/// A statement that applies, or may apply.
#[derive(Clone, Debug)]
pub struct Matched {
    /// Which.
    pub statement: StatementRef,
    /// Yes, or unknown.
    pub applies: Truth,
    /// What it depends on, where that is unknown.
    pub depends_on: Vec<String>,
    /// Keys by whose absence alone a condition of it holds.
    pub because_absent: Vec<String>,
}

/// The part of a statement that fails to match.
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub enum PartKind {
    /// Action or NotAction.
    Action,
    /// Resource or NotResource.
    Resource,
    /// Principal or NotPrincipal.
    Principal,
    /// One condition, by its key.
    Condition(String),
}

impl PartKind {
    /// The name used in formats: `action`, `condition:aws:SourceIp`.
    pub fn name(&self) -> String {
        match self {
            PartKind::Action => "action".to_owned(),
            PartKind::Resource => "resource".to_owned(),
            PartKind::Principal => "principal".to_owned(),
            PartKind::Condition(key) => format!("condition:{key}"),
        }
    }
}

/// Why a part of a statement does not match.
#[derive(Clone, Debug)]
pub struct FailedPart {
    /// Which part.
    pub part: PartKind,
    /// What the statement asks for, variables resolved.
    pub expected: String,
    /// What the request has; `None` where a key is absent.
    pub actual: Option<String>,
    /// Both in a sentence.
    pub reason: String,
    /// Where the part stands.
    pub place: Place,
}

/// A statement that nearly applies.
#[derive(Clone, Debug)]
pub struct NearMiss {
    /// Which.
    pub statement: StatementRef,
    /// Every part that fails.
    pub failed: Vec<FailedPart>,
}

/// One layer's part in a decision.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Which layer.
    pub kind: LayerKind,
    /// What it says.
    pub status: LayerStatus,
    /// Why, in a sentence.
    pub reason: String,
    /// The rule applied.
    pub rule: Rule,
    /// Where the documentation leaves open, or contradicts itself about, what statements met here.
    pub rulings: Vec<Rule>,
    /// How many policies it has.
    pub policies: usize,
    /// How many statements they have.
    pub statements: usize,
    /// The statements that apply or may apply.
    pub matched: Vec<Matched>,
    /// The statements that nearly apply, nearest first.
    pub near_misses: Vec<NearMiss>,
}

impl Layer {
    /// Every rule applied, that of the layer first, unless the layer has no part in the decision or it is
    /// no news that it lets the request through.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        let passed = self.status == LayerStatus::Allows
            && matches!(self.kind, LayerKind::Credential | LayerKind::Partition);
        let own = self.status.takes_part() && !passed;
        own.then_some(&self.rule).into_iter().chain(&self.rulings)
    }
}

/// One action on one resource of a request.
#[derive(Clone, Debug)]
pub struct Leg {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: Text,
    /// The outcome of this leg alone.
    pub outcome: Outcome,
    /// The layers that deny it, in order.
    pub deniers: Vec<LayerKind>,
    /// Every layer in order.
    pub layers: Vec<Layer>,
}

/// The answer to a request, with every reason.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The outcome.
    pub outcome: Outcome,
    /// The layers that certainly deny, in order; only those of the reported outcome's kind.
    pub deniers: Vec<LayerKind>,
    /// What could change the outcome or its kind, sorted.
    pub depends_on: Vec<String>,
    /// Every action on every resource.
    pub legs: Vec<Leg>,
    /// What is not modelled, and what is surprising.
    pub warnings: Vec<String>,
}

impl Decision {
    /// The layer named first as the denier.
    pub fn denier(&self) -> Option<LayerKind> {
        self.deniers.first().copied()
    }
}

//! What AWS adds to an answer of the simulator: its own simulator's decision, and the policy of the
//! resource. Neither is ever in the way: the answer stands, and what AWS says is added to it.

use crate::explain::{Block, Item, Line, Mark, Page, escape};
use crate::iam::ResourcePolicy;
use crate::report::{AwsAnswer, beside_json, verdict};
use crate::simulate::{LayerKind, Outcome, Request};

use super::job::{Lane, Work};
use super::simulator::{Answered, Focus};
use super::writing::Simulated;
use super::{Effect, Notice, SourceSpec, State};

/// What AWS's simulator does not do, whatever is asked (IAM API: SimulatePrincipalPolicy).
const NOT_MODELLED: &str = "AWS's simulator does not evaluate resource control, endpoint and session \
                            policies, resource policies for roles, or trust policies.";

/// The decision of AWS's own simulator for one resource.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AwsSaid {
    /// The resource.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
    /// The policies whose statements matched.
    pub matched: Vec<String>,
    /// Context keys that a policy uses and the question did not have.
    pub missing: Vec<String>,
}

/// What became of asking AWS's own simulator.
#[derive(Clone, Debug, Default)]
pub enum AwsSays {
    /// It was not asked.
    #[default]
    NotAsked,
    /// Its answer is awaited.
    Awaited,
    /// Its answer.
    Said(Vec<AwsSaid>),
    /// Why there is no answer.
    Failed(String),
}

/// What became of reading the resource's policy.
#[derive(Clone, Debug, Default)]
pub enum PolicyRead {
    /// It was not asked for, or no API gives it.
    #[default]
    NotAsked,
    /// It is being read.
    Awaited(String),
    /// It was read, and is among what was loaded now.
    Here(String),
    /// The resource has none: AWS says so.
    HasNone(String),
    /// Why it could not be read.
    Failed(String, String),
}

impl PolicyRead {
    /// Forgets it where another resource is asked about.
    pub(super) fn forget_unless(&mut self, resource: &str) {
        let own = match self {
            PolicyRead::Awaited(arn) | PolicyRead::Here(arn) | PolicyRead::HasNone(arn) => arn,
            PolicyRead::Failed(arn, _) => arn,
            PolicyRead::NotAsked => return,
        };
        if !resource.split_whitespace().any(|one| one == own) {
            *self = PolicyRead::NotAsked;
        }
    }
}

/// What AWS answered when asked for the policy of a resource.
#[derive(Debug)]
pub struct FetchedPolicy {
    /// Its policy, or what stands for one that could not be read.
    pub policy: Option<Box<ResourcePolicy>>,
    /// Why it could not be read.
    pub failed: Option<String>,
    /// Whether an API gives the policy of such a resource.
    pub supported: bool,
}

impl State {
    /// Asks AWS's own simulator the same.
    pub(super) fn ask_aws(&mut self, effects: &mut Vec<Effect>) {
        let Some(Ok(answered)) = &self.simulator.answer else {
            self.notice = Some(Notice::info("there is no answer yet to compare with"));
            return;
        };
        let Some(source) = self.source_of(answered) else {
            self.notice = Some(Notice::info(
                "AWS can be asked about a live account only: open a profile",
            ));
            return;
        };
        let request = Box::new(answered.request.clone());
        let ticket = self.live.next_ticket();
        effects.push(Effect::AskAws {
            ticket,
            source,
            request,
        });
        self.simulator.aws = AwsSays::Awaited;
        self.simulator.say_beside(self.ascii);
    }

    /// Stops asking AWS; says whether it was being asked.
    pub(super) fn stop_asking(&mut self, effects: &mut Vec<Effect>) -> bool {
        let was = matches!(self.simulator.aws, AwsSays::Awaited);
        if was {
            self.live.next_ticket();
            effects.push(Effect::StopAsking);
            self.simulator.aws = AwsSays::NotAsked;
            self.simulator.say_beside(self.ascii);
            self.notice = Some(Notice::info("AWS is not asked any more"));
        }
        was
    }

    /// Takes what AWS's own simulator says.
    pub(super) fn aws_answered(&mut self, ticket: u64, result: Result<Vec<AwsSaid>, String>) {
        if ticket != self.live.ticket || !matches!(self.simulator.aws, AwsSays::Awaited) {
            return;
        }
        self.simulator.aws = match result {
            Ok(said) => AwsSays::Said(said),
            Err(words) => AwsSays::Failed(words),
        };
        self.simulator.say_beside(self.ascii);
        self.remember_simulation();
    }

    /// Reads the policy of the resource that is asked about, once for each resource, where the account
    /// is a live one and nothing says the policy yet.
    pub(super) fn learn_policy(&mut self, again: bool, effects: &mut Vec<Effect>) {
        let Some(Ok(answered)) = &self.simulator.answer else {
            return;
        };
        let legs = answered.decision.legs.iter().flat_map(|leg| &leg.layers);
        let is_known = legs
            .filter(|layer| layer.kind == LayerKind::Resource)
            .any(|layer| layer.policies > 0);
        let resource = answered.request.resources.first();
        let arn = resource.and_then(|resource| resource.arn.as_plain().map(str::to_owned));
        let (Some(arn), Some(source)) = (arn, self.source_of(answered)) else {
            if again {
                self.notice = Some(Notice::info(
                    "policies of resources are read from a live account only",
                ));
            }
            return;
        };
        let typing = matches!(self.simulator.focus, Focus::Field(_));
        let is_new = self.live.asked_for.insert(arn.clone());
        if !again && (is_known || typing || !is_new || !arn.starts_with("arn:")) {
            if typing && is_new {
                self.live.asked_for.remove(&arn);
            }
            return;
        }
        self.simulator.policy = PolicyRead::Awaited(arn.clone());
        self.simulator.say_beside(self.ascii);
        effects.push(Effect::FetchPolicy {
            generation: self.generation,
            source,
            arn,
        });
    }

    /// Takes the policy of a resource.
    pub(super) fn policy_fetched(
        &mut self,
        source: &SourceSpec,
        arn: String,
        fetched: FetchedPolicy,
        effects: &mut Vec<Effect>,
    ) {
        let read = match (&fetched.policy, fetched.failed) {
            (_, Some(words)) => PolicyRead::Failed(arn.clone(), words),
            (Some(_), None) => PolicyRead::Here(arn.clone()),
            (None, None) if fetched.supported => PolicyRead::HasNone(arn.clone()),
            (None, None) => PolicyRead::NotAsked,
        };
        if matches!(&self.simulator.policy, PolicyRead::Awaited(own) if *own == arn) {
            self.simulator.policy = read;
            self.simulator.say_beside(self.ascii);
        }
        let account = self.account_of(source);
        if let (Some(policy), Some(account)) = (fetched.policy, account) {
            effects.push(self.job(Lane::Learn, Work::Learn(account, policy)));
        }
    }

    /// The live source that can be asked about an answer: that of the caller's account, else the first.
    fn source_of(&self, answered: &Answered) -> Option<SourceSpec> {
        let account = answered.caller.map(|caller| caller.account);
        let own = account.and_then(|account| self.session_of(account));
        let session = own.or_else(|| self.live.sessions.first())?;
        Some(session.spec())
    }
}

/// The answer with what AWS adds to it, behind the decision.
pub(super) fn with_aws(answered: &Answered, aws: &AwsSays, policy: &PolicyRead) -> Page {
    let mut page = answered.page.clone();
    let mut added = policy_blocks(policy);
    added.extend(aws_blocks(answered, aws));
    let behind_decision = page.blocks.len().min(1);
    page.blocks.splice(behind_decision..behind_decision, added);
    page
}

fn policy_blocks(read: &PolicyRead) -> Vec<Block> {
    let (mark, words) = match read {
        PolicyRead::NotAsked => return Vec::new(),
        PolicyRead::Awaited(arn) => (Mark::Depends, format!("Loading the policy of {arn}.")),
        PolicyRead::Here(arn) => (
            Mark::Allow,
            format!("The policy of {arn} was read from AWS."),
        ),
        PolicyRead::HasNone(arn) => (
            Mark::ImplicitDeny,
            format!("{arn} has no resource policy: AWS says so."),
        ),
        PolicyRead::Failed(_, words) => (
            Mark::Problem,
            format!("The resource's policy could not be read: {words}."),
        ),
    };
    vec![marked(mark, words)]
}

fn aws_blocks(answered: &Answered, aws: &AwsSays) -> Vec<Block> {
    match aws {
        AwsSays::NotAsked => Vec::new(),
        AwsSays::Awaited => vec![marked(
            Mark::Depends,
            "Asking AWS's own simulator.".to_owned(),
        )],
        AwsSays::Failed(words) => vec![marked(
            Mark::Problem,
            format!("AWS's own simulator gives no answer: {words}."),
        )],
        AwsSays::Said(said) => {
            let mut page = Page::default();
            page.heading("Beside AWS's own simulator");
            let rows = said.iter().map(|one| {
                let verdict = verdict(&answered.request, &answered.decision, answer(one));
                [
                    Line::new().code(escape(&one.resource).into_owned()),
                    Line::from(ours(answered, &one.resource)),
                    Line::from(words_of(&one.decision)),
                    Line::new().strong(escape(&verdict.words()).into_owned()),
                ]
                .to_vec()
            });
            page.table(&["Resource", "here", "AWS", "verdict"], rows.collect());
            let mut items = Vec::new();
            for one in said {
                if !one.matched.is_empty() {
                    let names = escape(&one.matched.join(", ")).into_owned();
                    items.push(Item::new(Line::from("AWS matched ").plain(names)));
                }
                if !one.missing.is_empty() {
                    let keys = escape(&one.missing.join(", ")).into_owned();
                    items.push(Item::new(Line::from("AWS missed the keys ").plain(keys)));
                }
            }
            page.list(items);
            page.say(Line::new().muted(NOT_MODELLED));
            page.blocks
        }
    }
}

/// What AWS said, for comparing.
pub(super) fn answer(said: &AwsSaid) -> AwsAnswer<'_> {
    AwsAnswer {
        resource: &said.resource,
        decision: &said.decision,
        missing_context: &said.missing,
    }
}

fn ours(answered: &Answered, resource: &str) -> &'static str {
    let mut legs = answered.decision.legs.iter();
    let leg = legs.find(|leg| leg.resource == *resource);
    match leg.map_or(answered.decision.outcome, |leg| leg.outcome) {
        Outcome::Allow => "allowed",
        Outcome::ExplicitDeny => "explicitly denied",
        Outcome::ImplicitDeny => "denied",
        Outcome::Depends => "depends",
    }
}

fn words_of(decision: &str) -> String {
    match decision {
        "allowed" => "allowed".to_owned(),
        "explicitDeny" => "explicitly denied".to_owned(),
        "implicitDeny" => "denied".to_owned(),
        other => escape(other).into_owned(),
    }
}

fn marked(mark: Mark, words: String) -> Block {
    Block::Paragraph(Item::marked(mark, escape(&words).into_owned()))
}

/// So many simulations are remembered.
const MOST: usize = 100;

impl State {
    /// Remembers the answer that is shown, once for each request.
    pub(super) fn remember_simulation(&mut self) {
        let Some(Ok(answered)) = &self.simulator.answer else {
            return;
        };
        let beside = match &self.simulator.aws {
            AwsSays::Said(said) => said.as_slice(),
            _ => &[],
        };
        let beside = beside
            .iter()
            .map(|one| beside_json(&answered.request, &answered.decision, answer(one)));
        let simulation = Simulated {
            request: answered.request.clone(),
            decision: answered.decision.clone(),
            beside: beside.collect(),
        };
        let asked = |request: &Request| format!("{request:?}");
        let own = asked(&simulation.request);
        self.simulations
            .retain(|other| asked(&other.request) != own);
        self.simulations.push(simulation);
        if self.simulations.len() > MOST {
            self.simulations.remove(0);
        }
    }
}

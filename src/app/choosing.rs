//! Lists whose choices change something that is shown: layers, added policies, parameters.

use crate::explain::escape;
use crate::iam::{ParameterFrom, PolicyKind};
use crate::simulate::LayerKind;

use super::overlay::{Overlay, Prompt, PromptKind};
use super::picker::{Choice, Entry, Picker, PickerKind};
use super::whatif::Wanted;
use super::{Effect, Input, State};

/// What else fills a template, beside its parameters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Setting {
    /// The account id.
    Account,
    /// The region.
    Region,
    /// The partition.
    Partition,
}

impl State {
    /// The layers, to switch off and on.
    pub(super) fn layers(&mut self) {
        let entries = LayerKind::ALL
            .into_iter()
            .filter(|layer| !matches!(layer, LayerKind::Credential | LayerKind::Partition))
            .map(|layer| {
                let off = self.simulator.off.contains(&layer);
                let detail = if off {
                    "left out; Enter takes it in again"
                } else {
                    "evaluated; Enter leaves it out"
                };
                Entry::new(layer.name(), detail, Choice::Layer(layer))
            })
            .collect();
        let picker = Picker::new(PickerKind::Layers, "Layers of evaluation", entries);
        self.overlays.push(Overlay::Picker(picker));
    }

    /// Leaves a layer out, or takes it in again.
    pub(super) fn switch_layer(&mut self, layer: LayerKind, effects: &mut Vec<Effect>) {
        if !self.simulator.off.remove(&layer) {
            self.simulator.off.insert(layer);
        }
        self.ask(effects);
    }

    /// The kinds of policy that can be added, and those that were.
    pub(super) fn policies_to_add(&mut self) {
        let kinds = [
            PolicyKind::Session,
            PolicyKind::Scp,
            PolicyKind::Rcp,
            PolicyKind::Resource,
            PolicyKind::Vpce,
            PolicyKind::Boundary,
        ];
        let mut entries: Vec<Entry> = kinds
            .into_iter()
            .map(|kind| {
                Entry::new(
                    format!("add a {}", kind.words()),
                    "",
                    Choice::AddPolicy(kind),
                )
            })
            .collect();
        entries.extend(self.simulator.extras.iter().enumerate().map(|(at, extra)| {
            let statements = extra.document.statements.len();
            let detail = crate::explain::count(statements, "statement");
            Entry::new(
                format!("take away {}", extra.name),
                detail,
                Choice::RemovePolicy(at),
            )
        }));
        let picker = Picker::new(
            PickerKind::Policies,
            "Policies beside those loaded",
            entries,
        );
        self.overlays.push(Overlay::Picker(picker));
    }

    /// Asks for a policy.
    pub(super) fn ask_for_policy(&mut self, kind: PolicyKind) {
        self.overlays.push(Overlay::Prompt(Prompt {
            kind: PromptKind::Policy(kind),
            title: format!("A {}", kind.words()),
            hint: match kind {
                PolicyKind::Scp | PolicyKind::Rcp => {
                    "paste its JSON or name a file; LEVEL= before it says where it stands"
                }
                _ => "paste its JSON, or name a file",
            }
            .to_owned(),
            input: Input::default(),
        }));
    }

    /// Takes the answer: JSON, or the path of a file.
    pub(super) fn policy_given(&mut self, kind: PolicyKind, text: &str, effects: &mut Vec<Effect>) {
        let mut text = text.trim();
        let mut level = None;
        if matches!(kind, PolicyKind::Scp | PolicyKind::Rcp)
            && let Some((name, rest)) = text.split_once('=')
            && !name.trim().is_empty()
            && !name.contains(['{', '/'])
        {
            level = Some(name.trim().to_owned());
            text = rest.trim();
        }
        if text.starts_with('{') {
            self.add_extra(kind, level, text, effects);
        } else if !text.is_empty() {
            let purpose = self.want_text(Wanted::Extra(kind, level));
            effects.push(Effect::ReadFile {
                purpose,
                path: text.into(),
            });
        }
    }

    /// What fills the templates.
    pub(super) fn parameters(&mut self) {
        let mut entries = Vec::new();
        for account in &self.inventory.accounts {
            if !account.parameters.is_empty() {
                entries.push(Entry::heading(escape(&account.name)));
            }
            for parameter in &account.parameters {
                let value = match (&parameter.value, parameter.secret) {
                    (None, _) => "no value yet".to_owned(),
                    (Some(_), true) => "a secret".to_owned(),
                    (Some(value), false) => value.clone(),
                };
                let from = match parameter.from {
                    Some(ParameterFrom::Default) => "  default",
                    Some(ParameterFrom::Given) => "  given",
                    None => "",
                };
                let placeholder = if parameter.placeholder {
                    "  a placeholder"
                } else {
                    ""
                };
                let used = match parameter.used_by.len() {
                    0 => String::new(),
                    _ => format!("  used by {}", parameter.used_by.join(", ")),
                };
                entries.push(Entry::new(
                    escape(&parameter.name),
                    escape(&format!("{value}{from}{placeholder}{used}")),
                    Choice::Parameter(parameter.name.clone()),
                ));
            }
            if !account.undecided.is_empty() {
                entries.push(Entry::heading("Conditions that nothing decides"));
            }
            for open in &account.undecided {
                let detail = "Enter: true, then false, then open again";
                let choice = Choice::Condition(open.condition.clone());
                entries.push(Entry::new(escape(&open.condition), detail, choice));
            }
        }
        for (name, value) in &self.settings.conditions {
            let choice = Choice::Condition(name.clone());
            entries.push(Entry::new(
                escape(name),
                format!("{value}, as given"),
                choice,
            ));
        }
        entries.push(Entry::heading("Where it would be deployed"));
        if let Some(account) = self.inventory.accounts.first() {
            for (name, own, setting) in [
                ("account", &account.id, Setting::Account),
                ("region", &account.region, Setting::Region),
                ("partition", &account.partition, Setting::Partition),
            ] {
                let assumed = if own.assumed { "  assumed" } else { "" };
                let detail = format!("{}{assumed}", own.value);
                entries.push(Entry::new(name, escape(&detail), Choice::Setting(setting)));
            }
        }
        let picker = Picker::new(PickerKind::Parameters, "Parameters", entries);
        self.overlays.push(Overlay::Picker(picker));
    }

    /// Asks for the value of a parameter.
    pub(super) fn ask_for_parameter(&mut self, name: String) {
        let accounts = self.inventory.accounts.iter();
        let found = accounts
            .flat_map(|account| &account.parameters)
            .find(|parameter| parameter.name == name);
        let hint = match found {
            Some(parameter) if !parameter.allowed.is_empty() => {
                format!("one of {}", parameter.allowed.join(", "))
            }
            Some(parameter) => parameter.description.clone().unwrap_or_default(),
            None => String::new(),
        };
        let value = found
            .filter(|parameter| !parameter.secret)
            .and_then(|parameter| parameter.value.clone());
        self.overlays.push(Overlay::Prompt(Prompt {
            title: format!("Value of {}", escape(&name)),
            kind: PromptKind::Parameter(name),
            hint: escape(&hint).into_owned(),
            input: Input::new(value.unwrap_or_default()),
        }));
    }

    /// Takes the value of a parameter; nothing makes it what the template says.
    pub(super) fn parameter_given(&mut self, name: String, value: &str, effects: &mut Vec<Effect>) {
        if value.is_empty() {
            self.settings.parameters.remove(&name);
        } else {
            self.settings.parameters.insert(name, value.to_owned());
        }
        effects.push(self.load());
    }

    /// Asks for an account, a region or a partition.
    pub(super) fn ask_for_setting(&mut self, setting: Setting) {
        let own = self
            .inventory
            .accounts
            .first()
            .map(|account| match setting {
                Setting::Account => account.id.value.clone(),
                Setting::Region => account.region.value.clone(),
                Setting::Partition => account.partition.value.clone(),
            });
        let title = match setting {
            Setting::Account => "Account id",
            Setting::Region => "Region",
            Setting::Partition => "Partition: aws, aws-cn or aws-us-gov",
        };
        self.overlays.push(Overlay::Prompt(Prompt {
            kind: PromptKind::Setting(setting),
            title: title.to_owned(),
            hint: "nothing leaves it to what the source says".to_owned(),
            input: Input::new(own.unwrap_or_default()),
        }));
    }

    /// Takes an account, a region or a partition.
    pub(super) fn setting_given(
        &mut self,
        setting: Setting,
        value: &str,
        effects: &mut Vec<Effect>,
    ) {
        let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match setting {
            Setting::Account => self.settings.account = value,
            Setting::Region => self.settings.region = value,
            Setting::Partition => self.settings.partition = value,
        }
        effects.push(self.load());
    }

    /// Decides a condition, the other way, or not any more.
    pub(super) fn turn_condition(&mut self, name: String, effects: &mut Vec<Effect>) {
        match self.settings.conditions.get(&name) {
            None => self.settings.conditions.insert(name, true),
            Some(true) => self.settings.conditions.insert(name, false),
            Some(false) => self.settings.conditions.remove(&name),
        };
        effects.push(self.load());
    }
}

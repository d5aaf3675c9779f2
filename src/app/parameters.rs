//! The form of everything that fills templates: parameters, placeholders, conditions, the account.

use crate::explain::escape;
use crate::iam::{Account, Parameter, ParameterFrom};

use super::overlay::{Overlay, Prompt, PromptKind};
use super::picker::{Choice, Entry, Picker, PickerKind};
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
    /// What fills the templates.
    pub(super) fn parameters(&mut self) {
        let mut entries = Vec::new();
        for account in &self.inventory.accounts {
            self.parameters_of(account, &mut entries);
        }
        let given = &self.settings.conditions;
        if !given.is_empty() {
            entries.push(Entry::heading("Conditions that you decided"));
        }
        for (name, value) in given {
            let next = if *value { "false" } else { "open again" };
            entries.push(Entry::new(
                escape(name),
                format!("{value}  given  Enter: {next}"),
                Choice::Condition(name.clone()),
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

    fn parameters_of(&self, account: &Account, entries: &mut Vec<Entry>) {
        if !account.parameters.is_empty() {
            entries.push(Entry::heading(escape(&account.name)));
        }
        for parameter in &account.parameters {
            let placeholder = if parameter.placeholder {
                "  a placeholder"
            } else {
                ""
            };
            let value = value_words(parameter);
            let used = used_by(&parameter.used_by);
            entries.push(Entry::new(
                escape(&parameter.name),
                escape(&format!("{value}{placeholder}{used}")),
                Choice::Parameter(parameter.name.clone()),
            ));
        }
        if !account.placeholders.is_empty() {
            entries.push(Entry::heading(
                "Left to be filled in, in the text of policies",
            ));
        }
        for placeholder in &account.placeholders {
            let value = match &placeholder.value {
                Some(value) => format!("{value}  given"),
                None => "no value yet".to_owned(),
            };
            let used = used_by(&placeholder.used_by);
            entries.push(Entry::new(
                escape(&placeholder.text),
                escape(&format!("{value}{used}")),
                Choice::Parameter(placeholder.text.clone()),
            ));
        }
        if !account.undecided.is_empty() {
            entries.push(Entry::heading("Conditions that nothing decides"));
        }
        for open in &account.undecided {
            let place = self.inventory.describe(open.place);
            let detail = format!("open  {place}  Enter: true");
            let choice = Choice::Condition(open.condition.clone());
            entries.push(Entry::new(escape(&open.condition), escape(&detail), choice));
        }
    }

    fn parameter_named(&self, name: &str) -> Option<&Parameter> {
        let accounts = self.inventory.accounts.iter();
        let mut all = accounts.flat_map(|account| &account.parameters);
        all.find(|parameter| parameter.name == name)
    }

    /// Asks for the value of a parameter: one of those that its template accepts, or any.
    pub(super) fn ask_for_parameter(&mut self, name: String) {
        let found = self.parameter_named(&name);
        let title = format!("Value of {}", escape(&name));
        if let Some(parameter) = found.filter(|parameter| !parameter.allowed.is_empty()) {
            let mut entries: Vec<Entry> = parameter
                .allowed
                .iter()
                .map(|value| {
                    let is_own = parameter.value.as_ref() == Some(value);
                    let is_default = parameter.default.as_ref() == Some(value);
                    let detail = match (is_own, is_default) {
                        (true, true) => "in use  default",
                        (true, false) => "in use",
                        (false, true) => "default",
                        (false, false) => "",
                    };
                    let choice = Choice::ParameterValue(name.clone(), Some(value.clone()));
                    Entry::new(escape(value), detail, choice)
                })
                .collect();
            if self.settings.parameters.contains_key(&name) {
                let detail = match &parameter.default {
                    Some(default) => format!("default: {default}"),
                    None => "no value".to_owned(),
                };
                let choice = Choice::ParameterValue(name, None);
                entries.push(Entry::new("as the template says", escape(&detail), choice));
            }
            let picker = Picker::new(PickerKind::Parameters, title, entries);
            self.overlays.push(Overlay::Picker(picker));
            return;
        }
        let reset = match found.and_then(|parameter| parameter.default.as_ref()) {
            Some(default) if found.is_some_and(|parameter| !parameter.secret) => {
                format!("left empty: the template's default, {default}")
            }
            _ => "left empty: open".to_owned(),
        };
        let description = found.and_then(|parameter| parameter.description.as_ref());
        let hint = match description {
            Some(description) => format!("{description}; {reset}"),
            None => reset,
        };
        let value = found
            .filter(|parameter| !parameter.secret)
            .and_then(|parameter| parameter.value.clone());
        let value = value.or_else(|| self.settings.parameters.get(&name).cloned());
        self.overlays.push(Overlay::Prompt(Prompt {
            title,
            kind: PromptKind::Parameter(name),
            hint: escape(&hint).into_owned(),
            input: Input::selected(value.unwrap_or_default()),
        }));
    }

    /// Takes the value of a parameter; nothing makes it what the template says.
    pub(super) fn parameter_given(&mut self, name: String, value: &str, effects: &mut Vec<Effect>) {
        let value = (!value.is_empty()).then(|| value.to_owned());
        self.set_parameter(name, value, effects);
    }

    /// Gives a parameter a value, or leaves it to the template.
    pub(super) fn set_parameter(
        &mut self,
        name: String,
        value: Option<String>,
        effects: &mut Vec<Effect>,
    ) {
        match value {
            Some(value) => self.settings.parameters.insert(name, value),
            None => self.settings.parameters.remove(&name),
        };
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
            hint: "left empty: what the source says".to_owned(),
            input: Input::selected(own.unwrap_or_default()),
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

/// The value of a parameter and where it is from.
fn value_words(parameter: &Parameter) -> String {
    let value = match (&parameter.value, parameter.secret) {
        (None, _) => return "no value yet".to_owned(),
        (Some(_), true) => "a secret",
        (Some(value), false) if value.is_empty() => "empty",
        (Some(value), false) => value,
    };
    let from = parameter.from.map_or("", ParameterFrom::name);
    format!("{value}  {from}")
}

fn used_by(users: &[String]) -> String {
    match users {
        [] => String::new(),
        users => format!("  used by {}", users.join(", ")),
    }
}

//! Lists whose choices change something that is shown: layers and added policies.

use crate::explain::layer_name;
use crate::iam::PolicyKind;
use crate::simulate::LayerKind;

use super::overlay::{Overlay, Prompt, PromptKind};
use super::picker::{Choice, Entry, Picker, PickerKind};
use super::whatif::Wanted;
use super::{Effect, Input, State};

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
                Entry::new(layer_name(layer), detail, Choice::Layer(layer))
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
}

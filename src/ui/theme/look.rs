//! What has a look of its own.

use serde::{Deserialize, Deserializer, de::Error};

use crate::explain::Meaning;

macro_rules! looks {
    ($($variant:ident $name:literal $words:literal,)*) => {
        /// What has a look of its own on the screen.
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
        pub enum Look { $(#[doc = $words] $variant,)* }

        impl Look {
            /// Every look.
            pub const ALL: &'static [Look] = &[$(Look::$variant,)*];

            /// The name used in themes.
            pub fn name(self) -> &'static str {
                match self { $(Look::$variant => $name,)* }
            }
        }
    };
}

looks! {
    Text "text" "Ordinary words, and the background of the screen.",
    Emphasis "emphasis" "The words that matter most.",
    Allow "allow" "Something granted.",
    Deny "deny" "Something denied.",
    Unknown "unknown" "Something that depends on what is not known.",
    Warning "warning" "Something to look at.",
    Error "error" "Something that failed.",
    Muted "muted" "What can be skipped.",
    Code "code" "A literal of a policy or a request.",
    Key "key" "The name of a condition key or of an element.",
    Link "link" "Something that leads elsewhere.",
    Heading "heading" "A heading.",
    Header "header" "The first line of the screen.",
    Footer "footer" "The last line of the screen.",
    FooterKey "footer-key" "A key in the last line, or in help.",
    Border "border" "The border of a pane.",
    BorderFocused "border-focused" "The border of the pane that has the keyboard.",
    Selection "selection" "The selected row of the pane that has the keyboard.",
    SelectionDim "selection-dim" "The selected row of another pane.",
    Counterpart "counterpart" "What belongs to the selected line: JSON to words, words to JSON.",
    Match "match" "Characters that a search found.",
    Input "input" "A field in which text is typed.",
    InputFocused "input-focused" "The field that has the keyboard.",
    Cursor "cursor" "The place where the next character goes.",
    Popup "popup" "The background of an overlay.",
    JsonName "json-name" "The name of a member.",
    JsonString "json-string" "A string in JSON.",
    JsonNumber "json-number" "A number, a boolean or null in JSON.",
    JsonPunctuation "json-punctuation" "Brackets, commas and colons.",
    WhatIf "what-if" "What is not so, only supposed.",
}

impl From<Meaning> for Look {
    fn from(meaning: Meaning) -> Self {
        match meaning {
            Meaning::Plain => Look::Text,
            Meaning::Emphasis => Look::Emphasis,
            Meaning::Allow => Look::Allow,
            Meaning::Deny => Look::Deny,
            Meaning::Unknown => Look::Unknown,
            Meaning::Warning => Look::Warning,
            Meaning::Muted => Look::Muted,
            Meaning::Code => Look::Code,
            Meaning::Key => Look::Key,
        }
    }
}

impl<'de> Deserialize<'de> for Look {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let look = Look::ALL.iter().find(|look| look.name() == name);
        look.copied()
            .ok_or_else(|| D::Error::custom(format!("`{name}` is nothing that has a style")))
    }
}

//! What a meaning looks like.

use ratatui::style::{Color, Modifier, Style};

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

/// A style for every look.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its name.
    pub name: String,
    styles: Vec<Style>,
}

impl Theme {
    /// The style of a look, or of a meaning.
    pub fn style(&self, look: impl Into<Look>) -> Style {
        self.styles
            .get(look.into() as usize)
            .copied()
            .unwrap_or_default()
    }
}

impl Default for Theme {
    fn default() -> Self {
        let style = |look: &Look| {
            let plain = Style::default();
            match look {
                Look::Emphasis | Look::Heading => plain.add_modifier(Modifier::BOLD),
                Look::Allow => plain.fg(Color::Green),
                Look::Deny | Look::Error => plain.fg(Color::Red),
                Look::Unknown | Look::Warning => plain.fg(Color::Yellow),
                Look::Muted | Look::Border | Look::JsonPunctuation => plain.fg(Color::DarkGray),
                Look::Code | Look::JsonString => plain.fg(Color::Cyan),
                Look::Key | Look::JsonName => plain.fg(Color::Magenta),
                Look::Link => plain.add_modifier(Modifier::UNDERLINED),
                Look::BorderFocused | Look::FooterKey => plain.fg(Color::Blue),
                Look::Header | Look::Selection | Look::Cursor => {
                    plain.add_modifier(Modifier::REVERSED)
                }
                Look::SelectionDim | Look::Counterpart => plain.add_modifier(Modifier::BOLD),
                Look::Match => plain.add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
                Look::InputFocused => plain.add_modifier(Modifier::UNDERLINED),
                Look::WhatIf => plain.fg(Color::Magenta).add_modifier(Modifier::ITALIC),
                Look::JsonNumber => plain.fg(Color::Yellow),
                Look::Text | Look::Footer | Look::Input | Look::Popup => plain,
            }
        };
        Theme {
            name: "dark".to_owned(),
            styles: Look::ALL.iter().map(style).collect(),
        }
    }
}

//! What a person can do, by the names that the keymap uses.

macro_rules! commands {
    ($($variant:ident $name:literal,)*) => {
        /// Something that a person can do.
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
        #[allow(missing_docs)] // the keymap describes each of them
        pub enum Command { $($variant,)* }

        impl Command {
            /// Every command, in the order of the palette.
            pub const ALL: &'static [Command] = &[$(Command::$variant,)*];

            /// The name used in the keymap: `expand-all`.
            pub fn name(self) -> &'static str {
                match self { $(Command::$variant => $name,)* }
            }

            /// The command of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|command| command.name() == name)
            }
        }
    };
}

commands! {
    Simulate "simulate",
    Simulator "simulator",
    Search "search",
    NextMatch "next-match",
    PreviousMatch "previous-match",
    NextFinding "next-finding",
    PreviousFinding "previous-finding",
    PasteDenial "paste-denial",
    WhatIf "what-if",
    UndoWhatIf "undo-what-if",
    WhatIfs "what-ifs",
    ExportPolicy "export-policy",
    Sort "sort",
    Definition "definition",
    Back "back",
    Forward "forward",
    Copy "copy",
    CopyMenu "copy-menu",
    Edit "edit",
    Documentation "documentation",
    Problems "problems",
    Parameters "parameters",
    Requests "requests",
    Open "open",
    Reload "reload",
    ReloadRole "reload-role",
    Sources "sources",
    AddSource "add-source",
    Write "write",
    SignIn "sign-in",
    ClearChanges "clear-changes",
    Theme "theme",
    Mouse "mouse",
    Help "help",
    Palette "palette",
    Quit "quit",
    Suspend "suspend",
    Redraw "redraw",
    SwitchPane "switch-pane",
    SwitchPaneBack "switch-pane-back",
    GrowTree "grow-tree",
    ShrinkTree "shrink-tree",
    Up "up",
    Down "down",
    Left "left",
    Right "right",
    PageUp "page-up",
    PageDown "page-down",
    HalfPageUp "half-page-up",
    HalfPageDown "half-page-down",
    Top "top",
    Bottom "bottom",
    Accept "accept",
    Cancel "cancel",
    Toggle "toggle",
    ExpandBelow "expand-below",
    CollapseBelow "collapse-below",
    ExpandAll "expand-all",
    CollapseAll "collapse-all",
    Level1 "level-1",
    Level2 "level-2",
    Level3 "level-3",
    Level4 "level-4",
    SaveRequest "save-request",
    RemoveRequest "remove-request",
    ExportRequests "export-requests",
    ContextKeys "context-keys",
    Layers "layers",
    AddPolicy "add-policy",
    AskAws "ask-aws",
    FetchPolicy "fetch-policy",
    CopyReport "copy-report",
    WriteReport "write-report",
}

/// Where a key is pressed. A key is looked up in its own context first, then in `Everywhere`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
pub enum Context {
    /// Wherever no text is typed.
    Everywhere,
    /// In the tree.
    Tree,
    /// In the side pane.
    Pane,
    /// In a list: help, palette, menus.
    List,
    /// In the simulator's answer.
    Simulator,
    /// In the list of saved requests.
    Requests,
    /// In the answer to a denial.
    Denial,
    /// Where text is typed: characters are text, other keys are looked up.
    Text,
}

impl Context {
    /// Every context, in the order of the help.
    pub const ALL: [Context; 8] = [
        Context::Everywhere,
        Context::Tree,
        Context::Pane,
        Context::Simulator,
        Context::Requests,
        Context::Denial,
        Context::List,
        Context::Text,
    ];

    /// The name used in the keymap.
    pub fn name(self) -> &'static str {
        match self {
            Context::Everywhere => "everywhere",
            Context::Tree => "tree",
            Context::Pane => "pane",
            Context::List => "list",
            Context::Simulator => "simulator",
            Context::Requests => "requests",
            Context::Denial => "denial",
            Context::Text => "text",
        }
    }

    /// The context of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for command in Command::ALL {
            assert_eq!(Command::from_name(command.name()), Some(*command));
        }
        for context in Context::ALL {
            assert_eq!(Context::from_name(context.name()), Some(context));
        }
    }
}

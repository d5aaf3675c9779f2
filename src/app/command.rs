//! What a person can do, by the names that the keymap uses.

macro_rules! commands {
    ($($variant:ident $name:literal $words:literal,)*) => {
        /// Something that a person can do.
        #[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Ord, PartialOrd)]
        #[allow(missing_docs)] // the words beside each name say what it does
        pub enum Command { $($variant,)* }

        impl Command {
            /// Every command, in the order of the palette.
            pub const ALL: &'static [Command] = &[$(Command::$variant,)*];

            /// The name used in the keymap: `expand-all`.
            pub fn name(self) -> &'static str {
                match self { $(Command::$variant => $name,)* }
            }

            /// What it does, in a few words; the keymap may say it differently.
            pub fn words(self) -> &'static str {
                match self { $(Command::$variant => $words,)* }
            }

            /// The command of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|command| command.name() == name)
            }
        }
    };
}

commands! {
    Simulate "simulate" "simulate a request, filled from the selection",
    Simulator "simulator" "open the simulator as it was left",
    Search "search" "search the tree",
    NextMatch "next-match" "go to the next match",
    PreviousMatch "previous-match" "go to the previous match",
    PasteDenial "paste-denial" "paste an AccessDenied message and see which policy said no",
    WhatIf "what-if" "edit the selected policy as a what-if",
    UndoWhatIf "undo-what-if" "take the last what-if back",
    Definition "definition" "go to the definition of the selected policy, role or reference",
    Back "back" "go back to the place before",
    Forward "forward" "go forward again",
    Copy "copy" "copy what is selected",
    CopyMenu "copy-menu" "choose what to copy: ARN, JSON, Markdown, AWS CLI command",
    Edit "edit" "open the source in an editor, at the selected line",
    Documentation "documentation" "open the documentation page of what is selected",
    Problems "problems" "list all problems",
    Parameters "parameters" "fill the parameters, account and region of a template",
    Requests "requests" "the saved requests and what each decides",
    Open "open" "open another source",
    Reload "reload" "read the sources again",
    SignIn "sign-in" "sign in again with the profile's own command",
    ClearChanges "clear-changes" "clear the marks of what has changed since loading",
    Theme "theme" "choose a theme",
    Mouse "mouse" "give the mouse to the terminal, or take it back",
    Help "help" "what each key does",
    Palette "palette" "every command, with its key",
    Quit "quit" "leave",
    Suspend "suspend" "put the program into the background",
    Redraw "redraw" "draw the whole screen again",
    SwitchPane "switch-pane" "go to the other pane, or the next field",
    SwitchPaneBack "switch-pane-back" "go to the pane or field before",
    GrowTree "grow-tree" "make the tree wider",
    ShrinkTree "shrink-tree" "make the tree narrower",
    Up "up" "one row up",
    Down "down" "one row down",
    Left "left" "close, or go to the row above in the tree",
    Right "right" "open, or go to the first row below",
    PageUp "page-up" "one page up",
    PageDown "page-down" "one page down",
    HalfPageUp "half-page-up" "half a page up",
    HalfPageDown "half-page-down" "half a page down",
    Top "top" "go to the first row",
    Bottom "bottom" "go to the last row",
    Accept "accept" "open or choose what is selected",
    Cancel "cancel" "go back, close or stop",
    Toggle "toggle" "open or close the selected row",
    ExpandBelow "expand-below" "open everything below the selected row",
    CollapseBelow "collapse-below" "close everything below the selected row",
    ExpandAll "expand-all" "open every row of the tree",
    CollapseAll "collapse-all" "close every row of the tree",
    Level1 "level-1" "open the tree to sections",
    Level2 "level-2" "open the tree to roles, users and policies",
    Level3 "level-3" "open the tree to the policies of each role",
    Level4 "level-4" "open the tree to statements",
    SaveRequest "save-request" "add the request to the saved ones",
    ContextKeys "context-keys" "go to the context keys of the request",
    Layers "layers" "switch layers of evaluation off and on",
    AddPolicy "add-policy" "add a session policy, an SCP, a resource or an endpoint policy",
    CopyReport "copy-report" "copy the answer as Markdown",
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
    /// In the simulator.
    Simulator,
    /// In the answer to a denial.
    Denial,
    /// Where text is typed: characters are text, other keys are looked up.
    Text,
}

impl Context {
    /// Every context, in the order of the help.
    pub const ALL: [Context; 7] = [
        Context::Everywhere,
        Context::Tree,
        Context::Pane,
        Context::Simulator,
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

//! The person's editor, at a line of a file.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus};
use std::time::{SystemTime, UNIX_EPOCH};

/// An editor, as `$VISUAL` or `$EDITOR` name it: a command with its own arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Editor {
    command: String,
}

impl Editor {
    /// The editor of the environment; where it names none, the one that every system has.
    pub fn from_environment() -> Self {
        let named = ["VISUAL", "EDITOR"]
            .into_iter()
            .filter_map(|name| env::var(name).ok())
            .find(|command| !command.trim().is_empty());
        let usual = if cfg!(windows) { "notepad" } else { "vi" };
        Editor {
            command: named.unwrap_or_else(|| usual.to_owned()),
        }
    }

    /// What it is called, to speak of it.
    pub fn name(&self) -> &str {
        let word = self.command.split_whitespace().next().unwrap_or_default();
        let name = word.trim_matches(['"', '\'']);
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        name.strip_suffix(".exe").unwrap_or(name)
    }

    /// Opens a file at a line and column (0: none) and waits until the editor has ended.
    pub fn open(&self, path: &Path, line: u32, column: u32) -> io::Result<ExitStatus> {
        self.run(&arguments(self.name(), path, line, column))
    }

    /// Shows a text that has no file of its own, at a line and column (0: none). What is changed in
    /// it is gone afterwards.
    pub fn show(&self, text: &[u8], line: u32, column: u32) -> io::Result<ExitStatus> {
        self.open_scratch(&Scratch::new(text, "txt")?, line, column)
    }

    /// Lets a text be edited, in a file that only this person can read and that is gone afterwards.
    pub fn edit(&self, text: &str, extension: &str) -> io::Result<String> {
        let file = Scratch::new(text.as_bytes(), extension)?;
        let status = self.open_scratch(&file, 0, 0)?;
        if !status.success() {
            let words = format!("`{}` ended with {status}", self.name());
            return Err(io::Error::other(words));
        }
        fs::read_to_string(&file.0)
    }

    fn open_scratch(&self, file: &Scratch, line: u32, column: u32) -> io::Result<ExitStatus> {
        let mut arguments = arguments(self.name(), &file.0, line, column);
        if wants_telling_to_wait(self.name()) && !self.command.contains("wait") {
            arguments.insert(0, "--wait".to_owned());
        }
        self.run(&arguments)
    }

    /// As git does it: the shell takes the command apart, so that quotes and arguments in it work.
    #[cfg(unix)]
    fn run(&self, arguments: &[String]) -> io::Result<ExitStatus> {
        Command::new("sh")
            .arg("-c")
            .arg(format!("{} \"$@\"", self.command))
            .arg(&self.command)
            .args(arguments)
            .status()
    }

    #[cfg(not(unix))]
    fn run(&self, arguments: &[String]) -> io::Result<ExitStatus> {
        let mut words = self.command.split_whitespace();
        Command::new(words.next().unwrap_or("notepad"))
            .args(words)
            .args(arguments)
            .status()
    }
}

/// How each editor wants to be told a place. One that is not known gets the file alone, as an
/// argument it does not know could open another file or none.
fn arguments(name: &str, path: &Path, line: u32, column: u32) -> Vec<String> {
    // A path that begins with a dash is no option.
    let file = match path.display().to_string() {
        file if file.starts_with('-') => format!("./{file}"),
        file => file,
    };
    if line == 0 {
        return vec![file];
    }
    let column = column.max(1);
    match name {
        "vi" | "vim" | "nvim" | "gvim" | "view" | "ex" | "elvis" | "vis" | "mg" | "jed" | "joe"
        | "ne" | "ee" => vec![format!("+{line}"), file],
        "nano" | "pico" => vec![format!("+{line},{column}"), file],
        "emacs" | "emacsclient" | "kak" | "kate" => vec![format!("+{line}:{column}"), file],
        "micro" => vec![format!("+{line}:{column}"), file],
        "hx" | "helix" | "zed" | "subl" => vec![format!("{file}:{line}:{column}")],
        "code" | "code-insiders" | "codium" | "cursor" | "windsurf" => {
            vec!["--goto".to_owned(), format!("{file}:{line}:{column}")]
        }
        "idea" | "pycharm" | "goland" | "rustrover" | "webstorm" => {
            vec!["--line".to_owned(), line.to_string(), file]
        }
        _ => vec![file],
    }
}

/// Editors that hand the file to a window and come back at once.
fn wants_telling_to_wait(name: &str) -> bool {
    matches!(
        name,
        "code" | "code-insiders" | "codium" | "cursor" | "windsurf" | "zed" | "subl"
    )
}

/// A file for one edit, removed afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(text: &[u8], extension: &str) -> io::Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let unique = now.map_or(0, |now| now.as_nanos());
        let name = format!("iamscope-{}-{unique}.{extension}", process::id());
        let path = env::temp_dir().join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path)?;
        let scratch = Scratch(path);
        file.write_all(text)?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editor(command: &str) -> Editor {
        let command = command.to_owned();
        Editor { command }
    }

    #[test]
    fn an_editor_is_known_by_its_name() {
        for (command, name) in [
            ("vim", "vim"),
            ("/usr/bin/nvim -u NONE", "nvim"),
            ("code --wait", "code"),
            ("'/opt/hx'", "hx"),
        ] {
            assert_eq!(editor(command).name(), name);
        }
    }

    #[test]
    fn each_editor_is_told_the_place_in_its_own_way() {
        let path = Path::new("a b.json");
        for (name, expected) in [
            ("vim", &["+7", "a b.json"][..]),
            ("nano", &["+7,3", "a b.json"]),
            ("emacsclient", &["+7:3", "a b.json"]),
            ("hx", &["a b.json:7:3"]),
            ("code", &["--goto", "a b.json:7:3"]),
            ("something-else", &["a b.json"]),
        ] {
            assert_eq!(arguments(name, path, 7, 3), expected, "{name}");
        }
        assert_eq!(arguments("vim", path, 0, 0), ["a b.json"]);
        assert_eq!(arguments("vim", Path::new("-x"), 1, 1), ["+1", "./-x"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_text_is_edited_in_a_private_file_that_is_gone_afterwards() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        // The editor: notes the file's path and mode, then changes the text.
        let script = folder.path().join("an editor");
        let words = format!(
            "#!/bin/sh\nfor f; do :; done\necho \"$f\" > '{0}'; stat -c %a \"$f\" >> '{0}' || stat -f %Lp \"$f\" >> '{0}'\necho more >> \"$f\"\n",
            log.display()
        );
        fs::write(&script, words).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
        let edited = editor(&format!("'{}' --flag", script.display())).edit("text\n", "json");
        assert_eq!(edited.unwrap(), "text\nmore\n");
        let log = fs::read_to_string(log).unwrap();
        let (path, mode) = log.trim().split_once('\n').unwrap();
        assert!(path.ends_with(".json"), "{path}");
        assert_eq!(mode, "600");
        assert!(!Path::new(path).exists());
    }

    #[cfg(unix)]
    #[test]
    fn an_editor_that_fails_changes_nothing() {
        let error = editor("false").edit("text", "json").unwrap_err();
        assert!(error.to_string().contains("`false` ended with"), "{error}");
    }
}

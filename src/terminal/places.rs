//! Where files of our own live. All of them are optional and readable by this person only.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use etcetera::{AppStrategy, AppStrategyArgs, choose_app_strategy};

/// The folders and files of this program, whether they exist or not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Places {
    /// What the program starts with: theme, mouse.
    pub config: PathBuf,
    /// Keys of one's own.
    pub keymap: PathBuf,
    /// Themes of one's own, one file each.
    pub themes: PathBuf,
    /// What can be had again.
    pub cache: PathBuf,
    /// Files opened lately.
    pub recent: PathBuf,
    /// What is known of the last failure.
    pub log: PathBuf,
}

impl Places {
    /// The platform's: XDG's on Linux and, as for other programs of the command line, on macOS.
    /// `None` where the home folder is not known.
    pub fn find() -> Option<Self> {
        let strategy = choose_app_strategy(AppStrategyArgs {
            top_level_domain: String::new(),
            author: String::new(),
            app_name: "iamscope".to_owned(),
        })
        .ok()?;
        let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
        Some(Self::below(
            &strategy.config_dir(),
            &strategy.cache_dir(),
            &state,
        ))
    }

    fn below(config: &Path, cache: &Path, state: &Path) -> Self {
        Places {
            config: config.join("config.toml"),
            keymap: config.join("keymap.toml"),
            themes: config.join("themes"),
            cache: cache.to_owned(),
            recent: state.join("recent"),
            log: state.join("iamscope.log"),
        }
    }

    /// Every place with its name, in the order to show them.
    pub fn named(&self) -> [(&'static str, &Path); 6] {
        [
            ("config", &self.config),
            ("keymap", &self.keymap),
            ("themes", &self.themes),
            ("cache", &self.cache),
            ("recent", &self.recent),
            ("log", &self.log),
        ]
    }

    /// The file of a theme of one's own; `None` for a name that would leave the folder.
    pub fn theme(&self, name: &str) -> Option<PathBuf> {
        let is_plain = !name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.');
        is_plain.then(|| self.themes.join(format!("{name}.toml")))
    }

    /// The names of the themes of one's own, sorted.
    pub fn theme_names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.themes) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name().into_string().ok()?;
                Some(name.strip_suffix(".toml")?.to_owned())
            })
            .collect();
        names.sort();
        names
    }
}

/// Reads a file that need not exist.
pub fn read_optional(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file that only this person can read, whole or not at all, and the folders above it.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", process::id()));
    let new = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&new)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(folder: &Path) -> Places {
        Places::below(&folder.join("c"), &folder.join("k"), &folder.join("s"))
    }

    #[test]
    fn themes_stay_in_their_folder() {
        let places = places(Path::new("/x"));
        assert_eq!(places.theme("own"), Some("/x/c/themes/own.toml".into()));
        for name in ["", "../own", "a/b", ".hidden", "a\\b"] {
            assert_eq!(places.theme(name), None, "{name}");
        }
    }

    #[test]
    fn themes_are_found_by_their_files() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        assert!(places.theme_names().is_empty());
        for file in ["b.toml", "a.toml", "notes.txt"] {
            write_private(&places.themes.join(file), b"").unwrap();
        }
        assert_eq!(places.theme_names(), ["a", "b"]);
    }

    #[test]
    fn a_file_that_is_not_there_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert_eq!(read_optional(&path).unwrap(), None);
        write_private(&path, b"text").unwrap();
        assert_eq!(read_optional(&path).unwrap(), Some("text".to_owned()));
        assert!(read_optional(folder.path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_private_even_over_an_open_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        write_private(&path, b"one").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&folder.path().join("a")), 0o700);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}

//! Modules that `terraform init` has downloaded: their folders, by who uses them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::iam::{Node, SourceId, parse_json};
use crate::load::open::real_path;
use crate::load::read;

/// What the root modules of a folder have downloaded.
#[derive(Default)]
pub(super) struct Downloaded {
    folders: HashMap<(PathBuf, String), PathBuf>,
}

impl Downloaded {
    /// Adds what a root module has downloaded, where it has. A list that cannot be read lists nothing:
    /// then its modules are said not to be loaded.
    pub fn add(&mut self, root: &Path) {
        let list = root.join(".terraform/modules/modules.json");
        if !list.is_file() {
            return;
        }
        let Ok(text) = read::file(&list) else { return };
        let Ok(list) = parse_json(&text, SourceId::default()) else {
            return;
        };
        let modules = list.get("Modules").map(Node::items).unwrap_or_default();
        // `app.roles` is the module `roles` of the module `app`, the root itself has no name.
        let folders: HashMap<&str, PathBuf> = modules
            .iter()
            .filter_map(|module| {
                let key = module.get("Key")?.as_str()?;
                let folder = root.join(module.get("Dir")?.as_str()?);
                folder.is_dir().then(|| (key, real_path(&folder)))
            })
            .collect();
        for (key, folder) in &folders {
            let (user, name) = key.rsplit_once('.').unwrap_or(("", key));
            let user = match user {
                "" => Some(root),
                user => folders.get(user).map(PathBuf::as_path),
            };
            if let Some(user) = user
                && !name.is_empty()
            {
                self.folders
                    .insert((user.to_path_buf(), name.to_owned()), folder.clone());
            }
        }
    }

    /// The folder of the module that a module uses under a name.
    pub fn folder(&self, user: &Path, name: &str) -> Option<PathBuf> {
        self.folders
            .get(&(user.to_path_buf(), name.to_owned()))
            .cloned()
    }
}

//! The pinned packages: reading and writing `assets/SOURCES.toml`, downloading with the
//! registries' own clients, checking hashes, unpacking.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::guard::Counts;

/// Errors are for the maintainer's terminal only.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const HEADER: &str = "\
# Where the files under assets/catalog come from; written by `cargo xtask assets`.
# date: when the package was published, or when it was fetched if it does not say.

";

#[derive(Debug, Serialize, Deserialize)]
pub struct Sources {
    #[serde(rename = "package")]
    pub packages: Vec<Package>,
    #[serde(default)]
    pub counts: Counts,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Package {
    pub id: String,
    pub registry: Registry,
    pub name: String,
    pub version: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    #[serde(default)]
    pub licence: String,
    #[serde(default)]
    pub date: String,
    /// Stays at its version when the others move.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hold: bool,
    #[serde(rename = "use")]
    pub used_for: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    Npm,
    Pypi,
}

impl Sources {
    pub fn read(path: &Path) -> Result<Self> {
        Ok(toml::from_str(&fs::read_to_string(path)?)?)
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, format!("{HEADER}{}", toml::to_string(self)?))?;
        Ok(())
    }

    /// Downloads and unpacks every package, and gives the folder of each.
    pub fn fetch(&mut self, cache: &Path, latest: bool) -> Result<Folders> {
        fs::create_dir_all(cache)?;
        let mut folders = BTreeMap::new();
        for package in &mut self.packages {
            if latest && !package.hold {
                package.move_to_latest()?;
            }
            folders.insert(package.id.clone(), package.fetch(cache)?);
        }
        Ok(Folders(folders))
    }
}

/// Where each package was unpacked, by its id.
pub struct Folders(BTreeMap<String, PathBuf>);

impl Folders {
    pub fn path(&self, id: &str, file: &str) -> Result<PathBuf> {
        let folder = self
            .0
            .get(id)
            .ok_or(format!("no package `{id}` in SOURCES.toml"))?;
        Ok(folder.join(file))
    }

    pub fn json(&self, id: &str, file: &str) -> Result<Value> {
        read_json(&self.path(id, file)?)
    }

    pub fn text(&self, id: &str, file: &str) -> Result<String> {
        Ok(fs::read_to_string(self.path(id, file)?)?)
    }
}

pub fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

impl Package {
    fn move_to_latest(&mut self) -> Result<()> {
        let newest = match self.registry {
            Registry::Npm => run(Command::new("npm").args(["view", &self.name, "version"]))?,
            Registry::Pypi => {
                // "name (1.2.3)" on the first line.
                let versions = run(Command::new("pip").args(["index", "versions", &self.name]))?;
                let inside = versions
                    .split_once('(')
                    .and_then(|(_, rest)| rest.split_once(')'));
                inside.ok_or("unexpected answer of pip index")?.0.to_owned()
            }
        };
        let newest = newest.trim();
        if newest != self.version {
            println!("{}: {} -> {newest}", self.id, self.version);
            self.version = newest.to_owned();
            self.sha256.clear();
            self.date.clear();
        }
        Ok(())
    }

    fn fetch(&mut self, cache: &Path) -> Result<PathBuf> {
        let folder = cache.join(format!("{}-{}", self.id, self.version));
        let download = folder.join("download");
        let unpacked = folder.join("unpacked");
        if !download.exists() {
            println!("fetching {} {}", self.name, self.version);
            fs::create_dir_all(&download)?;
            let outcome = self.download(&download);
            if outcome.is_err() {
                fs::remove_dir_all(&folder)?;
            }
            outcome?;
        }
        let archive = the_only_file(&download)?;
        let sha256: String = Sha256::digest(fs::read(&archive)?)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if self.sha256.is_empty() {
            self.sha256 = sha256;
        } else if self.sha256 != sha256 {
            return Err(format!(
                "{}: sha256 is {sha256}, SOURCES.toml has {}",
                archive.display(),
                self.sha256
            )
            .into());
        }
        if !unpacked.exists() {
            fs::create_dir_all(&unpacked)?;
            let script = include_str!("unpack.py");
            run(Command::new("python3")
                .args(["-c", script])
                .arg(&archive)
                .arg(&unpacked))?;
        }
        if self.date.is_empty() || self.licence.is_empty() {
            self.describe(&unpacked)?;
        }
        Ok(unpacked)
    }

    fn download(&self, folder: &Path) -> Result<()> {
        let (name, version) = (&self.name, &self.version);
        match self.registry {
            Registry::Npm => run(Command::new("npm")
                .args([
                    "pack",
                    "--silent",
                    &format!("{name}@{version}"),
                    "--pack-destination",
                ])
                .arg(folder)),
            Registry::Pypi => run(Command::new("pip")
                .args(["download", "--quiet", "--no-deps", "--only-binary", ":all:"])
                .arg(format!("{name}=={version}"))
                .arg("--dest")
                .arg(folder)),
        }?;
        Ok(())
    }

    /// Fills in licence and date as the package itself gives them.
    fn describe(&mut self, unpacked: &Path) -> Result<()> {
        let date;
        let mut licence = None;
        match self.registry {
            Registry::Npm => {
                let manifest: Value = read_json(&unpacked.join("package/package.json"))?;
                licence = manifest["license"].as_str().map(str::to_owned);
                date = manifest["updatedAt"]
                    .as_str()
                    .and_then(|time| time.get(..10))
                    .map(str::to_owned);
            }
            Registry::Pypi => {
                date = fs::read_to_string(unpacked.join("newest-file")).ok();
                for entry in fs::read_dir(unpacked)? {
                    let metadata = entry?.path().join("METADATA");
                    if metadata.exists() {
                        licence = licence_line(&fs::read_to_string(metadata)?);
                    }
                }
            }
        }
        if self.licence.is_empty() {
            self.licence = licence.ok_or(format!(
                "{}: no licence in its metadata, add it to SOURCES.toml",
                self.id
            ))?;
        }
        if self.date.is_empty() {
            self.date = match date {
                Some(date) => date,
                None => run(Command::new("date").args(["-u", "+%Y-%m-%d"]))?
                    .trim()
                    .to_owned(),
            };
        }
        Ok(())
    }
}

fn licence_line(metadata: &str) -> Option<String> {
    let header = metadata.split("\n\n").next()?;
    let field = |name: &str| header.lines().find_map(|line| line.strip_prefix(name));
    let licence = field("License-Expression: ").or_else(|| field("License: "))?;
    (licence != "UNKNOWN").then(|| licence.to_owned())
}

fn the_only_file(folder: &Path) -> Result<PathBuf> {
    let files: Vec<_> = fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    match files.as_slice() {
        [file] => Ok(file.path()),
        _ => Err(format!("expected one file in {}", folder.display()).into()),
    }
}

pub fn run(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

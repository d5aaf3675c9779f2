//! The profiles of the AWS configuration: which there are, of what kind, and what is wrong with
//! them. The SDK reads the same files for credentials; this is for what it does not say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What kind of credentials a profile gives.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum ProfileKind {
    /// Keys in the file.
    Keys,
    /// IAM Identity Center.
    Sso,
    /// `aws login`.
    Login,
    /// Another program gives them.
    Process,
    /// A token of an identity provider.
    WebIdentity,
    /// A role assumed from other credentials.
    Role,
    /// Nothing that gives credentials.
    Empty,
}

impl ProfileKind {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            ProfileKind::Keys => "keys",
            ProfileKind::Sso => "sso",
            ProfileKind::Login => "login",
            ProfileKind::Process => "process",
            ProfileKind::WebIdentity => "web identity",
            ProfileKind::Role => "role",
            ProfileKind::Empty => "no credentials",
        }
    }
}

/// A profile. Its keys are not kept: they are the SDK's business.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    settings: BTreeMap<String, String>,
    has_keys: bool,
}

impl Profile {
    /// A setting by its name.
    pub fn get(&self, setting: &str) -> Option<&str> {
        self.settings.get(setting).map(String::as_str)
    }

    /// What kind of credentials it gives, in the SDK's order.
    pub fn kind(&self) -> ProfileKind {
        let has = |name: &str| self.settings.contains_key(name);
        if has("role_arn") && has("web_identity_token_file") {
            ProfileKind::WebIdentity
        } else if has("role_arn") {
            ProfileKind::Role
        } else if has("login_session") {
            ProfileKind::Login
        } else if has("sso_session") || has("sso_start_url") {
            ProfileKind::Sso
        } else if has("credential_process") {
            ProfileKind::Process
        } else if self.has_keys {
            ProfileKind::Keys
        } else {
            ProfileKind::Empty
        }
    }

    /// How to sign in, where that is a command.
    pub fn sign_in(&self) -> Option<[String; 3]> {
        let words = match self.kind() {
            ProfileKind::Sso => ["sso", "login"].as_slice(),
            ProfileKind::Login => ["login"].as_slice(),
            _ => return None,
        };
        let command = format!("aws {}", words.join(" "));
        Some([command, "--profile".to_owned(), self.name.clone()])
    }
}

/// All profiles.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Profiles {
    profiles: BTreeMap<String, Profile>,
    sso_sessions: Vec<String>,
    /// Lines that are none of the format: file, line, what.
    pub problems: Vec<String>,
}

impl Profiles {
    /// Reads the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name, or those in `.aws`
    /// of the home folder. A file that is not there has no profiles.
    pub fn read() -> Self {
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
        let file = |variable: &str, name: &str| -> Option<PathBuf> {
            match std::env::var_os(variable) {
                Some(path) => Some(PathBuf::from(path)),
                None => Some(Path::new(home.as_ref()?).join(".aws").join(name)),
            }
        };
        let mut profiles = Profiles::default();
        for (variable, name, is_config) in [
            ("AWS_CONFIG_FILE", "config", true),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", false),
        ] {
            if let Some(path) = file(variable, name)
                && let Ok(text) = fs::read_to_string(&path)
            {
                profiles.add(&text, is_config, &path.display().to_string());
            }
        }
        profiles
    }

    /// Every profile, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.values()
    }

    /// The profile of a name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    /// The command that signs in to where a profile's credentials come from, word by word.
    pub fn sign_in(&self, name: &str) -> Option<Vec<String>> {
        let mut name = name;
        // Chains are short; one that goes round ends here.
        for _ in 0..16 {
            let profile = self.get(name)?;
            if let Some(words) = profile.sign_in() {
                let words = words.iter().flat_map(|word| word.split(' '));
                return Some(words.map(str::to_owned).collect());
            }
            name = profile.get("source_profile")?;
        }
        None
    }

    /// A profile and those that it takes its credentials from, one behind the other; `None` where
    /// they go round in a circle. A profile that names itself ends it: its own keys are meant.
    pub fn chain(&self, name: &str) -> Option<Vec<&Profile>> {
        let mut chain: Vec<&Profile> = Vec::new();
        let mut next = self.get(name);
        while let Some(profile) = next {
            if chain.iter().any(|known| known.name == profile.name) {
                return None;
            }
            chain.push(profile);
            let source = profile.get("source_profile");
            next = source
                .filter(|source| *source != profile.name)
                .and_then(|source| self.get(source));
        }
        Some(chain)
    }

    /// Whether an SSO session is defined.
    pub fn has_sso_session(&self, name: &str) -> bool {
        self.sso_sessions.iter().any(|session| session == name)
    }

    fn add(&mut self, text: &str, is_config: bool, path: &str) {
        let mut current: Option<String> = None;
        let mut ignored = true;
        for (index, line) in text.lines().enumerate() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
                continue;
            }
            if let Some(header) = trimmed.strip_prefix('[') {
                current = None;
                ignored = true;
                let Some((header, _)) = header.split_once(']') else {
                    self.problems
                        .push(format!("{path}:{}: `[` without `]`", index + 1));
                    continue;
                };
                let words: Vec<&str> = header.split_whitespace().collect();
                match words.as_slice() {
                    ["sso-session", name] if is_config => {
                        self.sso_sessions.push((*name).to_owned())
                    }
                    ["profile", name] if is_config => current = Some((*name).to_owned()),
                    ["default"] => current = Some("default".to_owned()),
                    [name] if !is_config => current = Some((*name).to_owned()),
                    _ => {}
                }
                if let Some(name) = &current {
                    ignored = false;
                    self.profiles
                        .entry(name.clone())
                        .or_default()
                        .name
                        .clone_from(name);
                }
                continue;
            }
            // A deeper line belongs to the setting above (`s3 =` and its own settings).
            if line.starts_with([' ', '\t']) {
                continue;
            }
            let Some((name, value)) = trimmed.split_once('=') else {
                self.problems.push(format!(
                    "{path}:{}: neither a section nor `name = value`",
                    index + 1
                ));
                continue;
            };
            if ignored {
                continue;
            }
            let Some(profile) = current
                .as_ref()
                .and_then(|name| self.profiles.get_mut(name))
            else {
                continue;
            };
            let name = name.trim().to_ascii_lowercase();
            let value = value.trim();
            match name.as_str() {
                "aws_access_key_id" => profile.has_keys = true,
                "aws_secret_access_key" | "aws_session_token" => {}
                _ => {
                    profile.settings.insert(name, value.to_owned());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "
[default]
region = eu-west-1
[profile corp]
sso_session = corp
sso_account_id = 123456789012
[sso-session corp]
sso_region = us-east-1
[profile deep]
role_arn = arn:aws:iam::123456789012:role/deep
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/jane
s3 =
  max_concurrent_requests = 10
[profile proc]
credential_process = /bin/creds
[profile signin]
login_session = arn:aws:iam::123456789012:user/jane
[profile token]
role_arn = arn:aws:iam::123456789012:role/web
web_identity_token_file = /token
[profile nothing]
output = json
nonsense
[profile broken
";

    fn profiles() -> Profiles {
        let mut profiles = Profiles::default();
        profiles.add(CONFIG, true, "config");
        profiles.add(
            "[keys]\naws_access_key_id = AKIA\naws_secret_access_key = hush-hush\n",
            false,
            "credentials",
        );
        profiles
    }

    #[test]
    fn kinds_are_told_apart() {
        let profiles = profiles();
        let kind = |name: &str| profiles.get(name).unwrap().kind();
        assert_eq!(kind("corp"), ProfileKind::Sso);
        assert_eq!(kind("deep"), ProfileKind::Role);
        assert_eq!(kind("proc"), ProfileKind::Process);
        assert_eq!(kind("signin"), ProfileKind::Login);
        assert_eq!(kind("token"), ProfileKind::WebIdentity);
        assert_eq!(kind("nothing"), ProfileKind::Empty);
        assert_eq!(kind("keys"), ProfileKind::Keys);
        assert_eq!(
            profiles.get("default").unwrap().get("region"),
            Some("eu-west-1")
        );
        assert!(profiles.has_sso_session("corp") && !profiles.has_sso_session("other"));
        assert_eq!(profiles.get("max_concurrent_requests"), None);
    }

    #[test]
    fn broken_lines_are_named_and_keys_are_not_kept() {
        let profiles = profiles();
        assert_eq!(profiles.problems.len(), 2, "{:?}", profiles.problems);
        assert!(
            profiles.problems[1].starts_with("config:2"),
            "{:?}",
            profiles.problems
        );
        assert!(!format!("{profiles:?}").contains("hush"));
    }
}

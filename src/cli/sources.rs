//! The arguments that name sources and fill templates, the same for every subcommand.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;

use crate::iam::Inventory;
use crate::load::{self, Settings, SourceSpec};
use crate::simulate::{Caller, CallerError, Home};

use super::Failure;
use super::connections::Connections;
use super::live::Live;

/// Most bytes read from standard input.
const LARGEST_INPUT: u64 = 1 << 30;

/// Where to read from.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Sources {
    /// Files or folders to read; `-` for standard input
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// The embedded Gitpod Enterprise template
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    live: Live,
}

/// What fills a template.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct SettingArgs {
    /// The value of a template's parameter, or of a Terraform variable
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = name_and_value)]
    parameters: Vec<(String, String)>,
    /// Decide a condition of a template
    #[arg(long = "condition", value_name = "NAME=true|false", value_parser = decided)]
    conditions: Vec<(String, bool)>,
    /// The account that the template is for
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The region that the template is for
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    /// The partition that the template is for: aws, aws-cn or aws-us-gov
    #[arg(long, value_name = "P")]
    partition: Option<String>,
}

/// Reads `NAME=VALUE`.
pub(super) fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// Reads `NAME=true` or `NAME=false`.
fn decided(text: &str) -> Result<(String, bool), String> {
    match name_and_value(text)? {
        (name, value) if value == "true" => Ok((name, true)),
        (name, value) if value == "false" => Ok((name, false)),
        _ => Err("expected NAME=true or NAME=false".to_owned()),
    }
}

impl Sources {
    /// Whether no source is named.
    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty() && !self.demo && !self.live.is_asked_for()
    }

    /// The sources in the order given; standard input is read here.
    pub(super) fn specs(&self) -> Result<Vec<SourceSpec>, Failure> {
        let mut specs = Vec::new();
        if self.demo {
            specs.push(SourceSpec::Demo);
        }
        for source in &self.sources {
            specs.push(if source == "-" {
                let mut bytes = Vec::new();
                io::stdin()
                    .lock()
                    .take(LARGEST_INPUT)
                    .read_to_end(&mut bytes)
                    .map_err(|error| {
                        Failure::input(format!("cannot read standard input: {error}"))
                    })?;
                SourceSpec::Bytes {
                    name: "standard input".to_owned(),
                    bytes,
                }
            } else {
                SourceSpec::Path(PathBuf::from(source))
            });
        }
        specs.extend(self.live.specs(self.settings.region.as_ref()));
        Ok(specs)
    }

    /// What fills templates.
    pub(super) fn settings(&self) -> Settings {
        Settings {
            parameters: self
                .settings
                .parameters
                .iter()
                .cloned()
                .collect::<BTreeMap<_, _>>(),
            account: self.settings.account.clone(),
            region: self.settings.region.clone(),
            partition: self.settings.partition.clone(),
            conditions: self.settings.conditions.iter().cloned().collect(),
        }
    }

    /// Everything that the sources hold.
    pub(super) fn load(&self) -> Result<Inventory, Failure> {
        self.load_for(&Home::default()).map(|loaded| loaded.0)
    }

    /// Everything that the sources hold, where templates are filled with what a request says of its
    /// account and region and the user gives none; with the connections to live accounts among them.
    pub(super) fn load_for(&self, home: &Home) -> Result<(Inventory, Connections), Failure> {
        let (sources, connections) = self.open()?;
        Ok((sources.into_inventory(&self.settings_at(home)), connections))
    }

    /// As [`Self::load_for`]; but where a principal goes by the account and region that `tree` assumes,
    /// as it does there.
    pub(super) fn load_for_caller(
        &self,
        home: &Home,
        principal: &str,
    ) -> Result<(Inventory, Connections), Failure> {
        let (sources, connections) = self.open()?;
        let (there, assumed) = (self.settings_at(home), self.settings());
        if there != assumed && Caller::find(&sources.render(&there), principal).is_err() {
            let inventory = sources.render(&assumed);
            if Caller::find(&inventory, principal).is_ok() {
                return Ok((inventory, connections));
            }
        }
        Ok((sources.into_inventory(&there), connections))
    }

    fn open(&self) -> Result<(load::Sources, Connections), Failure> {
        if self.is_empty() {
            return Err(Failure::input(
                "name a SOURCE: a file, a folder, `-`, `--demo` or `--profile NAME`",
            ));
        }
        let connections = Connections::default();
        let sources = load::Sources::open(&self.specs()?, &connections.gathering())
            .map_err(|error| Failure::input(error.to_string()))?;
        Ok((sources, connections))
    }

    fn settings_at(&self, home: &Home) -> Settings {
        let mut settings = self.settings();
        settings.account = settings.account.or_else(|| home.account.clone());
        settings.region = settings.region.or_else(|| home.region.clone());
        settings.partition = settings.partition.or_else(|| home.partition.clone());
        settings
    }
}

/// The principal of that name; without one, where names are to be had is said.
pub(super) fn caller_named<'a>(
    inventory: &'a Inventory,
    name: &str,
) -> Result<Caller<'a>, Failure> {
    Caller::find(inventory, name).map_err(|error| {
        let next = match &error {
            CallerError::NotFound { .. } if inventory.accounts.is_empty() => {
                "; name a SOURCE that holds it"
            }
            CallerError::NotFound { nearest: None, .. } => "; `iamscope tree SOURCE` lists them",
            _ => "",
        };
        Failure::input(format!("{error}{next}"))
    })
}

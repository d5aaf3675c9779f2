//! What the last refresh held, so that a refresh that loses data fails.

use serde::{Deserialize, Serialize};

use crate::packages::Result;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub services: usize,
    pub actions: usize,
    pub resource_types: usize,
    pub condition_keys: usize,
    /// Actions whose dependent actions are known.
    pub dependents_known: usize,
    /// Actions that have dependent actions.
    pub dependents: usize,
    pub documentation_links: usize,
    pub newer_names: usize,
    pub retired_names: usize,
    pub managed_policies: usize,
    pub sam_policy_templates: usize,
    pub cloudformation_arns: usize,
    pub api_calls: usize,
    pub escalation_methods: usize,
    pub rcp_services: usize,
}

impl Counts {
    /// Refuses a drop of more than 5 % in what people would miss most.
    pub fn check_against(&self, before: &Self) -> Result<()> {
        let watched = [
            ("actions", before.actions, self.actions),
            (
                "actions with dependents",
                before.dependents,
                self.dependents,
            ),
            (
                "documentation links",
                before.documentation_links,
                self.documentation_links,
            ),
            (
                "managed policies",
                before.managed_policies,
                self.managed_policies,
            ),
            ("API calls", before.api_calls, self.api_calls),
        ];
        for (what, before, now) in watched {
            if now * 100 < before * 95 {
                return Err(format!("{what} dropped from {before} to {now}, more than 5 %").into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn a_drop_of_more_than_five_percent_fails() {
        let before = Counts {
            actions: 1000,
            dependents: 100,
            documentation_links: 900,
            ..Counts::default()
        };
        let five_percent = Counts {
            actions: 950,
            dependents: 95,
            documentation_links: 855,
            ..Counts::default()
        };
        assert!(five_percent.check_against(&before).is_ok());
        for worse in [
            Counts {
                actions: 949,
                ..five_percent.clone()
            },
            Counts {
                dependents: 94,
                ..five_percent.clone()
            },
            Counts {
                documentation_links: 854,
                ..five_percent.clone()
            },
        ] {
            assert!(worse.check_against(&before).is_err(), "{worse:?}");
        }
    }
}

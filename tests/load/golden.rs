//! The seven templates that stand for what vendors publish, rendered whole.

use iamscope::iam::{Account, Effect};
use iamscope::load::{Progress, SourceSpec, Sources};
use iamscope::report::{tree_json, tree_text};

use crate::counter::Counted;
use crate::{fixture, only_account, parameters};

fn golden(name: &str) {
    insta::assert_snapshot!(name, tree_text(&fixture(name)));
}

#[test]
fn every_template_as_a_tree() {
    for name in [
        "gitpod_enterprise.template.json",
        "gitpod_enterprise.to_entries.json",
        "codepipeline_service_role.json",
        "ownstak_minimal.yml",
        "matillion_agent.yml",
        "gitpod_oidc.yml",
    ] {
        golden(name);
    }
}

#[test]
fn as_many_as_an_independent_count_finds() {
    for name in [
        "gitpod_enterprise.template.json",
        "codepipeline_service_role.json",
        "ownstak_minimal.yml",
        "matillion_agent.yml",
        "gitpod_oidc.yml",
    ] {
        let path = format!("tests/fixtures/templates/{name}");
        let counted = Counted::of(&std::fs::read_to_string(path).unwrap());
        let account = only_account(fixture(name));
        assert_eq!(Counted::found(&account), counted, "{name}");
    }
}

#[test]
fn gitpod_has_39_resources_with_the_same_policies_as_items() {
    let whole = fixture("gitpod_enterprise.template.json");
    let account = &whole.accounts[0];
    // 29 of the 39 resources have ARNs; the other ten are the inline policies.
    let inline = account.roles.iter().map(|role| role.inline.len());
    let own_resources = account.roles.iter().flat_map(|role| &role.inline);
    let ids = own_resources.filter(|policy| policy.logical_id.is_some());
    assert_eq!(account.resources.len() + ids.count(), 39);
    assert_eq!(inline.sum::<usize>(), 11);

    let items = fixture("gitpod_enterprise.to_entries.json");
    let json = |mut value: serde_json::Value| {
        for part in ["roles", "policies"] {
            for entity in value[part].as_array_mut().unwrap() {
                entity["file"].take();
                entity["line"].take();
            }
        }
        (value["roles"].take(), value["policies"].take())
    };
    let (roles, _) = json(tree_json(&whole));
    let (item_roles, _) = json(tree_json(&items));
    let names = |roles: &serde_json::Value| -> Vec<String> {
        let roles = roles.as_array().unwrap().iter();
        roles.map(|role| role["id"].to_string()).collect()
    };
    // The published page does not list the customer's debug role.
    assert_eq!(names(&roles)[..8], names(&item_roles));
    assert_eq!(roles[1]["inline"], item_roles[1]["inline"]);
}

#[test]
fn ownstak_has_77_permissions_each_with_its_purpose() {
    let account = only_account(fixture("ownstak_minimal.yml"));
    let purposes =
        std::fs::read_to_string("tests/fixtures/templates/ownstak_purposes.tsv").unwrap();
    let expected: Vec<(&str, &str)> = purposes
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split('\t').skip(1);
            (fields.next().unwrap(), fields.next().unwrap())
        })
        .collect();
    assert_eq!(expected.len(), 77);
    let policy = &account.policies[0];
    assert_eq!(
        policy.identity.logical_id.as_deref(),
        Some("OwnstakMinimalPolicy")
    );
    let document = policy.document.as_ref().unwrap();
    // A statement of one action may have the comment itself.
    let actions = document.statements.iter().flat_map(|statement| {
        let entries = statement.action.as_ref().unwrap().entries.iter();
        entries.map(|entry| (entry, entry.comment.as_ref().or(statement.comment.as_ref())))
    });
    let found: Vec<(String, String)> = actions
        .map(|(entry, comment)| (entry.text.to_string(), comment.unwrap().to_string()))
        .collect();
    assert_eq!(found.len(), 77);
    for (permission, purpose) in expected {
        let mut same = found.iter().filter(|(action, _)| action == permission);
        let found = &same.next().unwrap().1;
        assert!(found.starts_with(purpose), "{permission}: {found}");
    }
}

#[test]
fn codepipeline_has_15_statements() {
    let account = only_account(fixture("codepipeline_service_role.json"));
    let [role] = account.roles.as_slice() else {
        panic!("one role: {:#?}", account.roles)
    };
    assert_eq!(
        role.identity.arn,
        *"arn:aws:iam::123456789012:role/service-role/AWSCodePipelineServiceRole-us-east-1-MyFirstPipeline"
    );
    assert_eq!(role.inline[0].document.statements.len(), 15);
}

#[test]
fn matillion_has_two_roles_and_two_placeholders_to_fill() {
    let specs = [SourceSpec::Path(
        "tests/fixtures/templates/matillion_agent.yml".into(),
    )];
    let sources = Sources::open(&specs, &Progress::default()).unwrap();
    let unfilled = only_account(sources.render(&parameters(&[])));
    let ids = unfilled
        .roles
        .iter()
        .map(|role| role.identity.logical_id.as_deref().unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), ["TaskExecutionRole", "TaskRole"]);
    let placeholders = unfilled
        .parameters
        .iter()
        .filter(|parameter| parameter.placeholder);
    let names: Vec<&str> = placeholders
        .map(|parameter| parameter.name.as_str())
        .collect();
    assert_eq!(names, ["BucketName", "PlatformKeySecretArn"]);
    assert_eq!(unfilled.parameters[0].used_by, ["TaskPolicy"]);

    // The same sources under other settings.
    let filled = only_account(sources.render(&parameters(&[("BucketName", "acme-staging")])));
    let buckets = |account: &Account| {
        let policies = &account.policies;
        let policy = policies
            .iter()
            .find(|policy| policy.identity.logical_id.as_deref() == Some("TaskPolicy"));
        crate::resources(policy.unwrap().document.as_ref().unwrap())
    };
    assert_eq!(buckets(&unfilled), ["arn:aws:s3:::bucket-name"]);
    assert_eq!(buckets(&filled), ["arn:aws:s3:::acme-staging"]);
    assert!(!filled.parameters[0].placeholder);
}

#[test]
fn gitpod_oidc_conditions_are_keyed_by_the_issuer() {
    let inventory = fixture("gitpod_oidc.yml");
    let account = &inventory.accounts[0];
    let trust = |id: &str| crate::role(account, id).trust.clone().unwrap();
    let developer = trust("DeveloperRole");
    let keys = |document: &iamscope::iam::Document| -> Vec<String> {
        let conditions = document.statements[0].conditions.iter();
        conditions
            .map(|condition| {
                let place = condition.place;
                format!(
                    "{} {} {}:{}",
                    condition.operator_text, condition.key, place.line, place.column
                )
            })
            .collect()
    };
    // The lines and columns are those of the text inside the YAML.
    assert_eq!(
        keys(&developer),
        [
            "StringEquals api.gitpod.io/idp:aud 86:36",
            "StringLike api.gitpod.io/idp:sub 87:34",
        ]
    );
    assert_eq!(
        keys(&trust("AutomationRole")),
        [
            "StringEquals api.gitpod.io/idp:aud 131:21",
            "StringEquals api.gitpod.io/idp:sub 132:21",
        ]
    );
    let federated = &developer.statements[0].principal.as_ref().unwrap().entries[0].entry;
    assert_eq!(federated.text, account.providers[0].arn);
    assert_eq!(account.providers[0].issuer, *"api.gitpod.io/idp");

    let boundary = crate::role(account, "DeveloperRole")
        .boundary
        .as_ref()
        .unwrap();
    let statements = &boundary.document.as_ref().unwrap().statements;
    assert_eq!(statements[1].effect, Some(Effect::Deny));
    assert_eq!(boundary.place.line, 75);

    // A condition that a parameter decides.
    let path = SourceSpec::Path("tests/fixtures/templates/gitpod_oidc.yml".into());
    let without = parameters(&[("EnableAutomationRole", "false")]);
    let without = iamscope::load::load(&[path], &without, &Progress::default()).unwrap();
    assert_eq!(without.accounts[0].roles.len(), 1);
    assert!(without.accounts[0].undecided.is_empty());
}

#[test]
fn a_boundary_says_whom_it_limits() {
    let account = only_account(fixture("gitpod_oidc.yml"));
    let boundary = &account.policies[0];
    assert!(boundary.attached_to.is_empty());
    assert_eq!(boundary.limits.len(), 2);
}

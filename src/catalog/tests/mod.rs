use std::collections::HashSet;

use super::*;

mod data;
mod lookups;
mod patterns;

#[test]
fn the_index_is_whole_and_sorted() {
    let index = index();
    assert_eq!(data_date().len(), 10);
    assert!(index.services().len() >= 440, "{}", index.services().len());
    assert!(index.actions().len() >= 21_000, "{}", index.actions().len());
    assert!(
        index
            .services()
            .is_sorted_by(|a, b| a.prefix() < b.prefix())
    );
    assert!(index.actions().is_sorted_by(|a, b| {
        let key = |action: &Action| {
            action
                .lower()
                .split_once(':')
                .map(|(p, n)| (p.to_owned(), n.to_owned()))
        };
        key(a) < key(b)
    }));
    for service in index.services() {
        assert!(!service.title().is_empty());
        assert!(service.page().starts_with("https://"), "{}", service.page());
        for action in service.actions() {
            assert_eq!(action.service().prefix(), service.prefix());
            let full = format!("{}:{}", service.prefix(), action.name());
            assert_eq!(full, action.canonical());
            assert_eq!(index.find(action.canonical()).unwrap().id(), action.id());
        }
    }
    let all: usize = index
        .services()
        .iter()
        .map(|service| service.actions().len())
        .sum();
    assert_eq!(all, index.actions().len());
}

#[test]
fn every_service_decodes_without_dangling_references() {
    let known_arn = |arn: &str| arn.starts_with("arn:${Partition}:");
    for service in index().services() {
        let mut names = HashSet::new();
        for (name, arn) in service.resource_types() {
            assert!(names.insert(name), "{name} twice in {}", service.prefix());
            assert!(known_arn(arn), "{arn}");
        }
        for action in service.actions() {
            let info = action.details();
            assert!(!info.description.is_empty(), "{}", action.canonical());
            assert!(!info.description.contains(char::is_control));
            assert!(
                info.documentation.starts_with("https://"),
                "{}",
                info.documentation
            );
            assert_eq!(action.has_resource_types(), !info.resource_types.is_empty());
            let required = info.resource_types.iter().any(|used| used.required);
            assert_eq!(action.requires_resource(), required);
            for used in &info.resource_types {
                assert!(names.contains(used.name));
            }
            for dependent in info.dependent_actions.iter().flatten() {
                let found = index().find(dependent);
                assert_eq!(found.map(Action::canonical), Some(*dependent));
            }
        }
    }
}

#[test]
fn names_are_found_in_any_case() {
    for written in ["iam:passRole", "IAM:PASSROLE", "iam:PassRole"] {
        assert_eq!(index().find(written).unwrap().canonical(), "iam:PassRole");
    }
    for unknown in [
        "",
        ":",
        "iam",
        "iam:",
        "iam:Pass",
        "nothing:PassRole",
        "iam:PassRole:x",
    ] {
        assert!(index().find(unknown).is_none(), "{unknown}");
    }
}

#[test]
fn an_action_is_explained() {
    let info = action("s3:getobject").unwrap();
    assert_eq!(info.action.level(), AccessLevel::Read);
    assert_eq!(info.action.service().title(), "Amazon S3");
    let object = info
        .resource_types
        .iter()
        .find(|used| used.name == "object")
        .unwrap();
    assert_eq!(
        object.arn,
        "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
    );
    assert!(
        info.condition_keys
            .iter()
            .any(|key| key.name == "s3:ExistingObjectTag/<key>")
    );
    assert_eq!(
        info.documentation,
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"
    );

    assert_eq!(info.purpose(), "retrieve objects from Amazon S3");

    let run = action("ec2:RunInstances").unwrap();
    assert!(run.dependent_actions.unwrap().contains(&"iam:PassRole"));
    let list = action("s3:ListAllMyBuckets").unwrap();
    assert!(list.resource_types.is_empty());
    assert_eq!(has_resource_types("S3:LISTALLMYBUCKETS"), Some(false));
    assert_eq!(has_resource_types("s3:ListBucket"), Some(true));
    assert_eq!(has_resource_types("s3:ListBuckets"), None);
}

#[test]
fn pass_role_is_write_to_aws_and_permissions_management_in_effect() {
    let pass_role = index().find("iam:PassRole").unwrap();
    assert_eq!(pass_role.level(), AccessLevel::Write);
    assert_eq!(
        pass_role.effective_level(),
        AccessLevel::PermissionsManagement
    );
    assert!(pass_role.hides_permissions_management());
    assert!(
        !index()
            .find("s3:PutBucketPolicy")
            .unwrap()
            .hides_permissions_management()
    );
}

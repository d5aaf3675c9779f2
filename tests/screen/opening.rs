//! What a NotAction list opens to, and the order of the tree.

use std::sync::Arc;

use iamscope::app::Action;
use iamscope::app::item::{Item, Part};
use iamscope::app::sort::Order;
use iamscope::catalog;
use iamscope::iam::{PolicyKind, SourceId, parse_document_text};

use crate::sample;
use crate::stage::Stage;

fn all_but(list: &str) -> Stage {
    let mut inventory = sample::inventory();
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Sid": "Others", "Effect": "Allow", "NotAction": {list}, "Resource": "*"}}]}}"#
    );
    let document = parse_document_text(&policy, SourceId(0), PolicyKind::Identity).unwrap();
    inventory.accounts[0].roles[0].inline[0].document = Arc::new(document);
    let mut stage = Stage::new(inventory, 140, 40);
    stage.keys("/ 'Others' enter esc right");
    stage
}

#[test]
fn a_not_action_list_opens_to_what_it_leaves_and_the_pane_counts_it() {
    let mut stage = all_but(r#"["iam:*", "sts:AssumeRole"]"#);
    let left = catalog::index()
        .actions()
        .iter()
        .filter(|action| {
            action.service().prefix() != "iam" && action.canonical() != "sts:AssumeRole"
        })
        .count();
    stage.keys("down down down");
    let text = stage.text();
    let row = text.lines().find(|line| line.contains("reaches "));
    let counted = format!("{},{:03}", left / 1000, left % 1000);
    assert!(row.is_some_and(|row| row.contains(&counted)), "{text}");
    assert!(
        text.contains("Every action that NotAction does not list"),
        "{text}"
    );
    assert!(text.contains(&format!("{counted} actions of")), "{text}");

    stage.keys("right");
    let prefix = |item: Item| match item {
        Item::Service(_, _, Part::Rest, service) => catalog::index()
            .services()
            .get(service as usize)
            .map(|own| own.prefix()),
        _ => None,
    };
    let services: Vec<&str> = stage
        .state
        .tree
        .rows()
        .iter()
        .filter_map(|row| prefix(row.item))
        .collect();
    assert_eq!(services.len(), catalog::index().services().len() - 1);
    assert!(services.contains(&"sts") && !services.contains(&"iam"));

    let sts = stage
        .state
        .tree
        .rows()
        .iter()
        .position(|row| prefix(row.item) == Some("sts"));
    let cursor = stage.state.tree.cursor();
    let down = ["down"].repeat(sts.unwrap() - cursor).join(" ");
    stage.keys(&down).keys("right");
    let text = stage.text();
    assert!(text.contains("sts:AssumeRoleWithSAML"), "{text}");
    let all = catalog::index().service("sts").unwrap().actions().len();
    assert!(text.contains(&format!("{} of {all}", all - 1)), "{text}");
}

#[test]
fn a_not_action_list_that_leaves_nothing_does_not_open() {
    let stage = all_but(r#"["*"]"#);
    let text = stage.text();
    assert!(text.contains("not action"), "{text}");
    assert!(!text.contains("reaches "), "{text}");
}

fn roles(stage: &Stage) -> Vec<String> {
    let rows = stage.state.tree.rows().iter();
    let roles = rows.filter_map(|row| match row.item {
        Item::Entity(entity) => Some(entity.name(&stage.state.inventory)),
        _ => None,
    });
    roles.collect()
}

#[test]
fn the_tree_is_ordered_by_name_by_actions_and_by_findings() {
    let mut stage = Stage::new(sample::inventory(), 140, 30);
    let loaded = ["app-controller", "limited", "broken"];
    assert_eq!(roles(&stage), loaded);
    stage.keys("/ 'limited' enter esc");
    let selected = stage.state.selected();

    stage.keys("z");
    assert_eq!(roles(&stage), ["app-controller", "broken", "limited"]);
    assert!(
        stage.text().contains("Policies 1 · by name"),
        "{}",
        stage.text()
    );
    assert_eq!(stage.state.selected(), selected);

    // `limited` may use the two actions of its boundary.
    stage.keys("z");
    assert_eq!(roles(&stage), ["app-controller", "limited", "broken"]);
    assert!(
        stage.text().contains("most actions first"),
        "{}",
        stage.text()
    );

    stage.keys("z");
    assert_eq!(roles(&stage), ["broken", "limited", "app-controller"]);
    assert!(
        stage.text().contains("most findings first"),
        "{}",
        stage.text()
    );
    assert_eq!(stage.state.selected(), selected);

    stage.keys("z");
    assert_eq!(roles(&stage), loaded);
    assert!(!stage.text().contains("first ─"), "{}", stage.text());
}

#[test]
fn the_order_stays_when_sources_are_read_again_and_in_what_a_search_finds() {
    let mut stage = Stage::new(sample::inventory(), 140, 30);
    stage.keys("z r");
    stage.act(Action::Loaded {
        generation: 2,
        result: Ok(Arc::new(sample::inventory())),
    });
    assert_eq!(stage.state.sorted.order(), Order::Name);
    assert_eq!(roles(&stage), ["app-controller", "broken", "limited"]);
    stage.keys("/ 's3:GetObject' enter");
    assert_eq!(roles(&stage), ["app-controller", "broken"]);
}

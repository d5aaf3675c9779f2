//! Findings as marks of rows, purposes beside permissions, the catalogue under what a search finds,
//! and the statements behind what a role may do.

use iamscope::analyze::Purposes;
use iamscope::app::{Action, Effect, Setup, SourceSpec};
use iamscope::iam::{PolicyKind, SourceId, parse_document_text};

use crate::sample;
use crate::stage::Stage;

/// The sample with a policy that grants what cannot be and what should not be.
fn remarkable() -> iamscope::iam::Inventory {
    let mut inventory = sample::inventory();
    let policy = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "Fine", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
        {"Sid": "Idle", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::b/*"},
        {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]}"#;
    let document = parse_document_text(policy, SourceId(0), PolicyKind::Identity).unwrap();
    inventory.accounts[0].roles[0].inline[0].document = std::sync::Arc::new(document);
    inventory
}

#[test]
fn findings_mark_rows_and_the_pane_says_them() {
    let mut stage = Stage::new(remarkable(), 140, 40);
    stage.keys("/ 'app-controller-policy' enter right");
    let text = stage.text();
    let row = |words: &str| {
        let mut rows = text
            .lines()
            .map(|line| line.chars().take(57).collect::<String>());
        rows.find(|row| row.contains(words)).unwrap()
    };
    assert!(
        row("inline   app-controller-policy").contains("! 2"),
        "{text}"
    );
    assert!(!row("Fine").contains('!'), "{text}");
    assert!(row("Idle").contains('!'), "{text}");
    assert!(row("Pass").contains('!'), "{text}");
    stage.keys("down down right down down");
    let text = stage.text();
    assert!(text.contains("action   s3:ListBucket"), "{text}");
    assert!(text.contains("s3:ListBucket grants nothing here"), "{text}");
}

#[test]
fn the_next_finding_is_one_key_away() {
    let mut stage = Stage::new(remarkable(), 140, 40);
    stage.keys("f");
    let text = stage.text();
    assert!(text.contains("app-controller-policy › Idle"), "{text}");
    assert!(
        text.contains("`s3:ListBucket` grants nothing here"),
        "{text}"
    );
    stage.keys("f");
    assert!(
        stage.text().contains("app-controller-policy › Pass"),
        "{}",
        stage.text()
    );
    stage.keys("F");
    assert!(
        stage.text().contains("app-controller-policy › Idle"),
        "{}",
        stage.text()
    );
    // All over the tree and back to the first one.
    let first = stage.state.selected();
    let found = (0..20).any(|_| {
        stage.keys("f");
        stage.state.selected() == first
    });
    assert!(found, "{}", stage.text());
}

fn with_purposes() -> Stage {
    let table = "s3:GetObject\tReads the customer's files\nsqs:SendMessage\tTells others\n";
    let (purposes, problems) = Purposes::parse(table, SourceId(0));
    assert_eq!(problems, []);
    let mut stage = Stage::set_up(Setup {
        sources: vec![SourceSpec::Demo],
        size: (140, 50),
        purposes: Some(purposes),
        ..Setup::default()
    });
    let mut inventory = sample::inventory();
    // Whoever may do everything has every permission.
    inventory.accounts[0].roles.remove(1);
    stage.act(Action::Loaded {
        generation: 1,
        result: Ok(std::sync::Arc::new(inventory)),
    });
    stage
}

#[test]
fn purposes_stand_beside_permissions_and_what_has_none_is_listed() {
    let mut stage = with_purposes();
    stage.keys("home");
    let text = stage.text();
    assert!(text.contains("without a purpose"), "{text}");
    assert!(text.contains("1 purpose without a permission"), "{text}");
    assert!(text.contains("sqs:SendMessage  Tells others"), "{text}");
    stage.keys("/ 'app-controller-policy' enter right down");
    assert!(
        stage.text().contains("Reads the customer's files"),
        "{}",
        stage.text()
    );
    stage.keys("right down");
    let text = stage.text();
    assert!(text.contains("action   s3:GetObject"), "{text}");
    assert!(
        text.contains("Purpose  Reads the customer's files"),
        "{text}"
    );
}

#[test]
fn a_search_reaches_every_action_of_the_catalogue_apart_from_the_tree() {
    let mut stage = Stage::new(sample::inventory(), 140, 40);
    stage.keys("/ 'delete certificate'");
    let text = stage.text();
    assert!(
        text.contains("Actions of AWS, in policies or not"),
        "{text}"
    );
    assert!(text.contains("acm:DeleteCertificate"), "{text}");
    assert!(text.contains("nothing matches here"), "{text}");
    stage.keys("enter");
    let title = stage.state.pane.title().unwrap().to_plain();
    assert_eq!(title, "acm:DeleteCertificate");
    // What the tree has stands above.
    stage.keys("/ ctrl-u 'getobject'");
    let text = stage.text();
    let tree = text.find("action   s3:GetObject").unwrap();
    let catalogue = text.find("Actions of AWS").unwrap();
    assert!(tree < catalogue, "{text}");
    // The page stays when the search is left, and the simulator takes the action.
    stage.keys("/ ctrl-u 'delete certificate' enter s");
    assert_eq!(stage.state.simulator.action.text(), "acm:DeleteCertificate");
    stage.keys("esc esc esc");
    let title = stage.state.pane.title().unwrap().to_plain();
    assert_eq!(title, "acm:DeleteCertificate");
    assert!(stage.text().contains("Roles 3"), "{}", stage.text());
}

#[test]
fn a_line_of_what_a_role_may_do_leads_to_the_statement_behind_it() {
    let mut stage = Stage::new(sample::inventory(), 140, 60);
    stage.keys("/ 'app-controller' enter esc tab");
    let lines = stage.state.pane.lines();
    let row = lines
        .iter()
        .position(|line| line.to_plain().starts_with("s3 "));
    let row = row.unwrap_or_else(|| panic!("{}", stage.text()));
    stage.state.pane.select(row);
    stage.keys("enter");
    assert!(
        stage.text().contains("app-controller-policy › statement 1"),
        "{}",
        stage.text()
    );
}

#[test]
fn a_path_with_a_space_is_opened() {
    let mut stage = Stage::new(sample::inventory(), 120, 30);
    stage.keys("o");
    stage.act(Action::Paste("'my roles.json' other.yml".to_owned()));
    stage.keys("enter");
    let Some(Effect::Load(request)) = stage.effects.last() else {
        panic!("{:?}", stage.effects);
    };
    let paths = ["my roles.json", "other.yml"].map(|path| SourceSpec::Path(path.to_owned()));
    assert_eq!(request.sources, paths);
}

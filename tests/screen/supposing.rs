//! What-ifs, layers, added policies, saved requests, parameters, the catalogue in the palette.

use iamscope::app::{Action, Effect, Purpose};
use iamscope::iam::{Parameter, ParameterFrom, Placeholder};
use iamscope::report::{BatchOptions, run_batch};

use crate::sample;
use crate::stage::Stage;

const DENY_ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Nothing","Effect":"Deny","Action":"*","Resource":"*"}]}"#;

fn stage() -> Stage {
    Stage::new(sample::inventory(), 140, 40)
}

/// The purpose of the text that was sent to an editor last.
fn edited(stage: &Stage) -> Purpose {
    let purpose = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::EditText { purpose, .. } => Some(purpose.clone()),
        _ => None,
    });
    purpose.unwrap()
}

fn read(stage: &mut Stage, purpose: Purpose, text: &str) {
    stage.act(Action::TextRead {
        purpose,
        result: Ok(text.to_owned()),
    });
}

#[test]
fn a_what_if_changes_decisions_is_marked_and_can_be_taken_back() {
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter right down s a");
    assert!(stage.text().contains("1 saved request"), "{}", stage.text());
    stage.keys("esc E");
    let purpose = edited(&stage);
    read(&mut stage, purpose, DENY_ALL);
    let text = stage.text();
    assert!(
        text.contains("supposed, not written anywhere; U takes it back; W lists"),
        "{text}"
    );
    assert!(text.contains("what if"), "{text}");
    stage.keys("R");
    let text = stage.text();
    assert!(text.contains("✗ was ✓ s3:GetObject"), "{text}");
    assert!(text.contains("1 saved request, 1 changed"), "{text}");
    assert!(text.contains("with 1 what-if"), "{text}");
    stage.keys("esc q");
    assert!(stage.text().contains("would be lost"), "{}", stage.text());
    assert!(
        !stage
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Quit))
    );
    stage.keys("U R");
    assert!(stage.text().contains("✓ s3:GetObject"), "{}", stage.text());
    stage.keys("esc q");
    assert!(matches!(stage.effects.last(), Some(Effect::Quit)));
}

/// Edits the policy of that name as a what-if.
fn suppose(stage: &mut Stage, name: &str, text: &str) {
    stage.keys(&format!("/ '{name}' enter E"));
    let purpose = edited(stage);
    read(stage, purpose, text);
    stage.keys("esc");
}

#[test]
fn each_what_if_is_listed_taken_back_and_exported_on_its_own() {
    let mut stage = stage();
    suppose(&mut stage, "app-controller-policy", DENY_ALL);
    suppose(&mut stage, "everything", DENY_ALL);
    assert_eq!(stage.state.suppositions.len(), 2);
    stage.keys("W");
    let text = stage.text();
    assert!(
        text.contains("app-controller-policy of app-controller"),
        "{text}"
    );
    assert!(text.contains("1 statement changed"), "{text}");
    // The first of the two goes, the second stays.
    stage.keys("'take back controller' enter");
    assert_eq!(stage.state.suppositions.len(), 1, "{}", stage.text());
    assert!(
        stage.state.suppositions.all()[0]
            .name
            .contains("everything")
    );
    stage.keys("W 'write' enter");
    stage.keys("ctrl-u 'everything.json' enter");
    let Some(Effect::WriteFile { path, text, .. }) = stage.effects.last() else {
        panic!("{:?}", stage.effects);
    };
    assert_eq!(path.to_str(), Some("everything.json"));
    assert_eq!(text, DENY_ALL);
    // What was exported is not lost on leaving.
    stage.keys("q");
    assert!(matches!(stage.effects.last(), Some(Effect::Quit)));
}

#[test]
fn what_is_supposed_stays_when_the_sources_are_read_again() {
    let mut stage = stage();
    suppose(&mut stage, "app-controller-policy", DENY_ALL);
    stage.keys("r");
    let Some(Effect::Load(request)) = stage.effects.last() else {
        panic!("{:?}", stage.effects);
    };
    let generation = request.generation;
    stage.act(Action::Loaded {
        generation,
        result: Ok(std::sync::Arc::new(sample::inventory())),
    });
    assert_eq!(stage.state.suppositions.len(), 1, "{}", stage.text());
    stage.keys("/ 'app-controller-policy' enter right");
    assert!(stage.text().contains("what if"), "{}", stage.text());
    // Where the policy is not there any more, what was supposed of it is dropped, and that is said.
    stage.keys("esc r");
    let mut other = sample::inventory();
    other.accounts[0].roles.remove(0);
    stage.act(Action::Loaded {
        generation: generation + 1,
        result: Ok(std::sync::Arc::new(other)),
    });
    assert!(
        stage.text().contains("1 what-if dropped"),
        "{}",
        stage.text()
    );
}

#[test]
fn saved_requests_are_removed_and_exported_as_a_batch_that_checks() {
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter right down s a");
    stage.keys("tab tab tab ctrl-u 's3:ListBucket' tab ctrl-u 'arn:aws:s3:::foobar'");
    stage.keys("tab tab a R");
    let text = stage.text();
    assert!(text.contains("2 saved requests"), "{text}");
    assert!(
        text.contains("∅ s3:ListBucket on arn:aws:s3:::foobar"),
        "{text}"
    );
    stage.keys("w");
    assert!(stage.text().contains("requests.jsonl"), "{}", stage.text());
    stage.keys("enter");
    let Some(Effect::WriteFile { path, text, what }) = stage.effects.last() else {
        panic!("{:?}", stage.effects);
    };
    assert_eq!(
        (path.to_str(), what.as_str()),
        (Some("requests.jsonl"), "2 cases")
    );
    let options = BatchOptions {
        check: true,
        ..BatchOptions::default()
    };
    let summary = run_batch(text.as_bytes(), std::io::sink(), options).unwrap();
    assert_eq!((summary.cases, summary.differ, summary.errors), (2, 0, 0));
    assert!(text.contains(r#""expected":"implicitDeny""#), "{text}");
    stage.keys("x");
    assert!(stage.text().contains("1 saved request"), "{}", stage.text());
    stage.keys("x");
    assert!(!stage.text().contains("saved request"), "{}", stage.text());
}

#[test]
fn a_control_policy_is_added_at_a_level() {
    const ALLOW_S3: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    const ALLOW_EC2: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}"#;
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter right down s");
    stage.keys("+ 'service control' enter");
    stage.act(Action::Paste(format!("root={ALLOW_EC2}")));
    stage.keys("enter");
    assert!(stage.text().contains("∅ Denied"), "{}", stage.text());
    // Policies of one level allow together; those of two levels must both allow.
    stage.keys("+ 'service control' enter");
    stage.act(Action::Paste(format!("root={ALLOW_S3}")));
    stage.keys("enter");
    let text = stage.text();
    assert!(text.contains("✓ Allowed"), "{text}");
    assert!(text.contains("added at root"), "{text}");
}

#[test]
fn text_that_is_no_policy_is_refused_with_its_place() {
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter E");
    let purpose = edited(&stage);
    read(&mut stage, purpose, "{\n  oops\n}");
    assert!(
        stage.text().contains("not a policy: line 2, column 3"),
        "{}",
        stage.text()
    );
}

#[test]
fn layers_can_be_left_out() {
    let mut stage = stage();
    stage.keys("S 'limited' tab 's3:GetObject' tab 'arn:aws:s3:::b/k' tab tab");
    assert!(stage.text().contains('∅'), "{}", stage.text());
    stage.keys("L 'boundary' enter esc");
    let text = stage.text();
    assert!(text.contains("without boundary"), "{text}");
    assert!(text.to_lowercase().contains("✓ allowed"), "{text}");
}

#[test]
fn a_pasted_policy_joins_the_evaluation() {
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter right down s");
    assert!(stage.text().to_lowercase().contains("✓ allowed"));
    stage.keys("+ 'service control' enter");
    stage.act(Action::Paste(DENY_ALL.to_owned()));
    stage.keys("enter");
    let text = stage.text();
    assert!(text.contains("+ 1 policy"), "{text}");
    assert!(text.contains('✗'), "{text}");
    stage.keys("+ 'take away' enter");
    assert!(
        stage.text().to_lowercase().contains("✓ allowed"),
        "{}",
        stage.text()
    );
}

#[test]
fn a_setting_loads_the_sources_again_and_keeps_the_selection() {
    let mut stage = stage();
    stage.keys("j j j P 'account' enter ctrl-u '210987654321' enter");
    let Some(Effect::Load(request)) = stage.effects.last() else {
        panic!("{:?}", stage.effects);
    };
    assert_eq!(request.settings.account.as_deref(), Some("210987654321"));
    let generation = request.generation;
    let mut changed = sample::inventory();
    changed.accounts[0].id.value = "210987654321".to_owned();
    // Another role in front: the selection is found by its name.
    changed.accounts[0]
        .roles
        .insert(0, sample::role("aardvark", 1));
    stage.act(Action::Loaded {
        generation,
        result: Ok(std::sync::Arc::new(changed)),
    });
    let text = stage.text();
    assert!(text.contains("account 210987654321"), "{text}");
    assert!(text.contains("Roles › limited"), "{text}");
}

#[test]
fn the_palette_reaches_the_catalogue() {
    let mut stage = stage();
    stage.keys(": 'delete certificate'");
    assert!(
        stage.text().contains("acm:DeleteCertificate"),
        "{}",
        stage.text()
    );
    stage.keys("enter");
    let title = stage.state.pane.title().unwrap().to_plain();
    assert!(title.contains("DeleteCertificate"), "{title}");
}

#[test]
fn a_parameter_takes_one_of_its_values_and_a_placeholder_any() {
    let mut inventory = sample::inventory();
    let place = inventory.accounts[0].roles[0].identity.place;
    inventory.accounts[0].parameters.push(Parameter {
        name: "Env".to_owned(),
        kind: "String".to_owned(),
        value: Some("dev".to_owned()),
        from: Some(ParameterFrom::Default),
        default: Some("dev".to_owned()),
        allowed: vec!["dev".to_owned(), "prod".to_owned()],
        description: None,
        secret: false,
        placeholder: false,
        place,
        used_by: vec!["Role".to_owned()],
    });
    inventory.accounts[0].placeholders.push(Placeholder {
        text: "<VENDOR>".to_owned(),
        value: None,
        place,
        used_by: Vec::new(),
    });
    let mut stage = Stage::new(inventory, 140, 40);
    let given = |stage: &Stage, name: &str| match stage.effects.last() {
        Some(Effect::Load(request)) => request.settings.parameters.get(name).cloned(),
        other => panic!("{other:?}"),
    };
    stage.keys("P");
    let text = stage.text();
    assert!(text.contains("dev  default  used by Role"), "{text}");
    assert!(text.contains("<VENDOR>"), "{text}");
    stage.keys("'Env' enter");
    assert!(stage.text().contains("in use  default"), "{}", stage.text());
    stage.keys("'prod' enter");
    assert_eq!(given(&stage, "Env").as_deref(), Some("prod"));
    stage.keys("P 'Env' enter 'as the template' enter");
    assert_eq!(given(&stage, "Env"), None);
    stage.keys("P 'VENDOR' enter '210987654321' enter");
    assert_eq!(given(&stage, "<VENDOR>").as_deref(), Some("210987654321"));
}

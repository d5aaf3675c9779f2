//! What-ifs, layers, added policies, saved requests, parameters, the catalogue in the palette.

use iamscope::app::{Action, Effect, Purpose};

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
        text.contains("supposed, not written anywhere; U takes it back"),
        "{text}"
    );
    assert!(text.contains("what if"), "{text}");
    stage.keys("R");
    assert!(stage.text().contains("✗ s3:GetObject"), "{}", stage.text());
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

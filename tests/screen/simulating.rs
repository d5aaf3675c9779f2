//! The simulator: filled, typed into, answered, left for a statement and come back to.

use iamscope::app::MouseKind;
use iamscope::ui::Look;

use crate::sample;
use crate::stage::Stage;

fn stage() -> Stage {
    Stage::new(sample::inventory(), 140, 40)
}

#[test]
fn a_selection_fills_the_form_and_is_answered_at_once() {
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter right down s");
    let text = stage.text().to_lowercase();
    assert!(text.contains("principal app-controller"), "{text}");
    assert!(text.contains("action    s3:getobject"), "{text}");
    assert!(text.contains("resource  arn:aws:s3:::foobar/*"), "{text}");
    assert!(text.contains("✓ allowed: s3:getobject"), "{text}");
    stage.assert_look("✓ Allowed", Look::Allow);
}

#[test]
fn each_key_changes_the_answer() {
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter right down s");
    // From the answer to the first field, and on to the action.
    stage.keys("tab tab");
    stage.keys("ctrl-u 's3:ListBucket'");
    let text = stage.text().to_lowercase();
    assert!(
        text.contains("allows s3:listbucket on arn:aws:s3:::foobar/*"),
        "{text}"
    );
    stage.keys("tab ctrl-u 'arn:aws:s3:::foobar'");
    let text = stage.text().to_lowercase();
    assert!(
        text.contains("allows s3:listbucket on arn:aws:s3:::foobar."),
        "{text}"
    );
    assert!(text.contains("near"), "{text}");
    stage.assert_look("∅ Denied", Look::Deny);
}

#[test]
fn an_unconditional_deny_wins() {
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter right down s tab tab");
    stage.keys("ctrl-u 'dynamodb:DeleteTable' tab ctrl-u");
    stage.keys("'arn:aws:dynamodb:us-east-1:123456789012:table/cells'");
    let text = stage.text().to_lowercase();
    assert!(text.contains("denies dynamodb:deletetable on"), "{text}");
    stage.assert_look("✗", Look::Deny);
}

#[test]
fn a_key_that_matters_is_suggested_and_its_values_complete_it() {
    let mut stage = stage();
    stage.keys("/ 'Anything' enter s");
    let text = stage.text().to_lowercase();
    assert!(text.contains("principal app-controller"), "{text}");
    stage.keys("ctrl-u 'ec2:DescribeInstances' tab ctrl-u");
    let text = stage.text().to_lowercase();
    assert!(text.contains("? depends"), "{text}");
    assert!(text.contains("aws:requestedregion="), "{text}");
    stage.assert_look("? Depends", Look::Unknown);
    // To the row that is suggested, and its first candidate.
    stage.keys("tab end down");
    let text = stage.text().to_lowercase();
    assert!(text.contains("aws:requestedregion=eu-west-1"), "{text}");
    stage.keys("down up enter");
    assert!(
        stage.text().to_lowercase().contains("✓ allowed"),
        "{}",
        stage.text()
    );
}

#[test]
fn what_is_missing_is_said_at_its_field() {
    let mut stage = stage();
    stage.keys("S 'nobody' enter");
    let text = stage.text().to_lowercase();
    assert!(text.contains("no role or user `nobody`"), "{text}");
    stage.keys("shift-tab ctrl-u 'limited' tab 's3:GetObject' tab");
    let text = stage.text().to_lowercase();
    assert!(text.contains("on which resource?"), "{text}");
    stage.keys("shift-tab ctrl-u 's3:ListObjectsV2'");
    assert!(
        stage.text().contains("is authorised as s3:ListBucket"),
        "{}",
        stage.text()
    );
}

#[test]
fn names_complete_from_what_is_loaded_and_from_the_catalogue() {
    let mut stage = stage();
    stage.keys("S 'appc' down enter");
    assert!(
        stage.text().contains("principal app-controller"),
        "{}",
        stage.text()
    );
    stage.keys("'delete certificate'");
    assert!(
        stage.text().contains("acm:DeleteCertificate"),
        "{}",
        stage.text()
    );
}

#[test]
fn the_boundary_limits() {
    let mut stage = stage();
    stage.keys("S 'limited' tab 's3:GetObject' tab 'arn:aws:s3:::b/k' tab tab");
    let text = stage.text().to_lowercase();
    assert!(text.contains("∅ denied"), "{text}");
    assert!(text.contains("boundary"), "{text}");
}

#[test]
fn a_line_of_the_answer_leads_to_its_statement_and_back() {
    let mut stage = stage();
    stage.keys("/ 'app-controller-policy' enter right down s");
    while stage.state.simulator.reader.lines()[stage.state.simulator.reader.cursor()]
        .about
        .is_none()
    {
        let before = stage.state.simulator.reader.cursor();
        stage.keys("down");
        assert!(
            stage.state.simulator.reader.cursor() > before,
            "{}",
            stage.text()
        );
    }
    stage.keys("enter");
    let text = stage.text().to_lowercase();
    assert!(
        text.contains("app-controller-policy › statement 1"),
        "{text}"
    );
    assert!(text.contains("s goes back to the simulator"), "{text}");
    stage.keys("S");
    assert!(
        stage
            .text()
            .to_lowercase()
            .contains("✓ allowed: s3:getobject"),
        "{}",
        stage.text()
    );
    // Leaving loses nothing that was typed.
    stage.keys("esc S");
    assert!(stage.text().contains("resource  arn:aws:s3:::foobar/*"));
}

#[test]
fn the_mouse_works_in_the_form() {
    let mut stage = stage();
    stage.keys("S");
    let (x, y) = stage.find("limited").unwrap();
    stage.mouse(MouseKind::Press, x, y);
    assert!(
        stage.text().contains("principal limited"),
        "{}",
        stage.text()
    );
    let (x, y) = stage.find("resource  ").unwrap();
    stage.mouse(MouseKind::Press, x, y);
    stage.keys("'*'");
    assert!(stage.text().contains("resource  *"), "{}", stage.text());
}

#[test]
fn the_simulator_fits_a_small_terminal() {
    for (columns, rows) in [(30, 8), (40, 12), (80, 24)] {
        let mut stage = Stage::new(sample::inventory(), columns, rows);
        stage.keys("/ 'app-controller-policy' enter right down s");
        let text = stage.text().to_lowercase();
        assert!(text.contains("allowed") || rows < 10, "{text}");
    }
}

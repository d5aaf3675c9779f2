//! Moving about: tree, search, side pane, lists.

use iamscope::app::{Action, Effect, MouseKind};
use iamscope::ui::Look;

use crate::sample;
use crate::stage::Stage;

fn stage() -> Stage {
    Stage::new(sample::inventory(), 140, 30)
}

fn selected_line(stage: &Stage) -> String {
    let cursor = stage.state.tree.cursor() - stage.state.tree.offset();
    let text = stage.text();
    let line = text.lines().nth(3 + cursor).unwrap();
    line.chars()
        .skip(1)
        .take(56)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[test]
fn the_first_screen_shows_the_roles_and_what_they_amount_to() {
    let stage = stage();
    let text = stage.text();
    assert!(text.contains("account 123456789012 (assumed)"), "{text}");
    assert!(
        text.contains("▸ limited   account 999999999999         ⊂ ! 1 ✓ 2"),
        "{text}"
    );
    assert!(
        text.contains("▸ broken   lambda.amazonaws.com            ! 1 ✓ 1"),
        "{text}"
    );
    stage.assert_look("⊂", Look::Warning);
    stage.assert_look("✗", Look::Deny);
    stage.assert_look("✓", Look::Allow);
}

#[test]
fn arrows_and_letters_open_and_close() {
    let mut stage = stage();
    stage.keys("j j l");
    assert!(
        stage
            .text()
            .contains("aws      AWSLambdaBasicExecutionRole")
    );
    stage.keys("/ 'elsewhere'");
    assert!(stage.text().contains("external elsewhere"));
    stage.keys("esc");
    stage.keys("right down down");
    assert!(
        selected_line(&stage).contains("managed  tables-read"),
        "{}",
        stage.text()
    );
    stage.keys("left");
    assert!(selected_line(&stage).contains("app-controller"));
    stage.keys("h");
    assert!(!stage.text().contains("aws      AWSLambda"));
    stage.keys("space *");
    let when = "when     aws:RequestedRegion StringEquals";
    stage.resize(140, 50);
    assert!(stage.text().contains(when), "{}", stage.text());
    stage.keys("_");
    assert!(!stage.text().contains("▸ trust"));
    stage.keys("G");
    assert!(selected_line(&stage).contains("error"));
    stage.keys("g");
    assert!(selected_line(&stage).contains("sample.json"));
}

#[test]
fn levels_open_the_whole_tree_and_keep_the_selection() {
    let mut stage = stage();
    stage.keys("j j 4");
    assert!(selected_line(&stage).contains("app-controller"));
    assert!(stage.text().contains("✓ 1 s3:GetObject on foobar/*"));
    assert!(!stage.text().contains("action   s3:GetObject"));
    stage.keys("+");
    assert!(stage.text().contains("action   s3:GetObject"));
    stage.keys("G k -");
    assert_eq!(stage.state.tree.rows().len(), 1);
}

#[test]
fn a_wildcard_opens_to_its_actions_and_a_star_to_services_first() {
    let mut stage = stage();
    stage.keys("/ 'ec2:Describe*' enter right");
    let text = stage.text();
    assert!(text.contains("ec2:DescribeAccountAttributes"), "{text}");
    stage.keys("esc / 'everything' enter right down right");
    stage.keys("down right");
    let text = stage.text();
    assert!(text.contains("Amazon AI Operations"), "{text}");
}

#[test]
fn searching_shows_matches_and_what_stands_above_them() {
    let mut stage = stage();
    stage.keys("/ 's3:Get'");
    let text = stage.text();
    assert!(text.contains("2 matches for s3:Get"), "{text}");
    assert!(!text.contains("dynamodb"), "{text}");
    stage.keys("enter");
    let first = selected_line(&stage);
    assert!(first.contains("s3:GetObject"));
    stage.keys("n n");
    assert_eq!(selected_line(&stage), first);
    // The selection stays when the whole tree comes back.
    stage.keys("n esc");
    assert!(selected_line(&stage).contains("s3:GetObject"));
    assert!(stage.text().contains("tables-read"));
    stage.keys("N");
    assert!(stage.text().contains("match 1 of 2"), "{}", stage.text());
}

#[test]
fn leaving_the_search_goes_back_to_where_it_began() {
    let mut stage = stage();
    stage.keys("j j j");
    let before = selected_line(&stage);
    stage.keys("/ 's3' down esc");
    assert_eq!(selected_line(&stage), before);
}

#[test]
fn words_of_a_search_may_match_rows_above() {
    let mut stage = stage();
    stage.keys("/ 'controller GetObject'");
    let text = stage.text();
    assert!(text.contains("1 match for"), "{text}");
    assert!(!text.contains("broken"), "{text}");
}

#[test]
fn an_attached_policy_leads_to_its_definition_and_back() {
    let mut stage = stage();
    stage.keys("j j l G / 'tables-read'").keys("enter esc");
    stage.keys("g j j j");
    while !selected_line(&stage).contains("managed  tables-read") {
        stage.keys("j");
    }
    stage.keys("d");
    assert!(
        stage.text().contains("Managed policies › tables-read"),
        "{}",
        stage.text()
    );
    stage.keys("[");
    assert!(
        stage.text().contains("app-controller › tables-read"),
        "{}",
        stage.text()
    );
    stage.keys("]");
    assert!(
        stage.text().contains("Managed policies › tables-read"),
        "{}",
        stage.text()
    );
}

#[test]
fn moving_in_the_pane_marks_what_belongs_together() {
    let mut stage = stage();
    stage.keys("/ 'Anything' enter tab");
    let marked = |stage: &Stage| stage.text().matches('▌').count();
    while !stage.state.pane.lines()[stage.state.pane.cursor()]
        .to_plain()
        .contains("\"Action\": \"ec2:Describe*\"")
    {
        let before = stage.state.pane.cursor();
        stage.keys("j");
        assert!(stage.state.pane.cursor() > before, "{}", stage.text());
    }
    assert!(marked(&stage) >= 2, "{}", stage.text());
}

#[test]
fn the_mouse_selects_opens_scrolls_and_drags() {
    let mut stage = stage();
    let (x, y) = stage.find("limited").unwrap();
    stage.mouse(MouseKind::Press, x, y);
    assert!(selected_line(&stage).contains("limited"));
    stage.mouse(MouseKind::Press, x - 2, y);
    assert!(
        stage.text().contains("boundary tables-read"),
        "{}",
        stage.text()
    );
    stage.mouse(MouseKind::Press, x - 2, y);
    assert!(!stage.text().contains("boundary tables-read"));
    let before = stage.find("┐").unwrap().0;
    stage.mouse(MouseKind::Press, before, 5);
    stage.mouse(MouseKind::Drag, before + 10, 5);
    stage.mouse(MouseKind::Release, before + 10, 5);
    assert_eq!(stage.find("┐").unwrap().0, before + 10);
    stage.mouse(MouseKind::Drag, 10, 5);
    assert_eq!(stage.find("┐").unwrap().0, before + 10);
    stage.keys("+ g");
    stage.mouse(MouseKind::WheelDown, 5, 10);
    assert_eq!(
        (stage.state.tree.offset(), stage.state.tree.cursor()),
        (3, 0)
    );
    let (x, y) = stage.find("?:help").unwrap();
    stage.mouse(MouseKind::Press, x, y);
    assert!(stage.text().contains("Help"));
    stage.mouse(MouseKind::Press, 0, 0);
    assert!(!stage.text().contains("Help ─"));
}

#[test]
fn help_is_made_from_the_keymap_and_the_palette_has_every_command() {
    let mut stage = stage();
    stage.keys("?");
    let bindings = stage.state.keymap.bindings().to_vec();
    let mut seen = stage.text();
    for _ in 0..120 {
        stage.keys("down");
        seen.push_str(&stage.text());
    }
    for binding in bindings.iter().filter(|binding| !binding.keys.is_empty()) {
        assert!(
            seen.contains(&binding.description),
            "{}",
            binding.description
        );
    }
    stage.keys("esc : 'expand all' enter");
    assert!(
        stage.text().contains("action   s3:GetObject"),
        "{}",
        stage.text()
    );
}

#[test]
fn copying_takes_what_is_selected() {
    let mut stage = stage();
    stage.keys("j j y");
    assert!(matches!(
        stage.effects.last(),
        Some(Effect::Copy(text)) if text == "arn:aws:iam::123456789012:role/app-controller"
    ));
    stage.keys("Y 'cli' enter");
    assert!(matches!(
        stage.effects.last(),
        Some(Effect::Copy(text)) if text == "aws iam get-role --role-name 'app-controller'"
    ));
}

#[test]
fn hostile_names_cannot_reach_the_terminal() {
    let mut inventory = sample::inventory();
    inventory.accounts[0].roles[0].identity.name = "a\u{1b}[31m\u{202e}b".into();
    inventory.accounts[0].name = "x\u{7}y".to_owned();
    let mut stage = Stage::new(inventory, 120, 30);
    stage.keys("j j tab");
    let text = stage.text();
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
    assert!(text.contains("a\\u{1b}[31m\\u{202e}b"), "{text}");
}

#[test]
fn a_result_that_comes_too_late_is_dropped() {
    let mut stage = stage();
    stage.act(Action::Loaded {
        generation: 0,
        result: Err("came too late".to_owned()),
    });
    assert!(!stage.text().contains("came too late"), "{}", stage.text());
    stage.act(Action::Loaded {
        generation: 1,
        result: Err("in time".to_owned()),
    });
    assert!(stage.text().contains("in time"));
}

#[test]
fn below_the_smallest_size_the_screen_says_so() {
    let mut stage = stage();
    stage.resize(29, 8);
    assert!(stage.text().contains("needs 30x8"), "{}", stage.text());
    stage.resize(5, 1);
    stage.resize(1, 1);
    stage.resize(30, 8);
    assert!(stage.text().contains("Roles"), "{}", stage.text());
}

#[test]
fn only_ascii_is_drawn_where_nothing_else_can_be() {
    let mut stage = stage();
    stage.state.ascii = true;
    stage.keys("j j l / 's3' enter tab ? esc");
    assert!(stage.text().is_ascii(), "{}", stage.text());
}

#[test]
fn documentation_is_a_link_where_it_can_be_seen() {
    let mut stage = Stage::new(sample::inventory(), 120, 40);
    assert!(stage.regions.links.is_empty());
    stage.keys(": 's3:DeleteBucket' enter");
    let links = &stage.regions.links;
    assert!(
        links
            .iter()
            .any(|link| link.url.ends_with("API_DeleteBucket.html")
                && link.text.starts_with("https://docs.aws.amazon.com/")),
        "{links:?}"
    );
    // The help covers its part of the pane.
    stage.keys("?");
    assert!(stage.regions.links.is_empty());
}

//! What a person who opens the program for the first time goes by: hints, marks, what is left out.

use std::sync::Arc;

use iamscope::app::{Action, Command, Context, Effect, Setup, SourceSpec};
use iamscope::iam::{Parameter, ParameterFrom, Place, Source, SourceKind};

use crate::sample;
use crate::stage::Stage;

fn last_line(stage: &Stage) -> String {
    stage.text().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn the_way_to_every_command_is_named_at_every_width() {
    for columns in [40, 80, 120, 200] {
        let stage = Stage::new(sample::inventory(), columns, 24);
        let line = last_line(&stage);
        assert!(line.ends_with(": commands"), "{columns}: {line}");
    }
}

#[test]
fn where_text_is_typed_only_keys_that_work_are_named() {
    let mut stage = Stage::new(sample::inventory(), 120, 24);
    stage.keys("p");
    assert_eq!(last_line(&stage).trim(), "enter accept  esc back");
}

#[test]
fn the_start_screen_says_what_went_wrong_and_how_to_leave() {
    let mut stage = Stage::empty(80, 24, Vec::new());
    assert!(last_line(&stage).contains("ctrl-c leave"));
    stage.keys("'xyz'");
    assert!(stage.text().contains("nothing matches"));
    stage.keys("esc");
    assert!(stage.text().contains("demo"), "{}", stage.text());
    stage.keys("'file' enter '/nowhere' enter");
    let Some(Effect::Load(asked)) = stage.effects.pop() else {
        panic!("nothing is loaded");
    };
    stage.act(Action::Loaded {
        generation: asked.generation,
        result: Err("/nowhere: no such file or folder".to_owned()),
    });
    assert!(
        last_line(&stage).contains("/nowhere: no such file"),
        "{}",
        stage.text()
    );
}

#[test]
fn the_help_tells_what_every_mark_means() {
    for (ascii, glyphs) in [(false, "✓✗∅?~!⊂"), (true, "+X-?~!<")] {
        let mut stage = Stage::set_up(Setup {
            sources: vec![SourceSpec::Demo],
            size: (120, 60),
            ascii,
            ..Setup::default()
        });
        stage.keys("? 'marks' esc ? pagedown pagedown pagedown pagedown");
        let text = stage.text();
        let marks: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.contains("│Marks") && !line.contains("|Marks"))
            .skip(1)
            .collect();
        for glyph in glyphs.chars() {
            let line = marks
                .iter()
                .find(|line| line.contains(&format!("  {glyph}  ")));
            assert!(line.is_some(), "{glyph} is not explained:\n{text}");
        }
    }
}

#[test]
fn what_a_row_has_no_room_for_stands_below_the_list() {
    let mut stage = Stage::new(sample::inventory(), 80, 24);
    stage.keys(": 'finding'");
    let text = stage.text();
    let whole = stage.state.keymap.description(Command::NextFinding);
    assert!(text.contains(whole), "{text}");
}

#[test]
fn an_entry_of_the_context_that_is_not_read_says_so() {
    let mut stage = Stage::new(sample::inventory(), 120, 40);
    stage.keys("S tab tab tab 'SourceIp' shift-tab");
    assert!(
        stage.text().contains("! not read: key=value"),
        "{}",
        stage.text()
    );
    stage.keys("tab '=1.2.3.4' shift-tab");
    assert!(!stage.text().contains("not read"), "{}", stage.text());
}

#[test]
fn layers_have_one_name_in_the_list_and_in_the_answer() {
    let mut stage = Stage::new(sample::inventory(), 120, 40);
    stage.keys("s");
    stage.act(Action::Do(Command::Layers));
    assert_ne!(stage.state.context(), Context::Tree);
    for name in ["RCP", "SCP", "endpoint"] {
        assert!(stage.text().contains(name), "{}", stage.text());
    }
    assert!(!stage.text().contains("vpce"), "{}", stage.text());
}

#[test]
fn typing_a_value_takes_the_place_of_the_default() {
    let mut inventory = sample::inventory();
    inventory.accounts[0].parameters.push(Parameter {
        name: "BucketName".to_owned(),
        kind: "String".to_owned(),
        value: Some("bucket-name".to_owned()),
        from: Some(ParameterFrom::Default),
        default: Some("bucket-name".to_owned()),
        allowed: Vec::new(),
        description: None,
        secret: false,
        placeholder: true,
        place: Place::default(),
        used_by: Vec::new(),
    });
    let mut stage = Stage::new(inventory, 120, 40);
    stage.keys("P 'BucketName' enter 'acme-staging' enter");
    let asked = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Load(asked) => asked.settings.parameters.get("BucketName"),
        _ => None,
    });
    assert_eq!(asked.map(String::as_str), Some("acme-staging"));
}

#[test]
fn a_folder_is_called_by_its_name() {
    for (path, name) in [
        ("/srv/infra", "infra  3 files"),
        ("infra/", "infra  3 files"),
        (".", "demo  3 files"),
    ] {
        let mut inventory = sample::inventory();
        inventory.sources = ["a.tf", "b.tf", "c.tf"]
            .map(|file| Source {
                path: format!("{path}/{file}"),
                kind: SourceKind::Terraform,
            })
            .into();
        inventory.accounts[0].name = "demo".to_owned();
        let source = SourceSpec::Path(path.to_owned());
        let mut stage = Stage::empty(120, 24, vec![source]);
        stage.act(Action::Loaded {
            generation: 1,
            result: Ok(Arc::new(inventory)),
        });
        let first = stage.text().lines().next().unwrap_or_default().to_owned();
        assert!(first.contains(name), "{path}: {first}");
    }
}

#[test]
fn of_two_roles_of_one_name_the_selected_one_asks() {
    let mut inventory = sample::inventory();
    let mut other = inventory.accounts[0].clone();
    other.id.value = "210987654321".to_owned();
    for role in &mut other.roles {
        let arn = role
            .identity
            .arn
            .to_string()
            .replace("123456789012", "210987654321");
        role.identity.arn = arn.as_str().into();
    }
    inventory.accounts.push(other);
    let mut stage = Stage::new(inventory, 120, 40);
    stage.keys("down down s");
    let text = stage.text();
    assert!(
        text.contains("principal arn:aws:iam::123456789012:role/")
            || text.contains("principal  arn:aws:iam::123456789012:role/"),
        "{text}"
    );
    assert!(!text.contains("names several"), "{text}");
}

//! `docs/keys.md` is made from the keymap.

use std::fmt::Write;

use iamscope::app::{Context, Keymap};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");

fn page() -> String {
    let keymap = Keymap::default();
    let mut page = String::from(
        "# Keys\n\n\
         Made from `assets/keymap.toml`, which also makes the help (`?`) and the command palette (`:`). \
         A file `keymap.toml` of your own, where `iamscope paths` says, overrides entries; \
         the built-in file says how.\n",
    );
    for context in Context::ALL {
        let bindings: Vec<_> = keymap
            .bindings()
            .iter()
            .filter(|binding| binding.context == context)
            .collect();
        if bindings.is_empty() {
            continue;
        }
        let name = context.name();
        let heading = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        write!(
            page,
            "\n## {heading}\n\n| key | command | what it does |\n| --- | --- | --- |\n"
        )
        .unwrap();
        for binding in bindings {
            let keys: Vec<String> = binding
                .keys
                .iter()
                .map(|key| format!("`{}`", key.to_string().replace('|', "\\|")))
                .collect();
            let (keys, command) = (keys.join(" "), binding.command.name());
            writeln!(page, "| {keys} | {command} | {} |", binding.description).unwrap();
        }
    }
    page
}

#[test]
fn the_page_of_keys_is_that_of_the_keymap() {
    let expected = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &expected).unwrap();
    }
    let found = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        found == expected,
        "docs/keys.md is out of date: run the tests once with UPDATE_DOCS=1"
    );
}

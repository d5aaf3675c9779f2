//! Configuration that is damaged or meant to do harm: problems that say where, soon, and never a crash.

use std::fs;
use std::time::{Duration, Instant};

use iamscope::iam::Inventory;

use crate::{load_path, problems, read_with};
use iamscope::load::Settings;

/// Loads a text by itself. The bound is wide: tests are not optimised, and other things run beside them.
fn quickly(text: &str) -> Vec<String> {
    let start = Instant::now();
    let found = match read_with(text, &Settings::default()) {
        Ok(inventory) => problems(&inventory),
        Err(error) => vec![error.to_string()],
    };
    assert!(start.elapsed() < Duration::from_secs(20), "{found:?}");
    found
}

fn says(text: &str, wanted: &str) {
    let found = quickly(text);
    assert!(
        found.iter().any(|one| one.contains(wanted)),
        "{wanted}: {found:?}"
    );
}

fn folder(files: &[(String, String)]) -> Inventory {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let start = Instant::now();
    let inventory = load_path(folder.path().to_str().unwrap()).unwrap();
    assert!(start.elapsed() < Duration::from_secs(20));
    inventory
}

#[test]
fn nesting() {
    for depth in [100, 1000, 10_000] {
        let role =
            |name: &str| format!("resource \"aws_iam_role\" \"r\" {{\n  name = {name}\n}}\n");
        for (open, close) in [
            ("[", "]"),
            ("(", ")"),
            ("{ a = ", "}"),
            ("upper(", ")"),
            ("\"${", "}\""),
            ("!", ""),
        ] {
            let text = role(&format!("{}1{}", open.repeat(depth), close.repeat(depth)));
            says(&text, "not Terraform's language");
            says(&role(&open.repeat(depth)), "not Terraform's language");
        }
        says(
            &format!("resource \"a\" \"b\" {{\n{}", "x {\n".repeat(depth)),
            "not Terraform's language",
        );
    }
}

#[test]
fn counts_and_ranges() {
    let role = |more: &str| {
        format!(
            "resource \"aws_iam_role\" \"r\" {{\n  name = \"r\"\n  assume_role_policy = jsonencode({{}})\n  {more}\n}}\n"
        )
    };
    says(
        &role("count = 1000000000"),
        "has 1000000000 instances: one is shown for all",
    );
    says(
        &role("for_each = toset([for i in range(9000) : \"a${i}\"])"),
        "has 9000 instances",
    );
    says(
        &role("for_each = toset(range(1e12))"),
        "the range is too long",
    );
    says(
        &role(
            "tags = { a = join(\"\", [for i in range(9999) : join(\"\", [for j in range(9999) : \"${i}${j}\"])]) }",
        ),
        "expand to too much",
    );
    quickly(&role("count = -5"));
    quickly(&role("count = 0.5"));
    quickly(&role("count = \"x\""));
}

#[test]
fn circles() {
    says(
        "locals {\n  a = local.b\n  b = \"${local.a}x\"\n}\nresource \"aws_iam_role\" \"r\" {\n  name = local.a\n}\n",
        "`local.a` refers to itself",
    );
    says(
        "resource \"aws_iam_role\" \"r\" {\n  name = aws_iam_role.r.path\n  path = aws_iam_role.r.name\n}\n",
        "refers to itself",
    );
    says(
        "data \"aws_iam_policy_document\" \"d\" {\n  source_policy_documents = [data.aws_iam_policy_document.d.json]\n}\nresource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = data.aws_iam_policy_document.d.json\n}\n",
        "refers to itself",
    );
    says(
        "resource \"aws_iam_role\" \"r\" {\n  for_each = aws_iam_role.r\n  name = each.key\n}\n",
        "refers to itself",
    );

    let module = |source: &str| {
        format!(
            "module \"x\" {{\n  source = \"{source}\"\n}}\nmodule \"y\" {{\n  source = \"{source}\"\n}}\nresource \"aws_iam_role\" \"r\" {{\n  name = \"n\"\n}}\n"
        )
    };
    let inventory = folder(&[
        ("a/main.tf".to_owned(), module("../b")),
        ("b/main.tf".to_owned(), module("../a")),
        ("c/main.tf".to_owned(), module(".//")),
    ]);
    let found = problems(&inventory);
    assert!(
        found.iter().any(|one| one.contains("used inside itself")),
        "{found:?}"
    );

    // Each folder uses the next one twice: 2^20 modules.
    let files: Vec<(String, String)> = (0..20)
        .map(|at| (format!("m{at}/main.tf"), module(&format!("../m{}", at + 1))))
        .chain([("m20/main.tf".to_owned(), "variable \"v\" {}\n".to_owned())])
        .collect();
    let found = problems(&folder(&files));
    assert!(
        found
            .iter()
            .any(|one| one.contains("more resources than are shown")),
        "{found:?}"
    );
}

#[test]
fn values_that_grow() {
    let chain = |first: &str, next: &dyn Fn(usize) -> String| {
        let locals: String = (1..50)
            .map(|at| format!("  a{at} = {}\n", next(at - 1)))
            .collect();
        format!(
            "locals {{\n  a0 = {first}\n{locals}}}\nresource \"aws_iam_role_policy\" \"p\" {{\n  role = \"r\"\n  policy = jsonencode(local.a49)\n}}\n"
        )
    };
    let doubled = chain("\"xxxxxxxxxx\"", &|at| {
        format!("\"${{local.a{at}}}${{local.a{at}}}\"")
    });
    says(&doubled, "expand");
    let nested = chain("[\"x\"]", &|at| format!("[local.a{at}, local.a{at}]"));
    says(&nested, "expand to too much");
    let concatenated = chain("[\"x\"]", &|at| format!("concat(local.a{at}, local.a{at})"));
    says(&concatenated, "expand to too much");
    let merged = chain("{}", &|at| {
        format!(
            "merge(local.a{at}, {{ for k in range({at}) : \"k${{k}}x${{length(local.a{at})}}\" => local.a{at} }})"
        )
    });
    quickly(&merged);
    let compared = chain("[\"x\"]", &|at| format!("[local.a{at}, local.a{at}]")).replace(
        "jsonencode(local.a49)",
        "local.a49 == local.a48 ? \"a\" : \"b\"",
    );
    quickly(&compared);
    // Conditions multiply.
    let variables: String = (0..40)
        .map(|at| format!("variable \"c{at}\" {{}}\n"))
        .collect();
    let parts: String = (0..40)
        .map(|at| format!("${{var.c{at} ? 1 : 2}}"))
        .collect();
    let blocks: String = (0..12)
        .map(|at| format!("    dynamic \"condition\" {{\n      for_each = var.c{at} ? [1] : []\n      content {{\n        test = \"Bool\"\n        variable = \"k{at}\"\n        values = [\"true\"]\n      }}\n    }}\n"))
        .collect();
    quickly(&format!(
        "{variables}data \"aws_iam_policy_document\" \"d\" {{\n  statement {{\n    actions = [\"{parts}\"]\n{blocks}  }}\n}}\nresource \"aws_iam_role_policy\" \"p\" {{\n  role = \"{parts}\"\n  policy = data.aws_iam_policy_document.d.json\n}}\n"
    ));
}

#[test]
fn long_lines() {
    let long = "é".repeat(1 << 20);
    quickly(&format!(
        "locals {{\n  a = \"{long}${{var.x}}{long}\"\n}}\n"
    ));
    says(
        &format!("locals {{\n  a = \"{long}{long}{long}\"\n}}\n"),
        "larger than 4 MB",
    );
    quickly(&format!("# {long}\nlocals {{\n}}\n"));
    quickly(&format!(
        "locals {{\n  a = <<EOF\n{}\n",
        "%{ if true }".repeat(50_000)
    ));
    quickly(&format!(
        "locals {{\n  a = [{}]\n}}\n",
        "\"x\", ".repeat(100_000)
    ));
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

#[test]
fn mutated_files() {
    let fixtures = [
        "app/main.tf",
        "app/variables.tf",
        "app/locals.tf",
        "plain/main.tf",
        "modules/role/main.tf",
    ];
    let texts: Vec<String> = fixtures
        .iter()
        .map(|name| fs::read_to_string(format!("tests/fixtures/terraform/{name}")).unwrap())
        .collect();
    let pieces = [
        "${",
        "}",
        "\"",
        "<<EOF\n",
        "[*]",
        "...",
        "?",
        ":",
        "for",
        "in",
        "%{",
        "~",
        "null",
        "\\",
        "==",
        "each.key",
        "count = 3\n",
        "dynamic",
        "é",
        "\0",
        "#",
        "/*",
    ];
    let mut numbers = Numbers(0x1A_5C09E);
    let mut loaded = 0;
    for _ in 0..600 {
        let mut text = texts[numbers.below(texts.len())].clone();
        for _ in 0..1 + numbers.below(4) {
            let mut at = numbers.below(text.len());
            let mut end = (at + numbers.below(30)).min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            while !text.is_char_boundary(end) {
                end += 1;
            }
            match numbers.below(4) {
                0 => text.replace_range(at..end, ""),
                1 => text.insert_str(at, pieces[numbers.below(pieces.len())]),
                2 => {
                    let copied = text[at..end].to_owned();
                    text.insert_str(at, &copied);
                }
                _ => {
                    let word = texts[numbers.below(texts.len())]
                        .split_whitespace()
                        .nth(numbers.below(200))
                        .unwrap_or("x")
                        .to_owned();
                    text.replace_range(at..end, &word);
                }
            }
        }
        loaded += usize::from(read_with(&text, &Settings::default()).is_ok());
    }
    // Most are still read in part, so that evaluation is tried too.
    assert!(loaded > 60, "{loaded}");
}

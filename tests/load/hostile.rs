//! Input that is damaged or meant to do harm: an error that says where, soon, and never a crash.

use std::fs;
use std::time::{Duration, Instant};

use iamscope::load::{LoadError, Progress, Settings, SourceSpec, load};

use crate::{load_path, problems, read, read_with};

/// The error of a text, which must not take long to find. The bound is wide: tests are not optimised,
/// and other things run beside them.
fn error(text: &str) -> String {
    let start = Instant::now();
    let error = read_with(text, &Settings::default()).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(20), "{error}");
    error.to_string()
}

#[test]
fn not_a_source() {
    assert_eq!(error(""), "input:1:1: the file is empty");
    assert!(error("hello").contains("holds none of what iamscope reads"));
    assert!(error("{\"a\": 1}").starts_with("input:1:1: holds none"));
    assert!(error("{\"a\": 1,}").starts_with("input:1:"));
    let missing = load_path("tests/no such file").unwrap_err();
    assert_eq!(
        missing.to_string(),
        "`tests/no such file`: no such file or directory"
    );
}

#[test]
fn truncated() {
    let json =
        fs::read_to_string("tests/fixtures/templates/codepipeline_service_role.json").unwrap();
    for length in [1, 10, 100, 1000, json.len() - 2] {
        let text = error(&json[..length]);
        assert!(text.starts_with("input:"), "{text}");
    }
    let text = error("Resources:\n  A: {Type: AWS::S3::Bucket\n");
    assert!(text.starts_with("input:"), "{text}");
}

#[test]
fn nesting() {
    for depth in [200, 1000, 10_000] {
        let open = "[".repeat(depth);
        assert!(error(&open).starts_with("input:1:"));
        assert!(error(&format!("{{\"Resources\": {open}")).starts_with("input:1:"));
        assert!(error(&format!("Resources: {open}")).starts_with("input:1:"));
        let closed = format!("{open}{}", "]".repeat(depth));
        let text = error(&format!(
            "{{\"RoleDetailList\": [{{\"a\": {closed}}}], \"b\": 1"
        ));
        assert!(text.starts_with("input:1:"), "{text}");
    }
    let steps: String = (0..2_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    assert!(error(&steps).starts_with("input:"));
}

#[test]
fn alias_bombs() {
    let mut text = "Resources:\n  A: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for letter in 'b'..='z' {
        let previous = char::from(letter as u8 - 1);
        let nine = vec![format!("*{previous}"); 9].join(", ");
        text.push_str(&format!(
            "  {}: &{letter} [{nine}]\n",
            letter.to_uppercase()
        ));
    }
    let text = error(&text);
    assert!(text.contains("aliases expand to more than"), "{text}");
    assert!(error("Resources: &a [*a]").starts_with("input:1:"));
    // Few values, each long.
    let long = "x".repeat(1 << 20);
    let many = vec!["*a"; 50_000].join(", ");
    let text = error(&format!("Long: &a {long}\nMany: [{many}]\nResources: {{}}"));
    assert!(
        text.starts_with("input:2:32: aliases expand to more than"),
        "{text}"
    );
    // Anchors inside anchors keep the innermost again and again.
    let open: String = (0..200).map(|depth| format!("&a{depth} [")).collect();
    let text = error(&format!("Long: {open}{long}{}", "]".repeat(200)));
    assert!(text.contains("anchors stand for more than"), "{text}");
    // A mapping of many members is merged.
    let members: String = (0..50_000).map(|n| format!("k{n}: 1, ")).collect();
    let text = error(&format!("Base: &a {{{members}}}\nAll: {{<<: *a, b: 1}}\n"));
    assert!(text.contains("holds none of"), "{text}");
}

#[test]
fn long_lines() {
    let long = "x".repeat(20 << 20);
    assert!(error(&long).contains("larger than 4 MB"));
    assert!(
        error(&format!("{{\"Resources\": \"{long}{long}{long}\"}}")).contains("larger than 48 MB")
    );
    assert!(error(&format!("{{\"RoleDetailList\": [\"{long}")).starts_with("input:1:"));
    assert_eq!(
        error(&format!("{{\"RoleDetailList\": [\"{long}\"]}}")),
        "input:1:21: one entity larger than 8 MB"
    );
}

#[test]
fn encodings() {
    let template = "Resources: {A: {Type: AWS::IAM::User, Properties: {UserName: é}}}";
    let load_bytes = |bytes: Vec<u8>| {
        let name = "input".to_owned();
        load(
            &[SourceSpec::Bytes { name, bytes }],
            &Settings::default(),
            &Progress::default(),
        )
    };
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(template.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [
        template.as_bytes().to_vec(),
        format!("\u{feff}{template}").into_bytes(),
        utf16.clone(),
    ] {
        let inventory = load_bytes(bytes).unwrap();
        assert_eq!(inventory.accounts[0].users[0].identity.name, *"é");
    }
    let latin1: Vec<u8> = template
        .chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap())
        .collect();
    let text = load_bytes(latin1).unwrap_err().to_string();
    assert_eq!(
        text,
        "input:1:62: byte 0xE9 is not UTF-8: save the file as UTF-8"
    );
    assert!(load_bytes(utf16[2..].to_vec()).is_err());
    assert!(load_bytes(vec![0; 1000]).is_err());
}

#[test]
fn circles_of_references() {
    let text = "Parameters: {P: {Type: String}}\nConditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\nResources:\n  A: {Type: AWS::IAM::Role, Condition: A, Properties: {RoleName: !Ref B, AssumeRolePolicyDocument: {Statement: []}}}\n  B: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub '${A}', AssumeRolePolicyDocument: {Statement: []}}}\n";
    let inventory = read(text);
    assert_eq!(inventory.accounts[0].roles.len(), 2);
    assert!(
        problems(&inventory)
            .iter()
            .any(|one| one.contains("refers to itself"))
    );
}

#[test]
fn expressions_that_grow() {
    // Each variable doubles the one before.
    let mut value = "!Ref P".to_owned();
    for _ in 0..60 {
        value = format!("!Sub ['${{V}}${{V}}', {{V: {value}}}]");
    }
    let text = format!(
        "Parameters: {{P: {{Type: String, Default: xxxxxxxx}}}}\nResources:\n  A: {{Type: AWS::IAM::User, Properties: {{UserName: {value}}}}}\n"
    );
    let start = Instant::now();
    let inventory = read(&text);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(
        problems(&inventory)
            .iter()
            .any(|one| one.contains("expand to too much"))
    );
    // Conditions multiply.
    let conditions: String = (0..20)
        .map(|n| format!("  C{n}: !Equals [!Ref P{n}, a]\n"))
        .collect();
    let parameters: String = (0..20)
        .map(|n| format!("  P{n}: {{Type: String}}\n"))
        .collect();
    let parts: String = (0..20).map(|n| format!("!If [C{n}, a, b], ")).collect();
    let members: String = (0..20)
        .map(|n| format!("M{n}: !If [C{n}, {{x: y}}, z], "))
        .collect();
    let text = format!(
        "Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n  A: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: !Join ['', [{parts}]], PolicyDocument: {{{members} Statement: []}}}}}}\n"
    );
    let start = Instant::now();
    let inventory = read(&text);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert!(
        problems(&inventory)
            .iter()
            .any(|one| one.contains("too many combinations"))
    );
}

/// What is written small and comes to much.
#[test]
fn values_that_grow() {
    let policy = |before: &str, resource: &str| {
        format!(
            "{before}\nResources:\n  A: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Statement: [{{Effect: Allow, Action: '*', Resource: {resource}}}]}}}}}}\n"
        )
    };
    let says = |text: &str, words: &str| {
        let found = problems(&read(text));
        assert!(found.iter().any(|one| one.contains(words)), "no `{words}`");
        found.len()
    };
    let parameter =
        |value: &str| format!("Parameters: {{P: {{Type: String, Default: '{value}'}}}}");
    let (long, commas) = ("x".repeat(100_000), "a,".repeat(150_000));
    let too_much = "expand to too much";
    let items = vec!["a"; 20_000].join(", ");
    let join = format!("!Join ['{long}', [{items}]]");
    says(&policy("", &join), too_much);
    let sub = format!("!Sub '{}'", "${P}".repeat(10_000));
    says(&policy(&parameter(&long), &sub), too_much);
    says(
        &policy(&parameter(&commas), "!Split [',', !Ref P]"),
        too_much,
    );
    let keys = vec!["k"; 9_000].join(", ");
    let body = format!("{{'R${{N}}': {{Type: AWS::IAM::User, X: [{items}]}}}}");
    let text = format!("Resources: {{'Fn::ForEach::L': [N, [{keys}], {body}]}}");
    says(&text, too_much);
    let unknown: String = (0..2_000).map(|n| format!("!Ref Q{n}, ")).collect();
    let listed = says(&policy("", &format!("[{unknown}]")), "more is wrong");
    assert!(listed < 1_100, "{listed}");
    let roles: String = (0..10_001)
        .map(|n| format!("  R{n}: {{Type: AWS::S3::Bucket}}\n"))
        .collect();
    says(&format!("Resources:\n{roles}"), "more than 10000 resources");
    // Each piece of a long text is found where it stands, in one pass.
    let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "${B}"}, "#;
    let statements = statement.repeat(1_000);
    let statements = statements.trim_end_matches(", ");
    let text = format!(
        "Parameters: {{B: {{Type: String}}}}\nResources:\n  A: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: !Sub '{{\"Statement\": [{statements}]}}'}}}}\n"
    );
    let inventory = read(&text);
    let document = inventory.accounts[0].policies[0].document.clone().unwrap();
    let places = [0, 999].map(|at| document.statements[at].place.column as usize);
    assert_eq!(places[1] - places[0], statement.len() * 999);
}

#[test]
fn folders() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let inside = folder.path().join("a/b");
    fs::create_dir_all(&inside).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path(), inside.join("loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", inside.join("broken")).unwrap();
        std::os::unix::fs::symlink(outside.path(), inside.join("out")).unwrap();
    }
    fs::create_dir_all(folder.path().join("node_modules/x")).unwrap();
    let user = |name: &str| {
        format!("Resources: {{A: {{Type: AWS::IAM::User, Properties: {{UserName: {name}}}}}}}")
    };
    fs::write(
        folder.path().join("node_modules/x/skipped.yaml"),
        user("skipped"),
    )
    .unwrap();
    fs::write(outside.path().join("outside.yaml"), user("outside")).unwrap();
    let nothing = load_path(folder.path().to_str().unwrap())
        .unwrap_err()
        .to_string();
    assert!(nothing.contains("no file in it to read"), "{nothing}");

    fs::write(inside.join("good.yaml"), user("good")).unwrap();
    fs::write(inside.join("bad.yaml"), "Resources: [").unwrap();
    fs::write(inside.join("image.png"), [0x89, b'P', 0, 0]).unwrap();
    fs::write(inside.join("other.json"), "{\"name\": \"package\"}").unwrap();
    fs::write(inside.join("values.yaml"), "a: 1\n").unwrap();
    let inventory = load_path(folder.path().to_str().unwrap()).unwrap();
    let users: Vec<String> = inventory
        .accounts
        .iter()
        .flat_map(|account| &account.users)
        .map(|user| user.identity.name.to_string())
        .collect();
    assert_eq!(users, ["good"]);
    let found = problems(&inventory);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("bad.yaml:1:"), "{found:?}");
}

#[test]
fn loading_can_be_stopped() {
    let progress = Progress::default();
    progress.cancel();
    let result = load(
        &[SourceSpec::Path("tests".into())],
        &Settings::default(),
        &progress,
    );
    assert_eq!(result.unwrap_err(), LoadError::Cancelled);
}

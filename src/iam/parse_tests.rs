use super::super::*;

fn worst(document: &Document) -> Option<&'static str> {
    document
        .problems
        .iter()
        .map(|problem| problem.severity)
        .max()
        .map(Severity::name)
}

/// Every example of the grammar: valid or not, and how bad its worst problem is.
#[test]
fn agrees_with_the_grammar_vectors() {
    let vectors = [
        include_str!("../../tests/vectors/grammar.jsonl"),
        include_str!("../../tests/vectors/more_grammar.jsonl"),
    ];
    let mut wrong = Vec::new();
    for line in vectors.into_iter().flat_map(str::lines) {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let kind = PolicyKind::from_name(case["policy_type"].as_str().unwrap()).unwrap();
        let text = case["text"].as_str().unwrap();
        let (valid, severity) = match parse_document_text(text, SourceId(0), kind) {
            Ok(document) => (document.is_valid(), worst(&document)),
            Err(_) => (false, Some("error")),
        };
        if valid != case["valid"].as_bool().unwrap() || severity != case["severity"].as_str() {
            wrong.push(format!(
                "{}: {valid} {severity:?}, expected {} {}",
                case["name"], case["valid"], case["severity"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn identity(statement: &str) -> Document {
    let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\": {statement}}}");
    parse_document_text(&text, SourceId(0), PolicyKind::Identity).unwrap()
}

#[test]
fn a_statement_with_an_error_is_kept_and_marked() {
    let document = identity(
        r#"[{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringResembles": {"aws:username": "x"}}},
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]"#,
    );
    assert!(document.statements[0].unreadable);
    assert!(!document.statements[1].unreadable);
    assert_eq!(document.statements[0].conditions.len(), 1);
    assert!(!document.is_valid());
}

#[test]
fn a_value_of_the_wrong_type_is_a_warning_and_leaves_the_statement_readable() {
    let document = identity(
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"NumericLessThan": {"s3:max-keys": "ten"}}}"#,
    );
    assert!(!document.statements[0].unreadable);
    assert_eq!(worst(&document), Some("warning"));
}

#[test]
fn problems_point_at_line_and_column() {
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Effect\": \"allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}\n  ]\n}";
    let document = parse_document_text(text, SourceId(7), PolicyKind::Identity).unwrap();
    let problem = &document.problems[0];
    assert_eq!(
        (
            problem.place.source,
            problem.place.line,
            problem.place.column
        ),
        (SourceId(7), 4, 16)
    );
    assert_eq!(
        problem.message,
        "`Effect` must be `Allow` or `Deny`, found `allow`"
    );
    let error =
        parse_document_text("{\n  \"a\": [1,\n}", SourceId(0), PolicyKind::Identity).unwrap_err();
    assert_eq!(error.place.line, 3);
}

#[test]
fn unresolved_parts_read_as_references_and_are_not_judged() {
    let reference = std::sync::Arc::new(Unresolved {
        name: "Bucket".to_owned(),
        kind: UnresolvedKind::Parameter,
        place: Place::default(),
    });
    let mut node = parse_json(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "x"}}"#,
        SourceId(0),
    )
    .unwrap();
    let Value::Object(members) = &mut node.value else {
        panic!()
    };
    let Value::Object(statement) = &mut members[1].value.value else {
        panic!()
    };
    statement[2].value.value = Value::String(Text::from_parts([
        Part::Literal("arn:aws:s3:::".into()),
        Part::Unresolved(reference),
    ]));
    let document = parse_document(&node, PolicyKind::Identity);
    assert!(document.problems.is_empty(), "{:?}", document.problems);
    assert_eq!(
        document.json()["Statement"]["Resource"],
        "arn:aws:s3:::${Bucket}"
    );
}

#[test]
fn deep_and_wide_input_is_bounded() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    assert!(parse_document_text(&deep, SourceId(0), PolicyKind::Identity).is_err());
    let many = vec![r#"{"Effect": 1}"#; 20_000].join(",");
    let document = identity(&format!("[{many}]"));
    assert_eq!(document.statements.len(), 20_000);
    assert!(
        document
            .statements
            .iter()
            .all(|statement| statement.unreadable)
    );
}

//! CDK assemblies.

use std::fs;

use iamscope::iam::SourceKind;

use crate::load_path;

fn template(role: &str) -> String {
    format!(
        r#"{{"Resources": {{"{role}1234": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {{"Statement": []}}}}, "Metadata": {{"aws:cdk:path": "Stack/{role}/Resource"}}}}}}}}"#
    )
}

#[test]
fn stacks_of_an_assembly_and_of_its_stages() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("cdk.out");
    let stage = out.join("assembly-Prod");
    fs::create_dir_all(&stage).unwrap();
    fs::write(
        out.join("manifest.json"),
        r#"{"version": "36.0.0", "artifacts": {
          "App": {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1", "displayName": "App", "properties": {"templateFile": "App.template.json"}},
          "assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
          "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}}"#,
    )
    .unwrap();
    fs::write(
        stage.join("manifest.json"),
        r#"{"version": "36.0.0", "artifacts": {"ProdApp": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "properties": {"templateFile": "ProdApp.template.json", "stackName": "Prod-App"}}}}"#,
    )
    .unwrap();
    fs::write(
        out.join("App.template.json"),
        r#"{"Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://", {"Ref": "X"}]]}}, "Metadata": {"aws:asset:path": "Inner.nested.template.json", "aws:asset:property": "TemplateURL"}}}}"#,
    )
    .unwrap();
    fs::write(out.join("Inner.nested.template.json"), template("Nested")).unwrap();
    fs::write(stage.join("ProdApp.template.json"), template("Staged")).unwrap();

    // The assembly itself, its manifest, or the folder of the app.
    for path in [
        out.clone(),
        out.join("manifest.json"),
        folder.path().to_path_buf(),
    ] {
        let inventory = load_path(path.to_str().unwrap()).unwrap();
        let names: Vec<&str> = inventory
            .accounts
            .iter()
            .map(|account| account.name.as_str())
            .collect();
        assert_eq!(names, ["App", "Prod-App"], "{path:?}");
        assert_eq!(inventory.sources[0].kind, SourceKind::Cdk);
        let [app, prod] = inventory.accounts.as_slice() else {
            panic!("two accounts")
        };
        assert_eq!(
            (app.id.value.as_str(), app.id.assumed),
            ("111122223333", false)
        );
        assert_eq!(app.region.value, "eu-west-1");
        assert!(prod.id.assumed);
        assert_eq!(
            app.roles[0].identity.friendly.as_deref(),
            Some("Inner/Stack/Nested")
        );
        assert_eq!(
            prod.roles[0].identity.friendly.as_deref(),
            Some("Stack/Staged")
        );
    }
}

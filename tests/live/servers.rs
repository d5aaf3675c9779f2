//! Against real third-party servers: loading gives what was created, and a decision of ours is what
//! the server did. They are ignored unless IAMSCOPE_TEST_SERVERS names the folder that `tests/run`
//! installs them in.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use iamscope::iam::{Document, PolicyKind, SourceId, Text, parse_document_text};
use iamscope::load::{Progress, Settings, SourceSpec, load};
use iamscope::simulate::{
    Caller, KeyValue, Missing, NamedPolicy, Outcome, Policies, Request, RequestResource,
    policies_for,
};
use serde_json::{Value, json};

use super::program::{Program, json_of};

fn installed(program: &str) -> PathBuf {
    let folder =
        std::env::var("IAMSCOPE_TEST_SERVERS").expect("IAMSCOPE_TEST_SERVERS: run tests/run");
    PathBuf::from(folder).join("bin").join(program)
}

/// A server on loopback; it ends when it is dropped.
struct Server {
    url: String,
    child: Child,
    folder: tempfile::TempDir,
}

impl Server {
    fn start(program: &str, arguments: &[&str], port: u16, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(installed(program))
            .args(arguments)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Server {
            url: format!("http://127.0.0.1:{port}"),
            child,
            folder,
        };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(120),
                "{program} does not come up"
            );
            std::thread::sleep(Duration::from_millis(200));
        }
        server
    }

    /// `AUTH=true` makes it enforce policies; by default it would listen everywhere and start more.
    fn ministack() -> Self {
        let port = free_port();
        let text = port.to_string();
        let variables = [
            ("AUTH", "true"),
            ("BIND_HOST", "127.0.0.1"),
            ("GATEWAY_PORT", text.as_str()),
            ("IOT_MTLS_ENABLED", "false"),
            ("SFTP_ENABLED", "0"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        Server::start("ministack", &[], port, &variables)
    }

    fn moto() -> Self {
        let port = free_port();
        let text = port.to_string();
        let arguments = ["-H", "127.0.0.1", "-p", text.as_str()];
        Server::start(
            "moto_server",
            &arguments,
            port,
            &[("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")],
        )
    }

    /// What the script that fills the server writes.
    fn script(&self, command: &str) -> String {
        let out = self.folder.path().join(command);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/account.py");
        let done = Command::new(installed("python"))
            .arg(script)
            .args([&self.url, command])
            .arg(&out)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        fs::read_to_string(out).unwrap()
    }

    fn program(&self, arguments: &[&str]) -> Program {
        self.program_as(arguments, &json!(["test", "test"]))
    }

    fn program_as(&self, arguments: &[&str], keys: &Value) -> Program {
        Program::new(arguments)
            .env("AWS_ACCESS_KEY_ID", keys[0].as_str().unwrap())
            .env("AWS_SECRET_ACCESS_KEY", keys[1].as_str().unwrap())
            .at(&self.url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A list of `{"name", ...}` by name.
fn by_name(list: &Value) -> BTreeMap<String, Value> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| (item["name"].as_str().unwrap().to_owned(), item.clone()))
        .collect()
}

fn inline_of(entity: &Value) -> Value {
    let list = entity["inline"].as_array().unwrap().iter();
    list.map(|one| {
        (
            one["name"].as_str().unwrap().to_owned(),
            one["policy"].clone(),
        )
    })
    .collect::<serde_json::Map<_, _>>()
    .into()
}

fn managed_of(entity: &Value) -> Value {
    let mut arns: Vec<&str> = entity["managed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["arn"].as_str().unwrap())
        .collect();
    arns.sort_unstable();
    json!(arns)
}

/// Whether all that was created is loaded. ministack leaves boundaries out where it gives the whole
/// account in one go.
fn compare(created: &Value, loaded: &Value, boundaries: bool) {
    let roles = by_name(&loaded["roles"]);
    let created_roles = created["roles"].as_object().unwrap();
    assert!(created_roles.len() >= 300);
    for (name, role) in created_roles {
        let found = roles
            .get(name)
            .unwrap_or_else(|| panic!("{name} was not loaded"));
        assert_eq!(found["path"], role["path"], "{name}");
        assert_eq!(found["trust"], role["trust"], "{name}");
        assert_eq!(found["tags"], role["tags"], "{name}");
        assert_eq!(inline_of(found), role["inline"], "{name}");
        assert_eq!(managed_of(found), role["managed"], "{name}");
        if boundaries {
            assert_eq!(found["boundary"]["arn"], role["boundary"], "{name}");
        }
        for attached in found["managed"].as_array().unwrap() {
            let arn = attached["arn"].as_str().unwrap();
            assert_eq!(attached["policy"], created["policies"][arn], "{name} {arn}");
        }
    }
    let users = by_name(&loaded["users"]);
    for (name, user) in created["users"].as_object().unwrap() {
        let found = &users[name];
        let mut groups: Vec<&str> = found["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect();
        groups.sort_unstable();
        assert_eq!(json!(groups), user["groups"], "{name}");
        assert_eq!(inline_of(found), user["inline"], "{name}");
        assert_eq!(found["tags"], user["tags"], "{name}");
        assert_eq!(found["path"], user["path"], "{name}");
    }
    let groups = by_name(&loaded["groups"]);
    for (name, group) in created["groups"].as_object().unwrap() {
        assert_eq!(inline_of(&groups[name]), group["inline"], "{name}");
        assert_eq!(managed_of(&groups[name]), group["managed"], "{name}");
    }
    let policies: BTreeMap<&str, &Value> = loaded["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["arn"].as_str().unwrap(), one))
        .collect();
    for (arn, text) in created["policies"].as_object().unwrap() {
        assert_eq!(policies[arn.as_str()]["policy"], *text, "{arn}");
    }
}

fn loaded(program: Program) -> Value {
    json_of(&program.run())
}

const TREE: [&str; 4] = ["tree", "--profile", "--format", "json"];

#[test]
#[ignore = "starts a server: run tests/run"]
fn ministack_gives_what_was_created_in_one_go_and_by_single_calls() {
    let server = Server::ministack();
    let created: Value = serde_json::from_str(&server.script("create")).unwrap();
    compare(&created, &loaded(server.program(&TREE)), false);
    let single = loaded(server.program_as(&TREE, &created["lister"]));
    assert!(
        single["problems"]
            .to_string()
            .contains("iam:GetAccountAuthorizationDetails")
    );
    compare(&created, &single, true);
}

#[test]
#[ignore = "starts a server: run tests/run"]
fn moto_gives_what_was_created() {
    let server = Server::moto();
    let created: Value = serde_json::from_str(&server.script("create")).unwrap();
    compare(&created, &loaded(server.program(&TREE)), true);
}

#[test]
#[ignore = "starts a server: run tests/run"]
fn the_policies_of_resources_are_those_that_were_put() {
    let server = Server::ministack();
    let made: Value = serde_json::from_str(&server.script("resources")).unwrap();
    let policies = made["policies"].as_object().unwrap();
    assert_eq!(policies.len(), 6);
    for (arn, pair) in policies {
        let (action, policy) = (pair[0].as_str().unwrap(), &pair[1]);
        let arguments = [
            "simulate",
            "--profile",
            "--principal",
            "lister",
            "--action",
            action,
            "--resource",
            arn,
            "--resource-account",
            "000000000000",
            "--assume-absent",
            "--format",
            "json",
        ];
        let output = server.program_as(&arguments, &made["lister"]).run();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let decision = json_of(&output);
        assert_eq!(said, "", "{arn}");
        let matched = decision["matched"].as_array().unwrap();
        let sid = &policy["Statement"][1]["Sid"];
        let found = matched.iter().find(|one| one["statement"] == *sid);
        assert_eq!(found.unwrap()["type"], "resource", "{arn}: {decision}");
        assert_eq!(decision["decision"], "explicitDeny", "{arn}");
    }
}

fn document(value: &Value, kind: PolicyKind) -> Arc<Document> {
    Arc::new(parse_document_text(&value.to_string(), SourceId(0), kind).unwrap())
}

#[test]
#[ignore = "starts a server: run tests/run"]
fn decisions_are_what_the_server_did() {
    let server = Server::ministack();
    let probes = server.script("probe");
    let snapshot = server.folder.path().join("snapshot.json");
    let (first, probes) = probes.split_once('\n').unwrap();
    let first: Value = serde_json::from_str(first).unwrap();
    let taken = server
        .program_as(
            &["snapshot", "--profile", "-o", snapshot.to_str().unwrap()],
            &first["lister"],
        )
        .run();
    assert!(
        taken.status.success(),
        "{}",
        String::from_utf8_lossy(&taken.stderr)
    );
    let inventory = load(
        &[SourceSpec::Path(snapshot)],
        &Settings::default(),
        &Progress::default(),
    )
    .unwrap();
    let (mut compared, mut allowed) = (0, 0);
    let mut differ = Vec::new();
    for line in probes.lines() {
        let probe: Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| probe[field].as_str().unwrap();
        let caller = Caller::find(&inventory, text("principal")).unwrap();
        let resource = Text::plain(text("resource"));
        let mut policies = policies_for(
            &inventory,
            &caller,
            text("action"),
            &[RequestResource::new(resource.clone())],
        );
        if probe["session_policy"].is_object() {
            let session = document(&probe["session_policy"], PolicyKind::Session);
            policies.session = Some(vec![NamedPolicy::new(
                "session/1",
                PolicyKind::Session,
                session,
            )]);
        }
        if probe["resource_policy"].is_object() {
            let resource = document(&probe["resource_policy"], PolicyKind::Resource);
            policies.resource = Some(NamedPolicy::new("resource", PolicyKind::Resource, resource));
        }
        let mut request = Request::new(caller.principal.clone(), text("action"), resource);
        // Buckets have no account in their ARNs; all of them are this account's.
        request.resources[0].account = Some("000000000000".to_owned());
        request.context.missing = Missing::Absent;
        for (key, value) in probe["context"].as_object().unwrap() {
            request
                .context
                .set(key, KeyValue::One(value.as_str().unwrap().to_owned()));
        }
        let policies = Policies::compile(&policies);
        let outcome = policies.decide(&policies.prepare(&request));
        let server_allowed = probe["allowed"].as_bool().unwrap();
        compared += 1;
        allowed += usize::from(server_allowed);
        if (outcome == Outcome::Allow) != server_allowed || outcome == Outcome::Depends {
            differ.push(format!("ours {:?}: {line}", outcome));
        }
    }
    assert!(
        compared >= 150 && allowed >= 50 && compared - allowed >= 50,
        "{compared} {allowed}"
    );
    assert!(
        differ.is_empty(),
        "{} of {compared}:\n{}",
        differ.len(),
        differ.join("\n")
    );
}

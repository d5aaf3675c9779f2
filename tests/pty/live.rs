//! A live account in a terminal: a server that is slow, pages that come one by one, credentials that
//! end, and the command that signs in.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::stub::{Reply, Stub, ordinary};
use crate::terminal::{PROGRAM, Terminal};

/// A page of the roles of an account.
fn roles(page: usize, pages: usize) -> Reply {
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
    let members: String = (page * 10..page * 10 + 10)
        .map(|number| {
            format!(
                "<member><Path>/</Path><RoleName>role-{number:04}</RoleName><RoleId>AROA{number}</RoleId>\
                 <Arn>arn:aws:iam::123456789012:role/role-{number:04}</Arn>\
                 <CreateDate>2024-01-01T00:00:00Z</CreateDate>\
                 <AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></member>"
            )
        })
        .collect();
    let more = page + 1 < pages;
    Reply::xml(
        "GetAccountAuthorizationDetails",
        &format!(
            "<RoleDetailList>{members}</RoleDetailList><IsTruncated>{more}</IsTruncated><Marker>{}</Marker>",
            page + 1
        ),
    )
}

/// A page without anything.
fn nothing() -> Reply {
    Reply::xml(
        "GetAccountAuthorizationDetails",
        "<IsTruncated>false</IsTruncated>",
    )
}

/// A server with so many pages of roles, each after a while.
fn server(pages: usize, delay: Duration) -> Stub {
    server_that_ends(pages, delay, usize::MAX, PathBuf::new())
}

/// Such a server that says from a page on, until a file is there, that the credentials have ended.
fn server_that_ends(pages: usize, delay: Duration, ends_at: usize, signed_in: PathBuf) -> Stub {
    Stub::start(move |call| {
        thread::sleep(delay);
        if let Some(reply) = ordinary(call) {
            return reply;
        }
        if call.action != "GetAccountAuthorizationDetails" {
            return Reply::denied(&call.action);
        }
        if call.field("Filter.member.1") != "Role" {
            return nothing();
        }
        let page = call.field("Marker").parse().unwrap_or(0);
        if page >= ends_at && !signed_in.exists() {
            let words = "The security token included in the request is expired";
            return Reply::error(403, "ExpiredToken", words);
        }
        roles(page, pages)
    })
}

/// The program with a profile of a folder's configuration, its calls going to a server.
fn start(home: &Path, server: &Stub, arguments: &[&str], path: &str) -> Terminal {
    let config = home.join("config");
    let text = "[profile prod]\nrole_arn = arn:aws:iam::123456789012:role/Debug\nsource_profile = base\n\
                [profile base]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = r\n\
                [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n";
    fs::write(&config, text).unwrap();
    let cache = home.join("cache");
    let variables = [
        ("AWS_CONFIG_FILE", config.to_str().unwrap()),
        ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "example"),
        ("AWS_PROFILE", "prod"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_ENDPOINT_URL_IAM", &server.url),
        ("AWS_ENDPOINT_URL_STS", &server.url),
        ("AWS_ENDPOINT_URL_ORGANIZATIONS", &server.url),
        ("XDG_CACHE_HOME", cache.to_str().unwrap()),
        ("PATH", path),
    ];
    Terminal::run_with(&[&[PROGRAM, "--profile"], arguments].concat(), &variables)
}

fn path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

#[test]
fn roles_appear_as_pages_come_and_the_next_start_paints_what_was_kept() {
    let home = tempfile::tempdir().unwrap();
    let server = server(4, Duration::from_millis(400));
    let mut terminal = start(home.path(), &server, &[], &path());
    terminal.wait_for("more is coming");
    terminal.wait_for("role-0000");
    terminal.wait_until("the whole account", |terminal| {
        let text = terminal.text();
        text.contains("Roles 40") && !text.contains("coming") && text.contains("acme-prod")
    });
    assert!(terminal.text().contains("read-only"), "{}", terminal.text());
    // What is kept is written behind the screen.
    let kept = home.path().join("cache/iamscope/accounts");
    terminal.wait_until("the kept account", |_| {
        let files = fs::read_dir(&kept).into_iter().flatten().flatten();
        files
            .filter(|file| file.path().extension().is_some_and(|end| end == "json"))
            .count()
            == 1
    });
    terminal.send("q");
    assert_eq!(terminal.end(), 0);
    let mut again = start(home.path(), &server, &[], &path());
    again.wait_for("ago");
    assert!(again.text().contains("Roles 40"), "{}", again.text());
    again.wait_until("the account of now", |again| !again.text().contains("ago"));
    again.send("q");
    assert_eq!(again.end(), 0);
    let mut fresh = start(home.path(), &server, &["--no-cache"], &path());
    fresh.wait_for("connecting");
    assert!(!fresh.text().contains("role-0000"), "{}", fresh.text());
    fresh.send("q");
    assert_eq!(fresh.end(), 0);
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn no_credentials_are_in_any_file_that_a_sitting_leaves() {
    const SESSION: [&str; 2] = [
        "SESSIONSECRETSESSIONSECRETSESSIONSECRET1",
        "SESSIONTOKENSESSIONTOKEN",
    ];
    let server = Stub::start(|call| match call.action.as_str() {
        "AssumeRole" => Reply::xml(
            "AssumeRole",
            &format!(
                "<Credentials><AccessKeyId>ASIAPLANTEDKEY000001</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
                 <SessionToken>{}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
                 <AssumedRoleUser><AssumedRoleId>AROA:iamscope</AssumedRoleId>\
                 <Arn>arn:aws:sts::123456789012:assumed-role/debug/iamscope</Arn></AssumedRoleUser>",
                SESSION[0], SESSION[1]
            ),
        ),
        "GetAccountAuthorizationDetails" if call.field("Filter.member.1") == "Role" => roles(0, 1),
        "GetAccountAuthorizationDetails" => nothing(),
        _ => ordinary(call).unwrap_or_else(|| Reply::denied(&call.action)),
    });
    let planted = [
        ("AWS_ACCESS_KEY_ID", "AKIAPLANTEDKEY000001"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "PLANTEDSECRETPLANTEDSECRETPLANTEDSECRET1",
        ),
        ("AWS_SESSION_TOKEN", "PLANTEDTOKENPLANTEDTOKEN"),
    ];
    let usual = [
        ("AWS_CONFIG_FILE", "/nowhere/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_ENDPOINT_URL_IAM", server.url.as_str()),
        ("AWS_ENDPOINT_URL_STS", server.url.as_str()),
        ("AWS_ENDPOINT_URL_ORGANIZATIONS", server.url.as_str()),
    ];
    let arguments = [
        "--profile",
        "--assume-role",
        "arn:aws:iam::123456789012:role/debug",
        "--external-id",
        "planted-external",
    ];
    let command = [&[PROGRAM], &arguments[..]].concat();
    let mut terminal = Terminal::run_with(&command, &[&planted[..], &usual[..]].concat());
    let kept = |terminal: &Terminal| -> Vec<PathBuf> {
        let accounts = files(terminal.home()).into_iter();
        accounts
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect()
    };
    terminal.wait_until("the kept account", |terminal| !kept(terminal).is_empty());
    terminal.send("q");
    assert_eq!(terminal.end(), 0);
    let cache = fs::read_to_string(&kept(&terminal)[0]).unwrap();
    assert!(cache.contains("role-0001"), "{cache}");
    // The cache, the list of what was opened, a log: whatever there is, and what its name says.
    let all = files(terminal.home()).into_iter().map(|path| {
        let bytes = fs::read(&path).unwrap();
        format!("{} {}", path.display(), String::from_utf8_lossy(&bytes))
    });
    let said = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let session = SESSION.map(|value| ("what the session has", value));
    let external = ("the external id", "planted-external");
    let secrets: Vec<(&str, &str)> = planted
        .into_iter()
        .chain(session)
        .chain([external])
        .collect();
    for text in all.chain([said]) {
        for (name, secret) in &secrets {
            assert!(!text.contains(secret), "{name} is in {text}");
        }
    }
}

#[test]
fn keys_are_answered_while_every_call_takes_five_seconds() {
    let home = tempfile::tempdir().unwrap();
    let server = server(3, Duration::from_secs(5));
    let mut terminal = start(home.path(), &server, &[], &path());
    terminal.wait_for("connecting");
    // All of this before AWS has answered once.
    terminal.send("?");
    terminal.wait_for("Everywhere");
    terminal.send("\x1b");
    terminal.wait_until("the help closed", |terminal| {
        !terminal.text().contains("Everywhere")
    });
    terminal.send(":");
    terminal.wait_for("Commands");
    terminal.send("paste");
    terminal.wait_for("> paste");
    assert!(
        !terminal.text().contains("123456789012"),
        "{}",
        terminal.text()
    );
    assert!(server.calls().len() <= 1, "{:?}", server.calls());
    terminal.send("\x1b");
    terminal.wait_until("the palette closed", |terminal| {
        !terminal.text().contains("Commands")
    });
    terminal.send("\x1b");
    terminal.wait_for("loading was stopped");
    terminal.send("q");
    assert_eq!(terminal.end(), 0);
    terminal.assert_clean();
}

#[test]
fn credentials_that_end_are_got_anew_by_the_profiles_own_command() {
    let home = tempfile::tempdir().unwrap();
    let log = home.path().join("signed-in");
    let bin = home.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let aws = bin.join("aws");
    let script = format!(
        "#!/bin/sh\necho \"signing in: $*\"\nread answer\necho \"$*\" > '{}'\n",
        log.display()
    );
    fs::write(&aws, script).unwrap();
    fs::set_permissions(&aws, fs::Permissions::from_mode(0o700)).unwrap();
    let server = server_that_ends(3, Duration::from_millis(50), 2, log.clone());
    let path = format!("{}:{}", bin.display(), self::path());
    let mut terminal = start(home.path(), &server, &["--no-cache"], &path);
    terminal.wait_for("I signs in (aws sso login --profile base)");
    assert!(terminal.text().contains("Roles 20"), "{}", terminal.text());
    assert!(terminal.text().contains("not all"), "{}", terminal.text());
    terminal.send("I");
    // The command has the terminal.
    terminal.wait_for("signing in: sso login --profile base");
    assert!(!terminal.is_taken());
    terminal.send("\n");
    terminal.wait_for("Roles 30");
    terminal.wait_until("the whole account", |terminal| {
        let text = terminal.text();
        !text.contains("signs in") && !text.contains("not all") && !text.contains("coming")
    });
    assert_eq!(
        fs::read_to_string(log).unwrap(),
        "sso login --profile base\n"
    );
    terminal.send("q");
    assert_eq!(terminal.end(), 0);
    terminal.assert_clean();
}

#[test]
fn an_account_that_cannot_be_read_at_all_ends_the_program_with_one_line() {
    let home = tempfile::tempdir().unwrap();
    let server = Stub::start(|call| Reply::error(403, "InvalidClientTokenId", &call.action));
    let mut terminal = Terminal::run_with(
        &[PROGRAM, "--profile"],
        &[
            (
                "AWS_CONFIG_FILE",
                home.path().join("none").to_str().unwrap(),
            ),
            ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "example"),
            ("AWS_ENDPOINT_URL_STS", &server.url),
        ],
    );
    assert_eq!(terminal.end(), 2);
    assert!(
        terminal.text().contains("InvalidClientTokenId"),
        "{}",
        terminal.text()
    );
    terminal.assert_clean();
}

//! A small server on loopback that answers IAM, STS and Organizations calls as a test says: pages,
//! throttling, slow answers, faults, denials. What real servers do is tested against those.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A call that arrived.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation; method and path of a REST call.
    pub action: String,
    /// The form's fields; the JSON body under `body` for Organizations.
    pub fields: BTreeMap<String, String>,
    /// All of the request as it came, headers included.
    pub raw: String,
}

impl Call {
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// An answer.
pub struct Reply {
    pub status: u16,
    pub body: String,
}

impl Reply {
    /// The result of an operation, as IAM and STS wrap it.
    pub fn xml(action: &str, result: &str) -> Self {
        let body = format!(
            "<{action}Response><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
        );
        Reply { status: 200, body }
    }

    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        );
        Reply { status, body }
    }

    pub fn denied(action: &str) -> Self {
        Reply::error(
            403,
            "AccessDenied",
            &format!(
                "User: arn:aws:iam::123456789012:user/jane is not authorized to perform: iam:{action}"
            ),
        )
    }

    pub fn text(status: u16, body: &str) -> Self {
        Reply {
            status,
            body: body.to_owned(),
        }
    }
}

type Answer = dyn Fn(&Call) -> Reply + Send + Sync;

/// The server; it stops when it is dropped.
pub struct Stub {
    pub url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    stopped: Arc<AtomicBool>,
    address: std::net::SocketAddr,
}

impl Stub {
    pub fn start(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let stopped = Arc::new(AtomicBool::new(false));
        let answer: Arc<Answer> = Arc::new(answer);
        let (seen, stop) = (calls.clone(), stopped.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let (answer, seen) = (answer.clone(), seen.clone());
                thread::spawn(move || serve(stream, &*answer, &seen));
            }
        });
        Stub {
            url: format!("http://{address}"),
            calls,
            stopped,
            address,
        }
    }

    /// What was called so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub fn count(&self, action: &str) -> usize {
        self.calls()
            .iter()
            .filter(|call| call.action == action)
            .count()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, answer: &Answer, seen: &Mutex<Vec<Call>>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut raw = String::new();
        let mut length = 0usize;
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            raw.push_str(&line);
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let body = String::from_utf8_lossy(&body).into_owned();
        raw.push_str(&body);
        let call = read_call(&raw, &body);
        seen.lock().unwrap().push(call.clone());
        let reply = answer(&call);
        let kind = if reply.body.starts_with('{') {
            "application/x-amz-json-1.1"
        } else {
            "text/xml"
        };
        let head = format!(
            "HTTP/1.1 {} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            reply.status,
            reply.body.len()
        );
        if stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(reply.body.as_bytes()))
            .is_err()
        {
            return;
        }
    }
}

fn read_call(raw: &str, body: &str) -> Call {
    let target = raw.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .starts_with("x-amz-target:")
            .then(|| line.rsplit('.').next().unwrap().trim().to_owned())
    });
    let mut fields = BTreeMap::new();
    if target.is_some() {
        fields.insert("body".to_owned(), body.to_owned());
    } else {
        for pair in body.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = value.replace('+', " ");
            let value = percent_encoding::percent_decode_str(&value)
                .decode_utf8_lossy()
                .into_owned();
            fields.insert(name.to_owned(), value);
        }
    }
    // Of a REST call the first line says what it is: `GET /bucket?policy=`.
    let line = raw.lines().next().unwrap_or_default();
    let line = line.rsplit_once(' ').map_or("", |(line, _)| line);
    let action = target
        .or_else(|| fields.get("Action").cloned())
        .unwrap_or_else(|| line.to_owned());
    Call {
        action,
        fields,
        raw: raw.to_owned(),
    }
}

/// What every account answers: who is calling, no alias, no providers, no organisation.
pub fn ordinary(call: &Call) -> Option<Reply> {
    match call.action.as_str() {
        "GetCallerIdentity" => Some(Reply::xml(
            "GetCallerIdentity",
            "<Arn>arn:aws:iam::123456789012:user/jane</Arn><UserId>AIDAJANE</UserId><Account>123456789012</Account>",
        )),
        "ListAccountAliases" => Some(Reply::xml(
            "ListAccountAliases",
            "<IsTruncated>false</IsTruncated><AccountAliases><member>acme-prod</member></AccountAliases>",
        )),
        "ListOpenIDConnectProviders" => Some(Reply::xml(
            "ListOpenIDConnectProviders",
            "<OpenIDConnectProviderList><member><Arn>arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com</Arn></member></OpenIDConnectProviderList>",
        )),
        "ListSAMLProviders" => Some(Reply::xml(
            "ListSAMLProviders",
            "<SAMLProviderList></SAMLProviderList>",
        )),
        "DescribeOrganization" => Some(Reply::text(
            400,
            "{\"__type\":\"AWSOrganizationsNotInUseException\",\"Message\":\"Your account is not a member of an organization.\"}",
        )),
        _ => None,
    }
}

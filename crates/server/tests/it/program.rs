//! The program itself: its commands, how it starts, how it ends.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::harness::client::Client;

fn tidings() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
    command.env_clear();
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    tidings().args(arguments).output().expect("the program runs")
}

/// A server that dies with the test, whatever happens.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) client: Client,
    lines: Vec<Value>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the program on a free port and waits until it has said where it is.
pub(crate) fn serve(data: &Path, arguments: &[&str]) -> Server {
    serve_on(0, data, arguments)
}

/// The same on a port of the test's choice: the port is part of the address,
/// and the address is part of every token.
pub(crate) fn serve_on(port: u16, data: &Path, arguments: &[&str]) -> Server {
    let mut child = tidings()
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut lines: Vec<Value> = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).expect("one fact per line");
        let is_last = line["fact"] == "Health";
        lines.push(line);
        if is_last {
            break;
        }
    }
    let url = lines.last().expect("it says where it is")["url"].as_str().unwrap();
    let port = url.split(['/', ':']).find_map(|part| part.parse::<u16>().ok()).unwrap();
    Server { client: Client::new(([127, 0, 0, 1], port).into()), child, lines }
}

#[tokio::test]
async fn it_starts_with_nothing_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new");
    let mut server = serve(&data, &["--dev"]);
    let facts: Vec<_> = server.lines.iter().map(|line| line["fact"].as_str().unwrap()).collect();
    assert_eq!(facts, ["App", "API docs", "Dev inbox", "Health"]);
    server.client.get("/readyz").await.gives(200);
    server.client.get("/docs").await.gives_html();
    server.client.get("/dev/mail").await.gives(200);

    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));

    use std::os::unix::fs::PermissionsExt;
    let mode = |name: &str| data.join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("secret"), 0o600);
    assert_eq!(mode(""), 0o700);
}

#[tokio::test]
async fn a_second_server_cannot_take_the_port() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = serve(one.path(), &[]);
    let listen = server.client.addr.to_string();
    let data = other.path().to_str().unwrap();
    let second = run(&["serve", "--listen", &listen, "--data", data]);
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains(&listen) && said.contains("--listen"), "{said}");
}

#[test]
fn a_wrong_configuration_is_told_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    std::fs::write(&file, "lisen = '127.0.0.1:1'\n[mail]\nhots = 'x'\n").unwrap();
    for command in [&["serve"][..], &["config", "check"], &["config", "show"]] {
        let output = tidings().args(command).arg("--config").arg(&file).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{command:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("`listen`") && said.contains("`host`"), "{said}");
    }
    let output = run(&["serve", "--listen", "0.0.0.0:0", "--dev"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(run(&["surve"]).status.code(), Some(2));
}

#[test]
fn it_describes_itself() {
    let text = |arguments: &[&str]| {
        let output = run(arguments);
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let openapi: Value = serde_json::from_str(&text(&["openapi"])).unwrap();
    assert_eq!(openapi["openapi"], "3.1.0");
    let events: Value = serde_json::from_str(&text(&["events-schema"])).unwrap();
    assert_eq!(events["namespace"], "/v1");
    assert!(text(&["config", "default"]).contains("# listen = \"127.0.0.1:8080\""));
    assert!(text(&["--help"]).contains("tidings serve --dev"));
    let shown = tidings()
        .args(["config", "show"])
        .env("TIDINGS_SECRET", "canary-canary-canary-canary-canary")
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("***") && !shown.contains("canary"), "{shown}");
}

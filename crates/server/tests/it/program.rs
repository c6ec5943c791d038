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

impl Server {
    /// Asks it to end, as a supervisor does.
    pub(crate) fn terminate(&self) {
        // The shell's own `kill`: small systems have no program of that name.
        let script = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    }
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
    let known = ["Version", "Data", "Database", "App", "API docs", "Dev inbox", "Health"];
    assert_eq!(facts, known);
    assert_eq!(server.lines[1]["is_new"], true);
    assert_eq!(server.lines[2]["value"], "SQLite");
    server.client.get("/readyz").await.gives(200);
    server.client.get("/docs").await.gives_html();
    server.client.get("/dev/mail").await.gives(200);

    server.terminate();
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

/// What the program says when it cannot start, with its exit code: one
/// sentence in one line, or a list of faults under a heading.
fn refusal(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments);
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    for noise in ["panicked", "RUST_BACKTRACE", "Error {", "stack backtrace"] {
        assert!(!said.contains(noise), "{said}");
    }
    (output.status.code(), said)
}

#[tokio::test]
async fn whoever_cannot_start_says_why_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ours, free) = (path("ours"), path("free"));
    let server = serve(std::path::Path::new(&ours), &[]);
    let taken = server.client.addr.to_string();
    std::fs::write(path("file"), "no folder").unwrap();
    std::fs::create_dir_all(path("other")).unwrap();
    std::fs::write(path("other/tidings.db"), "no database, but more than sixteen bytes").unwrap();
    let under_a_file = path("file/data");
    let no_store = path("other");
    let any = "127.0.0.1:0";
    let in_free = format!("--data={free}");
    let refused_url = "postgres://u:canary@127.0.0.1:1/n";

    for (arguments, code, parts) in [
        (["--listen", &taken, "--data", &free], 1, [&*taken, "--listen"]),
        (["--listen", any, "--data", &under_a_file], 1, [&*under_a_file, "--data"]),
        (["--listen", any, "--data", &ours], 1, ["another process has", "stop it first"]),
        (["--listen", any, "--data", &no_store], 1, ["is no store", "restore a backup"]),
        (["--database", "postgress://h/n", "--data", &free], 3, ["database", "postgres://"]),
        (["--database", "tidings.db", "--data", &free], 3, ["database", "sqlite:PATH"]),
        (
            ["--database", refused_url, "--listen=127.0.0.1:0", &in_free],
            1,
            ["database", "127.0.0.1"],
        ),
        (["--listen", "here", "--data", &free], 3, ["`listen`", "tidings config default"]),
        (["--config", "/none.toml", "--data", &free], 3, ["/none.toml", "--config"]),
    ] {
        let (left, said) = refusal(&arguments);
        assert_eq!(left, Some(code), "{arguments:?}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{arguments:?}: {said}");
        let lines = if code == 3 { 2 } else { 1 };
        assert_eq!(said.lines().count(), lines, "{arguments:?}: {said}");
        assert!(!said.contains("canary"), "{said}");
    }
}

#[tokio::test]
async fn a_container_can_ask_whether_it_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = serve(folder.path(), &[]);
    let listen = server.client.addr.to_string();
    let ask = || run(&["readyz", "--listen", &listen]);
    let ready = ask();
    assert!(ready.status.success(), "{ready:?}");
    let said: Value = serde_json::from_slice(&ready.stdout).unwrap();
    assert_eq!(said["parts"]["database"], "ok");
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let gone = ask();
    assert_eq!(gone.status.code(), Some(1));
    let said = String::from_utf8(gone.stderr).unwrap();
    assert!(said.contains(&listen) && said.contains("--listen"), "{said}");
}

#[test]
fn a_mail_can_be_tried() {
    let no_mail = run(&["mail", "test", "ann@example.org"]);
    assert_eq!(no_mail.status.code(), Some(3), "{no_mail:?}");
    assert!(String::from_utf8(no_mail.stderr).unwrap().contains("`mail.host`"));
    assert_eq!(run(&["mail", "test", "nobody"]).status.code(), Some(2));
    let refused = tidings()
        .args(["mail", "test", "ann@example.org"])
        .env("TIDINGS_MAIL__HOST", "127.0.0.1")
        .env("TIDINGS_MAIL__PORT", "1")
        .env("TIDINGS_MAIL__PRIVACY", "none")
        .env("TIDINGS_MAIL__FROM", "tidings@example.org")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("127.0.0.1:1 did not take the mail"), "{said}");
}

#[test]
fn the_configuration_says_where_it_comes_from() {
    let shown = tidings()
        .args(["config", "show", "--source", "--listen", "127.0.0.1:1"])
        .env("TIDINGS_NAME", "House")
        .env("TIDINGS_METRICS_TOKEN", "canary-canary-canary")
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let has = |value: &str, source: &str| {
        shown.lines().any(|line| line.starts_with(value) && line.ends_with(source))
    };
    assert!(has("listen = \"127.0.0.1:1\"", "# --listen"), "{shown}");
    assert!(has("name = \"House\"", "# TIDINGS_NAME"), "{shown}");
    assert!(has("metrics_token = \"***\"", "# TIDINGS_METRICS_TOKEN"), "{shown}");
    assert!(has("drain_secs = 20", "# default"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
}

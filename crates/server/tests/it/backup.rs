//! Backup, restore and the move to PostgreSQL, by the program's own commands.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::client::Client;
use crate::harness::{DEADLINE, PASSWORD};
use crate::program::{Server, run, serve_on};

/// Two friends on a server of their own.
struct Story {
    ann: Client,
    chat: String,
    epoch: Value,
}

impl Story {
    async fn begin(server: &Server) -> Self {
        let (mut ann, mut bob) = (server.client.clone(), server.client.clone());
        let (ann_id, bob_id) = (sign_up(&mut ann, "ann").await, sign_up(&mut bob, "bob").await);
        ann.put(&format!("/v1/friends/{bob_id}"), &Value::Null).await.gives(200);
        let befriended = bob.put(&format!("/v1/friends/{ann_id}"), &Value::Null).await.gives(200);
        let chat = befriended["chat"].as_str().unwrap().to_owned();
        let mut story = Self { ann, chat, epoch: Value::Null };
        story.epoch = story.sync().await["epoch"].clone();
        story
    }

    async fn says(&self, text: &str) {
        let new = json!({ "client_id": text, "body": text });
        self.ann.post(&format!("/v1/chats/{}/messages", self.chat), &new).await.gives(201);
    }

    async fn bodies(&self) -> Vec<String> {
        let page = self.ann.get(&format!("/v1/chats/{}/messages", self.chat)).await.gives(200);
        let messages = page["messages"].as_array().unwrap().iter().rev();
        messages.map(|message| message["body"].as_str().unwrap().to_owned()).collect()
    }

    async fn finds(&self, text: &str) -> usize {
        let found = self.ann.get(&format!("/v1/messages?q={text}")).await.gives(200);
        assert_eq!(found["behind"], false);
        found["messages"].as_array().unwrap().len()
    }

    async fn sync(&self) -> Value {
        let held = json!({ "epoch": self.epoch, "arev": 1, "chats": {} });
        self.ann.post("/v1/sync", &held).await.gives(200)
    }
}

/// Signs up through the API and the development inbox; answers the id.
async fn sign_up(client: &mut Client, name: &str) -> String {
    let email = format!("{name}@example.org");
    let new = json!({ "email": email, "name": name, "password": PASSWORD });
    let signup = client.post("/v1/accounts", &new).await.gives(202)["signup"].clone();
    let code = tokio::time::timeout(DEADLINE, code(client, &email)).await.expect("a mail");
    let verify = json!({ "signup": signup, "code": code, "tokens": true });
    let tokens = client.post("/v1/accounts/verify", &verify).await.gives(201);
    client.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
    tokens["account"]["id"].as_str().unwrap().to_owned()
}

/// The inbox of another process tells nobody of arrivals, so it is asked.
async fn code(client: &Client, email: &str) -> Value {
    loop {
        let mails = client.get(&format!("/dev/mail?to={email}")).await.gives(200);
        if let Some(code) = mails[0]["codes"].get(0) {
            return code.clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// It tells in its log how far its index has come.
fn start(port: u16, data: &Path, more: &[&str]) -> Server {
    let config = data.with_extension("toml");
    std::fs::write(&config, "log.level = 'info,domain::search=debug'").unwrap();
    let always = ["--dev", "--dev-no-limits", "--config", config.to_str().unwrap()];
    serve_on(port, data, &[&always, more].concat())
}

/// Waits until the index of the server has taken in so many rows since its start.
async fn is_indexed(server: &mut Server, rows: u64) {
    let mut log = BufReader::new(server.child.stderr.take().expect("it has a log"));
    let reads = tokio::task::spawn_blocking(move || {
        let (mut there, mut text) = (0, String::new());
        while there < rows {
            text.clear();
            assert!(log.read_line(&mut text).unwrap() > 0, "the server has ended");
            let line: Value = serde_json::from_str(&text).unwrap();
            if line["message"] == "The search index has come up to what was written." {
                there += line["rows"].as_u64().unwrap();
            }
        }
        log.into_inner()
    });
    let log = tokio::time::timeout(DEADLINE, reads).await.expect("the index follows").unwrap();
    // A server that cannot log any more would end.
    server.child.stderr = Some(log);
}

/// A server that starts again comes back to the port it had.
fn port_of(server: &Server) -> u16 {
    server.client.addr.port()
}

fn stop(mut server: Server) {
    server.terminate();
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

fn tidings(data: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = run(&[arguments, &["--data", data.to_str().unwrap()]].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[tokio::test]
async fn a_backup_made_under_use_brings_everything_back() {
    let folder = tempfile::tempdir().unwrap();
    let (data, archive) = (folder.path().join("data"), folder.path().join("kept.tar"));
    let file = archive.to_str().unwrap();
    let mut server = start(0, &data, &[]);
    let (port, story) = (port_of(&server), Story::begin(&server).await);
    story.says("before").await;
    is_indexed(&mut server, 1).await;
    tidings(&data, &["backup", "create", file]).unwrap();
    story.says("after").await;

    assert!(tidings(&data, &["backup", "verify", file]).unwrap().starts_with("Good:"));
    let again = tidings(&data, &["backup", "create", file]).unwrap_err();
    assert!(again.contains("never overwrites"), "{again}");
    let in_use = tidings(&data, &["backup", "restore", file, "--force"]).unwrap_err();
    assert!(in_use.contains("another process has the store"), "{in_use}");
    assert_eq!(story.bodies().await, ["before", "after"], "what was refused did nothing");

    stop(server);
    let occupied = tidings(&data, &["backup", "restore", file]).unwrap_err();
    assert!(occupied.contains("--force"), "{occupied}");
    let said = tidings(&data, &["backup", "restore", file, "--force"]).unwrap();
    assert!(said.contains("before-restore"), "{said}");

    let _server = start(port, &data, &[]);
    assert_eq!(story.bodies().await, ["before"]);
    assert_eq!([story.finds("before").await, story.finds("after").await], [1, 0]);
    let sync = story.sync().await;
    assert_eq!(sync["reset"], true, "I14: a restored store has another epoch");
    assert_ne!(sync["epoch"], story.epoch);
    story.says("on we go").await;
    assert_eq!(story.bodies().await, ["before", "on we go"]);
    assert_eq!(story.finds("on").await, 1);
}

#[tokio::test]
async fn a_damaged_archive_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, archive) = (folder.path().join("data"), folder.path().join("kept.tar"));
    let server = start(0, &data, &[]);
    tidings(&data, &["backup", "create", archive.to_str().unwrap()]).unwrap();
    stop(server);
    let good = std::fs::read(&archive).unwrap();
    let elsewhere = folder.path().join("elsewhere");

    let cut = &good[..good.len() / 2];
    let mut flipped = good.clone();
    flipped[good.len() / 3] ^= 0x40;
    let mut renamed = good.clone();
    renamed[..10].copy_from_slice(b"tidings.no");
    for (name, bytes) in [("cut", cut), ("flipped", &flipped), ("renamed", &renamed)] {
        let damaged = folder.path().join(name);
        std::fs::write(&damaged, bytes).unwrap();
        let path = damaged.to_str().unwrap();
        assert!(tidings(&data, &["backup", "verify", path]).is_err(), "{name} passed for good");
        assert!(tidings(&elsewhere, &["backup", "restore", path]).is_err(), "{name} was restored");
        assert!(!elsewhere.exists(), "{name} left something behind");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_moves_to_postgres_and_no_client_notices() {
    let folder = tempfile::tempdir().unwrap();
    let Some(url) = crate::harness::schema(folder.path()).await else {
        println!("NOT RUN: the tests were given no PostgreSQL server");
        return;
    };
    let data = folder.path().join("data");
    let mut server = start(0, &data, &[]);
    let (port, story) = (port_of(&server), Story::begin(&server).await);
    for text in ["one", "two", "three"] {
        story.says(text).await;
    }
    is_indexed(&mut server, 3).await;
    let in_use = tidings(&data, &["migrate", "to-postgres", &url]).unwrap_err();
    assert!(in_use.contains("another process has the store"), "{in_use}");
    stop(server);

    let report = tidings(&data, &["migrate", "to-postgres", &url]).unwrap();
    let line = report.lines().find(|line| line.starts_with("message ")).expect("a proof per table");
    assert_eq!(line.split_whitespace().nth(1), Some("3"), "{report}");
    let twice = tidings(&data, &["migrate", "to-postgres", &url]).unwrap_err();
    assert!(twice.contains("holds rows already"), "{twice}");

    let mut server = start(port, &data, &["--database", &url]);
    assert_eq!(story.bodies().await, ["one", "two", "three"]);
    assert_eq!(story.finds("two").await, 1);
    is_indexed(&mut server, 3).await;
    assert_eq!(story.finds("two").await, 1, "the new store has an index of its own");
    let sync = story.sync().await;
    assert_eq!((&sync["reset"], &sync["epoch"]), (&json!(false), &story.epoch));
    story.says("four").await;
    assert_eq!(story.bodies().await.len(), 4);
}

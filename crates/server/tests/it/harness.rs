//! A server of one's own per test, and people who use it.
//!
//! `Harness::start` calls the very `boot` that the program calls, on a free
//! port, with a clock that stands still, seeded randomness, mail kept in
//! memory and a fresh store. `h.person("ann")` is signed up and signed in.

pub(crate) mod client;
pub(crate) mod replica;
pub(crate) mod smtp;
pub(crate) mod socket;
mod store;

pub(crate) use store::{choose, is_postgres, run, schema};

use std::net::SocketAddr;
use std::time::Duration;

use domain::{Clock, Entropy};
use providers::mail::Kept;
use serde_json::{Value, json};
use server::boot::{self, Parts, Running};
use server::config::Config;
use tempfile::TempDir;

use client::Client;
use socket::Socket;

/// The longest that anything awaited in a test may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);
/// The password of every person.
pub(crate) const PASSWORD: &str = "quiet harbour lantern 7";

/// A running server.
pub(crate) struct Harness {
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    /// Its clock: stands still unless the test moves it.
    pub(crate) clock: Clock,
    config: Config,
    running: Option<Running>,
    _folder: TempDir,
}

impl Harness {
    /// Starts a server with development settings and no limits.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, after `change` had its way with the configuration.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut config = Config {
            listen: "127.0.0.1:0".parse().expect("an address"),
            data: folder.path().join("data"),
            workers: 2,
            drain_secs: 5,
            dev: true,
            dev_no_limits: true,
            database: store::choose(folder.path()).await,
            ..Config::default()
        };
        change(&mut config);
        let clock = Clock::settable(1_800_000_000_000);
        let running = Self::boot(&config, &clock).await;
        Self { addr: running.addr, clock, config, running: Some(running), _folder: folder }
    }

    async fn boot(config: &Config, clock: &Clock) -> Running {
        let seed = u64::try_from(clock.now_ms()).expect("a time after 1970");
        let entropy = Entropy::seeded(seed);
        let parts = Parts { clock: clock.clone(), entropy, follows: false };
        boot::start(config.clone(), parts).await.expect("the server starts")
    }

    /// Stops the server in good order and starts it on the same data, maybe
    /// on another port. The clock moves on, so that no id comes twice.
    pub(crate) async fn restart(&mut self) {
        let running = self.running.take().expect("it runs");
        // Its address is part of every token.
        self.config.public_url = Some(running.edge.config.public_url());
        running.stop().await.expect("the server stops");
        self.clock.advance_ms(1_000);
        let running = Self::boot(&self.config, &self.clock).await;
        self.addr = running.addr;
        self.running = Some(running);
    }

    /// Stops the server in good order.
    pub(crate) async fn stop(mut self) {
        let running = self.running.take().expect("it runs");
        running.stop().await.expect("the server stops");
    }

    /// What the handlers see.
    pub(crate) fn edge(&self) -> &server::edge::Edge {
        &self.running.as_ref().expect("it runs").edge
    }

    /// The domain behind the server.
    pub(crate) fn app(&self) -> &domain::App {
        &self.edge().app
    }

    /// Somebody who is not signed in.
    pub(crate) fn stranger(&self) -> Client {
        Client::new(self.addr)
    }

    /// Signs up and in as `NAME@example.org`, through the API and the mail.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let email = format!("{name}@example.org");
        let stranger = self.stranger();
        let new = json!({ "email": email, "name": name, "username": name, "password": PASSWORD });
        let signup = stranger.post("/v1/accounts", &new).await.gives(202)["signup"].clone();
        let code = self.code(&email).await;
        let verify = json!({ "signup": signup, "code": code, "tokens": true });
        let tokens = stranger.post("/v1/accounts/verify", &verify).await.gives(201);
        let text = |key: &str| tokens[key].as_str().expect("a token").to_owned();
        Person {
            id: tokens["account"]["id"].as_str().expect("an id").to_owned(),
            email,
            access: text("access_token"),
            refresh: text("refresh_token"),
            client: Client { token: Some(text("access_token")), ..stranger },
        }
    }

    /// Waits for the newest mail to `to`.
    pub(crate) async fn mail(&self, to: &str) -> Kept {
        let inbox = self.app().mailer.inbox().expect("mail stays here");
        let mut arrivals = inbox.arrivals();
        let newest = async {
            loop {
                arrivals.mark_unchanged();
                if let Some(mail) = inbox.list(Some(to)).into_iter().next() {
                    return mail;
                }
                arrivals.changed().await.expect("the inbox lives");
            }
        };
        tokio::time::timeout(DEADLINE, newest).await.unwrap_or_else(|_| panic!("no mail to {to}"))
    }

    /// Waits for the newest mail to `to` and reads the code in it.
    pub(crate) async fn code(&self, to: &str) -> String {
        let text = self.mail(to).await.mail.text;
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
        text.split_whitespace().find(is_code).unwrap_or_else(|| panic!("no code in {text}")).into()
    }
}

/// A test that is over must not keep its threads and connections. Its runtime
/// may not wait here, so another one closes the store.
impl Drop for Harness {
    fn drop(&mut self) {
        let Some(running) = &self.running else { return };
        running.edge.stop.cancel();
        let db = running.edge.app.db.clone();
        let close = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(db.close());
        };
        std::thread::spawn(close).join().expect("the store closes");
    }
}

/// Somebody with an account, signed in by Bearer token.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
    client: Client,
}

impl Person {
    /// Speaks to the server where it is now, after a restart.
    pub(crate) fn moves_to(&mut self, h: &Harness) {
        self.client.addr = h.addr;
    }

    /// Goes on with another access token.
    pub(crate) fn holds(&mut self, token: &str) {
        token.clone_into(&mut self.access);
        self.client.token = Some(token.to_owned());
    }

    /// Its client, sending `name: value` with every request.
    pub(crate) fn clone_with(&self, name: &'static str, value: &str) -> Client {
        self.client.clone().with(name, value)
    }

    /// Opens a socket on the native namespace.
    pub(crate) async fn socket(&self) -> Socket {
        Socket::connect(self.client.addr, json!({ "token": self.access })).await
    }

    /// Becomes friends with `other`, by both asking; answers their chat.
    pub(crate) async fn befriends(&self, other: &Person) -> String {
        self.put(&format!("/v1/friends/{}", other.id), &Value::Null).await.gives(200);
        let answer = other.put(&format!("/v1/friends/{}", self.id), &Value::Null).await.gives(200);
        answer["chat"].as_str().expect("friends have a chat").to_owned()
    }
}

impl std::ops::Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

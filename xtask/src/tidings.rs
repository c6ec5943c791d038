//! The real binary under test: started, killed and started again on its data.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::http::Client;
use crate::postgres::free_port;
use crate::process::{Running, TempDir, command, output};

/// A server with data of its own, which go with it.
pub(crate) struct Tidings {
    binary: PathBuf,
    running: Option<Running>,
    folder: TempDir,
    pub(crate) address: SocketAddr,
    /// Where its data are kept, if not in a folder that goes with it.
    pub(crate) data: Option<PathBuf>,
    /// Variables of its environment.
    pub(crate) environment: Vec<(&'static str, String)>,
}

impl Tidings {
    /// Prepares a server on a free port; it is not started yet.
    pub(crate) fn new(binary: &Path) -> Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let folder = TempDir::new("data")?;
        let binary = binary.to_path_buf();
        Ok(Self { binary, running: None, folder, address, data: None, environment: Vec::new() })
    }

    /// Starts the process without waiting for it.
    pub(crate) fn launch(&mut self) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(self.log())?;
        let mut serve = command(&self.binary);
        // Limits are as in production without the last flag; they have tests of their own.
        serve.args(["serve", "--dev", "--dev-no-limits", "--listen", &self.address.to_string()]);
        serve.arg("--data").arg(self.data()).envs(self.environment.iter().cloned());
        let child = serve.stdout(log.try_clone()?).stderr(log).stdin(Stdio::null()).spawn();
        self.running = Some(Running(child.context("could not start tidings")?));
        Ok(())
    }

    /// Whether it says that it is ready.
    pub(crate) fn is_ready(&self) -> bool {
        let asked = Client::new(self.address).ask("GET", "/readyz", None);
        asked.is_ok_and(|answer| answer.status == 200)
    }

    /// Waits until it is ready and says how long that took.
    pub(crate) fn wait(&mut self) -> Result<Duration> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if self.is_ready() {
                return Ok(started.elapsed());
            }
            let child = self.running.as_mut().context("not started")?;
            if let Some(status) = child.0.try_wait()? {
                bail!("tidings ended with {status}:\n{}", self.last_words());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        bail!("tidings is not ready after 30 s:\n{}", self.last_words())
    }

    /// Starts it and waits until it is ready.
    pub(crate) fn start(&mut self) -> Result<Duration> {
        self.launch()?;
        self.wait()
    }

    /// SIGKILL: nothing is flushed, nobody is told.
    pub(crate) fn kill(&mut self) {
        self.running = None;
    }

    /// The process, once started.
    pub(crate) fn pid(&self) -> Result<u32> {
        Ok(self.running.as_ref().context("not started")?.0.id())
    }

    /// Moves it, with all its threads, to one core.
    pub(crate) fn pin(&self, core: &str) -> Result<()> {
        let pid = self.pid()?.to_string();
        output(command("taskset").args(["--all-tasks", "--cpu-list", "--pid", core, &pid]))?;
        Ok(())
    }

    /// The folder of its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| self.folder.path().join("data"))
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// The end of what it printed.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    /// Signs somebody up with a mailed code and answers their account and token.
    pub(crate) fn sign_up(&self, name: &str) -> Result<Person> {
        let mut client = Client::new(self.address);
        let email = format!("{name}@example.test");
        let new = json!({ "email": email, "name": name, "password": PASSWORD });
        let signup = client.ask("POST", "/v1/accounts", Some(&new))?.expect("sign-up")?;
        let mail = format!("/dev/mail/latest?to={email}");
        let deadline = Instant::now() + Duration::from_secs(10);
        let code = loop {
            let answer = client.ask("GET", &mail, None)?;
            if answer.status == 200 {
                break answer.body["codes"][0].clone();
            }
            if Instant::now() > deadline {
                bail!("no code was mailed to {email}");
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let verify = json!({ "signup": signup["signup"], "code": code, "tokens": true });
        let tokens = client.ask("POST", "/v1/accounts/verify", Some(&verify))?;
        Person::from_tokens(email, &tokens.expect("verification")?)
    }
}

const PASSWORD: &str = "a quiet harbour at noon";

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
    email: String,
}

impl Person {
    fn from_tokens(email: String, tokens: &Value) -> Result<Self> {
        let id = tokens["account"]["id"].as_str().context("no account")?.to_owned();
        let token = tokens["access_token"].as_str().context("no token")?.to_owned();
        Ok(Self { id, token, email })
    }

    /// Signs in again, once the token has expired.
    pub(crate) fn sign_in(&mut self, client: &mut Client) -> Result<()> {
        let login = json!({ "email": self.email, "password": PASSWORD, "tokens": true });
        let tokens = client.ask("POST", "/v1/login", Some(&login))?.expect("sign-in")?;
        *self = Self::from_tokens(self.email.clone(), &tokens)?;
        client.token = Some(self.token.clone());
        Ok(())
    }

    /// A connection that speaks for this person.
    pub(crate) fn client(&self, address: SocketAddr) -> Client {
        let mut client = Client::new(address);
        client.token = Some(self.token.clone());
        client
    }
}

/// Makes two people friends and answers the id of their chat.
pub(crate) fn befriend(address: SocketAddr, one: &Person, other: &Person) -> Result<String> {
    let want = |person: &Person, whom: &Person| {
        let path = format!("/v1/friends/{}", whom.id);
        person.client(address).ask("PUT", &path, None)?.expect("friendship")
    };
    want(one, other)?;
    let chat = want(other, one)?["chat"].as_str().map(str::to_owned);
    chat.context("no chat came of the friendship")
}

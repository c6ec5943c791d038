//! The peer: Express, Socket.IO and a durable store on Node, the way most
//! people write it, at its best.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::load::Shape;
use super::machine::{SERVER_CORE, pinned};
use crate::http::Client;
use crate::postgres::free_port;
use crate::process::{Running, TempDir, command, output};
use crate::{tree, web};

/// A running peer; gone when dropped.
pub(crate) struct Peer {
    running: Running,
    folder: TempDir,
    pub(crate) address: String,
}

pub(crate) fn sources() -> PathBuf {
    tree::root().join("bench/peer-node")
}

/// Where its packages are: beside all working copies, named after what they
/// were built from, because building them takes minutes.
fn packages() -> Result<PathBuf> {
    let lock = std::fs::read(sources().join("package-lock.json"))?;
    let mut hasher = DefaultHasher::new();
    (lock, output(command("node").arg("--version"))?).hash(&mut hasher);
    let home = || tree::variable("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = tree::variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    let cache = cache.unwrap_or_else(|| tree::root().join("target"));
    Ok(cache.join("tidings-bench").join(format!("peer-node-{:016x}", hasher.finish())))
}

/// Installs its packages and builds its native add-ons, once for all.
pub(crate) fn install() -> Result<()> {
    let folder = packages()?;
    std::fs::create_dir_all(&folder)?;
    // Whoever comes second waits for the first, who builds.
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(sources().join(name), folder.join(name))?;
    }
    web::install(&folder)?;
    let built = folder.join("node_modules/.built");
    if !built.exists() {
        eprintln!("building the peer's add-ons, once: up to a quarter of an hour");
        output(web::npm(&folder).args(["rebuild", "--silent"]))?;
        File::create(built)?;
    }
    Ok(())
}

/// Node beside the peer's sources, with its packages.
pub(crate) fn node(mut node: Command) -> Result<Command> {
    node.current_dir(sources()).env("NODE_ENV", "production");
    node.env("NODE_PATH", packages()?.join("node_modules"));
    Ok(node)
}

impl Peer {
    /// Starts it with one of its stores; `postgres` is the URL for `pg`.
    pub(crate) fn start(store: &str, postgres: Option<&str>) -> Result<Self> {
        let folder = TempDir::new("peer")?;
        let database = folder.path().join("peer.db");
        Self::launch(store, postgres, folder, &database)
    }

    /// Starts it on an SQLite store that was filled.
    pub(crate) fn on(database: &Path) -> Result<Self> {
        Self::launch("sqlite", None, TempDir::new("peer")?, database)
    }

    fn launch(store: &str, postgres: Option<&str>, folder: TempDir, at: &Path) -> Result<Self> {
        let port = free_port()?;
        let mut node = node(pinned(SERVER_CORE, "node"))?;
        node.arg("server.js").env("PORT", port.to_string()).env("STORE", store).env("DB", at);
        if let Some(url) = postgres {
            node.env("PG_URL", url);
        }
        let running = Running(node.stdout(Stdio::null()).spawn().context("no peer")?);
        let peer = Self { running, folder, address: format!("127.0.0.1:{port}") };
        let deadline = Instant::now() + Duration::from_secs(60);
        while Client::new(peer.address.parse()?).ask("GET", "/healthz", None).is_err() {
            if Instant::now() > deadline {
                bail!("the peer does not start");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(peer)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.0.id()
    }

    /// One line for each socket: its token and its chat.
    pub(crate) fn members(&self, shape: Shape) -> Result<PathBuf> {
        let said = self.tokens(shape.sockets)?;
        let lines = said.lines().enumerate();
        let lines = lines.map(|(index, token)| format!("{token} room{}\n", index % shape.chats));
        let file = self.folder.path().join("members");
        std::fs::write(&file, lines.collect::<String>())?;
        Ok(file)
    }

    /// A line with a token for each of so many people: `u0`, `u1` …
    pub(crate) fn tokens(&self, people: usize) -> Result<String> {
        output(node(command("node"))?.args(["mktokens.js", &people.to_string()]))
    }
}

/// A server of the transport alone, ours or Node's: it says where it listens.
pub(crate) struct Bare {
    running: Running,
    pub(crate) address: String,
}

fn bare_sources() -> PathBuf {
    tree::root().join("bench/peer-socketio")
}

/// Installs socket.io with its native add-ons.
pub(crate) fn install_bare() -> Result<()> {
    web::install(&bare_sources())?;
    output(web::npm(&bare_sources()).args(["rebuild", "--silent"])).map(drop)
}

impl Bare {
    /// Socket.io on Node, on a free port.
    pub(crate) fn node() -> Result<Self> {
        let mut node = pinned(SERVER_CORE, "node");
        node.arg("server.js").current_dir(bare_sources()).env("NODE_ENV", "production");
        Self::start(node)
    }

    /// Starts a server and waits for its word.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let mut running = Running(command.stdout(Stdio::piped()).spawn()?);
        let mut line = String::new();
        let said = running.0.stdout.take().context("its output is piped")?;
        BufReader::new(said).read_line(&mut line)?;
        let address = line.trim().rsplit(' ').next().filter(|word| word.contains(':'));
        let address = address.with_context(|| format!("no address in {line:?}"))?.to_owned();
        Ok(Self { running, address })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.0.id()
    }
}

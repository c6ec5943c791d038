//! A PostgreSQL of our own for one run: a temporary folder, a free loopback
//! port, gone with its owner.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::need;
use crate::process::{self, Running, TempDir};

/// A running server; stopped, and its folder removed, when dropped.
pub(crate) struct Postgres {
    /// Dropped before the folder it writes to.
    _server: Running,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// Makes a cluster and starts it.
    ///
    /// It never flushes to disk: the checks that use it ask what the program
    /// answers, not what survives a power cut, and half the run would be
    /// flushing. Durability is proven elsewhere, with flushing on.
    pub(crate) fn start() -> Result<Self> {
        let programs = need::postgres()?;
        let folder = TempDir::new("postgres")?;
        give_to_postgres(folder.path())?;
        let data = folder.path().join("data");
        let mut initdb = as_postgres(&programs.join("initdb"));
        initdb.arg("--pgdata").arg(&data);
        initdb.args(["--username=tidings", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        process::output(initdb.arg("--no-sync"))?;

        let port = free_port()?;
        let log = std::fs::File::create(folder.path().join("log"))?;
        let mut server = as_postgres(&programs.join("postgres"));
        server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        let server = server.stdout(log.try_clone()?).stderr(log).stdin(Stdio::null()).spawn()?;
        let postgres = Self { _server: Running(server), folder, port };
        postgres.wait(&programs)?;
        Ok(postgres)
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://tidings@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&self, programs: &Path) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        let port = self.port.to_string();
        loop {
            let mut ask = process::command(programs.join("pg_isready"));
            ask.args(["--quiet", "--host=127.0.0.1", "--dbname=postgres", "--port", &port]);
            if ask.status().context("could not start pg_isready")?.success() {
                return Ok(());
            }
            if Instant::now() > deadline {
                let log = std::fs::read_to_string(self.folder.path().join("log"));
                bail!("PostgreSQL did not start:\n{}", log.unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Many tests at once, each with a few connections, and nothing kept.
const SETTINGS: &[&str] = &[
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=1000",
    "shared_buffers=64MB",
    "unix_socket_directories=",
    "autovacuum=off",
];

/// PostgreSQL refuses to run as root, so root lends it the system's account.
fn as_postgres(program: &Path) -> Command {
    if !need::is_root() {
        return process::command(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "postgres", "--regid", "postgres", "--init-groups"]);
    command.args(["--pdeathsig", "QUIT", "--"]).arg(program).current_dir("/");
    command
}

fn give_to_postgres(folder: &Path) -> Result<()> {
    if need::is_root() {
        process::output(Command::new("chown").arg("postgres:").arg(folder))?;
    }
    Ok(())
}

/// A loopback port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

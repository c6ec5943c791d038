//! A PostgreSQL of our own for one run: a temporary folder, a free loopback
//! port, gone with its owner.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::need;
use crate::process::{self, Running, TempDir};

/// A running server; stopped, and its folder removed, when dropped.
pub(crate) struct Postgres {
    /// Dropped before the folder it writes to.
    server: Running,
    folder: TempDir,
    port: u16,
    settings: Vec<&'static str>,
}

impl Postgres {
    /// Makes a cluster and starts it.
    ///
    /// It never flushes to disk: the checks that use it ask what the program
    /// answers, not what survives a power cut, and half the run would be
    /// flushing. Durability is proven elsewhere, with flushing on.
    pub(crate) fn start() -> Result<Self> {
        Self::start_with([SETTINGS, HASTY].concat())
    }

    /// As people run it.
    pub(crate) fn start_lasting() -> Result<Self> {
        Self::start_with([SETTINGS, LASTING].concat())
    }

    /// What was committed survives the end of its processes, but no power cut:
    /// the kernel has it. Each start after a kill then is quicker by the
    /// flushing of the whole cluster.
    pub(crate) fn start_killable() -> Result<Self> {
        Self::start_with([SETTINGS, KILLABLE].concat())
    }

    fn start_with(settings: Vec<&'static str>) -> Result<Self> {
        let programs = need::postgres()?;
        let folder = TempDir::new("postgres")?;
        give_to_postgres(folder.path())?;
        let mut initdb = as_postgres(&programs.join("initdb"));
        initdb.arg("--pgdata").arg(folder.path().join("data"));
        initdb.args(["--username=tidings", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        process::output(initdb.arg("--no-sync"))?;
        let port = free_port()?;
        let server = launch(&programs, folder.path(), port, &settings)?;
        let postgres = Self { server, folder, port, settings };
        postgres.wait(&programs)?;
        Ok(postgres)
    }

    /// Ends every process at once, as a crash would, and starts again.
    pub(crate) fn restart_at_once(&mut self) -> Result<()> {
        let programs = need::postgres()?;
        // It stands still first, so that no process is born while all are looked for.
        process::signal(self.server.0.id(), "STOP");
        let all = process::descendants(self.server.0.id());
        self.signal("KILL");
        self.server.0.wait()?;
        // The last of them holds the shared memory, and the next server wants none there.
        let deadline = Instant::now() + Duration::from_secs(10);
        while all.iter().any(|pid| process::is_alive(*pid)) {
            ensure!(Instant::now() < deadline, "a killed PostgreSQL lives on");
            std::thread::sleep(Duration::from_millis(1));
        }
        // A killed server leaves its lock and its shared memory behind.
        let _ = std::fs::remove_file(self.folder.path().join("data/postmaster.pid"));
        self.server = launch(&programs, self.folder.path(), self.port, &self.settings)?;
        self.wait(&programs)
    }

    /// Sends a signal to every process of it.
    pub(crate) fn signal(&self, name: &str) {
        let main = self.server.0.id();
        for pid in std::iter::once(main).chain(process::descendants(main)) {
            process::signal(pid, name);
        }
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// How to reach one of its databases.
    pub(crate) fn url_of(&self, database: &str) -> String {
        format!("postgres://tidings@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements in one of its databases and answers the bare rows.
    pub(crate) fn ask(&self, database: &str, text: &str) -> Result<String> {
        let mut psql = process::command(need::postgres()?.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        psql.arg(self.url_of(database)).args(["--command", text]);
        Ok(process::output(&mut psql)?.trim().to_owned())
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

fn launch(programs: &Path, folder: &Path, port: u16, settings: &[&str]) -> Result<Running> {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log"))?;
    let mut server = as_postgres(&programs.join("postgres"));
    server.arg("-D").arg(folder.join("data")).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
    for setting in settings {
        server.args(["-c", setting]);
    }
    let server = server.stdout(log.try_clone()?).stderr(log).stdin(Stdio::null()).spawn()?;
    Ok(Running(server))
}

/// Nothing is kept.
const HASTY: &[&str] = &["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// What was committed is handed to the kernel.
const KILLABLE: &[&str] = &["fsync=off", "synchronous_commit=on", "full_page_writes=on"];

/// As people run it.
const LASTING: &[&str] = &["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

/// Many tests at once, each with a few connections.
const SETTINGS: &[&str] =
    &["max_connections=1000", "shared_buffers=64MB", "unix_socket_directories=", "autovacuum=off"];

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

//! `cargo xtask torture`: what must hold while everything breaks.

mod broken;
mod check;
mod crowd;
mod disk;
mod follower;
mod fsync;
mod fuzz;
mod history;
mod kill;
mod migrate;
mod outage;
mod prove;
mod random;
mod shim;
mod writer;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::process::say;
use crate::session::Session;
use crate::{need, serve};

#[derive(Subcommand)]
pub(crate) enum Torture {
    /// Kill the server at random while people write; then look for a lost,
    /// repeated, forged, misplaced or resurrected message
    Kill(kill::Options),
    /// Feed mutated frames, payloads and packets to the transport's parsers
    Fuzz(fuzz::Options),
    /// Fill the disk under the store
    Disk(Options),
    /// Hold, count and fail the syncs and writes of the store
    Fsync(Options),
    /// Kill the server while it makes its schema
    Migrate(Options),
    /// Tear PostgreSQL down and stop it while people write
    Postgres(Options),
}

/// How much is broken.
#[derive(Args)]
pub(crate) struct Options {
    /// How often
    #[arg(long)]
    rounds: Option<u32>,
    /// Draws the same schedule again
    #[arg(long)]
    seed: Option<u64>,
    /// A binary that is built already
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// What every one of these needs.
struct Faulty {
    binary: PathBuf,
    seed: u64,
    writers: usize,
}

impl Faulty {
    fn new(options: &Options) -> Result<Self> {
        let binary = match &options.binary {
            Some(binary) => binary.clone(),
            None => serve::build(false)?,
        };
        let seed = options.seed.unwrap_or_else(|| u64::from(std::process::id()));
        say(&format!("seed {seed}"));
        Ok(Self { binary, seed, writers: 4 })
    }
}

pub(crate) fn run(torture: &Torture) -> Result<()> {
    match torture {
        Torture::Kill(options) => kill::run(options),
        Torture::Fuzz(options) => fuzz::run(options),
        Torture::Disk(options) => disk::run(options),
        Torture::Fsync(options) => fsync::run(options),
        Torture::Migrate(options) => migrate::run(options),
        Torture::Postgres(options) => outage::run(options),
    }
}

/// What the suite runs, with a short instance of it.
type Short = (&'static str, fn(&Options) -> Result<()>, u32);

const SHORT: [Short; 7] = [
    ("torture kill", |options| kill::short(options, kill::Engine::Sqlite), 5),
    ("torture kill, postgres", |options| kill::short(options, kill::Engine::Postgres), 5),
    ("torture disk", disk::run, 1),
    ("torture fsync", fsync::run, 2),
    ("torture migrate", migrate::sqlite, 4),
    ("torture migrate, postgres", migrate::postgres, 3),
    ("torture postgres", outage::run, 2),
];

/// A short instance of each, as steps of the suite.
pub(crate) fn short(session: &mut Session, binary: &Path, has_postgres: bool) {
    for (name, run, rounds) in SHORT {
        if name == "torture disk" && !need::is_root() {
            say("\n== torture disk\nnot run: a small disk can only be mounted by root");
        } else if has_postgres || !name.ends_with("postgres") {
            let binary = Some(binary.to_path_buf());
            session.work(name, || run(&Options { rounds: Some(rounds), seed: None, binary }));
        }
    }
}

//! Kills the real binary, and PostgreSQL under it, at random under load, and
//! proves what is left.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::crowd::Crowd;
use super::history::Faults;
use super::prove;
use super::random::Random;
use crate::postgres::Postgres;
use crate::process::say;
use crate::serve;
use crate::tidings::Tidings;

#[derive(Args)]
pub(crate) struct Options {
    /// How often the server is killed, on each engine
    #[arg(long, default_value_t = 300)]
    kills: u32,
    /// People who write; every two of them share a chat
    #[arg(long, default_value_t = 10)]
    writers: usize,
    /// Goes on, without kills, until so many sends are acknowledged
    #[arg(long, default_value_t = 0)]
    acks: u64,
    /// What it stores in; PostgreSQL is killed as well
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    engine: Engines,
    /// Draws the same schedule again
    #[arg(long)]
    seed: Option<u64>,
    /// Optimised build: more writes between two kills
    #[arg(long)]
    release: bool,
    /// A binary that is built already
    #[arg(long, conflicts_with = "release")]
    binary: Option<PathBuf>,
    /// Does it to builds that are broken on purpose: each must be caught
    #[arg(long, conflicts_with_all = ["release", "binary", "kills", "acks", "engine"])]
    prove: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Engines {
    Sqlite,
    Postgres,
    Both,
}

/// What the messages are stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engines {
    fn each(self) -> &'static [Engine] {
        match self {
            Self::Sqlite => &[Engine::Sqlite],
            Self::Postgres => &[Engine::Postgres],
            Self::Both => &[Engine::Sqlite, Engine::Postgres],
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let seed = options.seed.unwrap_or_else(|| u64::from(std::process::id()));
    if options.prove {
        return prove::run(options.writers, seed);
    }
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => serve::build(options.release)?,
    };
    for engine in options.engine.each() {
        let (kills, acks) = (options.kills, options.acks);
        let plan = Plan { engine: *engine, kills, acks, writers: options.writers, seed };
        plan.run(&binary)?;
    }
    Ok(())
}

/// A few kills, for the suite.
pub(crate) fn short(options: &super::Options, engine: Engine) -> Result<()> {
    let faulty = super::Faulty::new(options)?;
    let kills = options.rounds.unwrap_or(5);
    let plan = Plan { engine, kills, acks: 0, writers: faulty.writers, seed: faulty.seed };
    plan.run(&faulty.binary)
}

/// A schedule of kills.
pub(crate) struct Plan {
    pub(crate) engine: Engine,
    pub(crate) kills: u32,
    pub(crate) acks: u64,
    pub(crate) writers: usize,
    pub(crate) seed: u64,
}

impl Plan {
    /// Kills, judges, and fails at the first fault.
    fn run(&self, binary: &Path) -> Result<()> {
        let mut scene = Scene::set(self, binary)?;
        let crowd = scene.play(self)?;
        crowd.finish(&mut scene.server)
    }

    /// Kills, and says what was found.
    pub(crate) fn judge(&self, binary: &Path) -> Result<Faults> {
        let mut scene = Scene::set(self, binary)?;
        let crowd = scene.play(self)?;
        crowd.judge(&mut scene.server)
    }
}

/// What is killed.
struct Scene {
    server: Tidings,
    postgres: Option<Postgres>,
    random: Random,
    slowest: Duration,
}

impl Scene {
    fn set(plan: &Plan, binary: &Path) -> Result<Self> {
        let Plan { engine, kills, writers, seed, .. } = plan;
        say(&format!("{engine:?}: seed {seed}, {writers} writers, {kills} kills"));
        let mut server = Tidings::new(binary)?;
        let postgres = match engine {
            Engine::Sqlite => None,
            // The short run does not flush, which a kill does not ask for.
            Engine::Postgres if *kills < 20 => Some(Postgres::start_killable()?),
            Engine::Postgres => Some(Postgres::start_lasting()?),
        };
        if let Some(postgres) = &postgres {
            server.environment.push(("TIDINGS_DATABASE", postgres.url()));
        }
        server.start()?;
        Ok(Self { server, postgres, random: Random::new(*seed), slowest: Duration::ZERO })
    }

    /// People at work, and all the kills.
    fn play(&mut self, plan: &Plan) -> Result<Crowd> {
        let crowd = Crowd::start(&self.server, plan.writers, plan.seed)?;
        let outcome = self.kill_all(plan, &crowd);
        if outcome.is_err() {
            crowd.dismiss();
        }
        outcome.map(|()| crowd)
    }

    fn kill_all(&mut self, plan: &Plan, crowd: &Crowd) -> Result<()> {
        for number in 1..=plan.kills {
            std::thread::sleep(Duration::from_millis(50 + self.random.below(1200)));
            self.kill()?;
            if number % 10 == 0 || number == plan.kills {
                let (acknowledged, slowest) = (crowd.acknowledged(), self.slowest.as_millis());
                say(&format!(
                    "{number} kills, {acknowledged} acknowledged, slowest start {slowest} ms"
                ));
            }
        }
        while crowd.acknowledged() < plan.acks && crowd.is_at_work() {
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// One kill, and mostly a full start; now and then it is killed again while
    /// it starts. Under PostgreSQL, every third kill is PostgreSQL's own.
    fn kill(&mut self) -> Result<()> {
        if let Some(postgres) = &mut self.postgres
            && self.random.once_in(3)
        {
            return postgres.restart_at_once();
        }
        self.server.kill();
        self.server.launch()?;
        if self.random.once_in(5) {
            std::thread::sleep(Duration::from_millis(self.random.below(150)));
            self.server.kill();
            self.server.launch()?;
        }
        self.slowest = self.slowest.max(self.server.wait()?);
        Ok(())
    }
}

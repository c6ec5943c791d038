//! Kills while the schema is made: the next start finds it old or new. Half a
//! migration would be seen: its tables can be made once only, so the next
//! start would fail.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::random::Random;
use super::shim::Shim;
use super::{Faulty, Options};
use crate::postgres::Postgres;
use crate::process::say;
use crate::tidings::Tidings;

pub(crate) fn run(options: &Options) -> Result<()> {
    sqlite(options)?;
    postgres(options)
}

pub(crate) fn sqlite(options: &Options) -> Result<()> {
    let faulty = Faulty::new(options)?;
    let shim = Shim::build()?;
    let mut random = Random::new(faulty.seed);
    let (rounds, mut kills, mut midway) = (options.rounds.unwrap_or(50), 0_u32, 0_u32);
    for round in 0..rounds {
        let mut server = Tidings::new(&faulty.binary)?;
        shim.under(&mut server);
        // Slow syncs stretch what would be over in a moment.
        shim.begin("slow-sync")?;
        for _ in 0..=random.below(3) {
            let before = shim.syncs();
            server.launch()?;
            wait_for_syncs(&mut server, &shim, before + 1 + random.below(10))?;
            std::thread::sleep(Duration::from_millis(random.below(20)));
            server.kill();
            kills += 1;
            midway += u32::from(server.data().join("tidings.db").exists());
        }
        shim.end("slow-sync")?;
        survives(&mut server, round)?;
    }
    say(&format!("{kills} kills, {midway} of them with a store begun; {rounds} schemas whole"));
    Ok(())
}

/// Returns once so many syncs were made, or the server is through.
fn wait_for_syncs(server: &mut Tidings, shim: &Shim, wanted: u64) -> Result<()> {
    let mut looks = 0;
    while shim.syncs() < wanted && !server.is_ready() {
        looks += 1;
        anyhow::ensure!(looks < 10_000, "it neither starts nor ends");
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// The store starts and serves.
fn survives(server: &mut Tidings, round: u32) -> Result<()> {
    server.start().with_context(|| format!("after the kills of round {round}"))?;
    server.sign_up("survivor").map(drop)
}

/// Stretches what would be over in a moment.
const SLOW: &str = "create function slow() returns event_trigger language plpgsql
        as 'begin perform pg_sleep(0.01); end';
    create event trigger slow on ddl_command_end execute function slow()";

/// How many migrations were made, and whether another is under way.
const MADE: &str = "select count(*) from schema_migration";
const BUSY: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null";

pub(crate) fn postgres(options: &Options) -> Result<()> {
    let faulty = Faulty::new(options)?;
    let postgres = Postgres::start()?;
    let mut random = Random::new(faulty.seed);
    let all = whole(&faulty, &postgres)?;
    let (rounds, mut kills, mut midway) = (options.rounds.unwrap_or(50), 0_u32, 0_u32);
    for round in 0..rounds {
        let name = format!("round{round}");
        let mut server = store(&faulty, &postgres, &name)?;
        for _ in 0..=random.below(3) {
            server.launch()?;
            std::thread::sleep(Duration::from_millis(random.below(all.took.as_millis() as u64)));
            server.kill();
            kills += 1;
            let made = postgres.ask(&name, MADE).unwrap_or_default();
            midway += u32::from(made != all.made && postgres.ask(&name, BUSY)? != "0");
        }
        survives(&mut server, round)?;
        let made = postgres.ask(&name, MADE)?;
        ensure!(made == all.made, "{made} migrations of {}", all.made);
    }
    say(&format!("{kills} kills, {midway} of them in a migration; {rounds} schemas whole"));
    Ok(())
}

/// A server on a new database, where everything that makes a schema is slow.
fn store(faulty: &Faulty, postgres: &Postgres, name: &str) -> Result<Tidings> {
    postgres.ask("postgres", &format!("create database {name}"))?;
    postgres.ask(name, SLOW)?;
    let mut server = Tidings::new(&faulty.binary)?;
    server.environment.push(("TIDINGS_DATABASE", postgres.url_of(name)));
    Ok(server)
}

/// A start that nobody disturbs.
struct Whole {
    made: String,
    took: Duration,
}

fn whole(faulty: &Faulty, postgres: &Postgres) -> Result<Whole> {
    let mut server = store(faulty, postgres, "undisturbed")?;
    let started = Instant::now();
    server.start()?;
    let took = started.elapsed();
    Ok(Whole { made: postgres.ask("undisturbed", MADE)?, took })
}

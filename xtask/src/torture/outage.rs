//! PostgreSQL that is torn down, started again, or stands still: sends fail in
//! time or complete, the connections heal, and nothing acknowledged is lost.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::crowd::{Crowd, Probe, is_sent};
use super::random::Random;
use super::{Faulty, Options};
use crate::postgres::Postgres;
use crate::process::say;
use crate::tidings::Tidings;

/// How long a send may take to fail; a little more than the store's own limit.
const FAILED: Duration = Duration::from_millis(5500);
/// How soon sends must work again.
const HEALED: Duration = Duration::from_secs(3);

pub(crate) fn run(options: &Options) -> Result<()> {
    let faulty = Faulty::new(options)?;
    let rounds = options.rounds.unwrap_or(20);
    // The short run ends with the first answer, and does not flush.
    let (hang, mut postgres) = match rounds {
        ..20 => (Duration::from_secs(1), Postgres::start_killable()?),
        _ => (Duration::from_secs(30), Postgres::start_lasting()?),
    };
    let mut server = Tidings::new(&faulty.binary)?;
    server.environment.push(("TIDINGS_DATABASE", postgres.url()));
    server.start()?;
    let mut probe = Probe::new(&server, faulty.seed)?;
    let mut random = Random::new(faulty.seed);
    let crowd = Crowd::start(&server, faulty.writers, faulty.seed)?;
    let outcome = restarts(&mut postgres, &mut probe, rounds, &mut random)
        .and_then(|()| stands_still(&postgres, &mut probe, hang));
    if outcome.is_err() {
        crowd.dismiss();
        return outcome;
    }
    crowd.finish(&mut server)
}

fn restarts(
    postgres: &mut Postgres,
    probe: &mut Probe,
    rounds: u32,
    random: &mut Random,
) -> Result<()> {
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        std::thread::sleep(Duration::from_millis(100 + random.below(900)));
        postgres.restart_at_once()?;
        let healed = probe.send_until(HEALED, is_sent);
        slowest = slowest.max(healed.with_context(|| format!("restart {round}"))?);
    }
    say(&format!("{rounds} restarts, sending again at most {} ms later", slowest.as_millis()));
    Ok(())
}

/// Every process of the server stops and holds its connections open.
fn stands_still(postgres: &Postgres, probe: &mut Probe, hang: Duration) -> Result<()> {
    postgres.signal("STOP");
    let began = Instant::now();
    let mut slowest = Duration::ZERO;
    while began.elapsed() < hang {
        let asked = Instant::now();
        let answer = probe.send();
        slowest = slowest.max(asked.elapsed());
        let answered = answer.map(|answer| answer.status);
        if !matches!(answered, Ok(201 | 503)) {
            postgres.signal("CONT");
            anyhow::bail!("while it stood still: {answered:?}");
        }
    }
    postgres.signal("CONT");
    let stood = began.elapsed();
    let healed = probe.send_until(HEALED, is_sent)?;
    ensure!(slowest <= FAILED, "a send took {} ms to fail", slowest.as_millis());
    say(&format!(
        "stood still for {} s: refused within {} ms, sending again {} ms later",
        stood.as_secs(),
        slowest.as_millis(),
        healed.as_millis()
    ));
    Ok(())
}

//! Kills the real binary at random under load, and proves what is left.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::crowd::Crowd;
use super::random::Random;
use crate::process::say;
use crate::serve;
use crate::tidings::Tidings;

#[derive(Args)]
pub(crate) struct Options {
    /// How often the server is killed
    #[arg(long, default_value_t = 300)]
    kills: u32,
    /// People who write; every two of them share a chat
    #[arg(long, default_value_t = 10)]
    writers: usize,
    /// Goes on, without kills, until so many sends are acknowledged
    #[arg(long, default_value_t = 0)]
    acks: u64,
    /// Draws the same schedule again
    #[arg(long)]
    seed: Option<u64>,
    /// Optimised build: more writes between two kills
    #[arg(long)]
    release: bool,
    /// A binary that is built already
    #[arg(long, conflicts_with = "release")]
    binary: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => serve::build(options.release)?,
    };
    let seed = options.seed.unwrap_or_else(|| u64::from(std::process::id()));
    say(&format!("seed {seed}, {} writers, {} kills", options.writers, options.kills));
    let mut server = Tidings::new(&binary)?;
    server.start()?;
    let crowd = Crowd::start(&server, options.writers, seed)?;
    let outcome = kill(&mut server, &crowd, options, &mut Random::new(seed));
    if outcome.is_err() {
        crowd.dismiss();
        return outcome;
    }
    crowd.finish(&mut server)
}

/// The schedule: a while of work, a kill, and mostly a full start; now and then
/// it is killed again while it starts.
fn kill(server: &mut Tidings, crowd: &Crowd, options: &Options, random: &mut Random) -> Result<()> {
    let mut slowest = Duration::ZERO;
    for number in 1..=options.kills {
        std::thread::sleep(Duration::from_millis(50 + random.below(1200)));
        server.kill();
        server.launch()?;
        if random.once_in(5) {
            std::thread::sleep(Duration::from_millis(random.below(150)));
            server.kill();
            server.launch()?;
        }
        slowest = slowest.max(server.wait()?);
        if number % 10 == 0 || number == options.kills {
            let acknowledged = crowd.acknowledged();
            say(&format!(
                "{number} kills, {acknowledged} acknowledged, slowest start {} ms",
                slowest.as_millis()
            ));
        }
    }
    while crowd.acknowledged() < options.acks {
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

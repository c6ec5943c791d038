//! Kills while the schema is made: the next start finds it old or new. Half a
//! migration would be seen: its tables can be made once only, so the next
//! start would fail.

use std::time::Duration;

use anyhow::{Context, Result};

use super::random::Random;
use super::shim::Shim;
use super::{Faulty, Options};
use crate::process::say;
use crate::tidings::Tidings;

pub(crate) fn run(options: &Options) -> Result<()> {
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
        server.start().with_context(|| format!("after the kills of round {round}"))?;
        server.sign_up("survivor")?;
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

//! Proves the checker: builds that are broken on purpose must be caught.

use anyhow::{Result, bail};

use super::broken::{BREAKS, Break, build};
use super::kill::Plan;
use crate::process::say;

/// Chance decides whether a kill hits; so often it may miss.
const ATTEMPTS: u64 = 4;
const KILLS: u32 = 12;

/// Every break, each to be named rightly.
pub(crate) fn run(writers: usize, seed: u64) -> Result<()> {
    let mut missed = Vec::new();
    for broken in BREAKS {
        say(&format!("\n== {}", broken.name));
        if !is_caught(broken, writers, seed)? {
            missed.push(broken.name);
        }
    }
    if !missed.is_empty() {
        bail!("not caught: {}", missed.join(", "));
    }
    say(&format!("\n{} of {} broken builds caught", BREAKS.len(), BREAKS.len()));
    Ok(())
}

fn is_caught(broken: &Break, writers: usize, seed: u64) -> Result<bool> {
    let binary = build(broken)?;
    for attempt in 0..ATTEMPTS {
        let Break { engine, expected, .. } = *broken;
        let plan = Plan { engine, kills: KILLS, acks: 0, writers, seed: seed + attempt };
        let faults = plan.judge(&binary)?;
        if let Some(cases) = faults.0.get(&expected) {
            say(&format!("caught: {expected:?}, {} times", cases.len()));
            return Ok(true);
        }
    }
    Ok(false)
}

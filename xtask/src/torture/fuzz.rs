//! Feeds what no honest client says to every parser of the transport.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use crate::process::{Ending, cargo, say, stream};

#[derive(Args)]
pub(crate) struct Options {
    /// How long to go on
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Draws the same inputs again
    #[arg(long)]
    seed: Option<u64>,
}

/// The inputs are made by the crate itself, from a corpus beside its parsers.
pub(crate) fn run(options: &Options) -> Result<()> {
    let seconds = options.minutes * 60;
    let seed = options.seed.unwrap_or_else(|| u64::from(std::process::id()));
    let mut fuzz = cargo();
    fuzz.args(["run", "--release", "--quiet", "--package", "socketio", "--example", "fuzz", "--"]);
    fuzz.args([seconds.to_string(), seed.to_string()]);
    // An optimised build may come first.
    let limit = Duration::from_secs(seconds + 20 * 60);
    match stream(&mut fuzz, limit, say)? {
        Ending::Succeeded => Ok(()),
        ending => bail!("seed {seed}: {ending:?}"),
    }
}

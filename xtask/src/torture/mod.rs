//! `cargo xtask torture`: what must hold while everything breaks.

mod check;
mod fuzz;
mod history;
mod kill;
mod random;
mod writer;

use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Torture {
    /// Kill the server at random while people write; then look for a lost,
    /// repeated, forged, misplaced or resurrected message
    Kill(kill::Options),
    /// Feed mutated frames, payloads and packets to the transport's parsers
    Fuzz(fuzz::Options),
}

pub(crate) fn run(torture: &Torture) -> Result<()> {
    match torture {
        Torture::Kill(options) => kill::run(options),
        Torture::Fuzz(options) => fuzz::run(options),
    }
}

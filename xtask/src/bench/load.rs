//! The load generator, and what it says.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::machine::{LOAD_CORE, pinned};
use crate::process::{cargo, output};
use crate::tree;

/// Builds the load generator, which is a package of its own.
pub(crate) fn build() -> Result<PathBuf> {
    let folder = tree::root().join("bench/sioload");
    output(cargo().args(["build", "--release", "--quiet"]).current_dir(&folder))?;
    let target = tree::variable("CARGO_TARGET_DIR").map_or(folder.join("target"), PathBuf::from);
    Ok(target.join("release/sioload"))
}

/// How many sockets share how many chats, and how many messages each has under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) sockets: usize,
    pub(crate) chats: usize,
    pub(crate) window: usize,
}

/// What one run is told about the server: where it is, who is on it, and the
/// process whose time is counted.
pub(crate) struct Target<'a> {
    pub(crate) address: String,
    pub(crate) members: &'a Path,
    pub(crate) pid: u32,
    /// Names of events and the like, if not the generator's own.
    pub(crate) dialect: &'a [&'a str],
}

/// A run, pinned to the core of the load.
pub(crate) fn command(program: &Path, target: &Target, shape: Shape, seconds: u32) -> Command {
    let mut run = pinned(LOAD_CORE, program);
    run.args(["--addr", &target.address, "--sockets", &shape.sockets.to_string()]);
    run.args(["--rooms", &shape.chats.to_string(), "--window", &shape.window.to_string()]);
    run.args(["--server-pid", &target.pid.to_string(), "--duration", &seconds.to_string()]);
    // A busy machine shall make it slow, not void.
    run.args(["--connect-timeout", "240", "--settle-ms", "200", "--drain-ms", "20000"]);
    run.arg("--members").arg(target.members).args(target.dialect);
    run
}

/// What a run measured; one that lost a delivery or an answer is void.
pub(crate) fn measure(run: &mut Command) -> Result<Value> {
    let said: Value = serde_json::from_str(output(run)?.trim()).context("not JSON")?;
    let totals = &said["totals"];
    if totals["delivered"] != totals["expected_deliveries"] || totals["ack_errors"] != 0 {
        bail!("not everything arrived: {totals}");
    }
    Ok(said)
}

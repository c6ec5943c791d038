//! What was measured on: results without it mean nothing.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::Result;
use serde_json::{Value, json};

use crate::process::{cargo, command, output};

/// The machine, the versions and the commit.
pub(crate) fn describe() -> Result<Value> {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Ok(json!({
        "cpu": model.map(|(_, name)| name),
        "cores": std::thread::available_parallelism()?.get(),
        "system": output(command("uname").arg("-sr"))?.trim(),
        "rust": output(cargo().arg("--version"))?.trim(),
        "node": output(command("node").arg("--version"))?.trim(),
        "commit": output(command("git").args(["describe", "--always", "--dirty"]))?.trim(),
        "date": date()?,
    }))
}

/// Today, in UTC.
pub(crate) fn date() -> Result<String> {
    Ok(output(command("date").args(["-u", "+%Y-%m-%d"]))?.trim().to_owned())
}

/// How many processes want to run, over the last minute: above the number of
/// cores, others were measured with us.
pub(crate) fn load() -> f64 {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').next().and_then(|last| last.parse().ok()).unwrap_or(f64::NAN)
}

/// The core of whatever is measured.
pub(crate) const SERVER_CORE: &str = "0";
/// The core of whatever makes the load.
pub(crate) const LOAD_CORE: &str = "1";

/// A command that stays on one core.
pub(crate) fn pinned(core: &str, program: impl AsRef<OsStr>) -> Command {
    let mut command = command("taskset");
    command.args(["-c", core]).arg(program);
    command
}

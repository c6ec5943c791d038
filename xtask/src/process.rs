//! Child processes: none may hang us, none may outlive us.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tree;

/// A command in the workspace folder with a closed stdin and plain output,
/// ended by the kernel should we die first.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = if has("setpriv") {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(tree::root()).stdin(Stdio::null());
    command.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    command
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    command(tree::variable("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// True when a program of that name is on the path.
pub(crate) fn has(program: &str) -> bool {
    find(program).is_some()
}

/// The first file of that name on the path.
pub(crate) fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = tree::variable("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Succeeded,
    Failed,
    TimedOut,
}

/// Runs the command, hands each line of its output to `hear`, and kills it
/// with everything it started once `limit` has passed.
pub(crate) fn stream(
    command: &mut Command,
    limit: Duration,
    mut hear: impl FnMut(&str),
) -> Result<Ending> {
    let name = describe(command);
    let deadline = Instant::now() + limit;
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut running = Running(child.with_context(|| format!("could not start {name}"))?);
    let (lines, heard) = mpsc::sync_channel(256);
    read_lines(running.0.stdout.take().expect("stdout is piped"), lines.clone());
    read_lines(running.0.stderr.take().expect("stderr is piped"), lines);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match heard.recv_timeout(left) {
            Ok(line) => hear(&line),
            // Both ends are closed: the process and all that shared its output are done.
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => return Ok(Ending::TimedOut),
        }
    }
    let status = running.0.wait()?;
    Ok(if status.success() { Ending::Succeeded } else { Ending::Failed })
}

/// Runs a short command quietly and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = describe(command);
    let output = command.output().with_context(|| format!("could not start {name}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} failed: {}", said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn read_lines(from: impl Read + Send + 'static, to: mpsc::SyncSender<String>) {
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while matches!(from.read_until(b'\n', &mut line), Ok(read) if read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if to.send(text).is_err() {
                return;
            }
        }
    });
}

/// What a person would type.
pub(crate) fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let own = words.iter().position(|word| word == "--").filter(|_| words[0] == "setpriv");
    let mut own = words[own.map_or(0, |at| at + 1)..].to_vec();
    if let Some(name) = own.first().and_then(|program| program.rsplit('/').next()) {
        own[0] = name.to_owned();
    }
    own.join(" ")
}

/// A child that does not outlive its owner, nor do its own children.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            for pid in descendants(self.0.id()) {
                signal(pid, "KILL");
            }
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// Sends a signal; a process that is gone already is no error.
pub(crate) fn signal(pid: u32, name: &str) {
    // The shell's own `kill`: small systems have no program of that name.
    let script = format!("kill -{name} {pid} 2>/dev/null");
    let _ = Command::new("sh").args(["-c", &script]).status();
}

/// Whether it still runs; a zombie holds nothing any more.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// Every process below `pid`, children before grandchildren.
pub(crate) fn descendants(pid: u32) -> Vec<u32> {
    let parents = parents();
    let mut found = vec![pid];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(child, _)| *child));
        next += 1;
    }
    found.remove(0);
    found
}

/// Pairs of process and parent; empty where there is no `/proc`.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, parent_of(pid)?))).collect()
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in brackets and may itself hold brackets and spaces.
    let (_, after) = stat.rsplit_once(')')?;
    after.split_whitespace().nth(1)?.parse().ok()
}

/// Prints a line of ours or of a child; tests of this program capture it.
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// A temporary folder that goes with its owner.
pub(crate) struct TempDir(std::path::PathBuf);

impl TempDir {
    /// Makes the folder, readable by its owner alone.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let template = std::env::temp_dir().join(format!("tidings-{name}.XXXXXX"));
        let made = output(Command::new("mktemp").arg("-d").arg(template))?;
        Ok(Self(made.trim().into()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_and_failure_are_both_heard() {
        let mut heard: Vec<String> = Vec::new();
        let mut speak = command("sh");
        speak.args(["-c", "echo out; echo err >&2; exit 3"]);
        let ending = stream(&mut speak, Duration::from_secs(20), |line| heard.push(line.into()));
        heard.sort();
        assert_eq!(ending.unwrap(), Ending::Failed);
        assert_eq!(heard, ["err", "out"]);
    }

    #[test]
    fn what_hangs_is_killed_with_its_children() {
        let mut hang = command("sh");
        hang.args(["-c", "sleep 600 & echo $!; wait"]);
        let mut grandchild = None;
        let ending = stream(&mut hang, Duration::from_secs(2), |line| {
            grandchild = line.parse::<u32>().ok();
        });
        assert_eq!(ending.unwrap(), Ending::TimedOut);
        let grandchild = grandchild.expect("it said its number");
        // A killed process is gone once the kernel gets to it, or a zombie
        // until its new parent looks; it tells nobody when.
        let deadline = Instant::now() + Duration::from_secs(20);
        while is_alive(grandchild) {
            assert!(Instant::now() < deadline, "it lives on");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_command_is_described_without_its_wrapping_and_folder() {
        let mut command = command("/opt/tools/cargo");
        command.args(["test", "--workspace"]);
        assert_eq!(describe(&command), "cargo test --workspace");
    }
}

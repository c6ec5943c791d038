//! A disk that fills up: writing is refused by name, people read and sign in,
//! and with room again all is well without a restart.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::crowd::{Crowd, Probe, is_refused, is_sent};
use super::{Faulty, Options};
use crate::need;
use crate::process::{TempDir, command, output, say};
use crate::tidings::Tidings;

/// How soon it must write again once there is room.
const HEALED: Duration = Duration::from_secs(5);

pub(crate) fn run(options: &Options) -> Result<()> {
    if !need::is_root() {
        bail!("a small disk can only be mounted by root");
    }
    let faulty = Faulty::new(options)?;
    for round in 0..options.rounds.unwrap_or(5) {
        full(&faulty, u64::from(round))?;
    }
    Ok(())
}

fn full(faulty: &Faulty, round: u64) -> Result<()> {
    let disk = Disk::mount()?;
    let mut server = Tidings::new(&faulty.binary)?;
    server.data = Some(disk.folder.path().join("data"));
    server.start()?;
    let mut probe = Probe::new(&server, faulty.seed)?;
    let crowd = Crowd::start(&server, faulty.writers, faulty.seed + round)?;
    probe.send_until(HEALED, is_sent)?;
    disk.fill()?;
    probe.send_until(Duration::from_secs(20), |answer| is_refused(answer, "store.disk_full"))?;
    for _ in 0..5 {
        probe.reads()?;
        probe.signs_in()?;
        let answer = probe.send()?;
        ensure!(is_refused(&answer, "store.disk_full"), "{} {}", answer.status, answer.body);
    }
    disk.clear()?;
    let healed = probe.send_until(HEALED, is_sent)?;
    crowd.finish(&mut server)?;
    server.kill();
    let store = disk.folder.path().join("data/tidings.db");
    let found = output(command(need::sqlite()?).arg(&store).arg("pragma integrity_check"))?;
    ensure!(found.trim() == "ok", "the store is damaged: {found}");
    say(&format!(
        "full, refused by name, read and signed in, well again {} ms after there was room",
        healed.as_millis()
    ));
    Ok(())
}

/// A disk in memory, small enough to be filled.
struct Disk {
    folder: TempDir,
}

impl Disk {
    fn mount() -> Result<Self> {
        let folder = TempDir::new("disk")?;
        let mut mount = command("mount");
        mount.args(["-t", "tmpfs", "-o", "size=96m,mode=700", "tmpfs"]).arg(folder.path());
        output(&mut mount)?;
        Ok(Self { folder })
    }

    fn ballast(&self) -> PathBuf {
        self.folder.path().join("ballast")
    }

    /// Takes all the room that is left.
    fn fill(&self) -> Result<()> {
        let mut file = std::fs::File::create(self.ballast())?;
        let block = vec![0; 64 * 1024];
        while file.write_all(&block).is_ok() {}
        // What is left is less than a block, and the next writes take it.
        Ok(())
    }

    fn clear(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.ballast())?)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the server may still be on it, and goes first or after.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}

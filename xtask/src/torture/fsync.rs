//! A disk that fails or is slow: nothing is acknowledged before it is synced,
//! and after the first failure nothing at all.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::crowd::{Crowd, Probe, is_refused, is_sent};
use super::random::Random;
use super::shim::Shim;
use super::{Faulty, Options};
use crate::process::say;
use crate::tidings::Tidings;

pub(crate) fn run(options: &Options) -> Result<()> {
    let faulty = Faulty::new(options)?;
    let shim = Shim::build()?;
    let mut random = Random::new(faulty.seed);
    synced(&faulty, &shim)?;
    for round in 0..options.rounds.unwrap_or(20) {
        let fault = if round % 2 == 0 { "fail-sync" } else { "fail-write" };
        failed(&faulty, &shim, fault, &mut random)?;
    }
    Ok(())
}

fn server(faulty: &Faulty, shim: &Shim) -> Result<Tidings> {
    let mut server = Tidings::new(&faulty.binary)?;
    shim.under(&mut server);
    server.start()?;
    Ok(server)
}

/// Each send that follows another's answer, over HTTP or a socket, costs a sync
/// of its own, and while syncs are held back nobody is told anything; a kill
/// then loses nothing.
fn synced(faulty: &Faulty, shim: &Shim) -> Result<()> {
    const SENDS: u64 = 30;
    let mut server = server(faulty, shim)?;
    let mut probe = Probe::new(&server, faulty.seed)?;
    let mut socket = probe.socket()?;
    let before = shim.syncs();
    for number in 0..SENDS {
        let answer = if number % 2 == 0 { probe.send()? } else { probe.emit(&mut socket)? };
        ensure!(is_sent(&answer), "a send was refused: {} {}", answer.status, answer.body);
    }
    let counted = shim.syncs() - before;
    ensure!(counted >= SENDS, "{SENDS} acknowledgements after {counted} syncs");

    let crowd = Crowd::start(&server, faulty.writers, faulty.seed)?;
    wait_for(&crowd, 50)?;
    shim.begin("hold-sync")?;
    // Answers to what was synced before are still on their way.
    std::thread::sleep(Duration::from_millis(300));
    let (held, syncs) = (crowd.acknowledged(), shim.syncs());
    std::thread::sleep(Duration::from_millis(700));
    let told = crowd.acknowledged() - held;
    ensure!(told == 0 && shim.syncs() == syncs, "{told} sends acknowledged without a sync");
    server.kill();
    shim.end("hold-sync")?;
    server.start()?;
    wait_for(&crowd, held + 50)?;
    say(&format!("{SENDS} sends, {counted} syncs; none of the crowd's acknowledged unsynced"));
    crowd.finish(&mut server)
}

/// The disk fails once, under load. What was acknowledged stays; the rest is
/// refused until a restart, though the disk seems well again; reading goes on.
fn failed(faulty: &Faulty, shim: &Shim, fault: &str, random: &mut Random) -> Result<()> {
    let mut server = server(faulty, shim)?;
    let mut probe = Probe::new(&server, faulty.seed)?;
    let crowd = Crowd::start(&server, faulty.writers, random.next())?;
    wait_for(&crowd, 20 + random.below(200))?;
    shim.begin(fault)?;
    let refused = |answer: &_| is_refused(answer, "store.unavailable");
    let noticed = probe.send_until(Duration::from_secs(5), refused);
    shim.end(fault)?;
    let noticed = noticed?;
    // Answers to what was stored before are still on their way.
    std::thread::sleep(Duration::from_millis(500));
    let told = crowd.acknowledged();
    for _ in 0..5 {
        ensure!(refused(&probe.send()?), "a write was taken after the disk had failed");
        probe.reads()?;
    }
    let later = crowd.acknowledged();
    ensure!(told == later, "{} sends acknowledged after the disk had failed", later - told);
    let ready = probe.client.ask("GET", "/readyz", None)?.status;
    ensure!(ready == 503, "it says that it is ready: {ready}");
    server.kill();
    server.start()?;
    wait_for(&crowd, later + 20)?;
    say(&format!("{fault}: noticed after {} ms, refused until the restart", noticed.as_millis()));
    crowd.finish(&mut server)
}

/// Waits until the crowd was told so often that its message is stored.
fn wait_for(crowd: &Crowd, acknowledged: u64) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while crowd.acknowledged() < acknowledged {
        ensure!(Instant::now() < deadline, "{} acknowledged after 30 s", crowd.acknowledged());
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

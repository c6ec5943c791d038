//! Kills the real binary at random under load, and proves what is left.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use super::check::check;
use super::history::History;
use super::random::Random;
use super::writer::{Shared, Writer};
use crate::process::say;
use crate::serve;
use crate::tidings::{Tidings, befriend};

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
    let writers = prepare(&server, options.writers, seed)?;
    let shared = Arc::clone(&writers[0].shared);
    let threads: Vec<_> =
        writers.into_iter().map(|writer| std::thread::spawn(|| writer.work())).collect();
    let outcome = kill(&mut server, &shared, options, &mut Random::new(seed));
    shared.stop.store(true, Ordering::SeqCst);
    outcome?;
    let mut writers = Vec::new();
    for thread in threads {
        writers.push(thread.join().expect("a writer reports errors and does not panic")?);
    }
    // What is judged is what a last kill leaves.
    server.kill();
    server.start()?;
    judge(writers)
}

/// Signs everybody up and makes every two of them friends.
fn prepare(server: &Tidings, count: usize, seed: u64) -> Result<Vec<Writer>> {
    if count < 2 {
        bail!("it takes two to have a chat");
    }
    let names = (0..count).map(|number| format!("writer{number}"));
    let people = names.map(|name| server.sign_up(&name)).collect::<Result<Vec<_>>>()?;
    let mut chats = Vec::new();
    let mut members = Vec::new();
    for one in 0..count {
        for other in one + 1..count {
            chats.push(befriend(server.address, &people[one], &people[other])?);
            members.push((one, other));
        }
    }
    let numbers = people.iter().enumerate().map(|(number, person)| (person.id.clone(), number));
    let shared = Arc::new(Shared {
        clock: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        acknowledged: AtomicU64::new(0),
        chats,
        people: numbers.collect::<HashMap<_, _>>(),
    });
    let writers = people.into_iter().enumerate().map(|(number, person)| {
        let client = person.client(server.address);
        let mut writer = Writer::new(&shared, number, person, client, seed);
        let own = members.iter().enumerate();
        let own = own.filter(|(_, (one, other))| [*one, *other].contains(&number));
        writer.chats = own.map(|(chat, _)| chat).collect();
        writer
    });
    Ok(writers.collect())
}

/// The schedule: a while of work, a kill, and mostly a full start; now and then
/// it is killed again while it starts.
fn kill(
    server: &mut Tidings,
    shared: &Shared,
    options: &Options,
    random: &mut Random,
) -> Result<()> {
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
            let acknowledged = shared.acknowledged.load(Ordering::Relaxed);
            say(&format!(
                "{number} kills, {acknowledged} acknowledged, slowest start {} ms",
                slowest.as_millis()
            ));
        }
    }
    while shared.acknowledged.load(Ordering::Relaxed) < options.acks {
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Reads everything as everybody, joins the notes and looks for faults.
fn judge(writers: Vec<Writer>) -> Result<()> {
    let mut history = History::default();
    for mut writer in writers {
        for chat in writer.chats.clone() {
            history.views.push(writer.read_all(chat)?);
        }
        history.sends.append(&mut writer.history.sends);
        history.changes.append(&mut writer.history.changes);
        history.seen.append(&mut writer.history.seen);
    }
    let doubtful = history.sends.iter().filter(|send| send.acknowledged.is_empty()).count();
    say(&format!(
        "{} sends ({doubtful} in doubt), {} changes, {} rows read on the way",
        history.sends.len(),
        history.changes.len(),
        history.seen.len()
    ));
    let faults = check(&history);
    let mut kinds: Vec<_> = faults.0.iter().collect();
    kinds.sort_by_key(|(fault, _)| **fault);
    for (fault, cases) in kinds {
        say(&format!("{fault:?}: {}", cases.len()));
        cases.iter().take(10).for_each(|case| say(&format!("  {case}")));
    }
    if faults.count() > 0 {
        bail!("{} faults", faults.count());
    }
    say("0 lost, 0 duplicated, 0 phantom, 0 reordered, 0 missing, 0 resurrected");
    Ok(())
}

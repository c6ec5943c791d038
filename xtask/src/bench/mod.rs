//! `cargo xtask bench`: ours beside others, in one run on one machine.
//!
//! Owns the rounds and what is made of them. A contest says what it compares
//! and how one round of it is run; a new one is a file beside this, a word in
//! `What` and a line in `contest`. Server on core 0, load on core 1.

mod board;
mod build;
mod chat;
mod live;
mod load;
mod machine;
mod peer;
mod signed;
mod stalled;
mod store;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use self::board::{Board, Case};
use crate::process::say;
use crate::session::NotAllPassed;
use crate::tree;

#[derive(Args)]
pub(crate) struct Options {
    what: What,
    /// Short windows and a smaller store; still three rounds
    #[arg(long)]
    quick: bool,
    /// Print the results as JSON
    #[arg(long)]
    json: bool,
    /// A binary of ours that is built already, optimised
    #[arg(long)]
    binary: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The full path: signed in, checked, durable, delivered, acknowledged
    Chat,
    /// The transport alone: connections, rooms, echoes, memory
    Live,
    /// The store by itself: durable sends, pages, lists, the start
    Store,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Store => "store",
            Self::Live => "live",
        }
    }
}

/// Several variants of one thing, measured in turn.
trait Contest {
    /// What is compared, and what has to be reached.
    fn cases(&self) -> Vec<Case>;

    /// Runs every variant of every case once. Variants of one case stand
    /// close together, so that a noisy minute falls on all of them.
    fn round(&mut self, number: u32, board: &mut Board) -> Result<()>;
}

fn contest(options: &Options) -> Result<Box<dyn Contest>> {
    Ok(match options.what {
        What::Chat => Box::new(chat::Chat::prepare(options)?),
        What::Store => Box::new(store::Store::prepare(options)?),
        What::Live => Box::new(live::Live::prepare(options)?),
    })
}

/// Rounds of a contest: an odd number, so that a median is a figure that was seen.
const ROUNDS: u32 = 3;

/// Measures, prints, and keeps the results beside the machine they came from.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut contest = contest(options)?;
    let mut board = Board::new(contest.cases());
    let mut loads = vec![machine::load()];
    for number in 1..=ROUNDS {
        note(options, &format!("round {number} of {ROUNDS}, load {}", machine::load()));
        contest.round(number, &mut board)?;
        loads.push(machine::load());
    }
    let about = json!({ "machine": machine::describe()?, "quick": options.quick, "load": loads });
    keep(options.what.name(), &about, &board)?;
    if options.json {
        println!("{:#}", Value::from(board.json()));
    } else {
        board.table().lines().for_each(say);
    }
    if board.has_missed() { Err(NotAllPassed.into()) } else { Ok(()) }
}

/// Progress goes where it does not spoil the JSON.
fn note(options: &Options, line: &str) {
    if options.json {
        eprintln!("{line}");
    } else {
        say(line);
    }
}

/// Writes the results twice: for programs and for people.
fn keep(name: &str, about: &Value, board: &Board) -> Result<()> {
    let folder = tree::root().join("bench/results");
    std::fs::create_dir_all(&folder)?;
    let file = |ending: &str| -> Result<PathBuf> {
        Ok(folder.join(Path::new(&format!("{}-{name}.{ending}", machine::date()?))))
    };
    let mut whole = about.clone();
    whole["results"] = Value::from(board.json());
    whole["rounds"] = board.rounds();
    std::fs::write(file("json")?, format!("{whole:#}\n"))?;
    let mut page = format!("# bench {name}\n\n");
    for (key, value) in about["machine"].as_object().into_iter().flatten() {
        page += &format!("- {key}: {}\n", value.as_str().unwrap_or(&value.to_string()));
    }
    page += &format!("- load before each round and after: {}\n", about["load"]);
    page += &format!("- quick: {}\n\n{}", about["quick"], board.table());
    std::fs::write(file("md")?, page)?;
    Ok(())
}

//! A write is a value: statements in order, done together or not at all.

use crate::{Args, Sql};

/// Statements that are applied atomically, in order.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) steps: Vec<Step>,
    pub(crate) is_vital: bool,
    pub(crate) is_derived: bool,
}

#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) sql: &'static Sql,
    pub(crate) args: Args,
    pub(crate) demand: Option<u64>,
}

impl Batch {
    /// An empty batch.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the batch use the room that SQLite keeps for a full disk. For what
    /// is small, and without which nobody could get in or out.
    pub fn vital(&mut self) {
        self.is_vital = true;
    }

    /// Says that all it reads or writes can be made anew from other rows. Damage of
    /// an SQLite file that such a batch meets undoes the batch alone; that which
    /// another meets ends the writing.
    pub fn derived(&mut self) {
        self.is_derived = true;
    }

    /// How many statements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Adds a statement; returns its place, counted from 0, where its rows
    /// will stand in the answer of `Db::write`.
    pub fn run(&mut self, sql: &'static Sql, args: Args) -> usize {
        self.push(sql, args, None)
    }

    /// Adds a statement that must touch (change, or return) exactly `rows`
    /// rows; otherwise the whole batch is undone and the error names it.
    pub fn demand(&mut self, rows: u64, sql: &'static Sql, args: Args) -> usize {
        self.push(sql, args, Some(rows))
    }

    fn push(&mut self, sql: &'static Sql, args: Args, demand: Option<u64>) -> usize {
        self.steps.push(Step { sql, args, demand });
        self.steps.len() - 1
    }
}

//! Appends: the one kind of write that is worth doing for many at once.
//!
//! An [`Append`] says how a request is written: a row of columns, and
//! statements that use them. There are two ways, told apart by who else may
//! write:
//!
//! - **Alone** ([`Alone`]), on SQLite, whose one writer groups commits by itself.
//!   What one statement has read is still so for the next, which takes it as a
//!   parameter; nothing is locked, and nothing looked up twice.
//! - **Many at once** ([`Many`]), on PostgreSQL: what came while the previous group
//!   was under way, its parameters being arrays, one element for each request.
//!   A lone request is a group of one. The whole group is one transaction:
//!
//! ```text
//! begin · lock the group's keys, sorted · add · commit
//! ```
//!
//! and only what was not added is looked for then. Each statement of a group
//! costs about as much as a row of it, so `add` does everything at once.
//!
//! **The lock is a statement of its own**: a statement that waits for a row
//! goes on with the snapshot from before the wait, and would place two rows
//! alike. Requests of one key always use one connection, so a hot key does not
//! wait for itself. Only appends belong here: groups that touch each other's
//! rows in other ways deadlock.
//!
//! What a plan must keep:
//! - **Idempotent.** A group whose connection broke is sent again, and callers
//!   retry. A repeated request finds its first row and adds nothing, also when
//!   it would be refused by now.
//! - **Refusing is silent.** A request that may not be written adds nothing
//!   and gets no row; the others of its group must not notice. (A statement
//!   that fails is found by halving the group, which costs the others time.)
//! - **A row that is there stays**: it is looked for after the commit.
//! - **Look up by key.** The server is told to use indexes and nested loops
//!   only; a join of two sets without an index is slow.
//! - **Repeats inside a group** are one row: `select distinct on (…)`.
//! - Rows of a group begin with the request's number:
//!   `unnest($1::bytea[], …) with ordinality as r (chat_id, …, ord)`. The
//!   number is taken off, so both ways answer alike.

use crate::{Args, Row, Rows, Sql, Value};

/// How a request is appended; see the module.
#[derive(Clone, Copy, Debug)]
pub struct Append {
    /// The column that is the key, counted from 0.
    pub key: usize,
    /// A group of them, where others may write as well.
    pub many: Many,
    /// One by the only writer.
    pub alone: Alone,
}

/// How a group is appended under locks.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    /// Locks the group's keys, one array, in their order: sorted, each once.
    pub lock: &'static str,
    /// Adds the rows, and what follows from them, and answers with the place
    /// of each, unless it is refused or there already.
    pub add: Step,
    /// Answers with the rows that are there.
    pub find: Step,
}

/// A statement of a group.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What is run.
    pub sql: &'static str,
    /// Which columns of the requests are `$1`, `$2` …, counted from 0.
    pub columns: &'static [usize],
}

/// How the only writer appends.
#[derive(Clone, Copy, Debug)]
pub struct Alone {
    /// Answers with the place that the row takes, or not at all when the
    /// request is refused.
    pub place: Turn,
    /// Adds the row, or touches nothing when it is there already.
    pub add: Turn,
    /// What follows from an added row, in order.
    pub then: &'static [Turn],
    /// Answers with the row that is there.
    pub find: Turn,
}

/// A statement of the only writer.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// What is run.
    pub sql: &'static Sql,
    /// Which columns of the request are `$1`, `$2` …, counted from 0.
    pub columns: &'static [usize],
    /// Which columns of the place are the parameters after them.
    pub place: &'static [usize],
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Appended {
    /// This request has added its row, at the place that `add` or `place` said.
    New(Row),
    /// An earlier one has; the row as `find` says it is now.
    Found(Row),
    /// It may not be written.
    Refused,
}

impl Appended {
    /// From the rows of `add` or `place`, and of `find`.
    pub(crate) fn read(mut rows: Rows) -> Self {
        if let Some(place) = rows.first_mut().and_then(Vec::pop) {
            return Self::New(place);
        }
        rows.pop().and_then(|mut found| found.pop()).map_or(Self::Refused, Self::Found)
    }
}

impl Append {
    /// Whether `row` has the columns that the statements pick, and no others.
    pub(crate) fn fits(&self, row: &Args) -> bool {
        let picked = [&self.many.add, &self.many.find].into_iter().flat_map(|step| step.columns);
        picked.chain([&self.key]).max().is_some_and(|last| last + 1 == row.len())
    }

    pub(crate) fn key<'r>(&self, row: &'r [Value]) -> &'r Value {
        &row[self.key]
    }
}

impl Alone {
    /// What may be run, in order.
    pub(crate) fn turns(&self) -> impl Iterator<Item = &Turn> {
        [&self.place, &self.add].into_iter().chain(self.then).chain([&self.find])
    }
}

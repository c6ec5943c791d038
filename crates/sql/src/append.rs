//! Appends: the one kind of write that is worth doing for many at once.
//!
//! An [`Append`] says how a request is written: a row of columns, and steps
//! that use them. Each step has two texts. `one` writes a single request and
//! serves both engines; `many` is for PostgreSQL and writes a whole group in
//! one statement, its parameters being arrays, one element for each request.
//!
//! SQLite runs the `one` texts as a batch, since its writer groups commits by
//! itself; it needs no lock, because nobody else writes, and it leaves out the
//! steps that an earlier answer makes needless. PostgreSQL collects what came
//! while the previous group was under way and runs the `many` texts in one
//! transaction, sent in one go:
//!
//! ```text
//! begin · lock the group's keys, sorted · add · then · find · commit
//! ```
//!
//! **The lock is a statement of its own**: a statement that waits for a row
//! goes on with the snapshot from before the wait, and would place two rows
//! alike. Requests of one key always use one connection, so a hot key does not
//! wait for itself. Only appends belong here: groups that touch each other's
//! rows in other ways deadlock.
//!
//! What a plan must keep:
//! - **Idempotent.** A group whose connection broke is sent again, and callers
//!   retry. A repeated request finds its first row and adds nothing.
//! - **Refusing is silent.** A request that may not be written adds nothing
//!   and gets no row; the others of its group must not notice. (A statement
//!   that fails is found by halving the group, which costs the others time.)
//! - **Look up by key.** The server is told to use indexes and nested loops
//!   only; a step that joins two sets without an index is slow.
//! - **Repeats inside a group** are one row: `select distinct on (…)`.
//! - `many` begins its rows, if it has any, with the request's number:
//!   `unnest($1::bytea[], …) with ordinality as r (chat_id, …, ord)`. The
//!   number is taken off, so both texts answer alike.

use crate::batch::When;
use crate::{Args, Batch, Row, Rows, Sql, Value};

/// How a request is appended; see the module.
#[derive(Clone, Copy, Debug)]
pub struct Append {
    /// Takes hold of the key. `one` is given the picked column, `many` the
    /// group's keys as one array, sorted and without repeats: it locks them in
    /// that order.
    pub lock: Step,
    /// Adds the row and answers with it, unless it is refused or there already.
    pub add: Step,
    /// What follows from an added row, in order. Changes nothing without one.
    pub then: &'static [Step],
    /// Answers with the row that is there, by the same columns as `add`.
    pub find: Step,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Appended {
    /// The row, as it is now; nothing when the request was refused.
    pub row: Option<Row>,
    /// This request has added it.
    pub is_new: bool,
}

impl Appended {
    /// From the rows of `add`, of what was done then, and of `find`.
    pub(crate) fn read(mut rows: Rows) -> Self {
        let added = rows.first_mut().and_then(Vec::pop);
        let is_new = added.is_some();
        Self { row: added.or_else(|| rows.pop().and_then(|mut found| found.pop())), is_new }
    }
}

/// A step of an append.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// For a single request, on both engines.
    pub one: &'static Sql,
    /// For a group, on PostgreSQL.
    pub many: &'static str,
    /// Which columns of the request are `$1`, `$2` …, counted from 0.
    pub columns: &'static [usize],
}

impl Append {
    /// What is done under the lock, in order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        std::iter::once(&self.add).chain(self.then).chain([&self.find])
    }

    /// The request as SQLite writes it.
    pub(crate) fn single(&self, row: &Args) -> Batch {
        let mut batch = Batch::new();
        let pick = |step: &Step| step.columns.iter().map(|at| row[*at].clone()).collect();
        batch.run(self.add.one, pick(&self.add));
        for step in self.then {
            batch.run_when(When::FirstAnswered, step.one, pick(step));
        }
        batch.run_when(When::FirstSilent, self.find.one, pick(&self.find));
        batch
    }

    /// Whether `row` has the columns that the steps pick, and no others.
    pub(crate) fn fits(&self, row: &Args) -> bool {
        let picked = self.steps().flat_map(|step| step.columns).chain(self.lock.columns);
        picked.max().is_some_and(|last| last + 1 == row.len()) && self.lock.columns.len() == 1
    }

    pub(crate) fn key<'r>(&self, row: &'r [Value]) -> &'r Value {
        &row[self.lock.columns[0]]
    }
}

/// Takes the lock's rows off.
pub(crate) fn without_lock(mut rows: Rows) -> Rows {
    rows.drain(..1);
    rows
}

//! What a write does inside the transaction of its group.

use super::session::{Fault, Outcome, Session};
use crate::append::{Alone, Append, Turn};
use crate::batch::Step;
use crate::db::Rows;
use crate::{Args, Batch, Error, Row, Value};

/// What is done together or not at all.
pub(super) enum Write {
    Batch(Batch),
    Append(&'static Append, Args),
}

impl Write {
    pub(super) fn is_vital(&self) -> bool {
        matches!(self, Self::Batch(batch) if batch.is_vital)
    }

    fn is_derived(&self) -> bool {
        matches!(self, Self::Batch(batch) if batch.is_derived)
    }
}

/// A fault, and the statement in which it came.
struct Failed {
    fault: Fault,
    text: &'static str,
}

impl Session<'_> {
    /// The inner error is the write's own, whose first statements may be done, and
    /// which may have met damage; the outer one ends the transaction.
    pub(super) fn apply(&mut self, write: &Write) -> Result<Result<Rows, Error>, Fault> {
        let done = match write {
            Write::Batch(batch) => self.batch(batch),
            Write::Append(plan, request) => self.append(&plan.alone, request),
        };
        let Failed { fault, text } = match done {
            Ok(rows) => return Ok(Ok(rows)),
            Err(failed) => failed,
        };
        let fault = if write.is_derived() { fault.of_derived() } else { fault };
        // Some failures undo the whole transaction, not the statement.
        if fault.is_fatal() || self.connection.is_autocommit() {
            return Err(fault);
        }
        Ok(Err(fault.into_error(text)))
    }

    fn batch(&mut self, batch: &Batch) -> Result<Rows, Failed> {
        let steps = batch.steps.iter().enumerate();
        let rows = steps.map(|(at, step)| self.step(at, step)).collect::<Result<_, _>>()?;
        if batch.is_derived {
            self.settle()?;
        }
        Ok(rows)
    }

    /// Has an index of words write what it would hold back until COMMIT, where
    /// damage would be everybody's: it writes whenever a savepoint begins.
    fn settle(&mut self) -> Result<(), Failed> {
        for text in ["savepoint settled", "release settled"] {
            self.run_raw(text, &[]).map_err(|fault| Failed { fault, text })?;
        }
        Ok(())
    }

    fn step(&mut self, at: usize, step: &Step) -> Result<Vec<Row>, Failed> {
        let text = step.sql.sqlite;
        let outcome = self.run_raw(text, &step.args).map_err(|fault| Failed { fault, text })?;
        match step.demand {
            Some(wanted) if wanted != outcome.touched => {
                let fault = Error::Demand { statement: at, wanted, got: outcome.touched };
                Err(Failed { fault: Fault::Ours(fault), text })
            }
            _ => Ok(outcome.rows),
        }
    }

    /// Answers with the place of an added row, or with nothing and what is
    /// found instead.
    fn append(&mut self, alone: &Alone, request: &[Value]) -> Result<Rows, Failed> {
        let place = self.turn(&alone.place, request, &[])?.rows.pop();
        if let Some(Row(place)) = place
            && self.turn(&alone.add, request, &place)?.touched > 0
        {
            for turn in alone.then {
                self.turn(turn, request, &place)?;
            }
            return Ok(vec![vec![Row(place)]]);
        }
        Ok(vec![Vec::new(), self.turn(&alone.find, request, &[])?.rows])
    }

    fn turn(&mut self, turn: &Turn, request: &[Value], place: &[Value]) -> Result<Outcome, Failed> {
        let text = turn.sql.sqlite;
        let columns = turn.columns.iter().map(|at| request.get(*at));
        let args = columns.chain(turn.place.iter().map(|at| place.get(*at)));
        let args = args.collect::<Option<Vec<_>>>().ok_or_else(|| Failed {
            fault: Fault::Ours(Error::Engine("a column of an append is not there".into())),
            text,
        })?;
        self.run_with(text, args.into_iter()).map_err(|fault| Failed { fault, text })
    }
}

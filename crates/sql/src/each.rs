//! One reading of many things at once.

use crate::db::Rows;
use crate::{Args, Batch, Error, Row, Sql, Value};

/// A reading statement that is asked for many rows of arguments. On SQLite it is
/// run for each of them, which costs hardly more than what it reads; on PostgreSQL
/// one statement takes them all.
#[derive(Clone, Copy, Debug)]
pub struct Each {
    /// For one row of arguments.
    pub one: Sql,
    /// For all of them: each parameter is a list, and before the columns of `one`
    /// stands, counted from 1, whose row it is.
    pub all: Sql,
}

impl Each {
    /// `one` for SQLite, `all` for PostgreSQL.
    #[must_use]
    pub const fn new(one: Sql, all: &'static str) -> Self {
        Self { one, all: Sql::new(all) }
    }

    /// Adds one statement for each row of arguments, at the end.
    pub(crate) fn ask_one_by_one(&'static self, batch: &mut Batch, asked: Vec<Args>) {
        for args in asked {
            batch.run(&self.one, args);
        }
    }

    /// Adds one statement for all, at the end.
    pub(crate) fn ask_at_once(&'static self, batch: &mut Batch, asked: Vec<Args>) {
        let mut lists: Vec<Vec<Value>> = Vec::new();
        for args in asked {
            lists.resize_with(args.len(), Vec::new);
            lists.iter_mut().zip(args).for_each(|(list, value)| list.push(value));
        }
        if !lists.is_empty() {
            batch.run(&self.all, lists.into_iter().map(Value::List).collect());
        }
    }
}

/// The rows of each of so many rows of arguments that were asked at once.
pub(crate) fn part(rows: Vec<Row>, count: usize) -> Result<Rows, Error> {
    let mut parts = vec![Vec::new(); count];
    for Row(mut columns) in rows {
        let Some(Value::Int(nth)) = (!columns.is_empty()).then(|| columns.remove(0)) else {
            return Err(Error::Decode("a row that does not say whose it is".into()));
        };
        let at = usize::try_from(nth - 1).ok().and_then(|at| parts.get_mut(at));
        at.ok_or_else(|| Error::Decode(format!("a row of what was not asked: {nth}")))?
            .push(Row(columns));
    }
    Ok(parts)
}

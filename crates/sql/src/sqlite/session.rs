//! One connection with its prepared statements; used by one thread.

use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::types::{ToSqlOutput, Value as Cell, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, ffi};

use super::text::for_sqlite;
use crate::{Error, Row, Value};

/// A connection and the statements prepared on it. Statement texts live for
/// ever, so their address is their name.
pub(super) struct Session<'c> {
    pub(super) connection: &'c Connection,
    statements: HashMap<(usize, usize), Statement<'c>>,
}

/// What a statement did: the rows it returned, and how many it touched.
pub(super) struct Outcome {
    pub(super) rows: Vec<Row>,
    pub(super) touched: u64,
}

impl<'c> Session<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, statements: HashMap::new() }
    }

    pub(super) fn run(&mut self, text: &'static str, args: &[Value]) -> Result<Outcome, Error> {
        self.run_raw(text, args).map_err(|fault| fault.into_error(text))
    }

    /// Like `run`, without turning the engine's error into ours.
    pub(super) fn run_raw(&mut self, text: &'static str, args: &[Value]) -> Result<Outcome, Fault> {
        self.run_with(text, args.iter())
    }

    /// Like `run_raw`, with parameters from several places.
    pub(super) fn run_with<'v>(
        &mut self,
        text: &'static str,
        args: impl ExactSizeIterator<Item = &'v Value>,
    ) -> Result<Outcome, Fault> {
        let connection = self.connection;
        let statement = self.prepared(text)?;
        let (wanted, given) = (statement.parameter_count(), args.len());
        if wanted != given {
            return Err(Fault::Ours(Error::argument_count(wanted, given, text)));
        }
        for (at, value) in args.enumerate() {
            bind(statement, at + 1, value)?;
        }
        let width = statement.column_count();
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let mut columns = Vec::with_capacity(width);
            for at in 0..width {
                columns.push(read(row.get_ref(at)?)?);
            }
            rows.push(Row(columns));
        }
        let touched = if width == 0 { connection.changes() } else { rows.len() as u64 };
        Ok(Outcome { rows, touched })
    }

    pub(super) fn prepared(&mut self, text: &'static str) -> Result<&mut Statement<'c>, Fault> {
        let name = (text.as_ptr() as usize, text.len());
        if !self.statements.contains_key(&name) {
            self.statements.insert(name, self.connection.prepare(&for_sqlite(text))?);
        }
        Ok(self.statements.get_mut(&name).expect("it was put there above"))
    }
}

fn bind(statement: &mut Statement<'_>, at: usize, value: &Value) -> Result<(), Fault> {
    let cell = match value {
        Value::Null => ToSqlOutput::Owned(Cell::Null),
        Value::Int(int) => ToSqlOutput::Owned(Cell::Integer(*int)),
        Value::Bool(bool) => ToSqlOutput::Owned(Cell::Integer(i64::from(*bool))),
        Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Value::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        Value::List(items) => {
            let cells = items.iter().map(cell).collect::<Result<Vec<_>, _>>()?;
            return Ok(statement.raw_bind_parameter(at, Rc::new(cells))?);
        }
    };
    Ok(statement.raw_bind_parameter(at, cell)?)
}

fn cell(value: &Value) -> Result<Cell, Fault> {
    match value {
        Value::Null => Ok(Cell::Null),
        Value::Int(int) => Ok(Cell::Integer(*int)),
        Value::Bool(bool) => Ok(Cell::Integer(i64::from(*bool))),
        Value::Text(text) => Ok(Cell::Text(text.clone())),
        Value::Bytes(bytes) => Ok(Cell::Blob(bytes.clone())),
        Value::List(_) => Err(Fault::Ours(Error::Engine("a list inside a list".into()))),
    }
}

pub(super) fn read(cell: ValueRef<'_>) -> Result<Value, Fault> {
    match cell {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(int) => Ok(Value::Int(int)),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(Fault::Ours(Error::Decode("text that is not UTF-8".into()))),
        },
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        ValueRef::Real(_) => Err(Fault::Ours(Error::Decode(
            "a floating-point number, which the store has not".into(),
        ))),
    }
}

/// An error before it is known what it means to the thread it happened in.
pub(crate) enum Fault {
    Ours(Error),
    Engine(rusqlite::Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

impl Fault {
    pub(super) fn into_error(self, doing: &str) -> Error {
        let error = match self {
            Self::Ours(error) => return error,
            Self::Engine(error) => error,
        };
        match error.sqlite_error_code() {
            _ if no_room(&error) => Error::DiskFull,
            _ if is_of_index(&error) => {
                Error::Corrupt(format!("an index of words is damaged ({error}): {doing}"))
            }
            Some(ErrorCode::OperationInterrupted) => {
                Error::Unavailable(format!("took too long and was stopped: {doing}"))
            }
            Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseBusy) => {
                Error::Unavailable(format!("{error}: {doing}"))
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Error::Corrupt(format!("the store's file is damaged ({error}): restore a backup"))
            }
            _ => Error::Engine(format!("{error}: {doing}")),
        }
    }

    /// Whether the file can no longer be trusted with writes: the disk failed,
    /// or the file is damaged.
    pub(super) fn is_fatal(&self) -> bool {
        let Self::Engine(error) = self else { return false };
        let code = error.sqlite_error_code();
        let has_failed = code == Some(ErrorCode::SystemIoFailure) && !no_room(error);
        has_failed || (is_damage(error) && !is_of_index(error))
    }

    /// Of what can be made anew, damage is no reason to restore a backup, nor to
    /// refuse writes.
    pub(super) fn of_derived(self) -> Self {
        match self {
            Self::Engine(error) if is_damage(&error) => {
                Self::Ours(Error::Corrupt(format!("what can be made anew is damaged ({error})")))
            }
            fault => fault,
        }
    }
}

/// The file, or an index of words in it, does not hold together.
fn is_damage(error: &rusqlite::Error) -> bool {
    let codes = [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase];
    error.sqlite_error_code().is_some_and(|code| codes.contains(&code))
}

/// A table that only the engine can read, such as an index of words, does not
/// hold together. That is found in what such a table holds, and says nothing of
/// the rows beside it.
fn is_of_index(error: &rusqlite::Error) -> bool {
    error.sqlite_extended_error_code() == Some(ffi::SQLITE_CORRUPT_VTAB)
}

/// A full disk may also show as a failure to grow the shared memory file,
/// which holds nothing that must last.
fn no_room(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
        || error.sqlite_extended_error_code() == Some(ffi::SQLITE_IOERR_SHMSIZE)
}

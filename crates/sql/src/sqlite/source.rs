//! A store's file as something to read from: to move it, or to look at it.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::file;
use super::session::{Fault, read};
use super::words;
use crate::{Error, Row, Value};

/// A file that nobody else has open, and stays so while this lives.
pub(crate) struct Source {
    connection: Connection,
    _lock: File,
}

/// A table and its columns, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    columns: Vec<Column>,
}

#[derive(Clone, Debug)]
struct Column {
    name: String,
    is_boolean: bool,
}

impl Source {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Err(Error::Engine(format!("{} does not exist", path.display())));
        }
        let lock = file::lock(path)?;
        Ok(Self { connection: file::open_writer(path, None)?, _lock: lock })
    }

    /// The newest migration that was applied.
    pub(crate) fn schema(&self) -> Result<i64, Error> {
        schema(&self.connection).map_err(|fault| fault.into_error("schema"))
    }

    /// Every table but the list of migrations, by name. What only the engine
    /// keeps, such as its indexes of words, is none.
    pub(crate) fn tables(&self) -> Result<Vec<Table>, Error> {
        let tables = || -> Result<Vec<Table>, Fault> {
            let mut list = self.connection.prepare(
                "select name from pragma_table_list
                 where schema = 'main' and type = 'table'
                   and name not like 'sqlite~_%' escape '~' and name <> 'schema_migration'
                 order by name",
            )?;
            let names = list.query_map([], |row| row.get::<_, String>(0))?;
            names.map(|name| self.table(name?)).collect()
        };
        tables().map_err(|fault| fault.into_error("tables"))
    }

    fn table(&self, name: String) -> Result<Table, Fault> {
        let mut info = self.connection.prepare("select name, type from pragma_table_info(?1)")?;
        let columns = info.query_map([&name], |row| {
            let declared: String = row.get(1)?;
            Ok(Column { name: row.get(0)?, is_boolean: declared.eq_ignore_ascii_case("boolean") })
        })?;
        Ok(Table { columns: columns.collect::<Result<_, _>>()?, name })
    }
}

impl Table {
    /// The name as it stands in a statement.
    pub(crate) fn quoted(&self) -> String {
        quote(&self.name)
    }

    /// The columns as they stand in a statement.
    pub(crate) fn columns(&self) -> String {
        self.columns.iter().map(|column| quote(&column.name)).collect::<Vec<_>>().join(", ")
    }

    /// Gives every row of the table in the file `from` to `take`, until it
    /// has enough. Booleans, which SQLite has not, come as booleans.
    pub(crate) fn each(
        &self,
        from: &Path,
        mut take: impl FnMut(Row) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let mut each = || -> Result<(), Fault> {
            let connection = open_to_read(from)?;
            let text = format!("select {} from {}", self.columns(), self.quoted());
            let mut statement = connection.prepare(&text)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let values = self.columns.iter().enumerate();
                let values = values.map(|(at, column)| {
                    Ok(match read(row.get_ref(at)?)? {
                        Value::Int(int) if column.is_boolean => Value::Bool(int != 0),
                        value => value,
                    })
                });
                if take(Row(values.collect::<Result<_, Fault>>()?)).is_break() {
                    break;
                }
            }
            Ok(())
        };
        each().map_err(|fault| fault.into_error(&self.name))
    }
}

/// Looks at every page of a file that no server uses, and tells its schema.
pub(crate) fn inspect(path: &Path) -> Result<i64, Error> {
    let look = || -> Result<(Option<String>, i64), Fault> {
        let connection = open_to_read(path)?;
        Ok((words::damage(&connection, "integrity_check")?, schema(&connection)?))
    };
    match look().map_err(|fault| fault.into_error("inspect"))? {
        (None, schema) => Ok(schema),
        (Some(damage), _) => Err(Error::Corrupt(format!("the store's file is damaged: {damage}"))),
    }
}

fn schema(connection: &Connection) -> Result<i64, Fault> {
    let newest = "select coalesce(max(number), 0) from schema_migration";
    Ok(connection.query_row(newest, [], |row| row.get(0))?)
}

fn open_to_read(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

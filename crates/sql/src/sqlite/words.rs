//! Tables that only the engine reads, its indexes of words: whether one is
//! damaged, and making it anew.
//!
//! All of such an index can be written again, so damage in it must cost nothing
//! else. Its own tables are called its shadows.

use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::apply::Write;
use super::file;
use super::session::{Fault, Session};
use crate::{Batch, Error};

const SHADOWS: &str = "select name from pragma_table_list
     where schema = 'main' and type = 'shadow' and substr(name, 1, length(?1) + 1) = ?1 || '_'";

/// Looks at all of the index, on a connection of its own.
pub(crate) fn inspect(path: &Path, table: &str) -> Result<(), Error> {
    let connection = file::open_reader(path)?;
    let look = || -> Result<(), Fault> {
        look_at_pages(&connection, table)?;
        look_at(&connection, table)
    };
    look().map_err(|fault| fault.into_error("look at an index of words"))
}

/// Whether the pages of the index are what they should be, whatever stands there.
pub(crate) fn has_sound_pages(path: &Path, table: &str) -> Result<bool, Error> {
    let connection = file::open_reader(path)?;
    Ok(look_at_pages(&connection, table).is_ok())
}

fn look_at_pages(connection: &Connection, table: &str) -> Result<(), Fault> {
    let mut shadows = connection.prepare(SHADOWS)?;
    let names = shadows.query_map([table], |row| row.get::<_, String>(0))?;
    names.into_iter().try_for_each(|name| look_at(connection, &name?))
}

fn look_at(connection: &Connection, table: &str) -> Result<(), Fault> {
    let verdict: String =
        connection.query_row(&format!("pragma quick_check('{table}')"), [], |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(Fault::Ours(Error::Corrupt(format!("an index of words is damaged ({verdict})"))))
}

/// Makes the index anew, without a word in it, and applies the batch with it. Where
/// its pages are damaged, none of them is touched: they may lead into what is not
/// its own. They stay behind in the file, used by nothing, until it is copied.
pub(crate) fn renew(
    connection: &Connection,
    table: &str,
    is_sound: bool,
    batch: Batch,
) -> Result<(), Fault> {
    let beside = Write::Batch(batch);
    let attempt = |how: fn(&Connection, &str) -> Result<(), Fault>| -> Result<(), Fault> {
        connection.execute_batch("begin immediate")?;
        let made = "select sql from sqlite_schema where type = 'table' and name = ?1";
        let made: String = connection.query_row(made, [table], |row| row.get(0))?;
        how(connection, table)?;
        connection.execute_batch(&made)?;
        Session::new(connection).apply(&beside)?.map_err(Fault::Ours)?;
        Ok(connection.execute_batch("commit")?)
    };
    let attempt = |how| {
        let outcome = attempt(how);
        if !connection.is_autocommit() {
            connection.execute_batch("rollback")?;
        }
        outcome
    };
    if is_sound {
        match attempt(drop_all) {
            // An index that cannot be opened cannot be dropped either.
            Err(Fault::Engine(error)) if is_damage(&error) => {}
            outcome => return outcome,
        }
    }
    attempt(forget)
}

fn drop_all(connection: &Connection, table: &str) -> Result<(), Fault> {
    Ok(connection.execute_batch(&format!("drop table {table}"))?)
}

fn forget(connection: &Connection, table: &str) -> Result<(), Fault> {
    connection.execute_batch("pragma writable_schema = on")?;
    let forget = format!("delete from sqlite_schema where name = ?1 or tbl_name in ({SHADOWS})");
    let forgotten = connection.execute(&forget, [table]);
    connection.execute_batch("pragma writable_schema = reset")?;
    forgotten?;
    tracing::warn!(
        table,
        "What was damaged stays in the file, used by nothing; a backup leaves it out."
    );
    Ok(())
}

/// What a check of the whole file, by the pragma of this name, finds against its
/// rows. What it finds against an index of words costs nobody the store.
pub(super) fn damage(connection: &Connection, check: &str) -> Result<Option<String>, Fault> {
    let (first, _) = lines(connection, check, "1")?;
    if first == ["ok"] {
        return Ok(None);
    }
    let harmless = Harmless::of(connection)?;
    let is_foreign = |line: &String| !harmless.is(line);
    if let Some(damage) = first.into_iter().find(is_foreign) {
        return Ok(Some(damage));
    }
    let (all, is_cut_short) = lines(connection, check, &i32::MAX.to_string())?;
    let mut damage = all.iter().find(|line| is_foreign(line)).cloned();
    if is_cut_short && damage.is_none() {
        // The pages are checked before any row is.
        damage = damage_of_rows(connection, check)?;
    }
    if damage.is_none() {
        let found = all.first();
        tracing::warn!(found, "An index of words is damaged, or a page of the file is lost.");
    }
    Ok(damage)
}

/// The same, of each table that is none of the engine's own.
fn damage_of_rows(connection: &Connection, check: &str) -> Result<Option<String>, Fault> {
    let mut tables = connection
        .prepare("select name from pragma_table_list where schema = 'main' and type = 'table'")?;
    for name in tables.query_map([], |row| row.get::<_, String>(0))? {
        let verdict = format!("pragma {check}('{}')", name?);
        let verdict: String = connection.query_row(&verdict, [], |row| row.get(0))?;
        if verdict != "ok" {
            return Ok(Some(verdict));
        }
    }
    Ok(None)
}

/// What the check says, and whether damage ended it, wherever that was.
fn lines(connection: &Connection, check: &str, most: &str) -> Result<(Vec<String>, bool), Fault> {
    let mut statement = match connection.prepare(&format!("pragma {check}({most})")) {
        Err(error) if is_damage(&error) => return Ok((Vec::new(), true)),
        statement => statement?,
    };
    let mut lines = Vec::new();
    for text in statement.query_map([], |row| row.get::<_, String>(0))? {
        match text {
            Ok(text) => lines.extend(text.lines().map(str::to_owned)),
            Err(error) if is_damage(&error) => return Ok((lines, true)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok((lines, false))
}

/// A table of the engine's own that cannot even be opened is an unknown error.
fn is_damage(error: &rusqlite::Error) -> bool {
    let codes = [ErrorCode::DatabaseCorrupt, ErrorCode::Unknown];
    error.sqlite_error_code().is_some_and(|code| codes.contains(&code))
}

/// Damage of an index of words, and pages that nothing uses.
struct Harmless {
    shadows: Vec<(String, i64)>,
}

impl Harmless {
    fn of(connection: &Connection) -> Result<Self, Fault> {
        let mut shadows = connection.prepare(
            "select tbl_name, rootpage from sqlite_schema where tbl_name in
               (select name from pragma_table_list where schema = 'main' and type = 'shadow')",
        )?;
        let shadows = shadows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self { shadows: shadows.collect::<Result<_, _>>()? })
    }

    fn is(&self, line: &str) -> bool {
        let tree = line.strip_prefix("Tree ").and_then(|rest| rest.split(' ').next()?.parse().ok());
        self.shadows.iter().any(|(name, root)| {
            tree == Some(*root)
                || line.ends_with(&format!(" for {name}"))
                || line.contains(&format!(" in {name}."))
        }) || line.starts_with("fts5: ")
            || line.contains("inverted index for FTS5 table main.")
            || (line.starts_with("Page ") && line.ends_with(": never used"))
            || line == "*** in database main ***"
    }
}

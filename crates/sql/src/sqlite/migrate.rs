//! Migrations on SQLite.

use rusqlite::Connection;

use super::session::Fault;
use crate::Error;
use crate::migrate::{APPLIED, CREATE, Migration, checksum_of, pending};

pub(crate) fn run(connection: &Connection, migrations: &[Migration]) -> Result<(), Error> {
    let applied = applied(connection).map_err(|fault| fault.into_error("migrate"))?;
    for migration in pending(migrations, &applied, |migration| migration.text.sqlite)? {
        let result = apply(connection, migration);
        if !connection.is_autocommit() {
            let undone = connection.execute_batch("rollback");
            undone.map_err(|error| Fault::from(error).into_error("migrate"))?;
        }
        let name = format!("migration {} ({})", migration.number, migration.name);
        result.map_err(|fault| fault.into_error(&name))?;
        tracing::info!(number = migration.number, name = migration.name, "Migrated the store.");
    }
    Ok(())
}

fn applied(connection: &Connection) -> Result<Vec<(i64, String)>, Fault> {
    connection.execute_batch(CREATE)?;
    let mut statement = connection.prepare(APPLIED)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn apply(connection: &Connection, migration: &Migration) -> Result<(), Fault> {
    connection.execute_batch("begin immediate")?;
    connection.execute_batch(migration.text.sqlite)?;
    connection.execute(
        "insert into schema_migration (number, name, checksum) values (?1, ?2, ?3)",
        (migration.number, migration.name, checksum_of(migration.text.sqlite)),
    )?;
    connection.execute_batch("commit")?;
    Ok(())
}

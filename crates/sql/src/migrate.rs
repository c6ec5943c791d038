//! Migrations: numbered texts, applied once, in order, and never edited.
//!
//! Each is one transaction together with its row in `schema_migration`, so a
//! kill leaves the old schema or the new one. What was applied is compared by
//! checksum at every start.

use sha2::{Digest, Sha256};

use crate::{Error, Sql};

/// A change of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its place; they are applied in this order, without gaps.
    pub number: i64,
    /// What it is about.
    pub name: &'static str,
    /// Any number of statements.
    pub text: Sql,
}

pub(crate) const CREATE: &str = "create table if not exists schema_migration (\
    number bigint primary key, name text not null, checksum text not null)";
pub(crate) const APPLIED: &str = "select number, checksum from schema_migration order by number";

impl Migration {
    /// One text for both engines.
    #[must_use]
    pub const fn new(number: i64, name: &'static str, text: &'static str) -> Self {
        Self { number, name, text: Sql::new(text) }
    }

    /// Reads a folder's files, given as name and text: `0001_account.sql`
    /// serves both engines, `0002_search.sqlite.sql` and
    /// `0002_search.postgres.sql` one each.
    ///
    /// # Errors
    /// When a name has another form, a number is missing or taken twice, or an
    /// engine has no text.
    pub fn from_files(files: &[(&'static str, &'static str)]) -> Result<Vec<Self>, Error> {
        let mut files = files.iter().map(File::parse).collect::<Result<Vec<_>, _>>()?;
        files.sort_by_key(|file| (file.number, file.engine));
        let mut migrations = Vec::new();
        for same in files.chunk_by(|one, other| one.number == other.number) {
            let text = match same {
                [file] if file.engine.is_empty() => Sql::new(file.text),
                [postgres, sqlite]
                    if postgres.engine == "postgres"
                        && sqlite.engine == "sqlite"
                        && postgres.name == sqlite.name =>
                {
                    Sql::per_engine(sqlite.text, postgres.text)
                }
                [file, ..] => {
                    return Err(Error::Engine(format!(
                        "migration {}: wants one file, or one for each engine",
                        file.number
                    )));
                }
                [] => continue,
            };
            migrations.push(Self { number: same[0].number, name: same[0].name, text });
        }
        without_gap(&migrations)?;
        Ok(migrations)
    }
}

struct File {
    number: i64,
    name: &'static str,
    engine: &'static str,
    text: &'static str,
}

impl File {
    fn parse(&(path, text): &(&'static str, &'static str)) -> Result<Self, Error> {
        let parts = || {
            let (number, rest) = path.strip_suffix(".sql")?.split_once('_')?;
            let (name, engine) = rest.split_once('.').unwrap_or((rest, ""));
            Some(Self { number: number.parse().ok()?, name, engine, text })
        };
        parts().ok_or_else(|| {
            Error::Engine(format!(
                "{path}: a migration is named 0001_name.sql or 0001_name.sqlite.sql"
            ))
        })
    }
}

fn without_gap(migrations: &[Migration]) -> Result<(), Error> {
    for (migration, number) in migrations.iter().zip(1..) {
        if migration.number != number {
            return Err(Error::Engine(format!(
                "migration {number} is missing, {} stands in its place",
                migration.number
            )));
        }
    }
    Ok(())
}

/// The migrations still to apply, given those applied as (number, checksum).
pub(crate) fn pending<'m>(
    migrations: &'m [Migration],
    applied: &[(i64, String)],
    text: fn(&Migration) -> &'static str,
) -> Result<&'m [Migration], Error> {
    without_gap(migrations)?;
    for (number, checksum) in applied {
        let Some(migration) = migrations.iter().find(|migration| migration.number == *number)
        else {
            return Err(Error::Engine(format!(
                "the store has migration {number}, which this program does not know: \
                 it was written by a newer version, so start that one"
            )));
        };
        if checksum_of(text(migration)) != *checksum {
            return Err(Error::Engine(format!(
                "migration {number} ({}) was edited after it was applied: \
                 put its text back and add a new migration",
                migration.name
            )));
        }
    }
    Ok(&migrations[applied.len().min(migrations.len())..])
}

pub(crate) fn checksum_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

//! A copy of the store, made while it is in use.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::file::beside;
use super::session::Fault;
use crate::Error;

/// Writes a copy of `from` to `to`: whole or not at all, and on the disk when
/// this returns. It is one moment of the store, compact, without a log.
pub(crate) fn write(from: &Path, to: &Path) -> Result<(), Error> {
    let part = beside(to, ".part");
    let result = copy(from, &part).and_then(|()| settle(&part, to));
    if result.is_err() {
        // What was begun is of no use; the error says why.
        drop(fs::remove_file(&part));
    }
    result
}

fn copy(from: &Path, part: &Path) -> Result<(), Error> {
    match fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(failed(part, &error));
        }
        _ => {}
    }
    // A connection of its own: it reads one moment and holds up nobody.
    let into = || -> Result<(), Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(from, flags)?;
        connection.execute("vacuum into ?1", [part.to_string_lossy()])?;
        Ok(())
    };
    into().map_err(|fault| fault.into_error("snapshot"))
}

fn settle(part: &Path, to: &Path) -> Result<(), Error> {
    let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    sync(part).map_err(|error| failed(part, &error))?;
    fs::rename(part, to).map_err(|error| failed(to, &error))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    sync(folder.unwrap_or(Path::new("."))).map_err(|error| failed(to, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Error::DiskFull,
        _ => Error::Engine(format!("cannot write {}: {error}", path.display())),
    }
}

//! An SQLite store as a file, apart from the server that may be using it.

use std::path::Path;

use crate::{Error, sqlite};

/// Copies the store `from` to the file `to`: one moment of it, whole or not
/// at all, synced. A server may go on using `from` meanwhile. Takes as long
/// as the disk does and blocks the thread.
///
/// # Errors
/// When `from` is no store or the disk has no room.
pub fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    sqlite::snapshot::write(from, to)
}

/// Looks at every page of a store that no server uses and tells the number of
/// its newest migration. Blocks the thread.
///
/// # Errors
/// When the file is damaged or is no store.
pub fn inspect(path: &Path) -> Result<i64, Error> {
    sqlite::source::inspect(path)
}

/// Keeps every server from `path` until the answer is dropped.
///
/// # Errors
/// When a server has it open.
pub fn lock(path: &Path) -> Result<std::fs::File, Error> {
    sqlite::file::lock(path)
}

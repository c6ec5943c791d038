//! Opening the file: one process at a time, and only if it is a store.

use std::ffi::CStr;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::mapping;
use super::session::Fault;
use super::words;
use crate::Error;

/// How long the start may spend on looking for damage. A larger file is
/// looked at in part; every page is checked again when it is read.
const CHECK_TIME: Duration = Duration::from_millis(300);
/// How much of the file readers may see in place instead of copying it page by
/// page, which was a third of what a page of history costs.
const MAPPED_BYTES: i64 = 1 << 31;
/// What the writer may keep of the file, in KiB: sends go to chats all over it.
const WRITER_CACHE_KIB: i64 = 16 * 1024;
/// The log is copied into the file when it has this many pages.
pub(super) const LOG_PAGES: u32 = 4000;
/// A page, and its head in the log.
pub(super) const PAGE_BYTES: u64 = 4096;
const HEAD_BYTES: u64 = 24;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Takes the lock that keeps a second process from the same file. It lies
/// beside the store, because closing any handle of the store's own file would
/// drop the engine's locks.
pub(crate) fn lock(path: &Path) -> Result<File, Error> {
    let lock_path = beside(path, ".lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path).map_err(
            |error| Error::Engine(format!("cannot open {}: {error}", lock_path.display())),
        )?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Engine(format!(
            "another process has the store {} open: stop it first, or use PostgreSQL to run several",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => {
            Err(Error::Engine(format!("cannot lock {}: {error}", lock_path.display())))
        }
    }
}

/// The writing connection, on a file that was looked at.
pub(super) fn open_writer(path: &Path, max_bytes: Option<u64>) -> Result<Connection, Error> {
    look_at_header(path)?;
    let connection = connect(path, None).map_err(|fault| fault.into_error("open"))?;
    let prepare = || -> Result<(), Fault> {
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        if let Some(bytes) = max_bytes {
            let page: u32 = connection.query_row("pragma page_size", [], |row| row.get(0))?;
            let pages = u32::try_from(bytes / u64::from(page)).unwrap_or(u32::MAX);
            connection.pragma_update(None, "max_page_count", pages.max(1))?;
        }
        // What an earlier run left in the log may have been written but never
        // synced. Copying it into the file now syncs it before anything is
        // built on it.
        connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
        Ok(())
    };
    prepare().map_err(|fault| fault.into_error("open"))?;
    lengthen_log(path);
    check(&connection)?;
    Ok(connection)
}

/// Gives the empty log the length that it will have. A sync that must also
/// write a new length of the file takes three times as long, and on a full disk
/// there is still room for what the log is for. Zeros behind its end mean
/// nothing to the engine, like the frames of an earlier round that stand there
/// later. Without room it grows as it is written.
fn lengthen_log(path: &Path) {
    // The group that fills the log may go beyond.
    let bytes = u64::from(LOG_PAGES + LOG_PAGES / 8) * (PAGE_BYTES + HEAD_BYTES);
    let lengthen = |file: &File| -> std::io::Result<()> {
        std::io::copy(&mut std::io::repeat(0).take(bytes), &mut &*file)?;
        file.sync_all()
    };
    let Ok(log) = OpenOptions::new().write(true).open(beside(path, "-wal")) else { return };
    if let Err(error) = lengthen(&log) {
        tracing::debug!(%error, "There is no room for the whole log yet.");
        drop(log.set_len(0));
    }
}

pub(super) fn open_reader(path: &Path) -> Result<Connection, Error> {
    let open = || -> Result<Connection, Fault> {
        let keeps_mapping = mapping::register().then_some(mapping::NAME);
        let connection = connect(path, keeps_mapping)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update_and_check(None, "mmap_size", MAPPED_BYTES, |_| Ok(()))?;
        Ok(connection)
    };
    open().map_err(|fault| fault.into_error("open"))
}

/// Opens the file, by the named way to files or by the engine's own.
fn connect(path: &Path, way: Option<&CStr>) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match way {
        Some(way) => Connection::open_with_flags_and_vfs(path, flags, way)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "temp_store", "memory")?;
    rusqlite::vtab::array::load_module(&connection)?;
    Ok(connection)
}

/// An empty file is a new store; any other must begin like one.
fn look_at_header(path: &Path) -> Result<(), Error> {
    let mut header = Vec::new();
    match File::open(path) {
        Ok(file) => {
            let read = file.take(MAGIC.len() as u64).read_to_end(&mut header);
            read.map_err(|error| {
                Error::Engine(format!("cannot read {}: {error}", path.display()))
            })?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Error::Engine(format!("cannot open {}: {error}", path.display())));
        }
    }
    if header.is_empty() || header == MAGIC {
        return Ok(());
    }
    Err(Error::Corrupt(format!(
        "{} is no store, or its first page is damaged: name another file, or restore a backup",
        path.display()
    )))
}

fn check(connection: &Connection) -> Result<(), Error> {
    let interrupt = connection.get_interrupt_handle();
    let (done, stop) = std::sync::mpsc::channel::<()>();
    let found = std::thread::scope(|scope| {
        let until = Instant::now() + CHECK_TIME;
        scope.spawn(move || {
            let timed_out = std::sync::mpsc::RecvTimeoutError::Timeout;
            if stop.recv_timeout(until.saturating_duration_since(Instant::now())) == Err(timed_out)
            {
                interrupt.interrupt();
            }
        });
        let found = words::damage(connection, "quick_check");
        drop(done);
        found
    });
    match found {
        Ok(None) => Ok(()),
        Ok(Some(damage)) => {
            Err(Error::Corrupt(format!("the store's file is damaged ({damage}): restore a backup")))
        }
        Err(Fault::Engine(error))
            if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) =>
        {
            Ok(())
        }
        Err(fault) => Err(fault.into_error("check")),
    }
}

/// `path` with `suffix` behind its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

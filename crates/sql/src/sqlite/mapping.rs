//! What a reader has mapped of the file stays mapped when somebody has written.
//!
//! The engine gives a mapping up whenever another connection has written, lest
//! another program has cut the file short and lengthened it again meanwhile; each
//! page is then a fault of memory once more, and reads beside a few writes a
//! second take twice their time. Nobody shortens our file: the lock beside it
//! keeps other programs away, and the server never compacts it. So here a mapping
//! is given up only when the file has another length.
//!
//! The one place with unsafe code, and why it is sound: the engine's own table of
//! what can be done to a file is copied, and one function of it wrapped. The
//! wrapper either calls the original with the arguments that it was given, or does
//! nothing, which leaves the file with the mapping that it has. That mapping is
//! shared, so it shows what is written to the file, and lies within its length:
//! it was made while the file was as long, or shorter.
#![expect(unsafe_code, reason = "SQLite's table of file methods is C; see decision 37")]

use std::cell::Cell;
use std::ffi::{CStr, c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

use rusqlite::ffi::{
    SQLITE_OK, SQLITE_OPEN_MAIN_DB, sqlite3_file, sqlite3_filename, sqlite3_io_methods,
    sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

/// The name that a connection asks for to keep what it maps.
pub(super) const NAME: &CStr = c"keeps-mapping";

/// The first version of the table that knows mappings.
const KNOWS_MAPPINGS: c_int = 3;

type Open = unsafe extern "C" fn(
    *mut sqlite3_vfs,
    sqlite3_filename,
    *mut sqlite3_file,
    c_int,
    *mut c_int,
) -> c_int;

/// How the engine opens a file.
static OPEN: OnceLock<Open> = OnceLock::new();
/// What the engine does with a file, and the same with the one change.
static METHODS: OnceLock<Methods> = OnceLock::new();

thread_local! {
    /// The last file that this thread gave up a mapping of, and its length then.
    /// A wrong guess is harmless: a mapping is given up once too often, or a part
    /// of the file that it does not reach is copied.
    static LAST: Cell<(usize, i64)> = const { Cell::new((0, -1)) };
}

struct Methods {
    /// Where the engine's table lies: there may be others, for other locks.
    place: usize,
    engine: sqlite3_io_methods,
    changed: sqlite3_io_methods,
}

/// Makes [`NAME`] known to the engine; false when it cannot be had.
pub(super) fn register() -> bool {
    static DONE: OnceLock<bool> = OnceLock::new();
    *DONE.get_or_init(|| {
        // SAFETY: the engine's default is there for ever once it is found. Ours is
        // a copy of it that lives for ever too, in no list yet.
        unsafe {
            let Some(default) = sqlite3_vfs_find(ptr::null()).as_ref() else { return false };
            let Some(open_file) = default.xOpen else { return false };
            OPEN.get_or_init(|| open_file);
            let ours = sqlite3_vfs {
                pNext: ptr::null_mut(),
                zName: NAME.as_ptr(),
                xOpen: Some(open),
                ..*default
            };
            sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 0) == SQLITE_OK
        }
    })
}

/// Opens as the engine does, and changes the one method of a store's file.
unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    let Some(open_file) = OPEN.get() else { return rusqlite::ffi::SQLITE_CANTOPEN };
    // SAFETY: the arguments are the engine's, for its own function. A file that is
    // open has a table, which lives for ever.
    unsafe {
        let code = open_file(vfs, name, file, flags, flags_out);
        if code == SQLITE_OK
            && flags & SQLITE_OPEN_MAIN_DB != 0
            && let Some(methods) = changed((*file).pMethods)
        {
            (*file).pMethods = methods;
        }
        code
    }
}

/// The changed table for the engine's.
///
/// # Safety
/// `engine` is null or a table that lives for ever.
unsafe fn changed(engine: *const sqlite3_io_methods) -> Option<&'static sqlite3_io_methods> {
    // SAFETY: as the caller says.
    let table = unsafe { engine.as_ref() }?;
    if table.iVersion < KNOWS_MAPPINGS {
        return None;
    }
    let methods = METHODS.get_or_init(|| Methods {
        place: engine.addr(),
        engine: *table,
        changed: sqlite3_io_methods { xUnfetch: Some(unfetch), ..*table },
    });
    (methods.place == engine.addr()).then_some(&methods.changed)
}

/// Gives back a page, or with none the whole mapping: then only when the file has
/// another length than at the last time.
unsafe extern "C" fn unfetch(file: *mut sqlite3_file, offset: i64, page: *mut c_void) -> c_int {
    let Some(methods) = METHODS.get().map(|methods| &methods.engine) else { return SQLITE_OK };
    // SAFETY: only files of the engine's table come here, and its own functions
    // are given what it gave.
    unsafe {
        let mut length = -1;
        if page.is_null()
            && let Some(measure) = methods.xFileSize
            && measure(file, &raw mut length) == SQLITE_OK
            && LAST.replace((file.addr(), length)) == (file.addr(), length)
        {
            return SQLITE_OK;
        }
        methods.xUnfetch.map_or(SQLITE_OK, |give_up| give_up(file, offset, page))
    }
}

//! The schema of the store as a whole.
//!
//! Owns no table. The files of `migrations/` are listed here; a test compares
//! the list with the folder.

use sql::Migration;

macro_rules! files {
    ($($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("../../../migrations/", $file)))),+]
    };
}

/// Every migration, by file name.
pub const MIGRATIONS: &[(&str, &str)] = files![
    "0001_account.sql",
    "0002_friend.sql",
    "0003_chat.sql",
    "0004_job.sql",
    "0005_reaction.sql",
    "0006_search_place.sql",
    "0007_message_word.sqlite.sql",
    "0007_message_word.postgres.sql",
];

/// Tables that say how far the engine's own index has come: a store that moves
/// to another engine begins there afresh.
pub const REBUILT: &[&str] = &["search_place"];

/// Brings the schema up to date.
///
/// # Errors
/// When a migration fails, or the store was written by a newer program.
pub async fn migrate(db: &sql::Db) -> std::result::Result<(), sql::Error> {
    db.migrate(&Migration::from_files(MIGRATIONS)?).await
}

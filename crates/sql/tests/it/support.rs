//! A store to test on, and a few words to write tests with.

use sql::{Batch, Db, Migration, Options, Sql, args};
use tempfile::TempDir;

/// A store in a folder that goes with it.
pub(crate) struct Store {
    pub(crate) db: Db,
    pub(crate) options: Options,
    pub(crate) folder: TempDir,
}

pub(crate) const NOTES: &[Migration] = &[Migration::new(
    1,
    "note",
    "create table note (id bigint primary key, body text, loud boolean, raw bytea); \
     create table tag (note_id bigint not null references note (id), name text not null)",
)];

pub(crate) static ADD: Sql = Sql::new("insert into note (id, body) values ($1, $2)");
pub(crate) static BODIES: Sql = Sql::new("select body from note order by id");
pub(crate) static COUNT: Sql = Sql::new("select count(*) from note");

pub(crate) async fn sqlite() -> Store {
    sqlite_with(|_| ()).await
}

pub(crate) async fn sqlite_with(change: impl FnOnce(&mut Options)) -> Store {
    let folder = TempDir::new().unwrap();
    let mut options = Options::sqlite(folder.path().join("store.db"));
    change(&mut options);
    let db = Db::open(&options).await.unwrap();
    db.migrate(NOTES).await.unwrap();
    Store { db, options, folder }
}

pub(crate) fn add(id: i64, body: &str) -> Batch {
    let mut batch = Batch::new();
    batch.run(&ADD, args![id, body]);
    batch
}

pub(crate) async fn bodies(db: &Db) -> Vec<String> {
    let rows = db.rows(&BODIES, args![]).await.unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

pub(crate) async fn count(db: &Db) -> i64 {
    db.row(&COUNT, args![]).await.unwrap().unwrap().get(0).unwrap()
}

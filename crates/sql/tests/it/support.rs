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
    open(options, folder).await
}

/// A schema of its own on the test server, or none when there is no server.
pub(crate) async fn postgres() -> Option<Store> {
    postgres_with(|_| ()).await
}

pub(crate) async fn postgres_with(change: impl FnOnce(&mut Options)) -> Option<Store> {
    let Some(url) = test_server() else {
        println!("NOT RUN on PostgreSQL: TEST_POSTGRES names no server");
        return None;
    };
    let folder = TempDir::new().unwrap();
    let name = folder.path().file_name().unwrap().to_string_lossy().to_lowercase();
    let schema = format!("sql_{}_{}", std::process::id(), name.trim_start_matches('.'));
    let create = leak(format!("create schema {schema}"));
    let mut batch = Batch::new();
    batch.run(create, args![]);
    Db::open(&Options::parse(&url).unwrap()).await.unwrap().write(batch).await.unwrap();
    let mark = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{mark}options=-c%20search_path%3D{schema}");
    let mut options = Options { connections: 6, ..Options::parse(&url).unwrap() };
    change(&mut options);
    Some(open(options, folder).await)
}

#[expect(clippy::disallowed_methods, reason = "a test has no other way to be told its server")]
fn test_server() -> Option<String> {
    std::env::var("TEST_POSTGRES").ok()
}

/// Statements live for ever; one made by a test does too.
pub(crate) fn leak(text: String) -> &'static Sql {
    Box::leak(Box::new(Sql::new(text.leak())))
}

async fn open(options: Options, folder: TempDir) -> Store {
    let db = Db::open(&options).await.unwrap();
    db.migrate(NOTES).await.unwrap();
    Store { db, options, folder }
}

/// The same test on both engines.
macro_rules! on_both {
    ($(async fn $name:ident($store:ident) $body:block)*) => { $(
        mod $name {
            use super::*;
            async fn body($store: &$crate::support::Store) $body
            #[tokio::test]
            async fn on_sqlite() {
                body(&$crate::support::sqlite().await).await;
            }
            #[tokio::test]
            async fn on_postgres() {
                if let Some(store) = $crate::support::postgres().await {
                    body(&store).await;
                }
            }
        }
    )* };
}
pub(crate) use on_both;

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

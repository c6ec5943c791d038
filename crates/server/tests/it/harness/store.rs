//! Where a test's server keeps its data: a file of its own, or, when the
//! tests are told so, a schema of its own on a PostgreSQL server.

use server::config::Secret;
use sql::{Batch, Db, Options, Sql, args};

/// The store of the test that runs in `folder`; none is the file it gets by
/// itself.
pub(crate) async fn choose(folder: &std::path::Path) -> Option<Secret> {
    if told("TEST_DB").as_deref() != Some("postgres") {
        return None;
    }
    let url = schema(folder).await.expect("TEST_POSTGRES names the server");
    Some(Secret::new(url))
}

/// The URL of a schema of its own, when the tests were given a server.
pub(crate) async fn schema(folder: &std::path::Path) -> Option<String> {
    let server = told("TEST_POSTGRES")?;
    let name = folder.file_name().expect("a folder").to_string_lossy().to_lowercase();
    let schema = format!("it_{}_{}", std::process::id(), name.trim_start_matches('.'));
    let db = Db::open(&Options::parse(&server).expect("a URL")).await.expect("the test server");
    run(&db, format!("create schema {schema}")).await;
    db.close().await;
    let mark = if server.contains('?') { '&' } else { '?' };
    Some(format!("{server}{mark}options=-c%20search_path%3D{schema}"))
}

/// Runs one statement of the test's own; answers its rows.
pub(crate) async fn run(db: &Db, text: String) -> Vec<sql::Row> {
    // Statements live for ever; one made by a test does too.
    let statement: &Sql = Box::leak(Box::new(Sql::new(text.leak())));
    let mut batch = Batch::new();
    batch.run(statement, args![]);
    db.write(batch).await.expect("a statement of the test").remove(0)
}

/// Whether the test's store is PostgreSQL.
pub(crate) fn is_postgres(db: &Db) -> bool {
    format!("{db:?}").contains("postgres")
}

#[expect(clippy::disallowed_methods, reason = "a test has no other way to be told its server")]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

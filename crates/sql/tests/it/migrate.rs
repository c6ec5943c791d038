//! Migrations: once, in order, never edited, whole or not at all.

use sql::{Migration, Sql, args};

use crate::support::{NOTES, on_both};

static LAST: Sql = Sql::new("select max(number) from schema_migration");

on_both! {
async fn each_is_applied_once_and_in_order(store) {
    store.db.migrate(NOTES).await.unwrap();
    let more = [NOTES[0], Migration::new(2, "author", "alter table note add column author text")];
    store.db.migrate(&more).await.unwrap();
    store.db.migrate(&more).await.unwrap();
    let last = store.db.row(&LAST, args![]).await.unwrap().unwrap();
    assert_eq!(last.get::<i64>(0).unwrap(), 2);
    let error = store.db.migrate(NOTES).await.unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
}

async fn an_edited_one_is_refused(store) {
    let edited = [Migration::new(1, "note", "create table note (id bigint)")];
    let error = store.db.migrate(&edited).await.unwrap_err();
    assert!(error.to_string().contains("was edited"), "{error}");
}

async fn a_failing_one_leaves_the_old_schema(store) {
    let text = "create table half (id bigint primary key); create table note (id bigint)";
    let more = [NOTES[0], Migration::new(2, "half", text)];
    let error = store.db.migrate(&more).await.unwrap_err();
    assert!(error.to_string().contains("migration 2 (half)"), "{error}");
    // Had any of it stayed, the mended text could not make its table.
    let mended = [NOTES[0], Migration::new(2, "half", "create table half (id bigint)")];
    store.db.migrate(&mended).await.unwrap();
}

}

#[test]
fn files_are_read_by_their_names() {
    let files = [
        ("0002_search.sqlite.sql", "s"),
        ("0001_account.sql", "a"),
        ("0002_search.postgres.sql", "p"),
    ];
    let migrations = Migration::from_files(&files).unwrap();
    let seen: Vec<_> = migrations.iter().map(|m| (m.number, m.name, m.text.sqlite)).collect();
    assert_eq!(seen, [(1, "account", "a"), (2, "search", "s")]);
    assert_eq!(migrations[1].text.postgres, "p");
    for wrong in [
        vec![("0001_a.sqlite.sql", "")],
        vec![("0001_a.sql", ""), ("0001_b.sql", "")],
        vec![("0001_a.sql", ""), ("0003_c.sql", "")],
        vec![("readme.md", "")],
    ] {
        Migration::from_files(&wrong).unwrap_err();
    }
}

//! An index of words that is damaged: it costs nobody the store, and is made anew.

use sql::{Batch, Db, Error, Sql, args, file};

use crate::support::{ADD, Store, add, bodies, count, leak, on_both, sqlite};

static PUT: Sql = Sql::new("insert into word (body) values ($1)");
static FIND: Sql = Sql::new("select rowid from word where word match 'one'");

async fn run(db: &Db, text: &str) -> Result<(), Error> {
    let mut batch = Batch::new();
    batch.run(leak(text.to_owned()), args![]);
    db.write(batch).await.map(drop)
}

/// A store with rows, and an index of words that has pages of its own.
async fn with_words() -> Store {
    let store = sqlite().await;
    let mut batch = Batch::new();
    for id in 0..50 {
        batch.run(&ADD, args![id, "x".repeat(2000)]);
    }
    let options = "content = '', contentless_delete = 1, detail = none";
    batch.run(leak(format!("create virtual table word using fts5(body, {options})")), args![]);
    for n in 0..40 {
        let words: Vec<_> = (0..200).map(|word| format!("w{}", word * (n + 7))).collect();
        batch.run(&PUT, args![format!("one {}", words.join(" "))]);
    }
    store.db.write(batch).await.unwrap();
    assert_eq!(store.db.rows(&FIND, args![]).await.unwrap().len(), 40);
    store
}

/// It is found, made anew, and can be written and copied as if nothing had been.
async fn heals(store: &Store, db: &Db) {
    let error = db.inspect_words("word").await.unwrap_err();
    assert!(!error.is_retryable(), "{error}");
    db.renew_words("word", "note", Batch::new()).await.unwrap();
    db.inspect_words("word").await.unwrap();
    assert!(db.rows(&FIND, args![]).await.unwrap().is_empty());
    run(db, "insert into word (body) values ('one two')").await.unwrap();
    assert_eq!(db.rows(&FIND, args![]).await.unwrap().len(), 1);
    db.write(add(100, "written")).await.unwrap();
    assert_eq!(bodies(db).await.len(), 51);
    let copy = store.folder.path().join("copy.db");
    file::copy(&store.folder.path().join("store.db"), &copy).unwrap();
    file::inspect(&copy).unwrap();
    db.close().await;
    let again = Db::open(&store.options).await.unwrap();
    assert_eq!(bodies(&again).await.len(), 51);
    again.inspect_words("word").await.unwrap();
}

#[tokio::test]
async fn words_that_do_not_hold_together_are_made_anew() {
    for damage in [
        "delete from word_data",
        "update word_data set block = x'00112233445566778899' where id > 10",
        "delete from word_data where id = 10",
        "delete from word_config",
    ] {
        let store = with_words().await;
        store.db.inspect_words("word").await.unwrap();
        run(&store.db, damage).await.unwrap();
        store.db.close().await;
        let db = Db::open(&store.options).await.expect(damage);
        assert_eq!(bodies(&db).await.len(), 50);
        heals(&store, &db).await;
    }
}

/// The number of the page at which a table begins.
async fn root(db: &Db, table: &str) -> usize {
    let text = format!("select rootpage from sqlite_schema where name = '{table}'");
    let rows = db.rows(leak(text), args![]).await.unwrap();
    usize::try_from(rows[0].get::<i64>(0).unwrap()).unwrap()
}

async fn spoil(store: &Store, tables: &[&str], how: impl Fn(&mut [u8])) {
    let mut roots = Vec::new();
    for table in tables {
        roots.push(root(&store.db, table).await);
    }
    store.db.close().await;
    // Closing may leave the log; opening copies it into the file.
    Db::open(&store.options).await.unwrap().close().await;
    let path = store.folder.path().join("store.db");
    let mut bytes = std::fs::read(&path).unwrap();
    for root in roots {
        how(&mut bytes[(root - 1) * 4096..root * 4096]);
    }
    std::fs::write(&path, bytes).unwrap();
}

#[tokio::test]
async fn damaged_pages_of_an_index_of_words_are_left_behind() {
    let head: fn(&mut [u8]) = |page| page[..8].fill(0xee);
    let cells: fn(&mut [u8]) = |page| page[8..60].fill(3);
    for (shadow, how) in [
        ("word_data", head),
        ("word_data", cells),
        ("word_idx", head),
        ("word_docsize", cells),
        ("word_config", head),
    ] {
        let store = with_words().await;
        spoil(&store, &[shadow], how).await;
        let db = Db::open(&store.options).await.expect(shadow);
        assert_eq!(bodies(&db).await.len(), 50);
        heals(&store, &db).await;
    }
}

/// Of what is derived, as the rows of an index are.
fn put(words: &str) -> Batch {
    let mut batch = Batch::new();
    batch.derived();
    batch.run(&PUT, args![words.to_owned()]);
    batch
}

#[tokio::test]
async fn what_is_derived_and_meets_a_damaged_page_holds_up_nothing_else() {
    // One is met at once, one when the words are written.
    for shadow in ["word_data", "word_idx"] {
        let store = with_words().await;
        spoil(&store, &[shadow], |page| page[..8].fill(0xee)).await;
        let db = Db::open(&store.options).await.unwrap();
        // Queued in one go, they share a commit.
        let (before, error, after) = tokio::join!(
            db.write(add(60, "before")),
            db.write(put("one")),
            db.write(add(61, "after"))
        );
        let error = error.unwrap_err();
        assert_eq!(error.code(), "store.corrupt", "{shadow}");
        assert!(!error.to_string().contains("restore"), "{error}");
        before.and(after).unwrap();
        db.ready().await.unwrap();
        assert_eq!(bodies(&db).await.len(), 52);
        db.write(put("one")).await.unwrap_err();
        db.renew_words("word", "note", Batch::new()).await.unwrap();
        db.write(put("one")).await.unwrap();
        assert_eq!(db.rows(&FIND, args![]).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn damage_that_is_not_of_an_index_alone_is_refused_in_words() {
    for tables in [&["note"][..], &["word_data", "note"], &["note", "word_config"]] {
        let store = with_words().await;
        spoil(&store, tables, |page| page[..8].fill(0xee)).await;
        let error = Db::open(&store.options).await.unwrap_err();
        let words = error.to_string();
        assert!(matches!(error, Error::Corrupt(_)) && words.contains("restore"), "{words}");
    }
}

/// It cannot be told whose such a page is, so nothing is risked.
#[tokio::test]
async fn an_index_that_leads_into_the_rows_is_refused_in_words() {
    let store = with_words().await;
    let note = u32::try_from(root(&store.db, "note").await).unwrap().to_be_bytes();
    spoil(&store, &["word_data"], |page| page[8..12].copy_from_slice(&note)).await;
    let words = Db::open(&store.options).await.unwrap_err().to_string();
    assert!(words.contains("2nd reference") && words.contains("restore"), "{words}");
}

static TAG: Sql = Sql::new("insert into tag (note_id, name) values ($1, $2)");
static TAGS: Sql = Sql::new("select note_id from tag");

on_both! {
    async fn an_index_and_what_is_said_of_it_are_made_anew_together_or_not_at_all(store) {
        let mut batch = add(1, "says what the index holds");
        batch.run(&TAG, args![1, "stands for the index"]);
        store.db.write(batch).await.unwrap();
        // The key is taken.
        let error = store.db.renew_words("tag", "note", add(1, "again")).await.unwrap_err();
        assert!(!error.is_retryable(), "{error}");
        assert_eq!(store.db.rows(&TAGS, args![]).await.unwrap().len(), 1);
        store.db.renew_words("tag", "note", add(2, "says that it holds nothing")).await.unwrap();
        assert!(store.db.rows(&TAGS, args![]).await.unwrap().is_empty());
        assert_eq!(count(&store.db).await, 2);
    }
}

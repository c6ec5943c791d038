//! Opening and closing: one process, one true file, words for the operator.

use sql::{Db, Error, Options};
use tempfile::TempDir;

use crate::support::{add, bodies, sqlite};

#[tokio::test]
async fn what_was_written_is_there_after_closing() {
    let store = sqlite().await;
    store.db.write(add(1, "kept")).await.unwrap();
    store.db.close().await;
    assert_eq!(store.db.write(add(2, "late")).await.unwrap_err().code(), "store.unavailable");
    assert_eq!(store.db.ready().await.unwrap_err().code(), "store.unavailable");
    let again = Db::open(&store.options).await.unwrap();
    assert_eq!(bodies(&again).await, ["kept"]);
    again.ready().await.unwrap();
}

#[tokio::test]
async fn a_dropped_store_can_be_opened_at_once() {
    let store = sqlite().await;
    let options = store.options.clone();
    let write = store.db.write(add(1, "kept"));
    write.await.unwrap();
    drop(store.db);
    assert_eq!(bodies(&Db::open(&options).await.unwrap()).await, ["kept"]);
}

#[tokio::test]
async fn a_second_opening_is_refused_in_words() {
    let store = sqlite().await;
    let error = Db::open(&store.options).await.unwrap_err();
    assert!(error.to_string().contains("another process has the store"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_in_words() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("letter.txt");
    std::fs::write(&path, "Dear reader, this is a letter.").unwrap();
    let error = Db::open(&Options::sqlite(&path)).await.unwrap_err();
    assert!(matches!(&error, Error::Corrupt(words) if words.contains("is no store")), "{error}");
}

#[tokio::test]
async fn a_damaged_page_is_found_at_the_start() {
    let store = sqlite().await;
    for id in 0..50 {
        store.db.write(add(id, &"x".repeat(2000))).await.unwrap();
    }
    store.db.close().await;
    let path = store.folder.path().join("store.db");
    let mut bytes = std::fs::read(&path).unwrap();
    assert!(bytes.len() > 8 * 4096);
    // The page headers of all but the first pages, so that one is in use.
    for page in 1..bytes.len() / 4096 {
        bytes[page * 4096..page * 4096 + 8].fill(0xee);
    }
    std::fs::write(&path, bytes).unwrap();
    let error = Db::open(&store.options).await.unwrap_err();
    assert!(matches!(&error, Error::Corrupt(words) if words.contains("damaged")), "{error}");
}

#[test]
fn a_mistyped_url_says_what_to_write() {
    for url in ["", "data/store.db", "mysql://root:secret@host/x", "sqlite:", "sqlite::memory:"] {
        let words = Options::parse(url).unwrap_err().to_string();
        assert!(words.contains("write sqlite:PATH"), "{url}: {words}");
        assert!(!words.contains("secret"), "{words}");
    }
    Options::parse("sqlite:data/store.db").unwrap();
    Options::parse("postgres://name@host/db").unwrap();
}

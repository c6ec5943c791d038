//! Moving a store, and looking at one from outside.

use sql::{Batch, Value, args, file, list, transfer};

use crate::support::{ADD, BODIES, Store, leak, postgres, sqlite};

async fn with_notes(count: i64) -> Store {
    let store = sqlite().await;
    for chunk in (0..count).collect::<Vec<_>>().chunks(500) {
        let mut batch = Batch::new();
        for id in chunk {
            batch.run(&ADD, args![*id, format!("note {id} · ünï")]);
        }
        store.db.write(batch).await.unwrap();
    }
    let odd = leak("insert into note (id, body, loud, raw) values ($1, $2, $3, $4)".into());
    let mut batch = Batch::new();
    batch.run(odd, args![-1, None::<String>, true, vec![0_u8, 255, 7]]);
    batch.run(odd, args![i64::MIN, "", false, Vec::<u8>::new()]);
    store.db.write(batch).await.unwrap();
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_arrives_on_postgres_row_for_row() {
    let Some(target) = postgres().await else { return };
    let source = with_notes(3_000).await;
    source.db.close().await;
    let path = source.folder.path().join("store.db");

    let proofs = transfer(&path, &target.options.url, &[]).await.unwrap();
    let rows: Vec<_> = proofs.iter().map(|proof| (proof.table.as_str(), proof.rows)).collect();
    assert_eq!(rows, [("note", 3_002), ("tag", 0)]);
    let odd = leak("select body, loud, raw from note where id = any($1) order by id".into());
    let found = target.db.rows(odd, args![list([-1_i64, i64::MIN])]).await.unwrap();
    assert_eq!(found[0].0, [Value::Text(String::new()), Value::Bool(false), Value::Bytes(vec![])]);
    assert_eq!(found[1].0, [Value::Null, Value::Bool(true), Value::Bytes(vec![0, 255, 7])]);

    let again = transfer(&path, &target.options.url, &[]).await.unwrap_err();
    assert!(again.to_string().contains("holds rows already"), "{again}");
    assert_eq!(target.db.rows(&BODIES, args![]).await.unwrap().len(), 3_002);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rebuilt_stays_behind() {
    let Some(target) = postgres().await else { return };
    let source = with_notes(1).await;
    let mut batch = Batch::new();
    batch.run(leak("create virtual table word using fts5(body)".into()), args![]);
    batch.run(leak("insert into word (body) values ('kept by the engine')".into()), args![]);
    source.db.write(batch).await.unwrap();
    source.db.close().await;
    let path = source.folder.path().join("store.db");
    let proofs = transfer(&path, &target.options.url, &["tag"]).await.unwrap();
    let tables: Vec<_> = proofs.iter().map(|proof| proof.table.as_str()).collect();
    assert_eq!(tables, ["note"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_in_use_is_not_moved() {
    let Some(target) = postgres().await else { return };
    let source = with_notes(1).await;
    let path = source.folder.path().join("store.db");
    let refused = transfer(&path, &target.options.url, &[]).await.unwrap_err();
    assert!(refused.to_string().contains("another process has the store"), "{refused}");
    assert!(target.db.rows(&BODIES, args![]).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_store_in_use_is_whole_and_tells_its_schema() {
    let source = with_notes(100).await;
    let copy = source.folder.path().join("copy.db");
    file::copy(&source.folder.path().join("store.db"), &copy).unwrap();
    assert_eq!(file::inspect(&copy).unwrap(), 1);

    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 512].fill(0xA5);
    std::fs::write(&copy, bytes).unwrap();
    assert!(file::inspect(&copy).is_err(), "flipped bytes went unseen");
}

//! What a reader has mapped of the file, beside somebody who writes.

use std::collections::BTreeMap;

use sql::{Batch, Db, Row, Sql, Value, args};

use crate::support::{Store, sqlite_with};

static PUT: Sql = Sql::new(
    "insert into note (id, raw) values ($1, $2) on conflict (id) do update set raw = excluded.raw",
);
static ALL: Sql = Sql::new("select id, raw from note order by id");
static ONE: Sql = Sql::new("select raw from note where id = $1");

async fn store() -> Store {
    // One reader, so that each reading meets the mapping of the one before.
    sqlite_with(|options| options.readers = 1).await
}

async fn put(db: &Db, rows: impl IntoIterator<Item = (i64, Vec<u8>)>) {
    let mut batch = Batch::new();
    for (id, raw) in rows {
        batch.run(&PUT, args![id, raw]);
    }
    db.write(batch).await.unwrap();
}

/// Opens it anew, which copies the log into the file.
async fn reopened(store: Store) -> Store {
    store.db.close().await;
    Store { db: Db::open(&store.options).await.unwrap(), ..store }
}

/// How much of the store's file this process has in its memory, in KiB.
#[cfg(target_os = "linux")]
fn mapped_kib(store: &Store) -> u64 {
    let file = store.folder.path().join("store.db");
    let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let mut lines = maps.lines();
    let mut sum = 0;
    while let Some(line) = lines.next() {
        if line.ends_with(file.to_str().unwrap()) {
            let held = lines.find_map(|line| line.strip_prefix("Rss:")).unwrap();
            sum += held.trim().trim_end_matches(" kB").parse::<u64>().unwrap();
        }
    }
    sum
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_mapping_outlives_a_write() {
    let store = store().await;
    put(&store.db, (0..2_000).map(|id| (id, vec![1; 2_000]))).await;
    let store = reopened(store).await;
    store.db.rows(&ALL, args![]).await.unwrap();
    let before = mapped_kib(&store);
    assert!(before > 3_000, "{before} KiB of 4 MB are there");
    put(&store.db, [(7, vec![2; 2_000])]).await;
    let row = store.db.row(&ONE, args![7]).await.unwrap().unwrap();
    assert_eq!(row.get::<Vec<u8>>(0).unwrap(), vec![2; 2_000]);
    assert!(mapped_kib(&store) >= before, "{} of {before} KiB are left", mapped_kib(&store));
}

#[tokio::test]
async fn what_is_written_is_read_whatever_is_mapped() {
    let store = store().await;
    let mut model = BTreeMap::new();
    // Written over and lengthened by turns, until the log was copied into the
    // file several times.
    for round in 0..120_u8 {
        let ids = if round % 3 == 0 {
            0..300
        } else {
            i64::from(round) * 40..i64::from(round) * 40 + 300
        };
        let rows: Vec<_> = ids.step_by(2).map(|id| (id, vec![round; 4_000])).collect();
        model.extend(rows.clone());
        put(&store.db, rows).await;
        let held = store.db.rows(&ALL, args![]).await.unwrap();
        let wanted =
            model.iter().map(|(id, raw)| Row(vec![Value::Int(*id), Value::Bytes(raw.clone())]));
        assert!(held.into_iter().eq(wanted), "round {round}");
    }
    let file = std::fs::metadata(store.folder.path().join("store.db")).unwrap();
    assert!(file.len() > 4 << 20, "the log was never copied: {} bytes", file.len());
}

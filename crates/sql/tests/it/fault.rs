//! What the store promises when things break.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Waker};

use sql::{Batch, BeforeCommit, Db, Error, Fault, Options, Sql, args};
use tempfile::TempDir;

use crate::support::{NOTES, add, bodies, count, leak, sqlite, sqlite_with};

/// A hook that fails while `fault` is set.
fn failing() -> (BeforeCommit, Arc<Mutex<Option<Fault>>>) {
    let fault: Arc<Mutex<Option<Fault>>> = Arc::default();
    let seen = fault.clone();
    (Arc::new(move |_| seen.lock().unwrap().map_or(Ok(()), Err)), fault)
}

#[tokio::test]
async fn a_failed_sync_ends_writing_and_nothing_is_acknowledged() {
    let (hook, fault) = failing();
    let store = sqlite_with(|options| options.before_commit = Some(hook)).await;
    store.db.write(add(1, "kept")).await.unwrap();
    *fault.lock().unwrap() = Some(Fault::Io);
    let error = store.db.write(add(2, "lost")).await.unwrap_err();
    assert_eq!(error.code(), "store.unavailable");
    // The disk seems well again, but what it lost it will not say.
    *fault.lock().unwrap() = None;
    let error = store.db.write(add(3, "refused")).await.unwrap_err();
    assert!(error.to_string().contains("until a restart"), "{error}");
    assert_eq!(store.db.ready().await.unwrap_err().code(), "store.unavailable");
    assert_eq!(bodies(&store.db).await, ["kept"]);
    store.db.close().await;
    let again = Db::open(&store.options).await.unwrap();
    again.write(add(4, "healed")).await.unwrap();
    assert_eq!(bodies(&again).await, ["kept", "healed"]);
}

/// What is beside the rows may be made again; nobody need wait for it.
#[tokio::test]
async fn a_damaged_index_of_words_is_refused_by_itself() {
    let store = sqlite().await;
    let write = |text: &str| {
        let mut batch = Batch::new();
        batch.run(leak(text.to_owned()), args![]);
        store.db.write(batch)
    };
    write("create virtual table word using fts5(body)").await.unwrap();
    write("insert into word (body) values ('one')").await.unwrap();
    write("delete from word_data").await.unwrap();
    let error = write("insert into word (body) values ('two')").await.unwrap_err();
    assert_eq!(error.code(), "store.corrupt");
    assert!(error.to_string().contains("index of words"), "{error}");
    store.db.write(add(1, "kept")).await.unwrap();
    assert_eq!(bodies(&store.db).await, ["kept"]);
}

#[tokio::test]
async fn a_full_disk_refuses_writes_by_name_and_heals() {
    let (hook, fault) = failing();
    let store = sqlite_with(|options| options.before_commit = Some(hook)).await;
    store.db.write(add(1, "kept")).await.unwrap();
    *fault.lock().unwrap() = Some(Fault::Full);
    assert_eq!(store.db.write(add(2, "refused")).await.unwrap_err(), Error::DiskFull);
    assert_eq!(bodies(&store.db).await, ["kept"]);
    store.db.ready().await.unwrap();
    *fault.lock().unwrap() = None;
    store.db.write(add(3, "healed")).await.unwrap();
    assert_eq!(bodies(&store.db).await, ["kept", "healed"]);
}

/// What `.cargo/config.toml` says of SQLite has reached it.
#[tokio::test]
async fn the_engine_is_compiled_as_meant() {
    static OPTIONS: Sql = Sql::new("pragma compile_options");
    let rows = sqlite().await.db.rows(&OPTIONS, args![]).await.unwrap();
    let options: Vec<String> = rows.iter().map(|row| row.get(0).unwrap()).collect();
    assert!(options.iter().any(|option| option == "DEFAULT_MEMSTATUS=0"), "{options:?}");
}

/// The log has its length before anything is written, and what stands behind
/// its end, zeros or an earlier round, is nothing to a store that was killed.
#[tokio::test]
async fn a_log_with_room_ends_where_it_ends() {
    let store = sqlite().await;
    let log = store.folder.path().join("store.db-wal");
    let length = std::fs::metadata(&log).unwrap().len();
    assert!(length > 16_000_000, "{length}");
    for number in 1..4 {
        store.db.write(add(number, "kept")).await.unwrap();
    }
    assert_eq!(std::fs::metadata(&log).unwrap().len(), length);
    let copy = TempDir::new().unwrap();
    for name in ["store.db", "store.db-wal"] {
        std::fs::copy(store.folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let again = Db::open(&Options::sqlite(copy.path().join("store.db"))).await.unwrap();
    assert_eq!(bodies(&again).await, ["kept", "kept", "kept"]);
}

#[tokio::test]
async fn a_full_disk_has_room_for_what_is_vital() {
    let folder = TempDir::new().unwrap();
    let reserve = folder.path().join("store.db.reserve");
    let is_full = Arc::new(AtomicBool::new(false));
    // A disk that has no more room than what was kept.
    let hook: BeforeCommit = Arc::new({
        let (reserve, is_full) = (reserve.clone(), is_full.clone());
        move |_| match is_full.load(Ordering::SeqCst) && reserve.exists() {
            true => Err(Fault::Full),
            false => Ok(()),
        }
    });
    let mut options = Options::sqlite(folder.path().join("store.db"));
    options.before_commit = Some(hook);
    let db = Db::open(&options).await.unwrap();
    db.migrate(NOTES).await.unwrap();
    assert!(std::fs::metadata(&reserve).unwrap().len() > 1_000_000, "room is kept");

    is_full.store(true, Ordering::SeqCst);
    for id in 0..10 {
        assert_eq!(db.write(add(2 * id, "refused")).await.unwrap_err(), Error::DiskFull);
        let mut vital = add(2 * id + 1, "vital");
        vital.vital();
        db.write(vital).await.unwrap();
    }
    assert_eq!(bodies(&db).await, ["vital"; 10]);
    is_full.store(false, Ordering::SeqCst);
    db.write(add(100, "healed")).await.unwrap();
    assert!(reserve.exists(), "and it is kept again");
}

#[tokio::test]
async fn a_full_file_spares_what_still_fits() {
    static CLEAR: Sql = Sql::new("delete from note where id > 0");
    let store = sqlite_with(|options| options.max_bytes = Some(200_000)).await;
    store.db.write(add(0, "first")).await.unwrap();
    let mut id = 0;
    let error = loop {
        id += 1;
        if let Err(error) = store.db.write(add(id, &"x".repeat(5_000))).await {
            break error;
        }
        assert!(id < 100, "the bound is not kept");
    };
    assert_eq!(error, Error::DiskFull);
    assert_eq!(count(&store.db).await, id);
    let mut batch = sql::Batch::new();
    batch.demand((id - 1) as u64, &CLEAR, args![]);
    store.db.write(batch).await.unwrap();
    store.db.write(add(id, &"x".repeat(5_000))).await.unwrap();
}

/// Holds the writer before its commits and counts the sizes of its groups.
#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
    commits: AtomicUsize,
    largest: AtomicUsize,
}

impl Gate {
    fn hook(self: Arc<Self>) -> BeforeCommit {
        Arc::new(move |size| {
            self.commits.fetch_add(1, Ordering::SeqCst);
            self.largest.fetch_max(size, Ordering::SeqCst);
            let open = self.open.lock().unwrap();
            drop(self.changed.wait_while(open, |open| !*open).unwrap());
            Ok(())
        })
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.changed.notify_all();
    }
}

#[tokio::test]
async fn what_queues_during_a_commit_shares_the_next_and_too_much_is_busy() {
    let gate = Arc::new(Gate::default());
    let hook = gate.clone().hook();
    let store = sqlite_with(|options| {
        options.before_commit = Some(hook);
        options.queue = 100;
    })
    .await;
    let first = tokio::spawn({
        let db = store.db.clone();
        async move { db.write(add(0, "first")).await }
    });
    while gate.commits.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let mut writes: Vec<_> = (1..=100).map(|id| Box::pin(store.db.write(add(id, "x")))).collect();
    for write in &mut writes {
        // Polled once, so it is queued; it cannot be done before the gate opens.
        let mut context = Context::from_waker(Waker::noop());
        assert!(write.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(store.db.write(add(101, "x")).await.unwrap_err(), Error::Busy);
    assert_eq!(count(&store.db).await, 0, "nothing is seen before its commit");
    gate.open();
    first.await.unwrap().unwrap();
    for write in writes {
        write.await.unwrap();
    }
    assert_eq!(gate.commits.load(Ordering::SeqCst), 2);
    assert_eq!(gate.largest.load(Ordering::SeqCst), 100);
    assert_eq!(count(&store.db).await, 101);
}

#[tokio::test]
async fn every_acknowledged_batch_survives_a_kill() {
    static HALVES: Sql = Sql::new("select id, count(*) from pair group by id order by id");
    let folder = TempDir::new().unwrap();
    let mut acknowledged = HashSet::new();
    let mut next: i64 = 0;
    for round in 0..5 {
        std::fs::write(folder.path().join(FIRST_ID), next.to_string()).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "fault::keeps_writing_until_killed", "--ignored", "--nocapture"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acks = lines.map_while(Result::ok).filter_map(|line| acked(&line));
        // The kill comes at another moment of the group each time.
        acknowledged.extend(acks.by_ref().take(50 + 37 * round));
        child.kill().unwrap();
        acknowledged.extend(acks);
        child.wait().unwrap();

        let db = Db::open(&Options::sqlite(folder.path().join("store.db"))).await.unwrap();
        let rows = db.rows(&HALVES, args![]).await.unwrap();
        assert!(rows.iter().all(|row| row.get::<i64>(1).unwrap() == 2), "a batch is whole");
        let found: HashSet<i64> = rows.iter().map(|row| row.get(0).unwrap()).collect();
        let lost: Vec<_> = acknowledged.difference(&found).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
        next = found.iter().max().unwrap() + 1;
    }
    assert!(acknowledged.len() > 500);
}

#[expect(dead_code, reason = "its main is for use outside the tests")]
#[path = "../../examples/keep_writing.rs"]
mod keep_writing;

const FIRST_ID: &str = "first-id";

/// The writer that is killed. It finds its orders in its folder.
#[tokio::test]
#[ignore = "it is the child of another test"]
async fn keeps_writing_until_killed() {
    let Ok(first) = std::fs::read_to_string(FIRST_ID) else { return };
    keep_writing::run("sqlite:store.db", first.parse().unwrap()).await.unwrap();
}

/// The test runner may put words of its own before the first.
fn acked(line: &str) -> Option<i64> {
    line.rsplit_once("ack ")?.1.parse().ok()
}

#[tokio::test]
async fn a_snapshot_under_load_is_a_prefix() {
    let store = sqlite().await;
    let writer = tokio::spawn({
        let db = store.db.clone();
        async move {
            for id in 0..300 {
                db.write(add(id, "x")).await.unwrap();
            }
        }
    });
    let copy = store.folder.path().join("copy.db");
    let mut sizes = Vec::new();
    while !writer.is_finished() {
        store.db.snapshot(&copy).await.unwrap();
        let copied = Db::open(&Options::sqlite(&copy)).await.unwrap();
        static IDS: Sql = Sql::new("select count(*), max(id) from note");
        let row = copied.row(&IDS, args![]).await.unwrap().unwrap();
        let (count, last): (i64, Option<i64>) = (row.get(0).unwrap(), row.get(1).unwrap());
        assert_eq!(count, last.map_or(0, |last| last + 1));
        sizes.push(count);
        copied.close().await;
    }
    writer.await.unwrap();
    assert!(sizes.is_sorted());
    let nowhere = store.folder.path().join("no/such/folder/copy.db");
    store.db.snapshot(&nowhere).await.unwrap_err();
}

//! Appends: dense places under concurrency, one row for a repeated request,
//! and nobody else's trouble. The tables are shaped like chats and messages.

use std::collections::BTreeMap;

use sql::{Alone, Append, Appended, Batch, Db, Error, Many, Migration, Row, Sql, Step, Turn, args};

use crate::support::{NOTES, Store, on_both};

const TABLES: Migration = Migration::new(
    2,
    "post",
    "create table thread (id bigint primary key, last_seq bigint not null, open boolean not null);
     create table post (thread_id bigint not null, seq bigint not null, author bigint not null,
        client_id text not null, body text not null check (length(body) < 40),
        unique (thread_id, seq), unique (thread_id, author, client_id))",
);

static LOCK: Sql = Sql::per_engine(
    "select 1 from thread where id = $1",
    "select 1 from thread where id = $1 for update",
);
static INSERT: Sql = Sql::new(
    "insert into post (thread_id, seq, author, client_id, body)
     select id, last_seq + 1, $2, $3, $4 from thread where id = $1 and open
     on conflict (thread_id, author, client_id) do nothing returning seq",
);
static COUNT: Sql = Sql::new(
    "update thread set last_seq = last_seq + 1 where id = $1
        and exists (select 1 from post where thread_id = $1 and seq = thread.last_seq + 1)",
);
static PLACE: Sql = Sql::new("select last_seq + 1 from thread where id = $1 and open");
static ADD: Sql = Sql::new(
    "insert into post (thread_id, author, client_id, body, seq) values ($1, $2, $3, $4, $5)
     on conflict (thread_id, author, client_id) do nothing",
);
static COUNT_TO: Sql = Sql::new("update thread set last_seq = $2 where id = $1");
static FIND: Sql =
    Sql::new("select seq, body from post where thread_id = $1 and author = $2 and client_id = $3");
static POST: Append = Append {
    key: 0,
    many: Many {
        lock: "select id from thread where id = any($1) order by id for update",
        add: Step {
            sql: "with request as (
                select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[])
                    with ordinality as r (thread_id, author, client_id, body, ord)
             ), fresh as (
                select distinct on (r.thread_id, r.author, r.client_id) r.*, t.last_seq
                from request r join thread t on t.id = r.thread_id and t.open
                where not exists (select 1 from post p where p.thread_id = r.thread_id
                    and p.author = r.author and p.client_id = r.client_id)
                order by r.thread_id, r.author, r.client_id, r.ord
             ), placed as (
                select *, last_seq + row_number() over (partition by thread_id order by ord) as seq
                from fresh
             ), added as (
                insert into post (thread_id, seq, author, client_id, body)
                select thread_id, seq, author, client_id, body from placed
             ), counted as (
                update thread set last_seq = top.seq
                from (select thread_id, max(seq) as seq from placed group by thread_id) as top
                where id = top.thread_id
             )
             select ord, seq from placed",
            columns: &[0, 1, 2, 3],
        },
        find: Step {
            sql: "select r.ord, p.seq, p.body
                from unnest($1::bigint[], $2::bigint[], $3::text[])
                    with ordinality as r (thread_id, author, client_id, ord)
                join post p on p.thread_id = r.thread_id and p.author = r.author
                    and p.client_id = r.client_id",
            columns: &[0, 1, 2],
        },
    },
    alone: Alone {
        place: Turn { sql: &PLACE, columns: &[0], place: &[] },
        add: Turn { sql: &ADD, columns: &[0, 1, 2, 3], place: &[0] },
        then: &[Turn { sql: &COUNT_TO, columns: &[0], place: &[0] }],
        find: Turn { sql: &FIND, columns: &[0, 1, 2], place: &[] },
    },
};

async fn make_threads(store: &Store, count: i64) {
    store.db.migrate(&[NOTES[0], TABLES]).await.unwrap();
    static MAKE: Sql = Sql::new("insert into thread (id, last_seq, open) values ($1, 0, true)");
    let mut batch = Batch::new();
    for id in 0..count {
        batch.run(&MAKE, args![id]);
    }
    store.db.write(batch).await.unwrap();
}

async fn post(db: &Db, thread: i64, author: i64, client_id: &str) -> Result<Appended, Error> {
    db.append(&POST, args![thread, author, client_id, format!("{author} {client_id}")]).await
}

/// Whether the request added a row, and the row's place, if it has one.
fn placed(answer: &Appended) -> (bool, Option<i64>) {
    match answer {
        Appended::New(row) => (true, row.get(0).ok()),
        Appended::Found(row) => (false, row.get(0).ok()),
        Appended::Refused => (false, None),
    }
}

/// Every thread holds exactly 1..last_seq, and no request twice.
async fn check_places(db: &Db) -> BTreeMap<i64, i64> {
    static SEQS: Sql = Sql::new("select thread_id, seq from post order by thread_id, seq");
    static LAST: Sql = Sql::new("select id, last_seq from thread");
    let mut seen = BTreeMap::<i64, i64>::new();
    for row in db.rows(&SEQS, args![]).await.unwrap() {
        let last = seen.entry(row.get(0).unwrap()).or_default();
        *last += 1;
        assert_eq!(row.get::<i64>(1).unwrap(), *last);
    }
    for row in db.rows(&LAST, args![]).await.unwrap() {
        let last = seen.get(&row.get(0).unwrap()).copied().unwrap_or_default();
        assert_eq!(row.get::<i64>(1).unwrap(), last);
    }
    seen
}

on_both! {
async fn a_repeat_finds_its_first_row(store) {
    make_threads(store, 1).await;
    let first = post(&store.db, 0, 7, "a").await.unwrap();
    let again = post(&store.db, 0, 7, "a").await.unwrap();
    let other = post(&store.db, 0, 8, "a").await.unwrap();
    assert_eq!(first, Appended::New(Row(args![1_i64])));
    assert_eq!(again, Appended::Found(Row(args![1_i64, "7 a"])));
    assert_eq!(other, Appended::New(Row(args![2_i64])));
    check_places(&store.db).await;
}

async fn a_repeat_finds_its_row_where_nothing_new_may_be_written(store) {
    make_threads(store, 1).await;
    post(&store.db, 0, 7, "a").await.unwrap();
    static CLOSE: Sql = Sql::new("update thread set open = false");
    let mut batch = Batch::new();
    batch.demand(1, &CLOSE, args![]);
    store.db.write(batch).await.unwrap();
    let again = post(&store.db, 0, 7, "a").await.unwrap();
    assert_eq!(again, Appended::Found(Row(args![1_i64, "7 a"])));
    assert_eq!(post(&store.db, 0, 7, "b").await.unwrap(), Appended::Refused);
    check_places(&store.db).await;
}

async fn places_are_dense_under_concurrent_writers_and_repeats(store) {
    make_threads(store, 8).await;
    let writers = (0..32).map(|author| {
        let db = store.db.clone();
        tokio::spawn(async move {
            for turn in 0..15 {
                // One thread is hot; each request is sent twice at once.
                let thread = if turn % 2 == 0 { 0 } else { (author + turn) % 8 };
                let id = turn.to_string();
                let (one, two) =
                    tokio::join!(post(&db, thread, author, &id), post(&db, thread, author, &id));
                let (one, two) = (one.unwrap(), two.unwrap());
                let (one, two) = (placed(&one), placed(&two));
                assert!(one.1.is_some());
                assert_eq!(one.1, two.1);
                assert!(one.0 != two.0, "one of them is the first");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let places = check_places(&store.db).await;
    assert_eq!(places.values().sum::<i64>(), 32 * 15);
}

async fn a_refused_request_gets_no_row_and_harms_nobody(store) {
    make_threads(store, 3).await;
    static CLOSE: Sql = Sql::new("update thread set open = false where id = 1");
    let mut batch = Batch::new();
    batch.demand(1, &CLOSE, args![]);
    store.db.write(batch).await.unwrap();
    let requests = (0..60).map(|n: i64| {
        let db = store.db.clone();
        // Threads 0 and 2 take it, 1 is closed, 3 is nowhere.
        tokio::spawn(async move { (n % 4, post(&db, n % 4, n, "x").await.unwrap()) })
    });
    for request in requests.collect::<Vec<_>>() {
        let (thread, answer) = request.await.unwrap();
        let wanted = thread % 2 == 0;
        assert_eq!(matches!(answer, Appended::New(_)), wanted, "thread {thread}");
        assert_eq!(answer == Appended::Refused, !wanted, "thread {thread}");
    }
    let places = check_places(&store.db).await;
    assert_eq!(places, BTreeMap::from([(0, 15), (2, 15)]));
}

async fn a_request_that_fails_is_found_among_the_others(store) {
    make_threads(store, 1).await;
    let requests = (0..64_i64).map(|n| {
        let db = store.db.clone();
        let id = if n == 21 { "too long".repeat(9) } else { n.to_string() };
        tokio::spawn(async move { (n, post(&db, 0, n, &id).await) })
    });
    let mut failed = Vec::new();
    for request in requests.collect::<Vec<_>>() {
        match request.await.unwrap() {
            (_, Ok(answer)) => assert!(matches!(answer, Appended::New(_))),
            (n, Err(error)) => failed.push((n, error.code())),
        }
    }
    assert_eq!(failed, [(21, "store.engine")]);
    let places = check_places(&store.db).await;
    assert_eq!(places[&0], 63);
}

async fn commits_become_visible_in_the_order_of_their_places(store) {
    make_threads(store, 2).await;
    static BEYOND: Sql =
        Sql::new("select seq from post where thread_id = $1 and seq > $2 order by seq");
    let writers: Vec<_> = (0..16)
        .map(|author| {
            let db = store.db.clone();
            tokio::spawn(async move {
                for turn in 0..20 {
                    post(&db, 0, author, &turn.to_string()).await.unwrap();
                }
            })
        })
        .collect();
    // A reader that always asks for what is beyond its last row must see every
    // row once and in order.
    let mut have = 0;
    while have < 16 * 20 {
        for row in store.db.rows(&BEYOND, args![0_i64, have]).await.unwrap() {
            assert_eq!(row.get::<i64>(0).unwrap(), have + 1);
            have += 1;
        }
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn appends_and_batches_share_the_lock(store) {
    make_threads(store, 4).await;
    let writers = (0..24_i64).map(|author| {
        let db = store.db.clone();
        tokio::spawn(async move {
            for turn in 0..10 {
                let thread = (author + turn) % 4;
                let id = turn.to_string();
                if author % 3 == 0 {
                    let mut batch = Batch::new();
                    batch.run(&LOCK, args![thread]);
                    batch.demand(1, &INSERT, args![thread, author, &id, "by a batch"]);
                    batch.demand(1, &COUNT, args![thread]);
                    db.write(batch).await.unwrap();
                } else {
                    post(&db, thread, author, &id).await.unwrap();
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let places = check_places(&store.db).await;
    assert_eq!(places.values().sum::<i64>(), 240);
}

async fn a_plan_can_be_looked_at(store) {
    make_threads(store, 1).await;
    let shapes = store.db.describe_append(&POST).await.unwrap();
    // Lock, add and find; or place, add, count, find.
    let texts = if store.options.url.starts_with("postgres") { 3 } else { 4 };
    assert_eq!(shapes.len(), texts);
}

async fn a_row_of_another_width_is_an_error(store) {
    make_threads(store, 1).await;
    let error = store.db.append(&POST, args![0_i64, 1_i64, "x"]).await.unwrap_err();
    assert_eq!(error.code(), "store.engine");
}
}

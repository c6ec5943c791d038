//! How many durable sends a second the store takes, shaped like a chat's:
//! membership guard, idempotency, counters, the row read back.
//!
//! `bench_store [SECONDS] [POSTGRES_URL]` prints one JSON array. Only ratios
//! of one run mean anything: disks and neighbours differ from run to run.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use sql::{Append, Batch, Db, Migration, Options, Sql, Step, args};
use tokio::sync::{mpsc, oneshot};

const WRITERS: [usize; 3] = [1, 8, 64];
const CHATS: i64 = 1000;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let bench = Bench { window: Duration::from_secs(seconds), results: Vec::new() };
    let bench = match (arguments.next(), arguments.next()) {
        (Some(url), Some(_)) => bench.postgres(&url).await?,
        (Some(url), None) => bench.log().await?.sqlite().await?.postgres(&url).await?,
        _ => bench.log().await?.sqlite().await?,
    };
    println!("[\n  {}\n]", bench.results.join(",\n  "));
    Ok(())
}

struct Bench {
    window: Duration,
    results: Vec<String>,
}

impl Bench {
    fn note(&mut self, case: &str, writers: usize, per_second: f64) {
        self.results.push(format!(
            "{{\"case\":\"{case}\",\"writers\":{writers},\"ours\":{per_second:.0},\"unit\":\"1/s\"}}"
        ));
    }

    /// The limit: a log that is synced for each group, and does nothing else.
    async fn log(mut self) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let sender = start_log(folder.path().join("log"))?;
        let rate = measure(self.window, 64, move |_| {
            let sender = sender.clone();
            async move {
                let (answer, answered) = oneshot::channel();
                drop(sender.send(answer).await);
                answered.await.is_ok()
            }
        });
        let rate = rate.await;
        self.note("log, grouped", 64, rate);
        Ok(self)
    }

    async fn sqlite(mut self) -> Result<Self, Failure> {
        for (case, group) in [("sqlite, one transaction each", 1), ("sqlite, grouped", 256)] {
            for writers in WRITERS {
                let folder = tempfile::tempdir()?;
                let options = Options { group, ..Options::sqlite(folder.path().join("store.db")) };
                let db = prepare(&options).await?;
                let rate = appends(&db, self.window, writers, CHATS).await;
                self.note(case, writers, rate);
            }
        }
        let folder = tempfile::tempdir()?;
        let db = prepare(&Options::sqlite(folder.path().join("store.db"))).await?;
        let rate = appends(&db, self.window, 64, 1).await;
        self.note("sqlite, one hot chat", 64, rate);
        Ok(self)
    }

    async fn postgres(mut self, url: &str) -> Result<Self, Failure> {
        let options = Options { connections: 32, ..Options::parse(url)? };
        for writers in WRITERS {
            let db = prepare(&options).await?;
            let rate = batches(&db, self.window, writers).await;
            self.note("postgres, one transaction each", writers, rate);
        }
        for writers in WRITERS {
            let db = prepare(&options).await?;
            let rate = appends(&db, self.window, writers, CHATS).await;
            self.note("postgres, appended", writers, rate);
        }
        let db = prepare(&options).await?;
        let rate = appends(&db, self.window, 64, 1).await;
        self.note("postgres, one hot chat", 64, rate);
        drop_tables(&db).await?;
        Ok(self)
    }
}

/// Runs `work` from `writers` tasks at once; answers how often a second it
/// succeeded.
async fn measure<F>(
    window: Duration,
    writers: usize,
    work: impl Fn(i64) -> F + Send + Sync + 'static,
) -> f64
where
    F: Future<Output = bool> + Send,
{
    let (work, count) = (Arc::new(work), Arc::new(AtomicI64::new(0)));
    let began = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (work, count) = (work.clone(), count.clone());
            tokio::spawn(async move {
                let mut done = 0_u32;
                while began.elapsed() < window {
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    done += u32::from(work(number).await);
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap_or_default();
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

async fn appends(db: &Db, window: Duration, writers: usize, chats: i64) -> f64 {
    let db = db.clone();
    measure(window, writers, move |number| {
        let (db, body) = (db.clone(), "x".repeat(200));
        async move {
            let row = args![number % chats, 1_i64, format!("{number:016}"), body, number];
            db.append(&SEND, row).await.is_ok_and(|answer| answer.is_new)
        }
    })
    .await
}

async fn batches(db: &Db, window: Duration, writers: usize) -> f64 {
    let db = db.clone();
    measure(window, writers, move |number| {
        let (db, body) = (db.clone(), "x".repeat(200));
        async move {
            let (chat, id) = (number % CHATS, format!("{number:016}"));
            let mut batch = Batch::new();
            batch.run(&LOCK, args![chat]);
            batch.run(&INSERT, args![chat, 1_i64, &id, body, number]);
            batch.run(&COUNT, args![chat, number]);
            batch.run(&FIND, args![chat, 1_i64, &id]);
            db.write(batch).await.is_ok()
        }
    })
    .await
}

async fn prepare(options: &Options) -> Result<Db, Failure> {
    let db = Db::open(options).await?;
    drop_tables(&db).await?;
    db.migrate(&[TABLES]).await?;
    static CHAT: Sql =
        Sql::new("insert into bench_chat (id, last_seq, rev, last_at) values ($1, 0, 0, 0)");
    static MEMBER: Sql = Sql::new("insert into bench_member (chat_id, account_id) values ($1, $2)");
    let mut batch = Batch::new();
    for chat in 0..CHATS {
        batch.run(&CHAT, args![chat]);
        batch.run(&MEMBER, args![chat, 1_i64]);
        batch.run(&MEMBER, args![chat, 2_i64]);
    }
    db.write(batch).await?;
    Ok(db)
}

async fn drop_tables(db: &Db) -> Result<(), Failure> {
    static DROPS: [Sql; 4] = [
        Sql::new("drop table if exists bench_chat"),
        Sql::new("drop table if exists bench_member"),
        Sql::new("drop table if exists bench_message"),
        Sql::new("drop table if exists schema_migration"),
    ];
    let mut batch = Batch::new();
    for drop in &DROPS {
        batch.run(drop, args![]);
    }
    db.write(batch).await?;
    Ok(())
}

fn start_log(path: std::path::PathBuf) -> Result<mpsc::Sender<oneshot::Sender<()>>, Failure> {
    /// `O_DSYNC` of Linux: a write returns when its data is on the disk.
    const O_DSYNC: i32 = 0o10000;
    let mut file = OpenOptions::new().create(true).append(true).custom_flags(O_DSYNC).open(path)?;
    let (sender, mut receiver) = mpsc::channel::<oneshot::Sender<()>>(4096);
    std::thread::spawn(move || {
        let mut waiting = Vec::new();
        while receiver.blocking_recv_many(&mut waiting, 256) > 0 {
            let bytes = vec![b'x'; 256 * waiting.len()];
            if file.write_all(&bytes).is_err() {
                return;
            }
            for answer in waiting.drain(..) {
                let _gone = answer.send(());
            }
        }
    });
    Ok(sender)
}

const TABLES: Migration = Migration::new(
    1,
    "bench",
    "create table bench_chat (id bigint primary key, last_seq bigint not null,
        rev bigint not null, last_at bigint not null);
     create table bench_member (chat_id bigint not null, account_id bigint not null,
        primary key (chat_id, account_id));
     create table bench_message (chat_id bigint not null, seq bigint not null, rev bigint not null,
        sender_id bigint not null, client_id text not null, body text not null,
        changed boolean not null, created_at bigint not null,
        unique (chat_id, seq), unique (chat_id, sender_id, client_id));
     create index bench_message_changed on bench_message (chat_id, rev) where changed",
);

static LOCK: Sql = Sql::per_engine(
    "select 1 from bench_chat where id = $1",
    "select 1 from bench_chat where id = $1 for update",
);
static INSERT: Sql = Sql::new(
    "insert into bench_message (chat_id, seq, rev, sender_id, client_id, body, changed, created_at)
     select c.id, c.last_seq + 1, c.rev + 1, $2, $3, $4, false, $5
     from bench_chat c join bench_member m on m.chat_id = c.id and m.account_id = $2
     where c.id = $1
     on conflict (chat_id, sender_id, client_id) do nothing returning seq, rev, body, created_at",
);
static COUNT: Sql = Sql::new(
    "update bench_chat set last_seq = last_seq + 1, rev = rev + 1, last_at = $2
     where id = $1 and exists (select 1 from bench_message m
        where m.chat_id = $1 and m.seq = bench_chat.last_seq + 1)",
);
static FIND: Sql = Sql::new(
    "select seq, rev, body, created_at from bench_message
     where chat_id = $1 and sender_id = $2 and client_id = $3",
);
static SEND: Append = Append {
    lock: Step {
        one: &LOCK,
        many: "select id from bench_chat where id = any($1) order by id for update",
        columns: &[0],
    },
    add: Step {
        one: &INSERT,
        many: "with request as (
                select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[])
                    with ordinality as r (chat_id, sender_id, client_id, body, created_at, ord)
             ), fresh as (
                select distinct on (r.chat_id, r.sender_id, r.client_id)
                    r.*, c.last_seq, c.rev
                from request r
                join bench_chat c on c.id = r.chat_id
                join bench_member m on m.chat_id = r.chat_id and m.account_id = r.sender_id
                where not exists (select 1 from bench_message x where x.chat_id = r.chat_id
                    and x.sender_id = r.sender_id and x.client_id = r.client_id)
                order by r.chat_id, r.sender_id, r.client_id, r.ord
             ), placed as (
                select *, row_number() over (partition by chat_id order by ord) as place from fresh
             ), added as (
                insert into bench_message
                    (chat_id, seq, rev, sender_id, client_id, body, changed, created_at)
                select chat_id, last_seq + place, rev + place, sender_id, client_id, body, false,
                    created_at from placed
             )
             select ord, last_seq + place, rev + place, body, created_at from placed",
        columns: &[0, 1, 2, 3, 4],
    },
    then: &[Step {
        one: &COUNT,
        many: "update bench_chat set last_seq = top.seq, rev = top.rev, last_at = top.created_at
                from (select r.id, m.seq, m.rev, m.created_at
                      from (select distinct id from unnest($1::bigint[], $2::bigint[]) as r (id, at)) r
                      cross join lateral (select seq, rev, created_at from bench_message
                        where chat_id = r.id order by seq desc limit 1) m) top
                where bench_chat.id = top.id and bench_chat.last_seq < top.seq",
        columns: &[0, 4],
    }],
    find: Step {
        one: &FIND,
        many: "select r.ord, m.seq, m.rev, m.body, m.created_at
                from unnest($1::bigint[], $2::bigint[], $3::text[])
                    with ordinality as r (chat_id, sender_id, client_id, ord)
                join bench_message m on m.chat_id = r.chat_id and m.sender_id = r.sender_id
                    and m.client_id = r.client_id",
        columns: &[0, 1, 2],
    },
};

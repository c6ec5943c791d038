//! PostgreSQL goes away and comes back.

use std::time::{Duration, Instant};

use sql::{Batch, Db, Options, Sql, args};
use tokio_postgres::config::{Config, Host};

use crate::proxy::Proxy;
use crate::support::{Store, add, bodies, count, postgres};

/// A store behind a link that can be broken.
async fn behind_a_link(deadline: Duration) -> Option<(Store, Proxy, Db)> {
    let store = postgres().await?;
    let config: Config = store.options.url.parse().unwrap();
    let [Host::Tcp(host)] = config.get_hosts() else { panic!("TEST_POSTGRES names no TCP host") };
    let port = config.get_ports().first().unwrap_or(&5432);
    let proxy = Proxy::start(format!("{host}:{port}")).await;
    let user = config.get_user().unwrap_or("postgres");
    let password = String::from_utf8_lossy(config.get_password().unwrap_or_default());
    let (_, rest) = store.options.url.rsplit_once('@').unwrap();
    let (_, path) = rest.split_once('/').unwrap();
    let url = format!("postgres://{user}:{password}@{}/{path}", proxy.address);
    let options = Options { deadline, connections: 4, ..Options::parse(&url).unwrap() };
    let db = Db::open(&options).await.unwrap();
    Some((store, proxy, db))
}

#[tokio::test]
async fn the_pool_heals_after_the_server_was_away() {
    let Some((_store, proxy, db)) = behind_a_link(Duration::from_secs(5)).await else { return };
    db.write(add(1, "before")).await.unwrap();
    proxy.cut();
    // Asked while the server is away: it waits a little and then succeeds.
    let waiting = tokio::spawn({
        let db = db.clone();
        async move { bodies(&db).await }
    });
    tokio::task::yield_now().await;
    proxy.heal();
    let healed = Instant::now();
    assert_eq!(waiting.await.unwrap(), ["before"]);
    let writes = (2..10).map(|id| {
        let db = db.clone();
        tokio::spawn(async move { db.write(add(id, "after")).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    assert!(healed.elapsed() < Duration::from_secs(3));
    assert_eq!(count(&db).await, 9);
}

#[tokio::test]
async fn a_server_that_hangs_fails_calls_in_time() {
    let deadline = Duration::from_millis(400);
    let Some((_store, proxy, db)) = behind_a_link(deadline).await else { return };
    db.write(add(1, "before")).await.unwrap();
    proxy.hold();
    let asked = Instant::now();
    // More than there are connections: those who wait for one fail in time too.
    let writes = (2..30).map(|id| {
        let db = db.clone();
        tokio::spawn(async move { db.write(add(id, "x")).await })
    });
    for write in writes.collect::<Vec<_>>() {
        assert_eq!(write.await.unwrap().unwrap_err().code(), "store.unavailable");
    }
    assert_eq!(db.ready().await.unwrap_err().code(), "store.unavailable");
    assert!(asked.elapsed() < deadline * 5, "{:?}", asked.elapsed());
    proxy.cut();
    proxy.heal();
    db.write(add(100, "after")).await.unwrap();
    db.ready().await.unwrap();
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_on_the_server_too() {
    static SLOW: Sql = Sql::new("select 1 from pg_sleep(60)");
    static RUNNING: Sql = Sql::new(
        "select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' \
            and state = 'active' and pid <> pg_backend_pid()",
    );
    let Some((store, _proxy, db)) = behind_a_link(Duration::from_millis(300)).await else { return };
    let mut batch = Batch::new();
    batch.run(&SLOW, args![]);
    assert_eq!(db.write(batch).await.unwrap_err().code(), "store.unavailable");
    let began = Instant::now();
    loop {
        let running = store.db.row(&RUNNING, args![]).await.unwrap().unwrap();
        if running.get::<i64>(0).unwrap() == 0 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(5), "it still runs");
    }
    db.write(add(1, "after")).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let url = "postgres://nobody@127.0.0.1:1/nothing";
    let options = Options { deadline: Duration::from_millis(300), ..Options::parse(url).unwrap() };
    let error = Db::open(&options).await.unwrap_err();
    assert!(error.to_string().contains("cannot be reached"), "{error}");
}

#[tokio::test]
async fn a_dropped_store_lets_go_of_its_connections() {
    static OPEN: Sql =
        Sql::new("select count(*) from pg_stat_activity where application_name = $1");
    let Some(store) = postgres().await else { return };
    let name = format!("drop-{}", store.folder.path().file_name().unwrap().display());
    let url = format!("{}&application_name={name}", store.options.url);
    let db = Db::open(&Options::parse(&url).unwrap()).await.unwrap();
    let many = (1..20).map(|id| {
        let db = db.clone();
        tokio::spawn(async move { db.write(add(id, "x")).await })
    });
    for write in many.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    let open = async || {
        let row = store.db.row(&OPEN, args![&name]).await.unwrap().unwrap();
        row.get::<i64>(0).unwrap()
    };
    assert!(open().await > 1);
    drop(db);
    let began = Instant::now();
    while open().await > 0 {
        assert!(began.elapsed() < Duration::from_secs(5), "they are still open");
    }
}

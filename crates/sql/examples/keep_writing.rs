//! Writes to the store URL until it is killed, and prints the id of each batch
//! after its acknowledgement. A test kills it.
//!
//! A batch that failed is not tried again: whether it was done is unknown.

use std::io::Write;
use std::time::Duration;

use sql::{Batch, Db, Migration, Options, Sql, args};

static FIRST: Sql = Sql::new("insert into pair (id, half) values ($1, 1)");
static SECOND: Sql = Sql::new("insert into pair (id, half) values ($1, 2)");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("the URL is missing")?;
    let first: i64 = arguments.next().ok_or("the first id is missing")?.parse()?;
    Ok(run(&url, first).await?)
}

pub(crate) async fn run(url: &str, first: i64) -> Result<(), sql::Error> {
    let db = Db::open(&Options::parse(url)?).await?;
    let table = "create table pair (id bigint not null, half bigint not null, unique (id, half))";
    db.migrate(&[Migration::new(1, "pair", table)]).await?;
    let writers: Vec<_> =
        (0..8).map(|writer| tokio::spawn(keep(db.clone(), first + writer))).collect();
    for writer in writers {
        writer.await.expect("a writer does not panic");
    }
    Ok(())
}

async fn keep(db: Db, first: i64) {
    for id in (first..).step_by(8) {
        let mut batch = Batch::new();
        batch.run(&FIRST, args![id]);
        batch.run(&SECOND, args![id]);
        if let Err(error) = db.write(batch).await {
            eprintln!("{id} {} {error}", error.code());
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        }
        // One call for the whole line, so that a kill does not cut an id short.
        if std::io::stdout().write_all(format!("ack {id}\n").as_bytes()).is_err() {
            return;
        }
    }
}

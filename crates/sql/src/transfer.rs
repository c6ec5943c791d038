//! Moving a store from SQLite to PostgreSQL, with proof.
//!
//! Everything goes over in one transaction: the new store has all of it or
//! nothing. Each table is then read back and compared with what was sent, by
//! its number of rows and by a checksum that no order of rows can change.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use deadpool_postgres::Client;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::ToSql;

use crate::postgres::{Connector, Purpose, Trouble};
use crate::sqlite::source::{Source, Table};
use crate::{Error, Row, Value};

/// A statement of the move may take this long.
const DEADLINE: Duration = Duration::from_secs(3_600);

/// Rows read ahead of the writing side.
const AHEAD: usize = 1_024;

/// What was moved of one table, as both engines agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The table.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// A checksum over all its values, in hexadecimal.
    pub checksum: String,
}

/// Copies every row of the SQLite store `from` into the PostgreSQL store at
/// `url`, whose schema must be the same and whose tables must be empty. The
/// file is locked meanwhile, so nobody can write to what is being moved. Tables
/// named in `rebuilt` stay behind: the new store makes its own.
///
/// # Errors
/// When the file is in use, the schemas differ, the target holds rows, or a
/// table does not read back as it was sent; then the target is left as it was.
pub async fn transfer(from: &Path, url: &str, rebuilt: &[&str]) -> Result<Vec<Proof>, Error> {
    let pool = Connector::new(url, DEADLINE)?.pool(1, Purpose::Write)?;
    let client = pool.get().await.map_err(|error| Trouble::from(error).error)?;
    let source = Source::open(from)?;
    client.batch_execute("begin").await.map_err(of)?;
    let moved = fill(&client, from, source, rebuilt).await;
    let end = if moved.is_ok() { "commit" } else { "rollback" };
    let ended = client.batch_execute(end).await.map_err(of);
    pool.close();
    moved.and_then(|proofs| ended.map(|()| proofs))
}

async fn fill(
    client: &Client,
    from: &Path,
    source: Source,
    rebuilt: &[&str],
) -> Result<Vec<Proof>, Error> {
    demand_same_schema(client, &source).await?;
    let mut tables = source.tables()?;
    tables.retain(|table| !rebuilt.contains(&table.name.as_str()));
    // The lock is held to the end: dropping the source would give it up.
    let _lock = source;
    let mut proofs = Vec::with_capacity(tables.len());
    for table in tables {
        demand_empty(client, &table).await?;
        let sent = send(client, from.to_owned(), &table).await?;
        let found = read_back(client, &table).await?;
        if sent != found {
            return Err(Error::Corrupt(format!(
                "table {} does not read back as it was sent; nothing was moved",
                table.name
            )));
        }
        proofs.push(sent.proof(table.name));
    }
    Ok(proofs)
}

async fn demand_same_schema(client: &Client, source: &Source) -> Result<(), Error> {
    let newest = "select coalesce(max(number), 0) from schema_migration";
    let there: i64 = client.query_one(newest, &[]).await.map_err(of)?.get(0);
    let here = source.schema()?;
    if here == there {
        return Ok(());
    }
    Err(Error::Engine(format!(
        "the file has schema {here}, this program wants {there}: start it once on the file, which \
         brings it up to date, then move"
    )))
}

async fn demand_empty(client: &Client, table: &Table) -> Result<(), Error> {
    let any = format!("select 1 from {} limit 1", table.quoted());
    match client.query_opt(&any, &[]).await.map_err(of)? {
        None => Ok(()),
        Some(_) => Err(Error::Engine(format!(
            "table {} of the target holds rows already: name an empty database",
            table.name
        ))),
    }
}

async fn send(client: &Client, from: PathBuf, table: &Table) -> Result<Sum, Error> {
    let (columns, name) = (table.columns(), table.quoted());
    let shape = client.prepare(&format!("select {columns} from {name}")).await.map_err(of)?;
    let types: Vec<_> = shape.columns().iter().map(|column| column.type_().clone()).collect();
    let sink = client.copy_in(&format!("copy {name} ({columns}) from stdin binary")).await;
    let mut writer = pin!(BinaryCopyInWriter::new(sink.map_err(of)?, &types));
    let mut rows = read_ahead(from, table.clone());
    let mut sum = Sum::default();
    while let Some(row) = rows.recv().await {
        let row = row?;
        sum.add(&row);
        let values: Vec<_> = row.0.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        writer.as_mut().write(&values).await.map_err(of)?;
    }
    writer.finish().await.map_err(of)?;
    Ok(sum)
}

/// SQLite blocks, so it is read by a thread of its own.
fn read_ahead(from: PathBuf, table: Table) -> mpsc::Receiver<Result<Row, Error>> {
    let (rows, ahead) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let read = table.each(&from, |row| match rows.blocking_send(Ok(row)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
        if let Err(error) = read {
            drop(rows.blocking_send(Err(error)));
        }
    });
    ahead
}

async fn read_back(client: &Client, table: &Table) -> Result<Sum, Error> {
    let text = format!("select {} from {}", table.columns(), table.quoted());
    let none: [&(dyn ToSql + Sync); 0] = [];
    let mut rows = pin!(client.query_raw(&text, none).await.map_err(of)?);
    let mut sum = Sum::default();
    while let Some(row) = rows.next().await {
        let row = row.map_err(of)?;
        let values = (0..row.len()).map(|at| row.try_get::<_, Value>(at));
        sum.add(&Row(values.collect::<Result<_, _>>().map_err(of)?));
    }
    Ok(sum)
}

fn of(error: tokio_postgres::Error) -> Error {
    Trouble::from(error).error
}

/// Rows, whatever their order: their number, and the sum of their hashes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    low: u128,
    high: u128,
}

impl Sum {
    fn add(&mut self, row: &Row) {
        let mut hasher = Sha256::new();
        for value in &row.0 {
            let (kind, bytes): (u8, &[u8]) = match value {
                Value::Null | Value::List(_) => (0, &[]),
                Value::Int(int) => (1, &int.to_be_bytes()),
                Value::Text(text) => (2, text.as_bytes()),
                Value::Bool(bool) => (3, &[u8::from(*bool)]),
                Value::Bytes(bytes) => (4, bytes),
            };
            hasher.update([kind]);
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        }
        let hash = hasher.finalize();
        let half = |from: usize| {
            let bytes = hash[from..from + 16].try_into().expect("a hash has 32 bytes");
            u128::from_be_bytes(bytes)
        };
        self.rows += 1;
        self.low = self.low.wrapping_add(half(0));
        self.high = self.high.wrapping_add(half(16));
    }

    fn proof(&self, table: String) -> Proof {
        Proof { table, rows: self.rows, checksum: format!("{:032x}{:032x}", self.low, self.high) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_knows_rows_but_not_their_order() {
        let sum = |rows: &[Row]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|row| sum.add(row));
            sum
        };
        let one = Row(vec![Value::Int(1), Value::Null]);
        let other = Row(vec![Value::Text("1".into()), Value::Null]);
        assert_eq!(sum(&[one.clone(), other.clone()]), sum(&[other.clone(), one.clone()]));
        assert_ne!(sum(&[one.clone(), one.clone()]), sum(&[other.clone(), other]));
        assert_ne!(sum(std::slice::from_ref(&one)), sum(&[one.clone(), one]));
    }
}

//! One trace of writes gives one visible state on both engines (I8).

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sql::{Batch, Error, Row, Rows, Sql, Value, args, list};

use crate::support::{Store, postgres, sqlite};

/// A step of a trace: which statement, on which note, with which text, and
/// how many rows it demands, if it does.
type Play = (u8, i64, String, Option<u64>);

static PLAYS: [Sql; 6] = [
    Sql::new("insert into note (id, body) values ($1, $2) on conflict do nothing returning id"),
    Sql::new(
        "update note set body = body || $2, loud = (id = $1) where id >= $1 returning id, body",
    ),
    Sql::new("delete from note where id = $1 and body <> $2 returning body, loud"),
    Sql::new("insert into note (id, body) values ($1, $2)"),
    Sql::new(
        "insert into note (id, body) values ($1, $2)
         on conflict (id) do update set body = excluded.body, loud = true",
    ),
    Sql::new("select id, body, loud from note where id <= $1 or body = $2 order by id"),
];

fn batch(plays: &[Play]) -> Batch {
    let mut batch = Batch::new();
    for (which, id, text, demand) in plays {
        let (sql, args) = (&PLAYS[usize::from(*which)], args![*id, text]);
        match demand {
            Some(rows) => batch.demand(*rows, sql, args),
            None => batch.run(sql, args),
        };
    }
    batch
}

/// What a caller may rely on: rows in no order unless one is asked for, and
/// the kind of the error.
fn seen(result: Result<Rows, Error>) -> Result<Vec<Vec<Row>>, String> {
    let sorted = |mut rows: Vec<Row>| {
        rows.iter_mut().flat_map(|row| &mut row.0).for_each(|value| {
            // SQLite has no booleans of its own.
            if let Value::Bool(bool) = value {
                *value = Value::Int(i64::from(*bool));
            }
        });
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        rows
    };
    match result {
        Ok(rows) => Ok(rows.into_iter().map(sorted).collect()),
        Err(error @ Error::Demand { .. }) => Err(error.to_string()),
        Err(error) => Err(error.code().to_owned()),
    }
}

async fn play(store: &Store, trace: &[Vec<Play>]) -> Vec<Result<Vec<Vec<Row>>, String>> {
    static CLEAR: Sql = Sql::new("delete from note where id = any($1)");
    static ALL: Sql = Sql::new("select id, body, loud from note order by id");
    let mut clear = Batch::new();
    clear.run(&CLEAR, args![list(0..8_i64)]);
    store.db.write(clear).await.unwrap();
    let mut results = Vec::new();
    for plays in trace {
        results.push(seen(store.db.write(batch(plays)).await));
        results.push(seen(store.db.rows(&ALL, args![]).await.map(|rows| vec![rows])));
    }
    results
}

#[test]
fn i8_one_trace_gives_one_visible_state() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(postgres) = runtime.block_on(postgres()) else { return };
    let sqlite = runtime.block_on(sqlite());
    let text = prop_oneof![Just(String::new()), "[a-c]{1,2}", "[é🦀'$?1]{1,3}"];
    let demand = prop_oneof![3 => Just(None), 1 => (0..3_u64).prop_map(Some)];
    let plays = prop::collection::vec((0..6_u8, 0..8_i64, text, demand), 1..5);
    let traces = prop::collection::vec(plays, 1..8);
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() };
    let outcome = TestRunner::new(config).run(&traces, |trace| {
        let (one, other) = runtime
            .block_on(async { (play(&sqlite, &trace).await, play(&postgres, &trace).await) });
        prop_assert_eq!(one, other);
        Ok(())
    });
    outcome.unwrap();
}

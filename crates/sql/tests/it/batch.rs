//! Batches: all or nothing, and nobody else's trouble.

use sql::{Batch, Error, Sql, args};

use crate::support::{ADD, add, bodies, count, on_both};

static RENAME: Sql = Sql::new("update note set body = $2 where id = $1");
static ADD_RETURNING: Sql = Sql::new(
    "insert into note (id, body) values ($1, $2) on conflict do nothing returning id, body",
);

on_both! {
async fn rows_come_from_returning_and_from_selects_inside_the_batch(store) {
    let mut batch = Batch::new();
    let added = batch.run(&ADD_RETURNING, args![7_i64, "seven"]);
    let again = batch.run(&ADD_RETURNING, args![7_i64, "other"]);
    let seen = batch.run(&crate::support::BODIES, args![]);
    let rows = store.db.write(batch).await.unwrap();
    assert_eq!(rows[added][0].get::<i64>(0).unwrap(), 7);
    assert!(rows[again].is_empty());
    assert_eq!(rows[seen][0].get::<String>(0).unwrap(), "seven");
}

async fn an_unmet_demand_undoes_its_batch_and_names_the_statement(store) {
    let mut batch = add(1, "gone");
    batch.demand(1, &RENAME, args![1_i64, "renamed"]);
    batch.demand(1, &RENAME, args![2_i64, "nobody"]);
    let error = store.db.write(batch).await.unwrap_err();
    assert_eq!(error, Error::Demand { statement: 2, wanted: 1, got: 0 });
    assert_eq!(count(&store.db).await, 0);
}

async fn a_failing_batch_undoes_itself_only(store) {
    store.db.write(add(0, "taken")).await.unwrap();
    let writes = (0..200).map(|id| {
        let db = store.db.clone();
        // Every tenth writes a key that is taken, after a row of its own.
        let mut batch = add(id + 1, "kept");
        if id % 10 == 0 {
            batch.run(&ADD, args![0_i64, "clash"]);
        }
        tokio::spawn(async move { (id, db.write(batch).await) })
    });
    for write in writes.collect::<Vec<_>>() {
        let (id, result) = write.await.unwrap();
        assert_eq!(result.is_ok(), id % 10 != 0, "{id}: {result:?}");
    }
    assert_eq!(bodies(&store.db).await.len(), 1 + 180);
}

async fn a_wrong_number_of_arguments_is_an_error(store) {
    let mut batch = Batch::new();
    batch.run(&ADD, args![1_i64]);
    let error = store.db.write(batch).await.unwrap_err();
    assert_eq!(error.code(), "store.engine");
}

async fn readers_cannot_write(store) {
    let error = store.db.rows(&ADD, args![1_i64, "x"]).await.unwrap_err();
    assert_eq!(error.code(), "store.engine");
    assert_eq!(count(&store.db).await, 0);
}
}

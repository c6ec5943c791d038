//! The statement shapes that the product relies on, on both engines: one
//! trace, one visible state.

use sql::{Batch, Row, Sql, Value, args, list};

use crate::support::{Store, add, on_both};

/// Runs a statement in a batch and answers its rows.
async fn run(store: &Store, sql: &'static Sql, args: sql::Args) -> Vec<Row> {
    let mut batch = Batch::new();
    batch.run(sql, args);
    store.db.write(batch).await.unwrap().remove(0)
}

macro_rules! statement {
    ($text:literal) => {{
        static SQL: Sql = Sql::new($text);
        &SQL
    }};
}

on_both! {
async fn values_come_back_as_they_went(store) {
    let insert = statement!("insert into note (id, body, loud, raw) values ($1, $2, $3, $4)");
    let select = statement!("select id, body, loud, raw from note where id = $1");
    let raw: Vec<u8> = (0..=255).collect();
    for (id, body, loud, raw) in [
        (i64::MAX, Some("Ünïcödé 🦀 'quoted' $1 ?1"), Some(true), Some(raw)),
        (i64::MIN, Some(""), Some(false), Some(vec![])),
        (0, None, None, None),
    ] {
        run(store, insert, args![id, body, loud, raw.clone()]).await;
        let row = store.db.row(select, args![id]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>(0).unwrap(), id);
        assert_eq!(row.get::<Option<String>>(1).unwrap().as_deref(), body);
        assert_eq!(row.get::<Option<bool>>(2).unwrap(), loud);
        assert_eq!(row.get::<Option<Vec<u8>>>(3).unwrap(), raw);
    }
}

async fn parameters_are_numbered_not_named(store) {
    let insert = statement!("insert into note (body, id) values ($2, $1) returning id, body");
    let row = run(store, insert, args![7_i64, "seven"]).await.remove(0);
    assert_eq!(row.0, args![7_i64, "seven"]);
}

async fn lists_of_every_type(store) {
    for id in 0..5 {
        run(store, statement!("insert into note (id, body, raw) values ($1, $2, $3)"),
            args![id, format!("n{id}"), [id as u8; 16]]).await;
    }
    let ints = statement!("select id from note where id = any($1) order by id");
    let texts = statement!("select id from note where body = any($1) order by id");
    let bytes = statement!("select id from note where raw = any($1) and id < $2 order by id");
    let others = statement!("select id from note where id <> all($1) order by id");
    let ids = |rows: Vec<Row>| rows.iter().map(|row| row.get(0).unwrap()).collect::<Vec<i64>>();
    let rows = store.db.rows(ints, args![list([1_i64, 3, 9])]).await.unwrap();
    assert_eq!(ids(rows), [1, 3]);
    let rows = store.db.rows(texts, args![list(["n0", "n4"])]).await.unwrap();
    assert_eq!(ids(rows), [0, 4]);
    let rows = store.db.rows(bytes, args![list([[2_u8; 16], [4; 16]]), 4_i64]).await.unwrap();
    assert_eq!(ids(rows), [2]);
    let rows = store.db.rows(others, args![list([0_i64, 1, 2])]).await.unwrap();
    assert_eq!(ids(rows), [3, 4]);
    let none: [i64; 0] = [];
    assert_eq!(store.db.rows(ints, args![list(none)]).await.unwrap(), []);
    assert_eq!(store.db.rows(others, args![list(none)]).await.unwrap().len(), 5);
}

async fn conflicts_are_read_from_the_rows(store) {
    let quiet = statement!("insert into note (id, body) values ($1, $2) on conflict do nothing returning id");
    assert_eq!(run(store, quiet, args![1_i64, "a"]).await.len(), 1);
    assert_eq!(run(store, quiet, args![1_i64, "b"]).await.len(), 0);
    let upsert = statement!("insert into note (id, body) values ($1, $2) \
        on conflict (id) do update set body = note.body || excluded.body returning body");
    assert_eq!(run(store, upsert, args![1_i64, "c"]).await[0].0, args!["ac"]);
    let from_select = statement!("insert into note (id, body) select id, 'x' from note where true \
        on conflict (id) do nothing returning id");
    assert_eq!(run(store, from_select, args![]).await.len(), 0);
    let guarded = statement!("insert into note (id, body) \
        select $1, $2 where exists (select 1 from note where id = $3) returning id");
    assert_eq!(run(store, guarded, args![2_i64, "d", 9_i64]).await.len(), 0);
    assert_eq!(run(store, guarded, args![2_i64, "d", 1_i64]).await.len(), 1);
}

async fn guarded_updates_answer_with_what_they_changed(store) {
    store.db.write(add(1, "one")).await.unwrap();
    let guess = statement!("update note set body = $2 where id = $1 and body = $3 returning body");
    assert_eq!(run(store, guess, args![1_i64, "two", "one"]).await.len(), 1);
    assert_eq!(run(store, guess, args![1_i64, "three", "one"]).await.len(), 0);
    let delete = statement!("delete from note where id = $1 returning body, loud");
    let rows = run(store, delete, args![1_i64]).await;
    assert_eq!(rows[0].0, [Value::from("two"), Value::Null]);
}

async fn reading_shapes(store) {
    for (id, body) in [(1, "a"), (2, "b"), (3, "a"), (4, "c")] {
        store.db.write(add(id, body)).await.unwrap();
    }
    let page = statement!("select id from note where id < $1 order by id desc limit $2");
    let rows = store.db.rows(page, args![4_i64, 2_i64]).await.unwrap();
    assert_eq!(rows, [Row(args![3_i64]), Row(args![2_i64])]);
    let numbered = statement!("with counted as (select body, count(*) as n from note group by body) \
        select body, n, row_number() over (order by n desc, body) from counted order by 3 limit 1");
    let row = store.db.row(numbered, args![]).await.unwrap().unwrap();
    assert_eq!(row.0, args!["a", 2_i64, 1_i64]);
    let sum = statement!("select cast(coalesce(sum(id), 0) as bigint), max(id), \
        case when $1 is not distinct from 'x' then 1 else 0 end from note");
    let row = store.db.row(sum, args!["x"]).await.unwrap().unwrap();
    assert_eq!(row.0, args![10_i64, 4_i64, 1_i64]);
    let truth = statement!("select true, false, id is null from note where id = 1");
    let row = store.db.row(truth, args![]).await.unwrap().unwrap();
    assert!(row.get::<bool>(0).unwrap());
    assert!(!row.get::<bool>(1).unwrap() && !row.get::<bool>(2).unwrap());
}

async fn references_hold(store) {
    let mut batch = Batch::new();
    batch.run(statement!("insert into tag (note_id, name) values ($1, 'x')"), args![1_i64]);
    let error = store.db.write(batch).await.unwrap_err();
    assert_eq!(error.code(), "store.engine");
}

async fn several_reads_see_one_snapshot(store) {
    let count = statement!("select count(*) from note");
    let writer = store.db.clone();
    let writes = tokio::spawn(async move {
        for id in 0..200 {
            writer.write(add(id, "x")).await.unwrap();
        }
    });
    while !writes.is_finished() {
        let mut batch = Batch::new();
        batch.run(count, args![]);
        batch.run(statement!("select id from note order by id"), args![]);
        batch.run(count, args![]);
        let rows = store.db.read(batch).await.unwrap();
        let first: i64 = rows[0][0].get(0).unwrap();
        assert_eq!(rows[1].len() as i64, first);
        assert_eq!(rows[2][0].get::<i64>(0).unwrap(), first);
    }
    writes.await.unwrap();
}

async fn a_value_of_the_wrong_type_harms_nobody(store) {
    let lookup = statement!("select id from note where id = $1 and body = $2");
    if store.options.url.starts_with("postgres") {
        let mut batch = add(1, "undone");
        batch.run(statement!("update note set body = 'y' where id = $1"), args!["text"]);
        assert_eq!(store.db.write(batch).await.unwrap_err().code(), "store.engine");
        assert_eq!(store.db.rows(lookup, args!["x", 1_i64]).await.unwrap_err().code(), "store.engine");
    }
    store.db.write(add(1, "kept")).await.unwrap();
    assert_eq!(store.db.rows(lookup, args![1_i64, "kept"]).await.unwrap().len(), 1);
}

async fn an_unreadable_answer_undoes_what_it_answers(store) {
    let mut batch = add(1, "undone");
    batch.run(statement!("select id * 1.5 from note"), args![]);
    store.db.write(batch).await.unwrap_err();
    assert_eq!(run(store, statement!("select id from note"), args![]).await, []);
}

async fn an_unmet_demand_comes_before_a_later_failure(store) {
    let mut batch = Batch::new();
    batch.demand(1, statement!("update note set body = 'x' where id = $1"), args![1_i64]);
    batch.run(statement!("insert into tag (note_id, name) values ($1, 'x')"), args![1_i64]);
    let error = store.db.write(batch).await.unwrap_err();
    assert_eq!(error, sql::Error::Demand { statement: 0, wanted: 1, got: 0 });
}

async fn statements_can_be_looked_at(store) {
    let select = statement!("select id, body, loud, raw from note where id = $2 and body = $1");
    let shape = store.db.describe(select).await.unwrap();
    let names: Vec<_> = shape.columns.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["id", "body", "loud", "raw"]);
    assert_eq!(shape.parameters.len(), 2);
    if store.options.url.starts_with("postgres") {
        assert_eq!(shape.parameters, ["text", "int8"]);
        let types: Vec<_> = shape.columns.iter().map(|(_, ty)| ty.as_str()).collect();
        assert_eq!(types, ["int8", "text", "bool", "bytea"]);
    }
    let error = store.db.describe(statement!("select nothing from note")).await.unwrap_err();
    assert_eq!(error.code(), "store.engine");
}
}

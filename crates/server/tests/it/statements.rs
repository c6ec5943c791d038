//! Every statement of the program, prepared on a real engine with the real
//! schema: what the compiler cannot check.

use sql::{Db, Options};

use crate::harness::Harness;

/// The types that a row can be read as on both engines. A `sum` is numeric
/// and a literal is int4 on PostgreSQL: neither may reach a row unnoticed.
const SHARED: [&str; 4] = ["int8", "text", "bool", "bytea"];

/// What a list given to `= any($1)` is made of.
const LISTS: [&str; 3] = ["_int8", "_text", "_bytea"];

#[tokio::test]
async fn every_statement_prepares_with_types_that_both_engines_share() {
    let h = Harness::start().await;
    let is_postgres = h.edge().config.database_url().starts_with("postgres");
    let mut faults = Vec::new();
    for sql in domain::statements() {
        let text = if is_postgres { sql.postgres } else { sql.sqlite };
        match h.app().db.describe(sql).await {
            Err(error) => faults.push(format!("{error}\n    {text}")),
            Ok(shape) if is_postgres => {
                // A literal without a name is there to be counted, not to be read.
                let named = shape.columns.iter().filter(|(name, _)| name != "?column?");
                let columns = named.map(|(_, kind)| kind);
                let is_list = |kind: &&String| LISTS.contains(&kind.as_str());
                let single = shape.parameters.iter().filter(|kind| !is_list(kind));
                let strange: Vec<_> =
                    single.chain(columns).filter(|kind| !SHARED.contains(&kind.as_str())).collect();
                if !strange.is_empty() {
                    faults.push(format!("{strange:?}\n    {text}"));
                }
            }
            Ok(_) => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The same parameters go in and the same columns come out on both engines.
#[tokio::test]
async fn every_statement_has_one_shape_on_both_engines() {
    let h = Harness::start().await;
    if !h.edge().config.database_url().starts_with("postgres") {
        return println!("NOT RUN: needs TEST_DB=postgres");
    }
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Db::open(&Options::sqlite(folder.path().join("store.db"))).await.unwrap();
    domain::store::migrate(&sqlite).await.unwrap();
    for sql in domain::statements() {
        let (here, there) = (h.app().db.describe(sql).await, sqlite.describe(sql).await);
        let (here, there) = (here.unwrap(), there.unwrap());
        assert_eq!(here.parameters.len(), there.parameters.len(), "{}", sql.sqlite);
        assert_eq!(here.columns.len(), there.columns.len(), "{}", sql.sqlite);
    }
    for each in domain::each() {
        let one = h.app().db.describe(&each.one).await.unwrap();
        let all = h.app().db.describe(&each.all).await.unwrap();
        let lists: Vec<_> = one.parameters.iter().map(|kind| format!("_{kind}")).collect();
        assert_eq!(all.parameters, lists, "{}", each.all.postgres);
        let kinds = |columns: &[(String, String)]| {
            columns.iter().map(|(_, kind)| kind.clone()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&all.columns[1..]), kinds(&one.columns), "{}", each.all.postgres);
        assert_eq!(all.columns[0].1, "int8");
    }
}

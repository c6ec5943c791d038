//! How the engines would run every statement of the program: by index, so that
//! what is read grows with the answer and not with the store.

use sql::{Batch, Sql, Value, args, list};

use crate::harness::Harness;

/// What may read a whole table, by a part of its text, and why that is borne.
const MAY_SCAN: &[(&str, &str)] = &[
    ("a.folded_name like $2", "people are found by any part of their name"),
    ("delete from search_place", "an index that is thrown away is forgotten in every chat"),
];

/// The statements whose order must come from the index too, by a part of their
/// text: pages, changes and events.
const IN_ORDER: &[&str] = &[
    "seq between $2 and $3 order by seq",
    "seq between $3 and $4",
    "seq > (select c.last_seq from chat c where c.id = $1) - $3",
    "select arev, kind, body from account_event",
    "select min(arev) from account_event",
];

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let h = Harness::start().await;
    let is_postgres = h.edge().config.database_url().starts_with("postgres");
    let (mut faults, mut ordered) = (Vec::new(), 0);
    let each = domain::each().iter().map(|each| &each.all).filter(|_| is_postgres);
    for sql in domain::statements().into_iter().chain(each) {
        let text = if is_postgres { sql.postgres } else { sql.sqlite };
        let plan = plan(h.app(), sql, is_postgres).await;
        let made = |line: &&String| {
            let name = line.strip_prefix("SCAN ").unwrap_or_default();
            !name.is_empty() && plan.contains(&format!("CO-ROUTINE {name}"))
        };
        let scans = plan.iter().filter(|line| is_scan(line, is_postgres) && !made(line));
        let may_scan = MAY_SCAN.iter().any(|(part, _)| text.contains(part));
        if scans.count() > 0 && !may_scan {
            faults.push(format!("{text}\n{plan:#?}"));
        }
        if IN_ORDER.iter().any(|part| text.contains(part)) {
            ordered += 1;
            let sorts =
                plan.iter().any(|line| line.contains("TEMP B-TREE") || line.contains("Sort"));
            assert!(!sorts, "{text}\n{plan:#?}");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(ordered, IN_ORDER.len(), "each is found by the part of its text");
}

/// Whether a line of a plan goes through all rows of a table. PostgreSQL is
/// told to do so only where no index would serve; SQLite's own words are for
/// what it makes itself: lists, rows of constants, subqueries. A subquery with
/// a name is called a co-routine where it is made.
fn is_scan(line: &str, is_postgres: bool) -> bool {
    if is_postgres {
        return line.contains("Seq Scan on ");
    }
    let Some(what) = line.strip_prefix("SCAN ") else { return false };
    !["rarray", "CONSTANT ROW", "("]
        .iter()
        .any(|own| what.starts_with(own) || what.contains("VIRTUAL"))
}

/// A search in five hundred chats is few statements, and each reads by index what
/// it is asked for, however many that is.
#[tokio::test]
async fn what_is_asked_at_once_is_looked_up_one_by_one_in_the_index() {
    let h = Harness::start().await;
    if !h.edge().config.database_url().starts_with("postgres") {
        return println!("NOT RUN: on SQLite it is asked one by one");
    }
    for each in domain::each() {
        let plan = plan(h.app(), &each.all, true).await.join("\n");
        let is_proposed = each.all.postgres.contains("message_word");
        let index = if is_proposed { "message_word_words" } else { "message_chat_id_seq_key" };
        assert!(plan.contains("Nested Loop") && plan.contains(index), "{plan}");
        let joins_at_once = ["Hash Join", "Merge Join"].iter().any(|join| plan.contains(join));
        assert!(!joins_at_once, "{plan}");
    }
}

async fn plan(app: &domain::App, sql: &'static Sql, is_postgres: bool) -> Vec<String> {
    let shape = app.db.describe(sql).await.unwrap();
    let given = shape.parameters.iter().map(|kind| example(kind)).collect();
    // Statements live for ever; one made by a test does too.
    let leak = |text: String| -> &'static Sql { Box::leak(Box::new(Sql::new(text.leak()))) };
    let mut batch = Batch::new();
    let at = if is_postgres {
        batch.run(leak("set local enable_seqscan = off".to_owned()), args![]);
        batch.run(leak(format!("explain (costs off) {}", sql.postgres)), given)
    } else {
        batch.run(leak(format!("explain query plan {}", sql.sqlite)), given)
    };
    let rows = app.db.read(batch).await.unwrap();
    let column = if is_postgres { 0 } else { 3 };
    rows[at].iter().map(|row| row.get(column).unwrap()).collect()
}

/// A value of PostgreSQL's type; SQLite plans without looking at any.
fn example(kind: &str) -> Value {
    match kind {
        "int8" => Value::Int(7),
        "text" => Value::Text("seven".to_owned()),
        "bool" => Value::Bool(true),
        "bytea" => Value::Bytes(vec![7; 16]),
        "_int8" => list([7_i64, 8]),
        "_text" => list(["seven", "eight"]),
        "_bytea" => list([vec![7_u8; 16], vec![8; 16]]),
        _ => Value::Null,
    }
}

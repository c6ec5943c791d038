//! One batch, one transaction, as few round trips as its demands allow.
//!
//! Statements are sent one behind the other without waiting. When nothing is
//! demanded COMMIT goes with them, since the server makes it a rollback if any
//! of them failed; with demands the counts are read first.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use deadpool_postgres::ClientWrapper;
use futures_util::{TryStreamExt, future};
use tokio_postgres::{RowStream, Statement};

use super::trouble::Trouble;
use super::value::demand_readable;
use crate::batch::Step;
use crate::db::Rows;
use crate::{Error, Row, Value};

/// A statement with its arguments.
pub(super) struct Call<'a> {
    pub(super) text: &'static str,
    pub(super) args: Vec<&'a Value>,
    pub(super) demand: Option<u64>,
}

impl<'a> Call<'a> {
    pub(super) fn of(step: &'a Step) -> Self {
        Self { text: step.sql.postgres, args: step.args.iter().collect(), demand: step.demand }
    }
}

const READ: &str = "begin isolation level repeatable read read only";

/// Applies the calls, all or nothing.
pub(super) async fn write(client: &ClientWrapper, calls: &[Call<'_>]) -> Result<Rows, Trouble> {
    let statements = prepare(client, calls).await?;
    if let [call @ Call { demand: None, .. }] = calls {
        return Ok(vec![run(client, &statements[0], call).await?.0]);
    }
    write_prepared(client, "begin", &statements, calls).await
}

/// The same, in the transaction that `begin` begins.
pub(super) async fn write_after(
    client: &ClientWrapper,
    begin: &str,
    calls: &[Call<'_>],
) -> Result<Rows, Trouble> {
    let statements = prepare(client, calls).await?;
    write_prepared(client, begin, &statements, calls).await
}

async fn write_prepared(
    client: &ClientWrapper,
    begin: &str,
    statements: &[Statement],
    calls: &[Call<'_>],
) -> Result<Rows, Trouble> {
    let demanding = calls.iter().any(|call| call.demand.is_some());
    let rows = together(client, begin, statements, calls, !demanding).await?;
    if demanding {
        client.batch_execute("commit").await?;
    }
    Ok(rows)
}

/// Reads; several calls see one snapshot.
pub(super) async fn read(client: &ClientWrapper, calls: &[Call<'_>]) -> Result<Rows, Trouble> {
    let statements = prepare(client, calls).await?;
    match calls {
        [call] => Ok(vec![run(client, &statements[0], call).await?.0]),
        calls => together(client, READ, &statements, calls, true).await,
    }
}

async fn together(
    client: &ClientWrapper,
    begin: &str,
    statements: &[Statement],
    calls: &[Call<'_>],
    commit: bool,
) -> Result<Rows, Trouble> {
    match pipeline(client, begin, statements, calls, commit).await {
        Ok(rows) => Ok(rows),
        Err(trouble) => Err(undo(client, trouble).await),
    }
}

type Outcome = (Vec<Row>, u64);

/// Statements are prepared before the transaction begins: once a connection.
async fn prepare(client: &ClientWrapper, calls: &[Call<'_>]) -> Result<Vec<Statement>, Trouble> {
    let mut statements = Vec::with_capacity(calls.len());
    for call in calls {
        let statement = client.prepare_cached(call.text).await?;
        let wanted = statement.params().len();
        if wanted != call.args.len() {
            let error = Error::argument_count(wanted, call.args.len(), call.text);
            return Err(Trouble::ours(error));
        }
        // Found only when its rows are read, it would come after COMMIT.
        for column in statement.columns() {
            demand_readable(column.type_())?;
        }
        statements.push(statement);
    }
    Ok(statements)
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Outcome, Trouble>> + Send + 'a>>;

/// Sends everything, then collects the answers in order. The first error or
/// unmet demand is the one that counts; the server may have more to say of
/// what follows, if only "aborted".
async fn pipeline(
    client: &ClientWrapper,
    begin: &str,
    statements: &[Statement],
    calls: &[Call<'_>],
    commit: bool,
) -> Result<Rows, Trouble> {
    let plain = |text| -> Sent<'_> {
        Box::pin(async move { Ok((Vec::new(), client.batch_execute(text).await.map(|()| 0)?)) })
    };
    let mut sent: Vec<Sent<'_>> = vec![plain(begin)];
    for (statement, call) in statements.iter().zip(calls) {
        sent.push(Box::pin(run(client, statement, call)));
    }
    if commit {
        sent.push(plain("commit"));
    }
    let mut waiting = Vec::with_capacity(sent.len());
    for request in sent {
        let mut request = future::maybe_done(request);
        // The first poll sends. One that fails at once was never sent, and
        // nothing may follow it: COMMIT would keep what came before.
        poll_fn(|context| Poll::Ready(Pin::new(&mut request).poll(context).is_ready())).await;
        let failed = matches!(&request, future::MaybeDone::Done(Err(_)));
        waiting.push(request);
        if failed {
            break;
        }
    }
    let mut rows = Vec::with_capacity(waiting.len());
    for (at, mut request) in waiting.into_iter().enumerate() {
        Pin::new(&mut request).await;
        let outcome = Pin::new(&mut request).take_output().expect("it was awaited above");
        let (found, got) = outcome?;
        // The first answer is that of what began the transaction.
        if let Some(statement) = at.checked_sub(1)
            && let Some(wanted) = calls.get(statement).and_then(|call| call.demand)
            && wanted != got
        {
            return Err(Trouble::ours(Error::Demand { statement, wanted, got }));
        }
        rows.push(found);
    }
    rows.drain(..1);
    rows.truncate(calls.len());
    Ok(rows)
}

async fn run(
    client: &ClientWrapper,
    statement: &Statement,
    call: &Call<'_>,
) -> Result<Outcome, Trouble> {
    let answer: RowStream = client.query_raw(statement, call.args.iter().copied()).await?;
    let mut answer = pin!(answer);
    let mut rows = Vec::new();
    while let Some(row) = answer.try_next().await? {
        let columns = (0..row.len()).map(|at| row.try_get(at)).collect::<Result<_, _>>();
        rows.push(Row(columns?));
    }
    let touched = match statement.columns() {
        [] => answer.rows_affected().unwrap_or_default(),
        _ => rows.len() as u64,
    };
    Ok((rows, touched))
}

/// Ends the transaction after an error, so that the connection can be used
/// again; if that fails too, it cannot.
async fn undo(client: &ClientWrapper, trouble: Trouble) -> Trouble {
    if trouble.lost {
        return trouble;
    }
    match client.batch_execute("rollback").await {
        Ok(()) => trouble,
        Err(_) => Trouble { lost: true, ..trouble },
    }
}

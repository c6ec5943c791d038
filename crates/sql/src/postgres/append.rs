//! The append queue: requests of many callers in one transaction.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use std::vec;

use deadpool_postgres::{Client, Object, Pool};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, timeout, timeout_at};

use super::transaction::{self, Call};
use super::trouble::Trouble;
use super::{Patience, mend};
use crate::append::{Append, Step};
use crate::db::Rows;
use crate::options::Options;
use crate::relay::{self, Relay};
use crate::{Args, Error, Row, Value};

const MAX_GROUP: usize = 256;

/// One queue and one task for each connection; a key always takes the same.
pub(super) struct Appends {
    queues: Vec<mpsc::Sender<Request>>,
    line: Line,
    relay: Relay,
}

/// The way to the server.
#[derive(Clone)]
struct Line {
    pool: Pool,
    deadline: Duration,
}

struct Request {
    plan: &'static Append,
    row: Args,
    answer: Answer,
}

/// Where the answer goes, and the place in the queue that it frees.
struct Answer {
    to: relay::Answer,
    permit: OwnedSemaphorePermit,
}

impl Appends {
    pub(super) fn start(pool: Pool, options: &Options) -> Self {
        let line = Line { pool, deadline: options.deadline };
        let start = |_| {
            let (queue, requests) = mpsc::channel(options.queue);
            tokio::spawn(work(line.clone(), requests));
            queue
        };
        Self {
            queues: (0..options.appenders.max(1)).map(start).collect(),
            line,
            relay: Relay::default(),
        }
    }

    pub(super) async fn append(
        &self,
        plan: &'static Append,
        row: Args,
        permit: OwnedSemaphorePermit,
    ) -> Result<Rows, Error> {
        let (to, answered) = self.relay.expect();
        let answer = Answer { to, permit };
        let queue = &self.queues[partition(plan.key(&row), self.queues.len())];
        queue.try_send(Request { plan, row, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::closed(),
        })?;
        match timeout(self.line.deadline, answered).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(Error::closed())),
            Err(_) => Err(Trouble::too_slow().error),
        }
    }

    pub(super) fn close(&self) {
        self.line.pool.close();
    }
}

fn partition(key: &Value, count: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % count as u64) as usize
}

/// Takes whatever came while the previous group was under way.
async fn work(line: Line, mut requests: mpsc::Receiver<Request>) {
    let mut taken = Vec::with_capacity(MAX_GROUP);
    while requests.recv_many(&mut taken, MAX_GROUP).await > 0 {
        let mut rest = std::mem::take(&mut taken);
        // After a hang many have given up; those behind them shall not wait.
        rest.retain(|request| !request.answer.to.is_closed());
        while let Some(plan) = rest.first().map(|request| request.plan) {
            let (same, others) =
                rest.into_iter().partition(|request| std::ptr::eq(request.plan, plan));
            settle(&line, plan, same).await;
            rest = others;
        }
    }
}

/// Answers every request of the group. One that makes its statement fail is
/// found by halving.
async fn settle(line: &Line, plan: &'static Append, requests: Vec<Request>) {
    let mut groups = VecDeque::from([requests]);
    while let Some(requests) = groups.pop_front() {
        let (answers, rows): (Vec<_>, Vec<_>) =
            requests.into_iter().map(|request| (request.answer, request.row)).unzip();
        let group = Group::new(plan, rows);
        match line.persist(&group).await {
            Ok(outcomes) => {
                // Their places are free once they are answered.
                let (answers, _permits): (Vec<_>, Vec<_>) =
                    answers.into_iter().map(|answer| (answer.to, answer.permit)).unzip();
                relay::send_all(answers.into_iter().zip(outcomes));
            }
            Err(error @ Error::Engine(_)) if answers.len() > 1 => {
                tracing::debug!(%error, "A group failed and is halved.");
                let mut again = group.into_requests(answers);
                let second = again.split_off(again.len() / 2);
                groups.push_front(second);
                groups.push_front(again);
            }
            Err(error) => {
                let error = |answer: Answer| (answer.to, Err(error.clone()));
                relay::send_all(answers.into_iter().map(error));
            }
        }
    }
}

/// Requests of one plan.
struct Group {
    plan: &'static Append,
    size: usize,
    /// Sorted, each once.
    keys: Value,
    /// A list for each column of the requests.
    columns: Vec<Value>,
}

impl Group {
    fn new(plan: &'static Append, rows: Vec<Args>) -> Self {
        let size = rows.len();
        let mut keys: Vec<_> = rows.iter().map(|row| plan.key(row).clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        let width = rows.first().map(Vec::len).unwrap_or_default();
        let mut columns: Vec<_> = (0..width).map(|_| Vec::with_capacity(size)).collect();
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let columns = columns.into_iter().map(Value::List).collect();
        Self { plan, size, keys: Value::List(keys), columns }
    }

    fn into_requests(self, answers: Vec<Answer>) -> Vec<Request> {
        let mut columns: Vec<_> = self.columns.into_iter().map(into_values).collect();
        let request = |answer| Request {
            plan: self.plan,
            row: columns.iter_mut().filter_map(Iterator::next).collect(),
            answer,
        };
        answers.into_iter().map(request).collect()
    }

    fn lock(&self) -> Call<'_> {
        Call { text: self.plan.many.lock, args: vec![&self.keys], demand: None }
    }

    fn call(&self, step: &Step) -> Call<'_> {
        let args = step.columns.iter().map(|at| &self.columns[*at]).collect();
        Call { text: step.sql, args, demand: None }
    }

    /// Gives each request the row that carries its number.
    fn hand_out(&self, rows: Vec<Row>) -> Result<Vec<Option<Row>>, Error> {
        let mut answers = vec![None; self.size];
        for Row(mut columns) in rows {
            let number = match columns.first() {
                Some(Value::Int(number)) => usize::try_from(*number).ok(),
                _ => None,
            };
            let answer = number.and_then(|number| answers.get_mut(number.checked_sub(1)?));
            let answer = answer.ok_or_else(|| {
                Error::Decode("a row of an append begins with no request's number".into())
            })?;
            columns.drain(..1);
            *answer = Some(Row(columns));
        }
        Ok(answers)
    }
}

fn into_values(column: Value) -> vec::IntoIter<Value> {
    match column {
        Value::List(values) => values.into_iter(),
        _ => Vec::new().into_iter(),
    }
}

impl Line {
    /// Commits the group, then looks for what was not added. That it cannot be
    /// found is no trouble of those that were.
    async fn persist(&self, group: &Group) -> Result<Vec<Result<Rows, Error>>, Error> {
        let many = &group.plan.many;
        let added = self.run(&[group.lock(), group.call(&many.add)]).await?;
        let added = group.hand_out(added)?;
        let mut found = Ok(Vec::new());
        if added.iter().any(Option::is_none) {
            let rows = self.run(&[group.call(&many.find)]).await;
            found = rows.and_then(|rows| group.hand_out(rows));
        }
        let outcome = |(at, added): (usize, Option<Row>)| match (added, &mut found) {
            (Some(place), _) => Ok(vec![vec![place]]),
            (None, Ok(found)) => Ok(vec![Vec::new(), found[at].take().into_iter().collect()]),
            (None, Err(error)) => Err(error.clone()),
        };
        Ok(added.into_iter().enumerate().map(outcome).collect())
    }

    /// Answers with the rows of the last call. They are sent again even when
    /// nobody knows whether they were done: an append is idempotent.
    async fn run(&self, calls: &[Call<'_>]) -> Result<Vec<Row>, Error> {
        let mut patience = Patience::new(self.deadline);
        loop {
            let trouble = match attempt(&self.pool, patience.until, calls).await {
                Ok(mut rows) => return Ok(rows.pop().unwrap_or_default()),
                Err(trouble) => trouble,
            };
            if !(trouble.may_retry || trouble.lost) || !patience.pause().await {
                return Err(trouble.error);
            }
        }
    }
}

async fn attempt(pool: &Pool, deadline: Instant, calls: &[Call<'_>]) -> Result<Rows, Trouble> {
    let client = timeout_at(deadline, pool.get()).await.map_err(|_| Trouble::too_slow())??;
    let work = async {
        renew_plans(&client).await?;
        transaction::write(&client, calls).await
    };
    let result = timeout_at(deadline, work).await.unwrap_or_else(|_| Err(Trouble::too_slow()));
    if let Err(trouble) = &result {
        mend(client, trouble);
    }
    result
}

/// A plan made for a table that was nearly empty may take the wrong index, and
/// the server keeps it. So it is made again as the connection grows older,
/// ever more seldom.
async fn renew_plans(client: &Client) -> Result<(), Trouble> {
    let used = Object::metrics(client).recycle_count;
    if used >= 8 && used.is_power_of_two() {
        client.batch_execute("discard plans").await?;
    }
    Ok(())
}

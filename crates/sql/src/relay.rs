//! Answers of a group, brought home together.
//!
//! Waking a task of a sleeping runtime costs a call to the kernel, and a
//! runtime that is woken for the first answer of a group has finished with it,
//! and flushed its sockets, before the second comes. So the answers of a group
//! go to each runtime in one parcel, opened by a task of that runtime.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Handle, Id};
use tokio::sync::{mpsc, oneshot};

use crate::Error;
use crate::db::Rows;

type Outcome = Result<Rows, Error>;
type Parcel = Vec<(oneshot::Sender<Outcome>, Outcome)>;
type Home = mpsc::UnboundedSender<Parcel>;

/// Where an answer goes.
pub(crate) struct Answer {
    to: oneshot::Sender<Outcome>,
    home: Option<Home>,
}

/// The homes of those who ask, by their runtime: each worker has its own.
#[derive(Default)]
pub(crate) struct Relay {
    homes: Mutex<HashMap<Id, Home>>,
}

impl Relay {
    /// An answer to whoever asks here and now.
    pub(crate) fn expect(&self) -> (Answer, oneshot::Receiver<Outcome>) {
        let (to, answered) = oneshot::channel();
        (Answer { to, home: self.home() }, answered)
    }

    fn home(&self) -> Option<Home> {
        let runtime = Handle::try_current().ok()?;
        let mut homes = self.homes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(home) = homes.get(&runtime.id()) {
            return Some(home.clone());
        }
        homes.retain(|_, home| !home.is_closed());
        Some(homes.entry(runtime.id()).or_insert_with(|| open(&runtime)).clone())
    }
}

/// A task of `runtime` that opens parcels until nobody can send any.
fn open(runtime: &Handle) -> Home {
    let (home, mut parcels) = mpsc::unbounded_channel::<Parcel>();
    runtime.spawn(async move {
        while let Some(parcel) = parcels.recv().await {
            hand_out(parcel);
        }
    });
    home
}

impl Answer {
    /// Whether nobody waits for it any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.to.is_closed()
    }
}

/// Answers everybody of a group, in its order for each runtime.
pub(crate) fn send_all(group: impl IntoIterator<Item = (Answer, Outcome)>) {
    let mut parcels: Vec<(Option<Home>, Parcel)> = Vec::new();
    for (Answer { to, home }, outcome) in group {
        let is_same = |(known, _): &&mut (Option<Home>, Parcel)| match (known, &home) {
            (Some(known), Some(home)) => known.same_channel(home),
            (known, home) => known.is_none() && home.is_none(),
        };
        match parcels.iter_mut().find(is_same) {
            Some((_, parcel)) => parcel.push((to, outcome)),
            None => parcels.push((home, vec![(to, outcome)])),
        }
    }
    for (home, parcel) in parcels {
        match home {
            Some(home) if parcel.len() > 1 => {
                // The runtime is gone; its tasks may wait elsewhere.
                if let Err(returned) = home.send(parcel) {
                    hand_out(returned.0);
                }
            }
            _ => hand_out(parcel),
        }
    }
}

/// Callers may have gone; what they asked for is done all the same.
fn hand_out(parcel: Parcel) {
    for (to, outcome) in parcel {
        drop(to.send(outcome));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(number: i64) -> Outcome {
        Ok(vec![vec![crate::Row(vec![number.into()])]])
    }

    #[tokio::test]
    async fn everybody_gets_their_own_answer() {
        let relay = Relay::default();
        let (answers, waiting): (Vec<_>, Vec<_>) = (0..100).map(|_| relay.expect()).unzip();
        send_all(answers.into_iter().zip(0..).map(|(answer, number)| (answer, outcome(number))));
        for (waiting, number) in waiting.into_iter().zip(0..) {
            assert_eq!(waiting.await.unwrap(), outcome(number));
        }
    }

    #[test]
    fn a_runtime_that_is_gone_keeps_no_answer_back() {
        let relay = Relay::default();
        let runtime = || tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        // The second comes after the first has gone.
        for _ in 0..2 {
            let [one, other] = runtime().block_on(async { [relay.expect(), relay.expect()] });
            send_all([(one.0, outcome(1)), (other.0, outcome(2))]);
            assert_eq!(one.1.blocking_recv().unwrap(), outcome(1));
            assert_eq!(other.1.blocking_recv().unwrap(), outcome(2));
        }
    }
}

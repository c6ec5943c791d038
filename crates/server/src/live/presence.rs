//! Who is online, told to those who watch and may know.

use std::time::Duration;

use domain::{AccountId, Event, friend, presence};

use super::hub::lock;
use super::push::{OnlineCount, frame};
use crate::edge::Edge;

/// How often leaves are looked for.
const TICK: Duration = Duration::from_millis(500);

/// How many ticks between two counts: changes within are told together.
const COUNT_EVERY: u32 = 4;

/// A socket of the account came.
pub(crate) fn came(edge: &Edge, account: AccountId) {
    let now = edge.app.clock.now_ms();
    if lock(&edge.live.hub.board).came(account, now) {
        tell(edge, account, true, None);
    }
}

/// A socket of the account went. The leave is told after a grace.
pub(crate) fn went(edge: &Edge, account: AccountId) {
    let now = edge.app.clock.now_ms();
    lock(&edge.live.hub.board).went(account, now);
}

/// Whether each of these is online.
pub(crate) fn online(edge: &Edge, accounts: &[AccountId]) -> Vec<bool> {
    let board = lock(&edge.live.hub.board);
    accounts.iter().map(|account| board.is_online(*account)).collect()
}

/// Looks for leaves and tells how many are here, until the server stops; then
/// stores when those who are still here were last seen.
pub(crate) async fn tick(edge: &Edge) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut told, mut since) = (0, 0);
    while edge.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        sweep(edge).await;
        since += 1;
        let count = edge.live.online();
        if since >= COUNT_EVERY && count != told {
            (told, since) = (count, 0);
            if let Some(server) = edge.live.hub.server() {
                server.emit_to_all(&frame("online.count", &OnlineCount { count }));
            }
        }
    }
    let now = edge.app.clock.now_ms();
    let here = lock(&edge.live.hub.board).here();
    store(edge, &here.into_iter().map(|account| (account, now)).collect::<Vec<_>>()).await;
}

async fn sweep(edge: &Edge) {
    let now = edge.app.clock.now_ms();
    edge.live.typing.sweep(now);
    let (left, due) = {
        let mut board = lock(&edge.live.hub.board);
        (board.sweep(now), board.due(now))
    };
    let seen: Vec<_> = left.iter().copied().chain(due.iter().map(|here| (*here, now))).collect();
    store(edge, &seen).await;
    for (account, at) in left {
        tell(edge, account, false, Some(at));
    }
}

async fn store(edge: &Edge, seen: &[(AccountId, i64)]) {
    if seen.is_empty() {
        return;
    }
    if let Err(error) = presence::saw(&edge.app, seen).await {
        tracing::warn!(%error, "last seen not stored");
    }
}

/// Tells those who watch the account. Who may know is asked of the store each
/// time: a friendship may have ended since they began to watch.
fn tell(edge: &Edge, account: AccountId, online: bool, last_seen_at: Option<i64>) {
    let watchers = edge.live.hub.watchers(account);
    if watchers.is_empty() {
        return;
    }
    let edge = edge.clone();
    tokio::spawn(async move {
        match friend::among(&edge.app, account, &watchers).await {
            Ok(friends) => edge.app.bus.publish(&Event::PresenceChanged {
                account,
                friends,
                online,
                last_seen_at,
            }),
            Err(error) => tracing::warn!(%error, "presence not told"),
        }
    });
}

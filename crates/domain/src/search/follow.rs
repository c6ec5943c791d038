//! The index follows what is written, beside it and behind it.
//!
//! Owns no table. Whoever changes a chat notes it in memory, which costs a send
//! nothing; what is not noted, because the note was lost with the process or
//! came from a backup, is found by looking at every chat at the start and each
//! hour. Refuses to be in the way: it rests longer than it works, and waits
//! while many write.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::aside::Aside;
use super::index::{self, PAGE};
use crate::{App, ChatId, Error, Result};

/// How long after the first note the index begins.
const TICK: Duration = Duration::from_secs(3);
/// More changes than this in a tick, and it waits for another one.
const CALM: usize = 5_000;
/// So many ticks are waited for at most.
const TICKS_MAX: usize = 20;
/// How often every chat is looked at.
const LOOK: Duration = Duration::from_hours(1);
/// How long it leaves alone a store that failed.
const FAILED: Duration = Duration::from_mins(1);
/// So many chats that fail one after the other say that the store does.
const FAILED_IN_A_ROW: usize = 5;
/// How much longer it rests than it worked.
const REST: u32 = 3;
/// Searches that read at once: other readers of the store are left to the rest.
const SEARCHES: usize = 2;
/// Chats noted at most; beyond, every chat is looked at.
const NOTED_MAX: usize = 100_000;

/// What the index has to look at, as far as this process knows, and whose turn
/// it is to search.
#[derive(Debug, Default)]
pub struct Due {
    noted: Mutex<Noted>,
    bell: Notify,
    rounds: watch::Sender<u64>,
    turns: Turns,
    aside: Aside,
    is_damaged: AtomicBool,
    damages: AtomicU64,
}

#[derive(Debug)]
struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(SEARCHES))
    }
}

#[derive(Debug, Default)]
struct Noted {
    chats: HashSet<ChatId>,
    changes: usize,
    is_full: bool,
}

impl Due {
    /// Notes that something in the chat was written.
    pub(crate) fn note(&self, chat: ChatId) {
        let mut noted = self.noted();
        noted.changes += 1;
        if noted.chats.len() < NOTED_MAX {
            noted.chats.insert(chat);
        } else {
            noted.is_full = true;
        }
        if noted.changes == 1 {
            self.bell.notify_one();
        }
    }

    /// Waits for a turn to search, which lasts as long as what is answered.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.turns.0.acquire().await.ok()
    }

    /// Counts how often the index has come up to all that was noted.
    #[must_use]
    pub fn rounds(&self) -> watch::Receiver<u64> {
        self.rounds.subscribe()
    }

    /// Chats noted since the index began its last round.
    #[must_use]
    pub fn chats(&self) -> usize {
        self.noted().chats.len()
    }

    /// Chats that cannot be indexed; they are tried again later.
    #[must_use]
    pub fn failing(&self) -> usize {
        self.aside.len()
    }

    /// Notes that the index itself is damaged: nobody asks it until it was made
    /// anew.
    pub(super) fn note_damage(&self, error: &sql::Error) {
        if self.is_damaged.swap(true, Ordering::Relaxed) {
            return;
        }
        self.damages.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(%error, "The search index is damaged, and will be made anew.");
        self.bell.notify_one();
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    /// How often the index was found damaged.
    #[must_use]
    pub fn damages(&self) -> u64 {
        self.damages.load(Ordering::Relaxed)
    }

    /// What was noted since the last time; `None` when there was too much.
    fn take(&self) -> Option<HashSet<ChatId>> {
        let Noted { chats, is_full, .. } = std::mem::take(&mut *self.noted());
        (!is_full).then_some(chats)
    }

    fn changes(&self) -> usize {
        self.noted().changes
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows until the returned future is dropped. Nothing is lost by that.
pub async fn follow(app: &App) {
    // Nothing is written into an index before it was looked at.
    if let Err(error) = index::inspect(app).await
        && !error.is_retryable()
    {
        app.search.note_damage(&error);
    }
    // Notes alone never put this off: where many write, they come all the time.
    let mut look_at = Instant::now();
    let mut renew_at = look_at;
    loop {
        wait_for_calm(app).await;
        if app.search.is_damaged() {
            // Damaged again so soon, it would only be written in vain.
            sleep_until(renew_at).await;
            (look_at, renew_at) = (Instant::now(), Instant::now() + LOOK);
        }
        let damages = app.search.damages();
        let outcome = match app.search.take() {
            Some(mut chats) if Instant::now() < look_at => {
                chats.extend(app.search.aside.due(app.clock.now_ms()));
                bring_up(app, chats, REST).await
            }
            _ => {
                look_at = Instant::now() + LOOK;
                bring_up_all(app, REST).await
            }
        };
        let rows = match outcome {
            Ok(Done { rows, .. }) => rows,
            Err(error) => {
                tracing::warn!(%error, "the search index cannot follow");
                look_at = Instant::now() + FAILED;
                if app.search.is_damaged() && app.search.damages() == damages {
                    // No damage was found since: it could not be made anew, and an hour
                    // is for an index that is damaged again.
                    renew_at = look_at;
                }
                sleep_until(look_at).await;
                continue;
            }
        };
        tracing::debug!(rows, "The search index has come up to what was written.");
        app.search.rounds.send_modify(|rounds| *rounds += 1);
        let next = app.search.aside.next_in(app.clock.now_ms());
        let until = next.map_or(look_at, |next| look_at.min(Instant::now() + next));
        drop(timeout_at(until, app.search.bell.notified()).await);
    }
}

async fn wait_for_calm(app: &App) {
    let mut before = 0;
    for _ in 0..TICKS_MAX {
        sleep(TICK).await;
        let changes = app.search.changes();
        if changes.saturating_sub(before) <= CALM {
            return;
        }
        before = changes;
    }
}

/// Brings the index up to all that is written, at once and without a rest;
/// answers how many rows it put in or took out.
///
/// # Errors
/// When the store fails, or a chat cannot be indexed; all others were, then.
pub async fn run(app: &App) -> Result<u64> {
    let Done { rows, failed } = bring_up_all(app, 0).await?;
    failed.map_or(Ok(rows), Err)
}

/// What was done.
#[derive(Default)]
struct Done {
    rows: u64,
    /// Why the first chat was left out, of those that were.
    failed: Option<Error>,
}

async fn bring_up_all(app: &App, rest: u32) -> Result<Done> {
    if app.search.is_damaged() {
        index::renew(app).await?;
        app.search.is_damaged.store(false, Ordering::Relaxed);
        tracing::info!("The search index is being made anew.");
    }
    let (mut all, mut after) = (Done::default(), None);
    loop {
        let began = Instant::now();
        let chats = index::behind(app, after).await?;
        sleep(began.elapsed() * rest).await;
        let Some((last, _)) = chats.last() else { return Ok(all) };
        after = Some(*last);
        let behind = chats.into_iter().filter(|(_, is_behind)| *is_behind);
        let done = bring_up(app, behind.map(|(chat, _)| chat), rest).await?;
        all.rows += done.rows;
        all.failed = all.failed.or(done.failed);
    }
}

/// A chat that fails is put aside. Where many do, one after the other, or the
/// index is damaged, none is to blame.
async fn bring_up(app: &App, chats: impl IntoIterator<Item = ChatId>, rest: u32) -> Result<Done> {
    let (mut done, mut in_a_row) = (Done::default(), 0);
    for chat in chats {
        if rest > 0 && app.search.aside.is_resting(chat, app.clock.now_ms()) {
            continue;
        }
        match bring_up_one(app, chat, rest).await {
            Ok(rows) => {
                done.rows += rows;
                in_a_row = 0;
                app.search.aside.take_back(chat);
            }
            Err(error) => {
                in_a_row += 1;
                if in_a_row == FAILED_IN_A_ROW || app.search.is_damaged() {
                    return Err(error);
                }
                app.search.aside.put(chat, app.clock.now_ms(), &error);
                done.failed.get_or_insert(error);
            }
        }
    }
    Ok(done)
}

async fn bring_up_one(app: &App, chat: ChatId, rest: u32) -> Result<u64> {
    let mut rows = 0;
    loop {
        let began = Instant::now();
        let indexed = index::page(app, chat, PAGE).await?;
        rows += indexed.rows;
        sleep(began.elapsed() * rest).await;
        if !indexed.has_more {
            return Ok(rows);
        }
    }
}

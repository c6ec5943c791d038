//! Receipts: how far each member has read, and how far a device of theirs has
//! received.
//!
//! Marks only grow, read never passes delivered, and neither passes the last
//! message. They move without the chat's lock and outside `rev`, or every
//! reader would wait for every sender. Writes of one member in one chat are
//! at least [`WINDOW`] apart, and the last one wins. In a closed chat the
//! caller's position moves for the caller alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sql::Batch;
use tokio::sync::watch;

use crate::chat::{self, Receipt};
use crate::{AccountId, App, Caller, ChatId, Error, Event, Result};

/// The least time between two writes of one member's marks in one chat.
pub const WINDOW: Duration = Duration::from_millis(300);

/// Where a mark goes; it never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Read up to here.
    pub read_seq: i64,
    /// Received up to here.
    pub delivered_seq: i64,
}

impl Mark {
    fn join(self, other: Self) -> Self {
        Self {
            read_seq: self.read_seq.max(other.read_seq),
            delivered_seq: self.delivered_seq.max(other.delivered_seq),
        }
    }
}

/// Gathers the marks of this node's callers.
#[derive(Debug, Default)]
pub struct Gather {
    open: Mutex<HashMap<(AccountId, ChatId), Pending>>,
}

/// What came while a window was open; the first write opens it.
#[derive(Debug)]
struct Pending {
    mark: Mark,
    done: watch::Sender<Option<Outcome>>,
}

/// What became of a write. Those who waited for one ask it for their own mark.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    /// Everything is where it should be.
    Stored,
    /// The chat could not be written: only what was read counts, and what had
    /// arrived before, up to here.
    Closed(i64),
    /// The chat was closed, and is open by now.
    Changing,
    /// The store did not take it.
    Failed,
}

impl Outcome {
    /// The answer to who brought `mark`.
    fn answer(self, mark: Mark) -> Result<()> {
        let is_read = mark.read_seq > 0;
        match self {
            Self::Stored => Ok(()),
            Self::Closed(_) if is_read => Ok(()),
            Self::Closed(delivered) if mark.delivered_seq <= delivered => Ok(()),
            Self::Closed(_) => Err(chat::closed()),
            Self::Changing => Err(chat::changing()),
            Self::Failed => Err(Error::unavailable("receipt.busy", "Try again.")),
        }
    }
}

impl Gather {
    /// Moves the caller's marks. Answers when the mark, or a later one of the
    /// same member, is stored: at once, or at the end of an open window.
    ///
    /// # Errors
    /// When the chat is not the caller's, or is closed and something arrived.
    ///
    /// # Panics
    /// When a holder of the lock panicked before.
    pub async fn mark(
        self: &Arc<Self>,
        app: &Arc<App>,
        caller: &Caller,
        chat: ChatId,
        mark: Mark,
    ) -> Result<()> {
        if mark.read_seq < 0 || mark.delivered_seq < 0 {
            return Err(Error::bad_input("seq", "receipt.seq", "A seq is 1 or more."));
        }
        // Strangers are refused before they can occupy a window.
        chat::member(app, caller, chat).await?;
        if mark == Mark::default() {
            return Ok(());
        }
        let key = (caller.account, chat);
        let waiting = {
            let mut open = self.open.lock().expect("no holder of this lock panics");
            if let Some(pending) = open.get_mut(&key) {
                pending.mark = pending.mark.join(mark);
                Some(pending.done.subscribe())
            } else {
                open.insert(key, Pending::new());
                None
            }
        };
        let Some(mut waiting) = waiting else {
            tokio::spawn(Arc::clone(self).windows(Arc::clone(app), *caller, chat));
            return store(app, caller, chat, mark).await?.answer(mark);
        };
        let outcome = waiting.wait_for(Option::is_some).await.ok().and_then(|done| *done);
        outcome.unwrap_or(Outcome::Failed).answer(mark)
    }

    /// Writes what came during each window, until one stays empty.
    async fn windows(self: Arc<Self>, app: Arc<App>, caller: Caller, chat: ChatId) {
        let key = (caller.account, chat);
        loop {
            tokio::time::sleep(WINDOW).await;
            let pending = {
                let mut open = self.open.lock().expect("no holder of this lock panics");
                match open.get_mut(&key) {
                    Some(pending) if pending.mark != Mark::default() => {
                        std::mem::replace(pending, Pending::new())
                    }
                    _ => {
                        open.remove(&key);
                        return;
                    }
                }
            };
            let stored = store(&app, &caller, chat, pending.mark).await;
            let outcome = stored.unwrap_or_else(|error| {
                tracing::warn!(%error, chat.id = %chat, "receipt not stored");
                Outcome::Failed
            });
            pending.done.send_replace(Some(outcome));
        }
    }
}

impl Pending {
    fn new() -> Self {
        Self { mark: Mark::default(), done: watch::Sender::new(None) }
    }
}

/// Moves the marks in the store and says so. What is told is what was stored,
/// to those who may know it.
async fn store(app: &App, caller: &Caller, chat: ChatId, mark: Mark) -> Result<Outcome> {
    let member = chat::member(app, caller, chat).await?;
    let read = mark.read_seq.min(member.upto_seq);
    let delivered = mark.delivered_seq.min(member.upto_seq).max(read);
    let mut batch = Batch::new();
    let [shared, alone] = chat::mark(&mut batch, &member, read, delivered);
    let rows = app.db.write(batch).await?;
    if let Some(receipt) = Receipt::read(chat, caller.account, &rows[shared])? {
        app.bus.publish(&Event::ReceiptMoved(receipt));
        return Ok(Outcome::Stored);
    }
    if let Some(receipt) = Receipt::read(chat, caller.account, &rows[alone])? {
        app.bus.publish(&Event::OwnReadMoved(receipt));
    }
    if delivered <= member.delivered_seq {
        return Ok(Outcome::Stored);
    }
    // Nothing moved that was behind: another one was quicker, or the chat was
    // closed at that moment. Then it matters whether it still is.
    let member = chat::member(app, caller, chat).await?;
    Ok(match member {
        now if delivered <= now.delivered_seq => Outcome::Stored,
        now if now.is_open() => Outcome::Changing,
        now => Outcome::Closed(now.delivered_seq),
    })
}

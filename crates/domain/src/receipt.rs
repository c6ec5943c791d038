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

use sql::{Batch, Rows};
use tokio::sync::watch;

use crate::chat::{self, Member, Receipt};
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
    done: watch::Sender<Option<bool>>,
}

impl Gather {
    /// Moves the caller's marks. Answers when the mark, or a later one of the
    /// same member, is stored: at once, or at the end of an open window.
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
            return store(app, caller, chat, mark).await;
        };
        let stored = waiting.wait_for(Option::is_some).await.is_ok_and(|done| *done == Some(true));
        if stored { Ok(()) } else { Err(Error::unavailable("receipt.busy", "Try again.")) }
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
            if let Err(error) = &stored {
                tracing::warn!(%error, chat.id = %chat, "receipt not stored");
            }
            pending.done.send_replace(Some(stored.is_ok()));
        }
    }
}

impl Pending {
    fn new() -> Self {
        Self { mark: Mark::default(), done: watch::Sender::new(None) }
    }
}

/// Moves the marks in the store and says so.
async fn store(app: &App, caller: &Caller, chat: ChatId, mark: Mark) -> Result<()> {
    let member = chat::member(app, caller, chat).await?;
    let read = mark.read_seq.min(member.upto_seq);
    let delivered = mark.delivered_seq.min(member.upto_seq).max(read);
    let mut batch = Batch::new();
    if member.is_open() {
        chat::mark(&mut batch, &member, read, delivered);
    } else {
        chat::mark_alone(&mut batch, &member, read);
    }
    let rows = app.db.write(batch).await?;
    if let Some(receipt) = moved(&member, &rows)? {
        app.bus.publish(&if member.is_open() {
            Event::ReceiptMoved(receipt)
        } else {
            Event::OwnReadMoved(receipt)
        });
    }
    Ok(())
}

/// The marks after the last statement that moved one.
fn moved(member: &Member, rows: &Rows) -> Result<Option<Receipt>> {
    let Some(row) = rows.iter().rev().find_map(|rows| rows.first()) else { return Ok(None) };
    Ok(Some(Receipt {
        chat: member.chat(),
        account: member.account,
        read_seq: row.get(0)?,
        read_n: row.get(1)?,
        delivered_seq: row.get(2)?,
    }))
}

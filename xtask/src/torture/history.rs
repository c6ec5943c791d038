//! What clients did and were told, and what was there in the end.

use std::collections::{BTreeMap, HashMap};

/// A moment. One counter for all threads, so that "before" means before.
pub(crate) type Moment = u64;

/// Everything the checker judges.
#[derive(Clone, Default)]
pub(crate) struct History {
    pub(crate) sends: Vec<Send>,
    pub(crate) changes: Vec<Change>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) refused: Vec<Refused>,
    /// The final state of each chat, as each of its members reads it.
    pub(crate) views: Vec<View>,
    /// What clients hold that followed from afar.
    pub(crate) copies: Vec<Held>,
}

/// A message that somebody tried to send.
#[derive(Clone, Debug)]
pub(crate) struct Send {
    pub(crate) chat: usize,
    pub(crate) person: usize,
    /// The same in every attempt.
    pub(crate) client_id: String,
    pub(crate) body: String,
    /// Before the first attempt.
    pub(crate) started: Moment,
    /// Each acknowledgement, with the place it named; none is in doubt.
    pub(crate) acknowledged: Vec<(Moment, i64)>,
}

/// An edit or a deletion of one's own message.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) chat: usize,
    pub(crate) seq: i64,
    /// The new body; none deletes.
    pub(crate) body: Option<String>,
    pub(crate) started: Moment,
    pub(crate) acknowledged: Option<Moment>,
}

/// A change of one's own message that was not let happen, though its place was
/// acknowledged and nobody deletes it twice.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) chat: usize,
    pub(crate) seq: i64,
    pub(crate) answer: String,
}

/// A row that somebody read, or heard of, while others wrote.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) chat: usize,
    pub(crate) started: Moment,
    pub(crate) finished: Moment,
    pub(crate) row: Row,
}

/// A message as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) seq: i64,
    pub(crate) sender: usize,
    /// Only its sender sees it.
    pub(crate) client_id: Option<String>,
    pub(crate) body: String,
    pub(crate) is_deleted: bool,
}

/// A chat as one member reads it in the end.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) chat: usize,
    /// The counter of the chat's row.
    pub(crate) last_seq: i64,
    /// Ascending, as read page by page.
    pub(crate) rows: Vec<Row>,
}

/// A chat as a client holds it that heard and caught up, and never read it whole.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) chat: usize,
    /// The first place it has not been told to forget.
    pub(crate) from: i64,
    pub(crate) rows: BTreeMap<i64, Row>,
}

/// What must not happen, each with the cases found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults(pub(crate) HashMap<Fault, Vec<String>>);

/// The kinds of what must not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Acknowledged or read, and not there in the end or when it was to be changed.
    Lost,
    /// There twice, or acknowledged at two places.
    Duplicated,
    /// There, though nobody sent it; or with a body that nobody gave it.
    Phantom,
    /// Elsewhere than acknowledged, or before what was acknowledged first.
    Reordered,
    /// A hole among the places of a chat, or a counter that disagrees.
    Missing,
    /// Deleted or replaced, acknowledged as such, and back.
    Resurrected,
    /// Two members read different things.
    Disagreed,
    /// Who followed holds other than what is there.
    Diverged,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault, case: String) {
        self.0.entry(fault).or_default().push(case);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}

//! Judges a history. Knows nothing of how it came about.

use std::collections::HashMap;

use super::history::{Change, Fault, Faults, Held, History, Moment, Refused, Row, Send, View};

/// Every fault of the history; none in a good one.
pub(crate) fn check(history: &History) -> Faults {
    let mut judge = Judge::new(history);
    let chats = judge.merge_views();
    for (chat, rows) in &chats {
        judge.identities(*chat, rows);
        judge.bodies(*chat, rows);
        judge.order(*chat);
    }
    judge.acknowledgements(&chats);
    judge.sightings(&chats);
    judge.refusals();
    judge.copies(&chats);
    judge.faults
}

/// The rows of each chat by their place, with client ids where known.
type Chats = HashMap<usize, HashMap<i64, Row>>;

struct Judge<'a> {
    history: &'a History,
    /// By chat and client id.
    sends: HashMap<(usize, &'a str), &'a Send>,
    /// By chat and place, in the order in which their one author made them.
    changes: HashMap<(usize, i64), Vec<&'a Change>>,
    faults: Faults,
}

impl<'a> Judge<'a> {
    fn new(history: &'a History) -> Self {
        let key = |send: &'a Send| ((send.chat, send.client_id.as_str()), send);
        let mut changes: HashMap<_, Vec<&Change>> = HashMap::new();
        for change in &history.changes {
            changes.entry((change.chat, change.seq)).or_default().push(change);
        }
        changes.values_mut().for_each(|made| made.sort_by_key(|change| change.started));
        let sends = history.sends.iter().map(key).collect();
        Self { history, sends, changes, faults: Faults::default() }
    }

    /// Joins what the members of each chat read; they have to agree.
    fn merge_views(&mut self) -> Chats {
        let mut chats = Chats::new();
        for view in &self.history.views {
            self.dense(view);
            let rows = chats.entry(view.chat).or_default();
            for row in &view.rows {
                let held = rows.entry(row.seq).or_insert_with(|| row.clone());
                let same = (held.sender, &held.body, held.is_deleted)
                    == (row.sender, &row.body, row.is_deleted);
                if !same {
                    let case = format!("chat {}: {held:?} and {row:?}", view.chat);
                    self.faults.add(Fault::Disagreed, case);
                }
                held.client_id = held.client_id.take().or_else(|| row.client_id.clone());
            }
        }
        for view in &self.history.views {
            let (seen, all) = (view.rows.len(), chats[&view.chat].len());
            if seen < all {
                let case = format!("chat {}: one reads {seen} messages of {all}", view.chat);
                self.faults.add(Fault::Disagreed, case);
            }
        }
        chats
    }

    /// Places are exactly 1, 2, 3 … up to the chat's own counter.
    fn dense(&mut self, view: &View) {
        for (index, row) in view.rows.iter().enumerate() {
            let expected = index as i64 + 1;
            if row.seq != expected {
                let case = format!("chat {}: {} where {expected} belongs", view.chat, row.seq);
                return self.faults.add(Fault::Missing, case);
            }
        }
        if view.last_seq != view.rows.len() as i64 {
            let (last, held) = (view.last_seq, view.rows.len());
            let case = format!("chat {}: counter {last}, {held} messages", view.chat);
            self.faults.add(Fault::Missing, case);
        }
    }

    /// Every row is somebody's send, and no send is two rows.
    fn identities(&mut self, chat: usize, rows: &HashMap<i64, Row>) {
        let mut places: HashMap<&str, i64> = HashMap::new();
        for row in in_order(rows) {
            let known = row.client_id.as_deref().and_then(|id| self.send(chat, id));
            match known {
                Some(send) if send.person == row.sender => {
                    if let Some(first) = places.insert(&send.client_id, row.seq) {
                        let case = format!("chat {chat}: {} at {first} and {}", send.body, row.seq);
                        self.faults.add(Fault::Duplicated, case);
                    }
                }
                _ => self.faults.add(Fault::Phantom, format!("chat {chat}: {row:?}")),
            }
        }
    }

    /// A body is the one that was sent or a change that may have happened last.
    fn bodies(&mut self, chat: usize, rows: &HashMap<i64, Row>) {
        for row in in_order(rows) {
            let Some(send) = row.client_id.as_deref().and_then(|id| self.send(chat, id)) else {
                continue;
            };
            let held = (!row.is_deleted).then_some(row.body.as_str());
            let changes = self.changes(chat, row.seq);
            if !possible(send, &changes, None).any(|body| body == held) {
                let fault = wrong_body(held, send, &changes);
                self.faults.add(fault, format!("chat {chat}: {row:?}"));
            }
        }
    }

    /// What was acknowledged before another was begun comes first.
    fn order(&mut self, chat: usize) {
        let sends = self.history.sends.iter().filter(|send| send.chat == chat);
        let mut placed: Vec<_> = sends
            .filter_map(|send| Some((send.acknowledged.first()?, send)))
            .map(|(&(finished, seq), send)| (seq, send.started, finished, &send.body))
            .collect();
        placed.sort();
        let mut earliest: Option<(Moment, &String)> = None;
        for (seq, started, finished, body) in placed.into_iter().rev() {
            if let Some((done, later)) = earliest.filter(|(done, _)| *done < started) {
                let case = format!("chat {chat}: {body} at {seq}, after {later} (done at {done})");
                self.faults.add(Fault::Reordered, case);
            }
            if earliest.is_none_or(|(done, _)| finished < done) {
                earliest = Some((finished, body));
            }
        }
    }

    /// What was acknowledged is there, where it was said to be, and only there.
    fn acknowledgements(&mut self, chats: &Chats) {
        for send in &self.history.sends {
            let Some((_, seq)) = send.acknowledged.first() else { continue };
            if let Some((_, other)) = send.acknowledged.iter().find(|(_, other)| other != seq) {
                let case = format!("{} acknowledged at {seq} and {other}", send.body);
                self.faults.add(Fault::Duplicated, case);
            }
            let rows = chats.get(&send.chat);
            let id = Some(send.client_id.as_str());
            let is_there = |row: &Row| row.client_id.as_deref() == id;
            if rows.and_then(|rows| rows.get(seq)).is_some_and(is_there) {
                continue;
            }
            let elsewhere = rows.and_then(|rows| rows.values().find(|row| is_there(row)));
            match elsewhere {
                Some(row) => {
                    let case = format!("{} acknowledged at {seq}, is at {}", send.body, row.seq);
                    self.faults.add(Fault::Reordered, case);
                }
                None => self.faults.add(Fault::Lost, format!("{} at {seq}", send.body)),
            }
        }
    }

    /// What was read stays, and nothing that was taken back is read again.
    fn sightings(&mut self, chats: &Chats) {
        for seen in &self.history.seen {
            let row = chats.get(&seen.chat).and_then(|rows| rows.get(&seen.row.seq));
            let Some(row) = row.filter(|row| row.sender == seen.row.sender) else {
                self.faults.add(Fault::Lost, format!("chat {}: read {:?}", seen.chat, seen.row));
                continue;
            };
            let Some(send) = row.client_id.as_deref().and_then(|id| self.send(seen.chat, id))
            else {
                continue;
            };
            let held = (!seen.row.is_deleted).then_some(seen.row.body.as_str());
            let changes = self.changes(seen.chat, seen.row.seq);
            let begun: Vec<_> =
                changes.iter().copied().filter(|change| change.started < seen.finished).collect();
            if !possible(send, &begun, Some(seen.started)).any(|body| body == held) {
                let fault = wrong_body(held, send, &begun);
                self.faults.add(fault, format!("chat {}: read {:?}", seen.chat, seen.row));
            }
        }
    }

    /// What was acknowledged can be changed by who sent it.
    fn refusals(&mut self) {
        for refused in &self.history.refused {
            let Refused { chat, seq, answer } = refused;
            let case = format!("chat {chat}: {seq} could not be changed: {answer}");
            self.faults.add(Fault::Lost, case);
        }
    }

    /// Who followed from afar has every row from some place on, as it is, and no other.
    fn copies(&mut self, chats: &Chats) {
        for Held { chat, from, rows: held } in &self.history.copies {
            let Some(rows) = chats.get(chat) else { continue };
            let mut places: Vec<_> = rows.keys().filter(|seq| *seq >= from).collect();
            places.extend(held.keys().filter(|seq| !rows.contains_key(seq)));
            for seq in places {
                let shown = |row: &Row| (row.sender, row.body.clone(), row.is_deleted);
                let (there, copy) = (rows.get(seq), held.get(seq));
                if there.map(shown) != copy.map(shown) {
                    let case = format!("chat {chat}: {there:?} is held as {copy:?}");
                    self.faults.add(Fault::Diverged, case);
                }
            }
        }
    }

    fn send(&self, chat: usize, client_id: &str) -> Option<&'a Send> {
        self.sends.get(&(chat, client_id)).copied()
    }

    fn changes(&self, chat: usize, seq: i64) -> Vec<&'a Change> {
        self.changes.get(&(chat, seq)).cloned().unwrap_or_default()
    }
}

fn in_order(rows: &HashMap<i64, Row>) -> Vec<&Row> {
    let mut rows: Vec<_> = rows.values().collect();
    rows.sort_by_key(|row| row.seq);
    rows
}

/// A body that was given and taken back has come back; another was never given.
fn wrong_body(held: Option<&str>, send: &Send, changes: &[&Change]) -> Fault {
    let is_given = held == Some(send.body.as_str())
        || changes.iter().any(|change| change.body.as_deref() == held);
    if is_given { Fault::Resurrected } else { Fault::Phantom }
}

/// The bodies that a message may have at `at`, or in the end: those given by
/// its send or by a change, unless a change was begun after it and acknowledged
/// by then. A change in doubt may take its effect late, so it is never ruled out.
fn possible<'a>(
    send: &'a Send,
    changes: &[&'a Change],
    at: Option<Moment>,
) -> impl Iterator<Item = Option<&'a str>> {
    let is_settled =
        |change: &&Change| change.acknowledged.is_some_and(|done| at.is_none_or(|at| done < at));
    let settled = changes.iter().rposition(is_settled);
    let first = settled.is_none().then_some(Some(send.body.as_str()));
    let kept = changes.iter().enumerate().filter(move |(index, change)| {
        settled.is_none_or(|settled| *index >= settled) || change.acknowledged.is_none()
    });
    let rest: Vec<_> = kept.map(|(_, change)| change.body.as_deref()).collect();
    first.into_iter().chain(rest)
}

#[cfg(test)]
mod tests;

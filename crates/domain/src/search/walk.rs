//! Going through what the caller may read, the newest first, until a page is
//! full.
//!
//! What the index covers lies in blocks of places, each with tokens of its own,
//! so no question to the index costs more than a block, however long the chat
//! and however common the word. A block says how new its messages may be, and
//! those that can hold nothing for the page are never looked into.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use sql::{Args, Batch, Row, Rows, args, list};
use tokio::task::yield_now;

use super::asked::{CHANGED, PROBE, PROPOSED, TAIL, TIMES, TOP};
use super::cursor::{self, Cursor, Key, Order};
use super::index::{BLOCK, NOBODY, place_of, question};
use super::{Ask, Field, Found, Ground, PLACE, Place};
use crate::message::{self, Message};
use crate::{App, Result};

/// Rows that the index does not have yet, read through by one search at most.
const UNINDEXED_MAX: i64 = 2_000;
/// Text that the index proposes, judged by one search at most, in bytes; each
/// row and each block counts as `ROW_BYTES` at least.
const JUDGED_MAX: usize = 1_000_000;
const ROW_BYTES: usize = 200;
/// Text judged without a pause, in bytes: sockets wait for the same thread.
const AT_A_TIME: usize = 16 * 1024;
/// Blocks looked into at once: few at first, since a common word fills the page
/// from them, then more and more.
const AT_ONCE: [usize; 4] = [4, 16, 64, 256];
/// Rows taken out of a block of one of many chats at first; most of them have
/// something newer to offer.
const TAKE_FIRST: usize = 8;
/// Rows taken out of a block of the only chat, at least.
const TAKE_MIN: usize = 32;
/// How far the times of a chat may be out of its order and are followed. A clock
/// that was set by years would have all of the chat read for each page.
const DISORDER_MAX: i64 = 86_400_000;

/// What is left of a block, to be looked into.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// None of its messages comes before this in the order.
    newest: i64,
    field: usize,
    number: i64,
    low: i64,
    high: i64,
    /// Rows to be taken at once.
    take: usize,
}

pub(super) struct Walk<'a> {
    ask: &'a Ask,
    order: Order,
    renewed: i64,
    fields: Vec<Field>,
    /// Of each field the newest place that the page may hold, and its time.
    tops: Vec<(i64, i64)>,
    /// One more than asked for, to know whether there is more.
    wanted: usize,
    hits: BTreeMap<Key, Message>,
    blocks: BinaryHeap<Block>,
    judged: usize,
    /// Everything newer was found; the rest is for the next page.
    ended: Option<i64>,
    is_behind: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(ask: &'a Ask, ground: Ground) -> Result<Self> {
        let Ground { renewed, fields } = ground;
        let order = if ask.chat.is_some() { Order::ByPlace } else { Order::ByTime };
        match (order, ask.before) {
            (_, None)
            | (Order::ByPlace, Some(Cursor::InChat(_)))
            | (Order::ByTime, Some(Cursor::Everywhere(..))) => {}
            _ => return Err(cursor::wrong()),
        }
        let top = |field: &Field| match ask.before {
            Some(Cursor::InChat(seq)) => {
                (field.member.upto_seq.min(seq - 1), field.place.newest_at)
            }
            _ => (field.member.upto_seq, field.place.newest_at),
        };
        Ok(Self {
            ask,
            order,
            renewed,
            tops: fields.iter().map(top).collect(),
            fields,
            wanted: ask.limit + 1,
            hits: BTreeMap::new(),
            blocks: BinaryHeap::new(),
            judged: 0,
            ended: None,
            is_behind: false,
        })
    }

    /// Reads what the index does not have yet, and of the rest where to begin and
    /// when its blocks began.
    pub(super) async fn read_through(&mut self, app: &App) -> Result<()> {
        let (mut batch, mut asked) = (Batch::new(), Vec::new());
        let shares = self.shares();
        for (at, share) in shares.into_iter().enumerate() {
            let before = batch.len();
            self.ask_unindexed(&mut batch, at, share);
            asked.extend(std::iter::repeat_n((at, What::Messages), batch.len() - before));
            self.ask_times(&mut batch, at, &mut asked);
        }
        let topped: Vec<_> = (0..self.fields.len()).filter(|at| self.is_topped(*at)).collect();
        let tops = topped.iter().map(|at| self.ask_top(*at)).collect();
        let (answers, tops) = app.db.read_each(batch, &TOP, tops).await?;
        let mut times: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
        for ((at, what), rows) in asked.into_iter().zip(answers) {
            match what {
                What::Messages => drop(self.judge(at, rows).await?),
                What::Times => drop(times.insert(at, rows)),
            }
        }
        for (at, rows) in topped.into_iter().zip(tops) {
            if let Some(top) = rows.first() {
                self.tops[at] = (top.get(0)?, top.get(1)?);
            }
        }
        for at in 0..self.fields.len() {
            self.lay_out(at, times.get(&at).map_or(&[][..], Vec::as_slice))?;
        }
        Ok(())
    }

    /// How many rows of each field are read through. Whoever needs few gets them
    /// all, however far behind another is.
    fn shares(&mut self) -> Vec<i64> {
        let needs: Vec<_> = (0..self.fields.len()).map(|at| self.unindexed(at)).collect();
        let needs: Vec<_> = needs.into_iter().map(|(new, changes)| new + changes).collect();
        let shares = share(UNINDEXED_MAX, &needs);
        self.is_behind = shares != needs;
        shares
    }

    /// How many messages of the field are new to the index, and how many of the
    /// others have changed since.
    fn unindexed(&self, at: usize) -> (i64, i64) {
        let Field { member, place, .. } = &self.fields[at];
        let new = (self.tops[at].0 - place.seq.max(member.floor_seq)).max(0);
        // Each message and each change moved the rev by one.
        let changes = (member.rev - place.rev - (member.upto_seq - place.seq).max(0)).max(0);
        (new, if place.seq > 0 { changes } else { 0 })
    }

    /// Asks for what of the field is new or changed, at most so many.
    fn ask_unindexed(&self, batch: &mut Batch, at: usize, share: i64) {
        let field = &self.fields[at];
        let Field { member, place, .. } = field;
        let (before_at, before_seq) = self.bound(field);
        let (sender, high) = (self.ask.sender, self.tops[at].0);
        let (new, changes) = self.unindexed(at);
        let new = new.min(share);
        if new > 0 {
            let low = high - new + 1;
            batch.run(&TAIL, args![member.chat, low, high, before_at, before_seq, sender]);
        }
        let left = share - new;
        if changes.min(left) > 0 {
            let (floor, chat) = (member.floor_seq, member.chat);
            let high = place.seq.min(high);
            // What changes in this moment must not push out what changed before.
            let most = if changes > left { left } else { UNINDEXED_MAX };
            batch.run(
                &CHANGED,
                args![chat, place.rev, floor, high, before_at, before_seq, sender, most],
            );
        }
    }

    /// Whether the page may begin somewhere in what the index has of the field,
    /// as a matter of time.
    fn is_topped(&self, at: usize) -> bool {
        let ((low, high), (before_at, _)) = (self.indexed(at), self.bound(&self.fields[at]));
        low < high && before_at <= self.fields[at].place.newest_at
    }

    fn ask_top(&self, at: usize) -> Args {
        let (field, (low, high)) = (&self.fields[at], self.indexed(at));
        // What was sent at this very time may be on the page too.
        let above = field.place.after(self.bound(field).0).saturating_add(1);
        args![field.member.chat, low, high, above]
    }

    /// Asks when the blocks of the field began, where there are several.
    fn ask_times(&self, batch: &mut Batch, at: usize, asked: &mut Vec<(usize, What)>) {
        let (chat, (low, high)) = (self.fields[at].member.chat, self.indexed(at));
        if self.order == Order::ByTime && low / BLOCK < high / BLOCK {
            batch.run(&TIMES, args![chat, list(starts(low, high))]);
            asked.push((at, What::Times));
        }
    }

    /// What is on the page was sent before this; at this very time, its place
    /// is below the second.
    fn bound(&self, field: &Field) -> (i64, i64) {
        let until = self.ask.until.map_or((i64::MAX, 0), |until| (until, 0));
        let Some(Cursor::Everywhere(at, chat, seq)) = self.ask.before else { return until };
        let seq = match field.member.chat.cmp(&chat) {
            Ordering::Less => i64::MAX,
            Ordering::Equal => seq,
            Ordering::Greater => 0,
        };
        until.min((at, seq))
    }

    /// The first and the last place of the field that the index has.
    fn indexed(&self, at: usize) -> (i64, i64) {
        let Field { member, place, .. } = &self.fields[at];
        (member.floor_seq + 1, self.tops[at].0.min(place.seq))
    }

    /// Puts the field's blocks where they belong in the order. `times` has when
    /// the first message of each was sent.
    fn lay_out(&mut self, at: usize, times: &[Row]) -> Result<()> {
        let (field, (low, high)) = (&self.fields[at], self.indexed(at));
        let (before_at, _) = self.bound(field);
        let (top_at, number) = (self.tops[at].1, field.place.number);
        let times = times.iter().map(|row| Ok((row.get(0)?, row.get(1)?)));
        let times: BTreeMap<i64, i64> = times.collect::<Result<_>>()?;
        self.blocks.extend(starts(low, high).map(|low| {
            let high = high.min(low / BLOCK * BLOCK + BLOCK - 1);
            let next = times.get(&(high + 1)).copied().unwrap_or(top_at);
            let (newest, take) = match self.order {
                Order::ByPlace => (high, self.wanted.max(TAKE_MIN)),
                Order::ByTime => (field.place.after(next).min(before_at), TAKE_FIRST),
            };
            Block { newest, field: at, number, low, high, take }
        }));
        Ok(())
    }

    /// Asks the index until the page is full, nothing is left, or enough was
    /// read for once; false when the index must be made anew.
    pub(super) async fn look_up(&mut self, app: &App) -> Result<bool> {
        for round in 0.. {
            let group = self.next_group(AT_ONCE[AT_ONCE.len().min(round + 1) - 1]);
            if group.is_empty() {
                return Ok(true);
            }
            let Some(answers) = self.ask_index(app, &group).await? else { return Ok(false) };
            for (block, rows) in group.into_iter().zip(answers) {
                self.go_on(block, rows).await?;
            }
            if self.judged > JUDGED_MAX && self.comes_forward() {
                self.ended = self.blocks.peek().map(|block| block.newest);
                return Ok(true);
            }
        }
        Ok(true)
    }

    /// Whether the index was what it was taken for until now. Asked last: a snapshot
    /// may see that it was emptied, and not yet the number that says so.
    pub(super) async fn holds(&self, app: &App) -> Result<bool> {
        let renewed = app.db.rows(&PLACE, args![NOBODY]).await?;
        Ok(Place::number(renewed.first())? == self.renewed)
    }

    /// What the index proposes of each block; nothing when it must be made anew.
    async fn ask_index(&self, app: &App, group: &[Block]) -> Result<Option<Rows>> {
        let asked = group.iter().map(|block| self.ask_block(block)).collect();
        let error = match app.db.read_each(Batch::new(), &PROPOSED, asked).await {
            Ok((_, rows)) => return Ok(Some(rows)),
            Err(error) if error.is_retryable() => return Err(error.into()),
            Err(error) => error,
        };
        // Whether it is the index that fails is told by asking for it alone.
        let mut batch = Batch::new();
        batch.derived();
        for block in group {
            let [low, high] = block.places();
            batch.run(&PROBE, args![self.question(block), low, high]);
        }
        match app.db.read(batch).await {
            Err(damage) if !damage.is_retryable() => {
                app.search.note_damage(&damage);
                Ok(None)
            }
            _ => Err(error.into()),
        }
    }

    /// The blocks that may yet hold something for the page, the newest first.
    fn next_group(&mut self, most: usize) -> Vec<Block> {
        let last = self.hits.keys().nth_back(self.wanted - 1).map(|key| key.0);
        let mut group = Vec::new();
        while group.len() < most
            && let Some(block) = self.blocks.peek()
            && last.is_none_or(|last| block.newest >= last)
        {
            group.extend(self.blocks.pop());
        }
        group
    }

    fn question(&self, block: &Block) -> String {
        question(&self.ask.words, self.ask.sender, self.fields[block.field].place, block.low)
    }

    fn ask_block(&self, block: &Block) -> Args {
        let field = &self.fields[block.field];
        let (before_at, before_seq) = self.bound(field);
        let ([low, high], question) = (block.places(), self.question(block));
        let take = i64::try_from(block.take).unwrap_or(i64::MAX);
        args![field.member.chat, question, low, high, before_at, before_seq, take]
    }

    /// Judges what came out of a block, and puts back what is left of it.
    async fn go_on(&mut self, block: Block, rows: Vec<Row>) -> Result<()> {
        let place = self.fields[block.field].place;
        let last = (rows.len() >= block.take).then(|| rows.last()).flatten();
        if let Some(last) = last {
            let (seq, created_at): (i64, i64) = (last.get(0)?, last.get(12)?);
            let newest = match self.order {
                Order::ByPlace => seq - 1,
                Order::ByTime => place.after(created_at).min(block.newest),
            };
            if seq > block.low {
                let take = (block.take * 4).min(self.wanted.max(TAKE_MIN));
                self.blocks.push(Block { newest, high: seq - 1, take, ..block });
            }
        }
        self.judged += ROW_BYTES + self.judge(block.field, rows).await?;
        Ok(())
    }

    /// Judges the rows; answers how many bytes of text that was.
    async fn judge(&mut self, field: usize, rows: Vec<Row>) -> Result<usize> {
        let (mut all, mut at_a_time) = (0, 0);
        for mut row in rows {
            let member = &self.fields[field].member;
            let message = message::as_seen(member, Message::read(member.chat, &mut row, 0)?);
            let bytes = message.body.len().max(ROW_BYTES);
            if self.grants(&message) {
                self.hits.insert(self.order.key(&message), message);
            }
            all += bytes;
            at_a_time += bytes;
            if at_a_time > AT_A_TIME {
                at_a_time = 0;
                yield_now().await;
            }
        }
        Ok(all)
    }

    fn grants(&self, message: &Message) -> bool {
        message.deleted_at.is_none()
            && self.ask.sender.is_none_or(|sender| sender == message.sender)
            && self.ask.words.are_in(&message.body)
    }

    /// Whether ending here would bring the next page further than this one.
    fn comes_forward(&self) -> bool {
        let next = self.blocks.peek().map(|block| block.newest.saturating_add(1));
        next.is_some_and(|next| match self.ask.before {
            None => true,
            Some(Cursor::InChat(before) | Cursor::Everywhere(before, ..)) => next < before,
        })
    }

    pub(super) fn found(self) -> Found {
        let ended = self.ended;
        let newer = move |key: &Key| ended.is_none_or(|ended| key.0 > ended);
        let hits = self.hits.into_iter().rev().take_while(|(key, _)| newer(key));
        let mut hits: Vec<_> = hits.take(self.wanted).collect();
        let is_more = hits.len() == self.wanted;
        hits.truncate(self.ask.limit);
        let next = match hits.last() {
            Some((key, _)) if is_more => Some(self.order.below(*key)),
            _ => ended.map(|ended| self.order.from(ended)),
        };
        let messages = hits.into_iter().map(|(_, message)| message).collect();
        Found { messages, next, is_behind: self.is_behind }
    }
}

impl Block {
    /// The first and the last of it in the index.
    fn places(&self) -> [i64; 2] {
        [self.low, self.high].map(|seq| place_of(self.number, seq))
    }
}

impl Place {
    /// When a message may have been sent that stands before one sent at `at`.
    fn after(self, at: i64) -> i64 {
        at.saturating_add(self.disorder_ms.min(DISORDER_MAX))
    }
}

/// What a statement was asked for.
#[derive(Clone, Copy)]
enum What {
    Messages,
    Times,
}

/// Divides what there is among those that need it: as much as it takes for those
/// that need the least, and the same for all others.
fn share(there_is: i64, needs: &[i64]) -> Vec<i64> {
    let mut by_need: Vec<_> = (0..needs.len()).collect();
    by_need.sort_by_key(|at| needs[*at]);
    let (mut left, mut shares) = (there_is, vec![0; needs.len()]);
    for (at, waiting) in by_need.into_iter().zip((1..=needs.len()).rev()) {
        let fair = left / i64::try_from(waiting).unwrap_or(i64::MAX);
        shares[at] = needs[at].min(fair);
        left -= shares[at];
    }
    shares
}

/// The first place of each block of a stretch.
fn starts(low: i64, high: i64) -> impl Iterator<Item = i64> {
    let blocks = low / BLOCK..if low <= high { high / BLOCK + 1 } else { 0 };
    blocks.map(move |block| (block * BLOCK).max(low))
}

impl Ord for Block {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |block: &Self| (block.newest, block.field, block.high);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Block {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Block {}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn whoever_needs_little_gets_it_whatever_others_need() {
        assert_eq!(share(100, &[]), [0; 0]);
        assert_eq!(share(100, &[30, 0, 70]), [30, 0, 70]);
        assert_eq!(share(100, &[1_000_000, 10, 20]), [70, 10, 20]);
        assert_eq!(share(100, &[1_000, 10, 1_000]), [45, 10, 45]);
        assert_eq!(share(2, &[9, 9, 9]).iter().sum::<i64>(), 2);
    }
}

//! What two people are to each other: the one row and its moves, without a
//! store, so that each move can be read and tested by itself.

use sql::{Args, Row, args};

use super::Relation;
use crate::{AccountId, ChatId, Error, Result};

/// A request within this time after a refusal does not reach who refused.
pub(super) const COOL_DOWN_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Who withdrew a request asks again after this time at the earliest, or the
/// other one could be told of a request and of its end for ever.
pub(super) const PAUSE_MS: i64 = 60 * 60 * 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing, or nothing any more.
    Ended,
    /// This one asked the other.
    Asked(AccountId),
    /// Both agreed.
    Friends,
}

/// Who ended a request, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ended {
    by: AccountId,
    at: i64,
}

impl Ended {
    fn read((by, at): (Option<AccountId>, Option<i64>)) -> Option<Self> {
        by.zip(at).map(|(by, at)| Self { by, at })
    }
}

/// The row of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// Also the id of their direct chat.
    pub(super) id: ChatId,
    pub(super) low: AccountId,
    pub(super) high: AccountId,
    state: State,
    /// By the one who was asked.
    declined: Option<Ended>,
    /// By the one who asked.
    withdrawn: Option<Ended>,
    low_blocks: bool,
    high_blocks: bool,
    /// 0 until the row is first decided.
    pub(super) version: i64,
}

impl Pair {
    /// Two people of whom nothing is known yet.
    pub(super) fn strangers(one: AccountId, other: AccountId) -> Self {
        Self {
            id: ChatId::direct(one, other),
            low: one.min(other),
            high: one.max(other),
            state: State::Ended,
            declined: None,
            withdrawn: None,
            low_blocks: false,
            high_blocks: false,
            version: 0,
        }
    }

    /// The same two people, as the store has them.
    pub(super) fn stored(self, row: &Row) -> Result<Self> {
        let state: String = row.get(0)?;
        let state = match state.as_str() {
            "ended" => State::Ended,
            "asked_by_low" => State::Asked(self.low),
            "asked_by_high" => State::Asked(self.high),
            "friends" => State::Friends,
            other => return Err(Error::internal(format!("a pair is {other:?}"))),
        };
        Ok(Self {
            state,
            declined: Ended::read((row.get(1)?, row.get(2)?)),
            withdrawn: Ended::read((row.get(3)?, row.get(4)?)),
            low_blocks: row.get(5)?,
            high_blocks: row.get(6)?,
            version: row.get(7)?,
            ..self
        })
    }

    /// The arguments that write this pair over its `old` version.
    pub(super) fn args(&self, old: i64) -> Args {
        let state = match self.state {
            State::Ended => "ended",
            State::Asked(by) if by == self.low => "asked_by_low",
            State::Asked(_) => "asked_by_high",
            State::Friends => "friends",
        };
        let [declined, withdrawn] = [self.declined, self.withdrawn]
            .map(|ended| (ended.map(|it| it.by), ended.map(|it| it.at)));
        let (blocks, id) = ((self.low_blocks, self.high_blocks), self.id);
        args![id, old, state, declined.0, declined.1, withdrawn.0, withdrawn.1, blocks.0, blocks.1]
    }

    pub(super) fn other(&self, account: AccountId) -> AccountId {
        if account == self.low { self.high } else { self.low }
    }

    pub(super) fn is_friends(&self) -> bool {
        self.state == State::Friends
    }

    pub(super) fn blocks(&self, account: AccountId) -> bool {
        if account == self.low { self.low_blocks } else { self.high_blocks }
    }

    /// What the other one is to `account`. Who is blocked sees nothing.
    pub(super) fn seen_by(&self, account: AccountId) -> Relation {
        let other = self.other(account);
        match self.state {
            _ if self.blocks(account) => Relation::Blocked,
            _ if self.blocks(other) => Relation::None,
            State::Ended => Relation::None,
            State::Friends => Relation::Friend,
            State::Asked(by) if by == account => Relation::Asked,
            State::Asked(_) if self.has_declined(account) => Relation::None,
            State::Asked(_) => Relation::Asking,
        }
    }

    fn has_declined(&self, account: AccountId) -> bool {
        self.declined.is_some_and(|declined| declined.by == account)
    }

    /// How long `me` must wait before asking again, having withdrawn. Accepting
    /// is no request.
    pub(super) fn pause_of(&self, me: AccountId, now: i64) -> Option<i64> {
        let withdrawn = self.withdrawn.filter(|it| it.by == me && self.state == State::Ended)?;
        let wait = withdrawn.at.saturating_add(PAUSE_MS).saturating_sub(now);
        (wait > 0).then_some(wait.min(PAUSE_MS))
    }

    /// The pair once `me` asked, or nothing when that changes nothing.
    pub(super) fn wanted_by(&self, me: AccountId, now: i64) -> Option<Self> {
        let cools_down =
            self.declined.is_some_and(|it| it.by != me && now < it.at.saturating_add(COOL_DOWN_MS));
        let state = match self.state {
            State::Friends => return None,
            State::Asked(by) if by != me => State::Friends,
            State::Asked(_) if self.declined.is_none() || cools_down => return None,
            State::Asked(_) | State::Ended => State::Asked(me),
        };
        let declined = self.declined.filter(|_| cools_down && state != State::Friends);
        let withdrawn = self.withdrawn.filter(|_| state != State::Friends);
        Some(Self { state, declined, withdrawn, ..self.next() })
    }

    /// The pair once `me` declined, withdrew or ended it, or nothing when
    /// there was nothing that `me` could see.
    pub(super) fn dropped_by(&self, me: AccountId, now: i64) -> Option<Self> {
        let ended = Some(Ended { by: me, at: now });
        let (declined, withdrawn) = match self.seen_by(me) {
            Relation::None | Relation::Blocked => return None,
            Relation::Asking => (ended, self.withdrawn),
            Relation::Asked => (self.declined, ended),
            Relation::Friend => (self.declined, self.withdrawn),
        };
        Some(Self { state: State::Ended, declined, withdrawn, ..self.next() })
    }

    /// The pair once `me` blocks the other one.
    pub(super) fn blocked_by(&self, me: AccountId) -> Option<Self> {
        self.with_block(me, true).map(|pair| Self { state: State::Ended, ..pair })
    }

    /// The pair once `me` no longer blocks the other one.
    pub(super) fn unblocked_by(&self, me: AccountId) -> Option<Self> {
        self.with_block(me, false)
    }

    fn with_block(&self, me: AccountId, on: bool) -> Option<Self> {
        let mut pair = self.next();
        let block = if me == self.low { &mut pair.low_blocks } else { &mut pair.high_blocks };
        (std::mem::replace(block, on) != on).then_some(pair)
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: AccountId = AccountId(uuid::Uuid::from_u128(1));
    const BOB: AccountId = AccountId(uuid::Uuid::from_u128(2));

    fn strangers() -> Pair {
        Pair::strangers(BOB, ANN)
    }

    fn seen(pair: &Pair) -> (Relation, Relation) {
        (pair.seen_by(ANN), pair.seen_by(BOB))
    }

    #[test]
    fn asking_and_accepting_make_friends_whoever_begins() {
        for (first, second) in [(ANN, BOB), (BOB, ANN)] {
            let asked = strangers().wanted_by(first, 0).unwrap();
            assert_eq!(asked.seen_by(first), Relation::Asked);
            assert_eq!(asked.seen_by(second), Relation::Asking);
            assert_eq!(asked.wanted_by(first, 0), None, "asking twice changes nothing");
            let friends = asked.wanted_by(second, 0).unwrap();
            assert_eq!(seen(&friends), (Relation::Friend, Relation::Friend));
            assert_eq!(friends.wanted_by(first, 0), None);
            assert_eq!((asked.version, friends.version), (1, 2));
        }
    }

    #[test]
    fn a_refusal_is_given_once() {
        let asked = strangers().wanted_by(ANN, 0).unwrap();
        let declined = asked.dropped_by(BOB, 10).unwrap();
        assert_eq!(seen(&declined), (Relation::None, Relation::None));

        let again = declined.wanted_by(ANN, 20).unwrap();
        assert_eq!(seen(&again), (Relation::Asked, Relation::None));
        assert_eq!(again.wanted_by(ANN, 30), None);
        assert_eq!(again.dropped_by(BOB, 30), None, "there is nothing that bob sees");

        // Withdrawing does not make it forgotten.
        let withdrawn = again.dropped_by(ANN, 40).unwrap();
        assert_eq!(seen(&withdrawn.wanted_by(ANN, 50).unwrap()).1, Relation::None);

        // Bob may change his mind, and in time Ann may ask again.
        let friends = again.wanted_by(BOB, 60).unwrap();
        assert_eq!(seen(&friends), (Relation::Friend, Relation::Friend));
        let later = again.wanted_by(ANN, 10 + COOL_DOWN_MS).unwrap();
        assert_eq!(seen(&later), (Relation::Asked, Relation::Asking));
    }

    #[test]
    fn who_withdrew_waits_before_asking_again_and_nobody_else() {
        let asked = strangers().wanted_by(ANN, 0).unwrap();
        let withdrawn = asked.dropped_by(ANN, 10).unwrap();
        assert_eq!(withdrawn.pause_of(ANN, 10), Some(PAUSE_MS));
        assert_eq!(withdrawn.pause_of(ANN, 10 + PAUSE_MS), None);
        assert_eq!(withdrawn.pause_of(ANN, -PAUSE_MS), Some(PAUSE_MS), "a clock may be put back");
        assert_eq!(withdrawn.pause_of(BOB, 10), None);

        let by_bob = withdrawn.wanted_by(BOB, 20).unwrap();
        assert_eq!(by_bob.pause_of(ANN, 20), None, "accepting is no request");
        let friends = by_bob.wanted_by(ANN, 20).unwrap();
        assert_eq!((friends.is_friends(), friends.withdrawn), (true, None));
        // What reached nobody pauses as well, or the asker could tell.
        let silent = asked.dropped_by(BOB, 10).unwrap().wanted_by(ANN, 20).unwrap();
        assert!(silent.dropped_by(ANN, 30).unwrap().pause_of(ANN, 40).is_some());
    }

    #[test]
    fn who_declined_may_ask_at_once() {
        let declined = strangers().wanted_by(ANN, 0).unwrap().dropped_by(BOB, 10).unwrap();
        let asked = declined.wanted_by(BOB, 20).unwrap();
        assert_eq!(seen(&asked), (Relation::Asking, Relation::Asked));
    }

    #[test]
    fn a_block_ends_everything_and_shows_nothing() {
        let friends = strangers().wanted_by(ANN, 0).unwrap().wanted_by(BOB, 0).unwrap();
        let blocked = friends.blocked_by(ANN).unwrap();
        assert_eq!(seen(&blocked), (Relation::Blocked, Relation::None));
        assert!(!blocked.is_friends());
        assert_eq!(blocked.blocked_by(ANN), None);
        let both = blocked.blocked_by(BOB).unwrap();
        assert_eq!(seen(&both), (Relation::Blocked, Relation::Blocked));
        let one = both.unblocked_by(ANN).unwrap();
        assert_eq!(seen(&one), (Relation::None, Relation::Blocked));
        assert_eq!(one.unblocked_by(ANN), None);
    }
}

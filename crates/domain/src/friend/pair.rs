//! What two people are to each other: the one row and its moves, without a
//! store, so that each move can be read and tested by itself.

use sql::{Args, Row, args};

use super::Relation;
use crate::{AccountId, ChatId, Error, Result};

/// A request within this time after a refusal does not reach who refused.
pub(super) const COOL_DOWN_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing, or nothing any more.
    Ended,
    /// This one asked the other.
    Asked(AccountId),
    /// Both agreed.
    Friends,
}

/// Who refused, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Declined {
    by: AccountId,
    at: i64,
}

/// The row of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// Also the id of their direct chat.
    pub(super) id: ChatId,
    pub(super) low: AccountId,
    pub(super) high: AccountId,
    state: State,
    declined: Option<Declined>,
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
        let (by, at): (Option<AccountId>, Option<i64>) = (row.get(1)?, row.get(2)?);
        Ok(Self {
            state,
            declined: by.zip(at).map(|(by, at)| Declined { by, at }),
            low_blocks: row.get(3)?,
            high_blocks: row.get(4)?,
            version: row.get(5)?,
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
        let (by, at) = (self.declined.map(|it| it.by), self.declined.map(|it| it.at));
        args![self.id, old, state, by, at, self.low_blocks, self.high_blocks]
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
        Some(Self { state, declined, ..self.next() })
    }

    /// The pair once `me` declined, withdrew or ended it, or nothing when
    /// there was nothing that `me` could see.
    pub(super) fn dropped_by(&self, me: AccountId, now: i64) -> Option<Self> {
        let declined = match self.seen_by(me) {
            Relation::None | Relation::Blocked => return None,
            Relation::Asking => Some(Declined { by: me, at: now }),
            Relation::Asked | Relation::Friend => self.declined,
        };
        Some(Self { state: State::Ended, declined, ..self.next() })
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

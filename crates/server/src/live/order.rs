//! The order in which the events of one counter leave this node.
//!
//! Commits come in the order of their counter, but the tasks that tell of
//! them may overtake one another. An event that is early waits for those
//! before it, for a moment; one that is late is dropped, because the client
//! has seen the gap and asked by then. So a socket hears each number at most
//! once, and in order.

use std::collections::BTreeMap;
use std::mem;

/// What waits is let go beyond this many: the gap will not close any more.
const MOST: usize = 256;

/// The events of one counter.
#[derive(Debug)]
pub(super) struct Order<T> {
    /// The latest number known, from an event or from the store.
    have: Option<i64>,
    early: BTreeMap<i64, T>,
    /// Counts the times that somebody began to wait.
    wait: u32,
}

/// What becomes of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn<T> {
    /// These can go now, in this order.
    Go(Vec<T>),
    /// It waits; whoever gets this answer lets this wait go after a moment.
    First(u32),
    /// It waits with others.
    Wait,
}

impl<T> Default for Order<T> {
    fn default() -> Self {
        Self { have: None, early: BTreeMap::new(), wait: 0 }
    }
}

impl<T> Order<T> {
    /// The latest number known.
    pub(super) fn have(&self) -> Option<i64> {
        self.have
    }

    /// The store was at `number` when somebody began to listen. Once events
    /// are followed this says nothing: those between are still on their way to
    /// the others who listen.
    pub(super) fn know(&mut self, number: i64) {
        self.have.get_or_insert(number);
    }

    /// An event came.
    pub(super) fn came(&mut self, number: i64, event: T) -> Turn<T> {
        match self.have {
            Some(have) if number <= have => return Turn::Go(Vec::new()),
            Some(have) if number > have + 1 => {
                let is_first = self.early.is_empty();
                self.wait = self.wait.wrapping_add(u32::from(is_first));
                self.early.insert(number, event);
                return match (is_first, self.early.len() > MOST) {
                    (_, true) => Turn::Go(self.let_go(self.wait)),
                    (true, false) => Turn::First(self.wait),
                    (false, false) => Turn::Wait,
                };
            }
            _ => self.have = Some(number),
        }
        let mut go = vec![event];
        while let Some(next) = self.early.remove(&(self.have.unwrap_or(0) + 1)) {
            self.have = self.have.map(|have| have + 1);
            go.push(next);
        }
        Turn::Go(go)
    }

    /// The event of this number, if it waits.
    pub(super) fn early(&mut self, number: i64) -> Option<&mut T> {
        self.early.get_mut(&number)
    }

    /// Those of this wait, if it is not over; what is missing before them is
    /// given up.
    pub(super) fn let_go(&mut self, wait: u32) -> Vec<T> {
        if wait != self.wait {
            return Vec::new();
        }
        if let Some(last) = self.early.keys().next_back() {
            self.have = Some(*last);
        }
        mem::take(&mut self.early).into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn early_waits_and_late_is_dropped() {
        let mut order = Order::default();
        order.know(4);
        assert_eq!(order.came(4, 4), Turn::Go(vec![]));
        assert_eq!(order.came(6, 6), Turn::First(1));
        assert_eq!(order.came(8, 8), Turn::Wait);
        assert_eq!((order.early(8).copied(), order.early(7)), (Some(8), None));
        assert_eq!(order.came(5, 5), Turn::Go(vec![5, 6]));
        assert_eq!(order.let_go(1), [8]);
        assert_eq!(order.came(7, 7), Turn::Go(vec![]));
        assert_eq!(order.came(9, 9), Turn::Go(vec![9]));
    }

    #[test]
    fn a_wait_that_is_over_lets_nobody_else_go() {
        let mut order = Order::default();
        order.know(0);
        assert_eq!(order.came(2, 2), Turn::First(1));
        assert_eq!(order.came(1, 1), Turn::Go(vec![1, 2]));
        assert_eq!(order.came(4, 4), Turn::First(2));
        assert_eq!(order.let_go(1), [0; 0]);
        assert_eq!(order.came(3, 3), Turn::Go(vec![3, 4]));
    }

    #[test]
    fn the_first_number_is_taken_as_it_comes() {
        let mut order = Order::default();
        assert_eq!(order.came(7, 7), Turn::Go(vec![7]));
        order.know(6);
        assert_eq!(order.have(), Some(7));
    }

    #[test]
    fn who_comes_later_takes_nothing_from_the_others() {
        let mut order = Order::default();
        order.know(5);
        order.know(9);
        assert_eq!(order.came(6, 6), Turn::Go(vec![6]));
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut order = Order::default();
        order.know(0);
        let most = i64::try_from(MOST).unwrap();
        for number in 2..most + 2 {
            assert!(!matches!(order.came(number, ()), Turn::Go(_)));
        }
        assert_eq!(order.came(most + 2, ()), Turn::Go(vec![(); MOST + 1]));
    }

    proptest! {
        /// Whatever comes, numbers leave once and in order, and none that
        /// comes in order is lost.
        #[test]
        fn numbers_leave_once_and_in_order(
            numbers in prop::collection::vec(1i64..40, 0..120),
            pauses in prop::collection::vec(any::<bool>(), 120),
        ) {
            let mut order = Order::default();
            order.know(0);
            let mut left = Vec::new();
            for (number, pause) in numbers.into_iter().zip(pauses) {
                if let Turn::Go(go) = order.came(number, number) {
                    left.extend(go);
                }
                if pause {
                    left.extend(order.let_go(order.wait));
                }
            }
            prop_assert!(left.windows(2).all(|pair| pair[0] < pair[1]), "{left:?}");
        }
    }
}

//! A bounded queue between async callers and the threads of an engine.
//!
//! Full is an answer (`Busy`), never a wait: the caller's runtime must not
//! block, and memory must not grow with the load.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::Error;

pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    bound: usize,
}

struct State<T> {
    items: VecDeque<T>,
    /// Threads that wait for work: a wake-up is a call to the kernel, and most
    /// come while the thread is at work anyway.
    idle: usize,
    closed: bool,
}

impl<T> Queue<T> {
    pub(crate) fn new(bound: usize) -> Self {
        let state = State { items: VecDeque::new(), idle: 0, closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), bound }
    }

    pub(crate) fn push(&self, item: T) -> Result<(), Error> {
        let mut state = self.lock();
        if state.closed {
            return Err(Error::closed());
        }
        if state.items.len() >= self.bound {
            return Err(Error::Busy);
        }
        state.items.push_back(item);
        let is_awaited = state.idle > 0;
        drop(state);
        if is_awaited {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Waits for work and takes what is there, at most `max`. `None` means
    /// that the queue is closed and empty.
    pub(crate) fn take(&self, max: usize) -> Option<VecDeque<T>> {
        let mut state = self.lock();
        while state.items.is_empty() {
            if state.closed {
                return None;
            }
            state.idle += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
        if state.items.len() <= max {
            return Some(std::mem::take(&mut state.items));
        }
        Some(state.items.drain(..max).collect())
    }

    /// Refuses further items; what is queued is still handed out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    // A panic while the lock is held leaves the queue whole: every change to
    // it is a single call.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

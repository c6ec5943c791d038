//! The queue of one connection: shared frames, bounded in number and bytes.
//!
//! A full queue is not an error but lag. From then on ordinary frames are
//! dropped, urgent ones (acknowledgements, heartbeats, calls) still find
//! reserved places, and when the queue has drained the application's own
//! frames tell the client that it missed something.

use std::collections::VecDeque;
use std::io::IoSlice;

use crate::config::Limits;
use crate::counters::Queued;
use crate::frame::Frame;

/// Frames handed to one vectored write.
pub(crate) const BATCH: usize = 64;

/// Bytes that urgent frames may take beyond the queue's own bound.
const RESERVED_BYTES: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// May be dropped when the connection is lagged.
    Ordinary,
    /// Uses the reserved places; an overrun of those ends the connection.
    Urgent,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    Queued,
    /// This frame was the first to be dropped.
    Lagged,
    Dropped,
    /// Not even the reserve holds it.
    Overrun,
}

/// The first frame has its place here and not in the list behind it. Most
/// queues hold no second one, and to write that one must not mean to fetch a
/// list from far away.
#[derive(Default)]
pub(crate) struct Outbox {
    /// Absent only if the queue is empty.
    first: Option<Frame>,
    rest: VecDeque<Frame>,
    bytes: usize,
    /// Bytes of the first frame that are written already.
    written: usize,
    /// Present while lagged.
    lag: Option<Box<Lag>>,
}

/// A lag ends only after the application was asked what to say about it: the
/// queue may drain before that, and the client must not go untold.
#[derive(Default)]
struct Lag {
    frames: Vec<Frame>,
    is_told: bool,
}

/// The frames of a small write, put together. Kept for the next connection:
/// the members of a room have the same frames to be written, one after the other.
#[derive(Default)]
pub(crate) struct Joined {
    frames: Vec<Frame>,
    bytes: Vec<u8>,
}

impl Joined {
    /// Everything that waits in one piece.
    pub(crate) fn of(&mut self, out: &Outbox) -> &[u8] {
        if !out.frames().eq(&self.frames) {
            self.frames.clear();
            self.frames.extend(out.frames().cloned());
            self.bytes.clear();
            out.frames().for_each(|frame| self.bytes.extend_from_slice(frame.wire()));
        }
        &self.bytes[out.written..]
    }
}

impl Outbox {
    pub(crate) fn push(&mut self, frame: Frame, class: Class, limits: &Limits) -> Pushed {
        let (frames, bytes) = (self.len(), self.bytes + frame.len());
        match class {
            Class::Ordinary if self.lag.is_some() => return Pushed::Dropped,
            Class::Ordinary => {
                let full = frames >= limits.queue_frames || bytes > limits.queue_bytes;
                if full && frames > 0 {
                    self.lag = Some(Box::default());
                    return Pushed::Lagged;
                }
            }
            Class::Urgent => {
                let full = frames >= limits.queue_frames + limits.reserved_frames
                    || bytes > limits.queue_bytes + RESERVED_BYTES;
                if full && frames > 0 {
                    return Pushed::Overrun;
                }
            }
        }
        self.push_last(frame);
        Pushed::Queued
    }

    /// Queues a frame whatever the bounds say: the last one before closing.
    pub(crate) fn push_last(&mut self, frame: Frame) {
        self.bytes += frame.len();
        if self.first.is_none() {
            self.first = Some(frame);
        } else {
            self.rest.push_back(frame);
        }
    }

    /// What to tell the client once this lag is over.
    pub(crate) fn tell_after_lag(&mut self, frames: Vec<Frame>) {
        if let Some(lag) = &mut self.lag {
            lag.frames = frames;
            lag.is_told = true;
        }
    }

    /// Ends the lag of a drained queue and queues what was to be told.
    pub(crate) fn recover(&mut self) -> bool {
        if self.lag.is_none() || !self.is_empty() {
            return false;
        }
        let Some(lag) = self.lag.take_if(|lag| lag.is_told) else { return false };
        for frame in lag.frames {
            self.push_last(frame);
        }
        true
    }

    /// Only reserved places are left.
    pub(crate) fn is_full(&self, limits: &Limits) -> bool {
        self.len() >= limits.queue_frames || self.bytes >= limits.queue_bytes
    }

    pub(crate) fn queued(&self) -> Queued {
        Queued::of(self.len(), self.bytes)
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    fn frames(&self) -> impl Iterator<Item = &Frame> {
        self.first.iter().chain(&self.rest)
    }

    /// Points `slices` at the next bytes to write and says how many are used.
    pub(crate) fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>; BATCH]) -> usize {
        let mut count = 0;
        for (slice, frame) in slices.iter_mut().zip(self.frames()) {
            let wire = frame.wire();
            *slice = IoSlice::new(if count == 0 { &wire[self.written..] } else { wire });
            count += 1;
        }
        count
    }

    /// What is left of the only frame, if there is only one.
    pub(crate) fn only(&self) -> Option<&[u8]> {
        let first = self.first.as_ref().filter(|_| self.rest.is_empty())?;
        Some(&first.wire()[self.written..])
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets `n` written bytes; returns how many frames they completed.
    pub(crate) fn advance(&mut self, mut n: usize) -> u64 {
        let mut done = 0;
        while let Some(first) = &self.first {
            let left = first.len() - self.written;
            if n < left {
                self.written += n;
                break;
            }
            n -= left;
            self.bytes -= first.len();
            self.written = 0;
            self.first = self.rest.pop_front();
            done += 1;
        }
        done
    }

    /// All frames as one polling payload.
    pub(crate) fn take_payload(&mut self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes);
        for frame in self.first.take().into_iter().chain(self.rest.drain(..)) {
            frame.append_payload(&mut out);
        }
        self.bytes = 0;
        out
    }

    /// Whether the next frame needs a list that is not there.
    pub(crate) fn lacks_storage(&self) -> bool {
        self.first.is_some() && self.rest.capacity() == 0
    }

    /// Gives an empty list, which an idle connection does not hold.
    pub(crate) fn lend(&mut self, storage: VecDeque<Frame>) {
        self.rest = storage;
    }

    /// Takes the list back when nothing is queued.
    pub(crate) fn reclaim(&mut self) -> Option<VecDeque<Frame>> {
        let is_spare = self.is_empty() && self.rest.capacity() > 0;
        is_spare.then(|| std::mem::take(&mut self.rest))
    }

    pub(crate) fn clear(&mut self) {
        *self = Outbox::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { queue_frames: 4, queue_bytes: 100, reserved_frames: 2, ..Limits::default() }
    }

    fn small() -> Frame {
        Frame::text("4x")
    }

    #[test]
    fn overflow_is_told_once_and_leaves_room_for_urgent_frames() {
        let (mut out, limits) = (Outbox::default(), limits());
        for _ in 0..4 {
            assert_eq!(out.push(small(), Class::Ordinary, &limits), Pushed::Queued);
        }
        assert_eq!(out.push(small(), Class::Ordinary, &limits), Pushed::Lagged);
        assert_eq!(out.push(small(), Class::Ordinary, &limits), Pushed::Dropped);
        assert_eq!(out.push(small(), Class::Urgent, &limits), Pushed::Queued);
        assert_eq!(out.push(small(), Class::Urgent, &limits), Pushed::Queued);
        assert_eq!(out.push(small(), Class::Urgent, &limits), Pushed::Overrun);
        assert_eq!(out.advance(24), 6);
        assert!(!out.recover(), "drained, but nobody knows what to say");
        assert_eq!(out.push(small(), Class::Urgent, &limits), Pushed::Queued);
        out.tell_after_lag(vec![Frame::text("lag")]);
        assert!(!out.recover(), "not drained any more");
        assert_eq!(out.advance(4), 1);
        assert!(out.recover());
        assert!(out.lag.is_none());
        assert_eq!(out.take_payload(), b"lag");
        assert_eq!(out.push(small(), Class::Ordinary, &limits), Pushed::Queued);
    }

    #[test]
    fn bytes_are_bounded_but_one_large_frame_passes_an_empty_queue() {
        let (mut out, limits) = (Outbox::default(), limits());
        let large = Frame::binary(&[0; 500]);
        assert_eq!(out.push(large.clone(), Class::Ordinary, &limits), Pushed::Queued);
        assert_eq!(out.push(small(), Class::Ordinary, &limits), Pushed::Lagged);
        assert_eq!(out.advance(large.len()), 1);
        assert!(out.is_empty());
    }

    #[test]
    fn partial_writes_resume_where_they_stopped() {
        let (mut out, limits) = (Outbox::default(), limits());
        out.push(small(), Class::Ordinary, &limits);
        out.push(small(), Class::Ordinary, &limits);
        assert_eq!(out.advance(5), 1);
        let mut slices = [IoSlice::new(&[]); BATCH];
        assert_eq!(out.slices(&mut slices), 1);
        assert_eq!(&*slices[0], &small().wire()[1..]);
        assert_eq!(out.only(), Some(&small().wire()[1..]));
        assert_eq!(out.advance(3), 1);
        assert_eq!(out.bytes, 0);
    }

    #[test]
    fn what_is_put_together_serves_whoever_has_the_same_frames() {
        let (mut first, mut second, limits) = (Outbox::default(), Outbox::default(), limits());
        let (one, two) = (Frame::text("one"), Frame::text("two"));
        for out in [&mut first, &mut second] {
            out.push(one.clone(), Class::Ordinary, &limits);
            out.push(two.clone(), Class::Ordinary, &limits);
        }
        second.written = 3;
        let whole = [one.wire(), two.wire()].concat();
        let mut joined = Joined::default();
        assert_eq!(joined.of(&first), whole);
        let kept = joined.bytes.as_ptr();
        assert_eq!(joined.of(&second), &whole[3..]);
        assert_eq!(joined.bytes.as_ptr(), kept);
        // Reading alike is not being the same: the third frame is another one.
        second.push(Frame::text("one"), Class::Ordinary, &limits);
        assert_eq!(joined.of(&second), &[&whole[3..], one.wire()].concat());
    }
}

//! One Engine.IO connection: its link, its queue, its clocks.
//!
//! Everything here belongs to one worker and is touched by its thread alone.
//! An idle connection holds no buffer, no timer of its own and no copy of its
//! request; what is rarely needed sits behind a pointer.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::hint::black_box;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::oneshot;

use crate::application::{Handshake, Reason};
use crate::config::Limits;
use crate::outbox::Outbox;
use crate::slab::Key;
use crate::socket::{Id, Socket};
use crate::stream::Stream;
use crate::websocket::Fragments;
use crate::worker::Worker;

/// Reads of one connection before others get their turn.
const READS: usize = 4;

/// No deadline.
pub(crate) const NEVER: u64 = u64::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    SocketIo,
    /// A raw endpoint, by its place in the list.
    Raw(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Open,
    /// Saying goodbye; nothing that arrives counts any more.
    Closing,
    Released,
}

pub(crate) enum Link {
    WebSocket(Stream),
    Polling(Polling),
    Gone,
}

/// The state of a connection between its polls.
#[derive(Default)]
pub(crate) struct Polling {
    /// The poll that waits for something to say.
    pub(crate) poll: Option<oneshot::Sender<Vec<u8>>>,
    /// The POST that waits for its events to find a place.
    pub(crate) post: Option<oneshot::Sender<()>>,
    pub(crate) is_posting: bool,
    pub(crate) is_upgrading: bool,
    /// What admitting it gave: held until it polls no more.
    pub(crate) _pass: Option<crate::server::Pass>,
}

/// What has arrived and cannot be handled yet. Absent most of the time.
#[derive(Default)]
pub(crate) struct Input {
    /// The beginning of a frame.
    pub(crate) leftover: Vec<u8>,
    pub(crate) fragments: Option<Box<Fragments>>,
    /// A packet that waits for its attachments.
    pub(crate) partial: Option<Partial>,
    pub(crate) backlog: VecDeque<Waiting>,
    pub(crate) backlog_bytes: usize,
}

pub(crate) struct Partial {
    pub(crate) text: Box<str>,
    pub(crate) missing: usize,
    pub(crate) attachments: Vec<Bytes>,
    pub(crate) bytes: usize,
}

/// A complete packet that waits for its turn.
pub(crate) struct Waiting {
    pub(crate) text: Box<str>,
    pub(crate) attachments: Vec<Bytes>,
}

impl Waiting {
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }
}

impl Input {
    fn is_empty(&self) -> bool {
        self.leftover.is_empty()
            && self.fragments.is_none()
            && self.partial.is_none()
            && self.backlog.is_empty()
    }
}

/// Deadlines in milliseconds of the worker's clock.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) ping_at: u64,
    pub(crate) pong_by: u64,
    pub(crate) connect_by: u64,
    pub(crate) stall_by: u64,
    pub(crate) lag_by: u64,
    pub(crate) close_by: u64,
    pub(crate) ack_by: u64,
}

impl Times {
    pub(crate) const NONE: Times = Times {
        ping_at: NEVER,
        pong_by: NEVER,
        connect_by: NEVER,
        stall_by: NEVER,
        lag_by: NEVER,
        close_by: NEVER,
        ack_by: NEVER,
    };

    pub(crate) fn next(&self) -> u64 {
        self.ping_at
            .min(self.pong_by)
            .min(self.connect_by)
            .min(self.stall_by)
            .min(self.lag_by)
            .min(self.close_by)
            .min(self.ack_by)
    }
}

/// What every delivery touches comes first and together: with many
/// connections each cache line of it is one that has to be fetched.
#[repr(C)]
pub(crate) struct Connection {
    pub(crate) phase: Cell<Phase>,
    /// Stands in the worker's line of those that are written to.
    pub(crate) is_dirty: Cell<bool>,
    /// Stands in the line before that one.
    pub(crate) is_urgent: Cell<bool>,
    /// The last write found no room; `stall_by` is set.
    pub(crate) is_stalled: Cell<bool>,
    /// Reading has stopped until there is room again.
    pub(crate) is_paused: Cell<bool>,
    /// Will be closed as soon as nothing runs.
    pub(crate) is_retiring: Cell<bool>,
    /// An event's future holds back the ones behind it.
    pub(crate) is_waiting: Cell<bool>,
    pub(crate) has_joined: Cell<bool>,
    pub(crate) out: RefCell<Outbox>,
    pub(crate) key: Key,
    pub(crate) waker: RefCell<Option<Waker>>,
    pub(crate) input: RefCell<Option<Box<Input>>>,
    pub(crate) in_flight: Cell<u16>,
    pub(crate) link: RefCell<Link>,
    pub(crate) sockets: RefCell<Vec<Socket>>,
    pub(crate) armed: Cell<u64>,
    pub(crate) times: Cell<Times>,
    pub(crate) handshake: RefCell<Option<Arc<Handshake>>>,
    pub(crate) sid: Id,
    pub(crate) kind: Kind,
}

impl Connection {
    pub(crate) fn new(key: Key, sid: Id, kind: Kind, link: Link) -> Connection {
        Connection {
            key,
            sid,
            kind,
            phase: Cell::new(Phase::Open),
            is_dirty: Cell::new(false),
            is_urgent: Cell::new(false),
            is_stalled: Cell::new(false),
            is_waiting: Cell::new(false),
            is_paused: Cell::new(false),
            is_retiring: Cell::new(false),
            has_joined: Cell::new(false),
            in_flight: Cell::new(0),
            armed: Cell::new(NEVER),
            times: Cell::new(Times::NONE),
            out: RefCell::default(),
            link: RefCell::new(link),
            waker: RefCell::default(),
            sockets: RefCell::default(),
            input: RefCell::default(),
            handshake: RefCell::default(),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.phase.get() == Phase::Open
    }

    /// Reads something of each cache line that queueing and flushing need. Done
    /// for several connections in a row, their lines come at the same time; one
    /// by one each is waited for, because the kernel has had the caches since.
    pub(crate) fn fetch(&self) {
        black_box((self.phase.get(), self.key.slot, self.in_flight.get()));
    }

    pub(crate) fn set_times(&self, change: impl FnOnce(&mut Times)) {
        let mut times = self.times.get();
        change(&mut times);
        self.times.set(times);
    }

    /// A write has found room.
    pub(crate) fn goes_on(&self) {
        if self.is_stalled.replace(false) {
            self.set_times(|times| times.stall_by = NEVER);
        }
    }

    /// Lets the kernel forget what the peer has not taken. Otherwise it would
    /// ask for minutes whether the peer takes it now.
    pub(crate) fn reset(&self) {
        if let Link::WebSocket(stream) = &*self.link.borrow() {
            stream.abort();
        }
    }

    pub(crate) fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }

    /// Takes something out of the input. Most of the time there is none, and
    /// the path of every frame must not make one to find it empty.
    pub(crate) fn take_input<T: Default>(&self, act: impl FnOnce(&mut Input) -> T) -> T {
        if self.input.borrow().is_none() {
            return T::default();
        }
        self.with_input(act)
    }

    /// Works on the input, which exists only while it holds something.
    pub(crate) fn with_input<T>(&self, act: impl FnOnce(&mut Input) -> T) -> T {
        let mut slot = self.input.borrow_mut();
        let result = act(slot.get_or_insert_default());
        if slot.as_ref().is_some_and(|input| input.is_empty()) {
            *slot = None;
        }
        result
    }

    /// Whether more events must not be read now.
    pub(crate) fn must_pause(&self, limits: &Limits) -> bool {
        let has_full_backlog = self.input.borrow().as_ref().is_some_and(|input| {
            input.backlog.len() >= limits.backlog_events
                || input.backlog_bytes >= limits.backlog_bytes
        });
        has_full_backlog || self.out.borrow().is_full(limits) || self.is_retiring.get()
    }

    /// Whether something waits for the queue to drain.
    pub(crate) fn is_held_up(&self) -> bool {
        self.is_paused.get()
            || self.input.borrow().as_ref().is_some_and(|input| !input.backlog.is_empty())
            || matches!(&*self.link.borrow(), Link::Polling(polling) if polling.post.is_some())
    }

    /// Whether an event must wait: for others before it, or for a place for
    /// its acknowledgement.
    pub(crate) fn must_queue(&self, limits: &Limits) -> bool {
        self.is_waiting.get()
            || self.out.borrow().is_full(limits)
            || usize::from(self.in_flight.get()) >= limits.in_flight
            || self.input.borrow().as_ref().is_some_and(|input| !input.backlog.is_empty())
    }

    fn remember(&self, waker: &Waker) {
        let mut known = self.waker.borrow_mut();
        if !known.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *known = Some(waker.clone());
        }
    }

    /// One turn of the connection's task: write what is left, read what is there.
    pub(crate) fn poll(self: &Rc<Self>, worker: &Rc<Worker>, cx: &mut Context<'_>) -> Poll<()> {
        self.remember(cx.waker());
        // An empty queue may have its end in the buffers of the stream.
        let is_written = self.out.borrow().is_empty() && !self.is_stalled.get();
        if !is_written || self.phase.get() == Phase::Closing {
            worker.flush(self);
        }
        for _ in 0..READS {
            if self.phase.get() == Phase::Released {
                return Poll::Ready(());
            }
            if self.is_paused.get() {
                if self.must_pause(&worker.shared.config.limits) {
                    return Poll::Pending;
                }
                self.is_paused.set(false);
                worker.feed(self, &mut []);
                continue;
            }
            match self.read(worker, cx) {
                Poll::Ready(()) => {}
                Poll::Pending => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads into the worker's buffer and handles what came.
    fn read(self: &Rc<Self>, worker: &Rc<Worker>, cx: &mut Context<'_>) -> Poll<()> {
        let mut buffer = worker.buffer.take();
        let mut filled = ReadBuf::new(&mut buffer);
        let outcome = match &mut *self.link.borrow_mut() {
            Link::WebSocket(stream) => Pin::new(stream).poll_read(cx, &mut filled),
            Link::Polling(_) | Link::Gone => Poll::Ready(Ok(())),
        };
        let length = filled.filled().len();
        match outcome {
            Poll::Ready(Ok(())) if length > 0 => {
                if self.is_open() {
                    worker.feed(self, &mut buffer[..length]);
                }
            }
            Poll::Ready(_) => worker.lose(self, Reason::TransportClosed),
            Poll::Pending => {}
        }
        worker.buffer.replace(buffer);
        outcome.map(|_| ())
    }
}

/// The task that drives a WebSocket connection. It holds a number only, so an
/// idle connection's task is as small as a task can be.
pub(crate) struct Drive(pub(crate) Key);

impl Future for Drive {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(worker) = Worker::current() else { return Poll::Ready(()) };
        let Some(connection) = worker.connection(self.0) else { return Poll::Ready(()) };
        connection.poll(&worker, cx)
    }
}

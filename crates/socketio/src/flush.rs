//! Writing queues out, closing connections, and deadlines.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::AsyncWrite;

use crate::application::Reason;
use crate::connection::{Connection, Link, NEVER, Phase, Polling, Times};
use crate::frame::Frame;
use crate::outbox::{BATCH, Outbox};
use crate::stream::Stream;
use crate::websocket;
use crate::worker::Worker;

/// Pending bytes up to which frames are copied together before a write.
const JOINED: usize = 16 * 1024;

/// How a flush ended.
enum Flushed {
    /// The queue is empty.
    All,
    /// The peer must read first.
    Blocked,
    Failed,
}

impl Worker {
    /// Writes as much of the queue as the link takes.
    pub(crate) fn flush(&self, connection: &Rc<Connection>) {
        let flushed = {
            let mut out = connection.out.borrow_mut();
            match &mut *connection.link.borrow_mut() {
                Link::WebSocket(stream) => self.write(connection, stream, &mut out),
                Link::Polling(polling) => self.answer_poll(polling, &mut out),
                Link::Gone => Flushed::All,
            }
        };
        match flushed {
            Flushed::All => {
                connection.goes_on();
                self.drained(connection);
            }
            Flushed::Blocked => self.blocked(connection),
            Flushed::Failed => self.lose(connection, Reason::TransportClosed),
        }
    }

    fn write(&self, connection: &Connection, stream: &mut Stream, out: &mut Outbox) -> Flushed {
        let waker = connection.waker.borrow();
        // Before the task's first turn nobody would be woken; that turn flushes.
        let Some(waker) = &*waker else { return Flushed::All };
        let mut cx = Context::from_waker(waker);
        while !out.is_empty() {
            match self.write_once(connection, stream, out, &mut cx) {
                Poll::Ready(Ok(0)) | Poll::Ready(Err(_)) => return Flushed::Failed,
                Poll::Ready(Ok(written)) => {
                    self.counters().writes.bump();
                    self.counters().frames_out.add(out.advance(written));
                    connection.goes_on();
                }
                Poll::Pending => return Flushed::Blocked,
            }
        }
        if matches!(stream, Stream::Plain(..)) {
            return Flushed::All;
        }
        match Pin::new(stream).poll_flush(&mut cx) {
            Poll::Ready(Ok(())) => Flushed::All,
            Poll::Ready(Err(_)) => Flushed::Failed,
            Poll::Pending => Flushed::Blocked,
        }
    }

    /// One system call with as much as it takes. Few bytes are put together
    /// first, because one piece costs the kernel less than several.
    fn write_once(
        &self,
        connection: &Connection,
        stream: &mut Stream,
        out: &Outbox,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        // One that found no room is written when the event loop says so.
        let tries = !connection.is_stalled.get();
        if let Some(only) = out.only() {
            return stream.poll_send(cx, only, tries);
        }
        if out.bytes() <= JOINED {
            return stream.poll_send(cx, self.joined.borrow_mut().of(out), tries);
        }
        let mut slices = [IoSlice::new(&[]); BATCH];
        let count = out.slices(&mut slices);
        Pin::new(stream).poll_write_vectored(cx, &slices[..count])
    }

    fn answer_poll(&self, polling: &mut Polling, out: &mut Outbox) -> Flushed {
        if out.is_empty() {
            return Flushed::All;
        }
        let Some(poll) = polling.poll.take_if(|poll| !poll.is_closed()) else {
            return Flushed::Blocked;
        };
        self.counters().frames_out.add(out.len() as u64);
        self.counters().writes.bump();
        // The poll may vanish in this very moment; its guard then ends the session.
        drop(poll.send(out.take_payload()));
        Flushed::All
    }

    /// The queue is empty: lag is over, storage goes back, reading may go on.
    fn drained(&self, connection: &Rc<Connection>) {
        let has_recovered = connection.out.borrow_mut().recover();
        self.take_back(&mut connection.out.borrow_mut());
        if has_recovered {
            connection.set_times(|times| times.lag_by = NEVER);
            self.mark_dirty(connection);
        }
        if connection.is_held_up() {
            self.resume_later(connection);
        }
        match connection.phase.get() {
            Phase::Closing => self.shut(connection),
            Phase::Open if connection.is_retiring.get() => self.retire(connection),
            Phase::Open | Phase::Released => {}
        }
    }

    fn blocked(&self, connection: &Rc<Connection>) {
        let is_websocket = matches!(&*connection.link.borrow(), Link::WebSocket(_));
        if is_websocket && !connection.is_stalled.replace(true) {
            let due = self.after(self.shared.config.limits.stall_timeout);
            connection.set_times(|times| times.stall_by = due);
            self.arm(connection);
        }
    }

    /// Ends the sending side after the last frame; the peer's end ends the rest.
    fn shut(&self, connection: &Rc<Connection>) {
        let Some(waker) = connection.waker.borrow().clone() else { return };
        let mut cx = Context::from_waker(&waker);
        let outcome = match &mut *connection.link.borrow_mut() {
            Link::WebSocket(stream) => Pin::new(stream).poll_shutdown(&mut cx),
            Link::Polling(_) | Link::Gone => Poll::Ready(Ok(())),
        };
        if let Poll::Ready(Err(_)) = outcome {
            self.release(connection);
        }
    }

    /// Closes a connection in order: its sockets go, what is queued is written,
    /// a close frame follows.
    pub(crate) fn close(&self, connection: &Rc<Connection>, reason: Reason, code: u16) {
        if !connection.is_open() {
            return;
        }
        let is_websocket = matches!(&*connection.link.borrow(), Link::WebSocket(_));
        if is_websocket {
            let last = Frame::control(websocket::CLOSE, &code.to_be_bytes());
            connection.out.borrow_mut().push_last(last);
        }
        self.abandon(connection, reason);
        if is_websocket {
            let close_by = self.after(self.shared.config.limits.close_timeout);
            connection.times.set(Times { close_by, ..Times::NONE });
            connection.is_stalled.set(false);
            self.arm(connection);
            connection.wake();
            self.flush(connection);
        } else {
            let goodbye = if reason == Reason::ClientClosed { "6" } else { "1" };
            self.end_poll(connection, goodbye);
            self.release(connection);
        }
    }

    /// Closes a connection whose peer is out of reach.
    pub(crate) fn lose(&self, connection: &Rc<Connection>, reason: Reason) {
        if connection.is_open() {
            self.abandon(connection, reason);
        }
        if reason == Reason::SlowConsumer {
            connection.reset();
        }
        self.end_poll(connection, "1");
        self.release(connection);
    }

    /// Closes a connection as soon as none of its events is being handled.
    pub(crate) fn retire(&self, connection: &Rc<Connection>) {
        connection.is_retiring.set(true);
        if connection.in_flight.get() == 0 {
            self.close(connection, Reason::Drained, 1012);
        }
    }

    fn abandon(&self, connection: &Rc<Connection>, reason: Reason) {
        connection.phase.set(Phase::Closing);
        let sockets = connection.sockets.take();
        for socket in &sockets {
            self.remove_socket(socket, reason);
        }
        self.sids.borrow_mut().remove(&connection.sid);
        *connection.input.borrow_mut() = None;
        *connection.handshake.borrow_mut() = None;
    }

    fn end_poll(&self, connection: &Rc<Connection>, goodbye: &str) {
        let mut link = connection.link.borrow_mut();
        if let Link::Polling(polling) = &mut *link {
            let mut payload = connection.out.borrow_mut().take_payload();
            if payload.is_empty() || goodbye == "1" {
                Frame::text(goodbye).append_payload(&mut payload);
            }
            if let Some(poll) = polling.poll.take() {
                drop(poll.send(payload));
            }
        }
    }

    pub(crate) fn release(&self, connection: &Rc<Connection>) {
        if connection.phase.replace(Phase::Released) == Phase::Released {
            return;
        }
        *connection.link.borrow_mut() = Link::Gone;
        connection.out.borrow_mut().clear();
        connection.times.set(Times::NONE);
        connection.is_stalled.set(false);
        self.connections.borrow_mut().remove(connection.key);
        self.counters().connections.drop_one();
        self.counters().closed.bump();
        connection.wake();
    }

    pub(crate) fn after(&self, time: Duration) -> u64 {
        self.now() + time.as_millis() as u64
    }

    /// Sees to it that the connection's next deadline is noticed.
    pub(crate) fn arm(&self, connection: &Connection) {
        let next = connection.times.get().next();
        if next == NEVER {
            return;
        }
        let mut wheel = self.wheel.borrow_mut();
        let bucket = wheel.bucket(next);
        if bucket < connection.armed.get() {
            connection.armed.set(bucket);
            wheel.insert(bucket, connection.key);
        }
    }

    /// One turn of the wheel.
    pub(crate) fn tick(&self) {
        let now = self.now();
        loop {
            let Some((bucket, keys)) = self.wheel.borrow_mut().due(now) else { break };
            for key in keys {
                let Some(connection) = self.connection(key) else { continue };
                if connection.armed.get() == bucket {
                    connection.armed.set(NEVER);
                    self.expire(&connection, now);
                    self.arm(&connection);
                }
            }
        }
    }

    /// Does what is due. Also called when a request arrives, so that a dead
    /// session is never answered in the last moments before the wheel turns.
    pub(crate) fn expire(&self, connection: &Rc<Connection>, now: u64) {
        let times = connection.times.get();
        let config = &self.shared.config;
        if times.close_by <= now {
            self.counters().cut.bump();
            connection.reset();
            return self.release(connection);
        }
        if times.lag_by <= now || times.stall_by <= now {
            self.counters().slow_closed.bump();
            return self.lose(connection, Reason::SlowConsumer);
        }
        if times.pong_by <= now {
            self.counters().ping_timeouts.bump();
            return self.close(connection, Reason::PingTimeout, 1001);
        }
        if times.connect_by <= now {
            self.counters().connect_timeouts.bump();
            return self.close(connection, Reason::ConnectTimeout, 1008);
        }
        if times.ping_at <= now {
            // A wheel that turned late must not cost the client its time to answer.
            let timeout = config.ping_timeout.as_millis() as u64;
            let is_late = now - times.ping_at > timeout / 2;
            let pong_by = if is_late { now } else { times.ping_at } + timeout;
            connection.set_times(|times| (times.ping_at, times.pong_by) = (NEVER, pong_by));
            self.push_ping(connection);
        }
        if times.ack_by <= now {
            self.expire_acks(connection, now);
        }
    }
}

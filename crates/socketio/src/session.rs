//! Socket.IO over one connection: joining and leaving namespaces, events in
//! their order, acknowledgements.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use crate::application::{
    Ack, AckError, Application, Connect, Event, Flow, Reason, Refusal, Reply, Task, raw_list,
};
use crate::connection::{Connection, NEVER, Partial, Waiting};
use crate::frame::Frame;
use crate::outbox::Class;
use crate::packet::{self, Kind, Malformed, Packet};
use crate::slab::Key;
use crate::socket::Socket;
use crate::websocket::{Violation, protocol};
use crate::worker::{Pending, Worker};

impl From<Malformed> for Violation {
    fn from(malformed: Malformed) -> Violation {
        protocol(malformed.0)
    }
}

impl Worker {
    fn application(&self, namespace: u8) -> &dyn Application {
        &*self.shared.namespaces[usize::from(namespace)].1
    }

    /// A Socket.IO packet without its attachments.
    pub(crate) fn packet(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        text: &str,
    ) -> Result<(), Violation> {
        let limits = &self.shared.config.limits;
        if connection.input.borrow().as_ref().is_some_and(|input| input.partial.is_some()) {
            return Err(protocol("a packet between attachments"));
        }
        let packet = packet::parse(text, limits.attachments)?;
        if packet.attachments > 0 {
            let partial = Partial {
                text: text.into(),
                missing: packet.attachments,
                attachments: Vec::new(),
                bytes: text.len(),
            };
            connection.with_input(|input| input.partial = Some(partial));
            return Ok(());
        }
        self.complete(connection, text, &packet, Vec::new())
    }

    pub(crate) fn attachment(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        data: Bytes,
    ) -> Result<(), Violation> {
        let limits = &self.shared.config.limits;
        let Some(mut partial) = connection.take_input(|input| input.partial.take()) else {
            return Err(protocol("attachment of nothing"));
        };
        partial.bytes += data.len();
        if partial.bytes > limits.message_bytes {
            return Err(Violation { code: 1009, what: "attachments are too big" });
        }
        partial.attachments.push(data);
        partial.missing -= 1;
        if partial.missing > 0 {
            connection.with_input(|input| input.partial = Some(partial));
            return Ok(());
        }
        let packet = packet::parse(&partial.text, limits.attachments)?;
        self.complete(connection, &partial.text, &packet, partial.attachments)
    }

    /// A packet with all its attachments: done now, or put in line.
    fn complete(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        text: &str,
        packet: &Packet<'_>,
        attachments: Vec<Bytes>,
    ) -> Result<(), Violation> {
        match packet.kind {
            Kind::Connect => self.connect(connection, packet),
            Kind::Ack | Kind::BinaryAck => self.acked(connection, packet, attachments),
            Kind::Event | Kind::BinaryEvent | Kind::Disconnect => {
                if connection.must_queue(&self.shared.config.limits) {
                    let waiting = Waiting { text: text.into(), attachments };
                    connection.with_input(|input| {
                        input.backlog_bytes += waiting.bytes();
                        input.backlog.push_back(waiting);
                    });
                    return Ok(());
                }
                self.perform(connection, packet, attachments)
            }
        }
    }

    fn perform(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        packet: &Packet<'_>,
        attachments: Vec<Bytes>,
    ) -> Result<(), Violation> {
        let Some(socket) = self.socket_in(connection, packet.namespace) else {
            return Err(protocol("not in this namespace"));
        };
        if packet.kind == Kind::Disconnect {
            self.part(&socket, Reason::ClientLeft, false);
            return Ok(());
        }
        let call = packet::call(packet)?;
        self.counters().events_in.bump();
        let ack = packet.ack.map(|id| Ack { socket: socket.clone(), id });
        let event = Event { name: call.name, args: call.args, attachments, ack };
        let application = self.application(socket.0.namespace);
        match catch_unwind(AssertUnwindSafe(|| application.event(&socket, event))) {
            Ok(Flow::Done) => {}
            Ok(Flow::Wait(task)) => self.start(connection, task, true),
            Ok(Flow::Pipelined(task)) => self.start(connection, task, false),
            Err(_) => {
                self.counters().panics.bump();
                self.close(connection, Reason::ServerLeft, 1011);
            }
        }
        Ok(())
    }

    /// The connection's accepted socket in a namespace.
    fn socket_in(&self, connection: &Connection, namespace: &str) -> Option<Socket> {
        let sockets = connection.sockets.borrow();
        let socket = sockets.iter().find(|socket| socket.namespace() == namespace)?;
        let is_accepted = self.sockets.borrow().get(socket.0.key)?.held.is_none();
        is_accepted.then(|| socket.clone())
    }

    fn start(self: &Rc<Self>, connection: &Rc<Connection>, task: Task<()>, waits: bool) {
        connection.in_flight.set(connection.in_flight.get() + 1);
        if waits {
            connection.is_waiting.set(true);
        }
        let running = Running { connection: connection.key, waits };
        tokio::spawn(async move {
            let _running = running;
            task.await;
        });
    }

    /// An event's future is done: others may have waited for that.
    fn finished(self: &Rc<Self>, key: Key, waited: bool) {
        let Some(connection) = self.connection(key) else { return };
        connection.in_flight.set(connection.in_flight.get() - 1);
        if waited {
            connection.is_waiting.set(false);
        }
        if connection.is_retiring.get() {
            if connection.in_flight.get() == 0 {
                self.retire(&connection);
            }
            return;
        }
        self.resume(&connection);
    }

    /// Goes on with what had to wait, as far as there is room now.
    pub(crate) fn resume(self: &Rc<Self>, connection: &Rc<Connection>) {
        self.work_off(connection);
        self.release_post(connection);
        let limits = &self.shared.config.limits;
        if connection.is_paused.get() && !connection.must_pause(limits) {
            connection.wake();
        }
    }

    /// Starts events of the backlog as far as they may start.
    fn work_off(self: &Rc<Self>, connection: &Rc<Connection>) {
        let limits = &self.shared.config.limits;
        while connection.is_open()
            && !connection.is_waiting.get()
            && usize::from(connection.in_flight.get()) < limits.in_flight
            && !connection.out.borrow().is_full(limits)
        {
            let next = connection.take_input(|input| {
                let next = input.backlog.pop_front()?;
                input.backlog_bytes -= next.bytes();
                Some(next)
            });
            let Some(waiting) = next else { break };
            let outcome = packet::parse(&waiting.text, limits.attachments)
                .map_err(Violation::from)
                .and_then(|packet| self.perform(connection, &packet, waiting.attachments));
            if let Err(violation) = outcome {
                self.violated(connection, violation);
            }
        }
    }

    fn connect(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        packet: &Packet<'_>,
    ) -> Result<(), Violation> {
        let config = &self.shared.config;
        let payload = match packet.data {
            "" => None,
            data => Some(
                serde_json::from_str::<Box<RawValue>>(data)
                    .map_err(|_| protocol("connect payload is not JSON"))?,
            ),
        };
        let Some(namespace) = self.shared.namespace(packet.namespace) else {
            let refusal = Refusal::new("Invalid namespace");
            self.push_now(connection, &Frame::refused(packet.namespace, &refusal));
            return Ok(());
        };
        let sockets = connection.sockets.borrow().len();
        let is_joined =
            connection.sockets.borrow().iter().any(|socket| socket.0.namespace == namespace);
        if is_joined || sockets >= config.limits.namespaces {
            return Err(protocol("namespace is joined already, or too many are"));
        }
        let Some(handshake) = connection.handshake.borrow().clone() else {
            let refusal = Refusal::new("Join one namespace per connection");
            self.push_now(connection, &Frame::refused(packet.namespace, &refusal));
            return Ok(());
        };
        connection.set_times(|times| times.connect_by = NEVER);
        let socket = self.add_socket(connection, namespace);
        let request = Connect { handshake, payload };
        let answer = Answer { socket: Some(socket.clone()) };
        let application = self.application(namespace);
        let Ok(task) = catch_unwind(AssertUnwindSafe(|| application.connect(socket, request)))
        else {
            return Ok(());
        };
        tokio::spawn(answer.wait(task));
        Ok(())
    }

    /// The application has decided about a socket.
    fn decided(self: &Rc<Self>, socket: &Socket, decision: Result<(), Refusal>) {
        let entry = self.sockets.borrow_mut().get_mut(socket.0.key).map(|entry| {
            let held = if decision.is_ok() { entry.held.take() } else { None };
            (entry.connection.clone(), held.unwrap_or_default())
        });
        let Some((connection, held)) = entry else {
            // The connection ended meanwhile; the application accepted, so it hears of it.
            if decision.is_ok() {
                self.tell_gone(socket, Reason::TransportClosed);
            }
            return;
        };
        match decision {
            Ok(()) => {
                connection.has_joined.set(true);
                if !self.shared.config.keeps_handshake {
                    *connection.handshake.borrow_mut() = None;
                }
                self.push_now(&connection, &Frame::connected(socket.namespace(), &socket.id()));
                for (frame, class) in held {
                    self.send(socket, &frame, class);
                }
            }
            Err(refusal) => {
                self.remove_socket(socket, Reason::ServerLeft);
                self.push_now(&connection, &Frame::refused(socket.namespace(), &refusal));
                self.expect_namespace(&connection);
            }
        }
    }

    /// Takes a socket out of its namespace; the connection stays for a while.
    pub(crate) fn part(&self, socket: &Socket, reason: Reason, tells: bool) {
        let Some(connection) = self.connection_of(socket) else { return };
        self.remove_socket(socket, reason);
        if tells {
            self.push_now(&connection, &Frame::disconnect(socket.namespace()));
        }
        self.expect_namespace(&connection);
    }

    /// A connection without a namespace does not live for long.
    fn expect_namespace(&self, connection: &Rc<Connection>) {
        if connection.is_open() && connection.sockets.borrow().is_empty() {
            let connect_by = self.after(self.shared.config.connect_timeout);
            connection.set_times(|times| times.connect_by = connect_by);
            self.arm(connection);
        }
    }

    pub(crate) fn tell_gone(&self, socket: &Socket, reason: Reason) {
        let application = self.application(socket.0.namespace);
        let told = catch_unwind(AssertUnwindSafe(|| application.disconnected(socket, reason)));
        if told.is_err() {
            self.counters().panics.bump();
        }
    }

    pub(crate) fn tell_lagged(&self, connection: &Rc<Connection>) {
        if !connection.is_open() {
            return;
        }
        let lag_by = self.after(self.shared.config.limits.lag_timeout);
        connection.set_times(|times| times.lag_by = lag_by);
        self.arm(connection);
        let sockets = connection.sockets.borrow().clone();
        let mut frames = Vec::new();
        for socket in sockets {
            let application = self.application(socket.0.namespace);
            match catch_unwind(AssertUnwindSafe(|| application.lagged(&socket))) {
                Ok(frame) => frames.extend(frame),
                Err(_) => self.counters().panics.bump(),
            }
        }
        connection.out.borrow_mut().tell_after_lag(frames);
        // The queue may have drained before this was known.
        self.mark_dirty(connection);
    }

    /// Emits an event and remembers who waits for its acknowledgement.
    pub(crate) fn ask(
        &self,
        socket: &Socket,
        question: &Question,
        answer: oneshot::Sender<Result<Reply, AckError>>,
    ) {
        let due = self.after(question.timeout);
        let asked = {
            let mut sockets = self.sockets.borrow_mut();
            let Some(entry) = sockets.get_mut(socket.0.key) else { return };
            let acks = entry.acks.get_or_insert_default();
            if acks.pending.len() >= self.shared.config.limits.pending_acks {
                self.counters().acks_refused.bump();
                drop(answer.send(Err(AckError::Refused)));
                return;
            }
            acks.last += 1;
            acks.pending.insert(acks.last, Pending { answer, due });
            (entry.connection.clone(), acks.last)
        };
        let (connection, id) = asked;
        connection.set_times(|times| times.ack_by = times.ack_by.min(due));
        self.arm(&connection);
        let (name, arguments) = (&question.name, &question.arguments);
        let frame = Frame::event_asking(socket.namespace(), name, id, arguments);
        self.send(socket, &frame, Class::Ordinary);
    }

    fn acked(
        &self,
        connection: &Connection,
        packet: &Packet<'_>,
        attachments: Vec<Bytes>,
    ) -> Result<(), Violation> {
        let args = packet::arguments(packet)?;
        let Some(socket) = self.socket_in(connection, packet.namespace) else {
            return Err(protocol("not in this namespace"));
        };
        let mut sockets = self.sockets.borrow_mut();
        let acks = sockets.get_mut(socket.0.key).and_then(|entry| entry.acks.as_mut());
        // An unknown id is one that timed out: the client could not know.
        if let (Some(acks), Some(id)) = (acks, packet.ack)
            && let Some(pending) = acks.pending.remove(&id)
        {
            let reply = Reply { args: raw_list(&args), attachments };
            drop(pending.answer.send(Ok(reply)));
        }
        Ok(())
    }

    pub(crate) fn expire_acks(&self, connection: &Connection, now: u64) {
        let mut next = NEVER;
        let mut sockets = self.sockets.borrow_mut();
        for socket in connection.sockets.borrow().iter() {
            let Some(entry) = sockets.get_mut(socket.0.key) else { continue };
            let Some(acks) = &mut entry.acks else { continue };
            for (_, pending) in acks.pending.extract_if(|_, pending| pending.due <= now) {
                self.counters().acks_timed_out.bump();
                drop(pending.answer.send(Err(AckError::TimedOut)));
            }
            next = acks.pending.values().map(|pending| pending.due).fold(next, u64::min);
        }
        connection.set_times(|times| times.ack_by = next);
    }
}

/// An event that is to be acknowledged by the client.
pub(crate) struct Question {
    pub(crate) name: String,
    /// Comma-separated JSON.
    pub(crate) arguments: String,
    pub(crate) timeout: Duration,
}

/// Marks an event's future as running for as long as it lives, however it ends.
struct Running {
    connection: Key,
    waits: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(worker) = Worker::current() {
            worker.finished(self.connection, self.waits);
        }
    }
}

/// Sees to it that every request to join is answered, a panic included.
struct Answer {
    socket: Option<Socket>,
}

impl Answer {
    async fn wait(mut self, task: Task<Result<(), Refusal>>) {
        let decision = task.await;
        if let (Some(worker), Some(socket)) = (Worker::current(), self.socket.take()) {
            worker.decided(&socket, decision);
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let (Some(socket), Some(worker)) = (self.socket.take(), Worker::current()) {
            worker.counters().panics.bump();
            worker.decided(&socket, Err(Refusal::new("Internal error")));
        }
    }
}

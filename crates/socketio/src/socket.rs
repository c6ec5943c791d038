//! A socket: one client's place in one namespace, as the application holds it.

use std::any::Any;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use tokio::sync::oneshot;

use crate::application::{AckError, Reason, Reply, Task};
use crate::frame::Frame;
use crate::outbox::Class;
use crate::room::Room;
use crate::server::{Op, Shared};
use crate::session::Question;
use crate::slab::Key;
use crate::worker::Worker;

/// A handle on a socket: cheap to clone, usable from any thread, harmless
/// after the socket is gone. On the socket's own worker everything happens at
/// once; from elsewhere it is handed to that worker, in order.
#[derive(Clone)]
pub struct Socket(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) id: Id,
    pub(crate) key: Key,
    pub(crate) worker: u16,
    pub(crate) namespace: u8,
    pub(crate) shared: Arc<Shared>,
    pub(crate) data: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// Fifteen random bytes, of which the first is the worker's number: unguessable,
/// and any worker can tell where a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Id(pub(crate) [u8; 15]);

impl Id {
    pub(crate) fn random(worker: u16) -> Id {
        let mut bytes = [0; 15];
        getrandom::fill(&mut bytes).expect("the system has randomness");
        bytes[0] = worker as u8;
        Id(bytes)
    }

    pub(crate) fn parse(text: &str) -> Option<Id> {
        let mut bytes = [0; 15];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(15) => Some(Id(bytes)),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl Socket {
    /// The public id, unique and unguessable.
    pub fn id(&self) -> String {
        self.0.id.text()
    }

    pub fn namespace(&self) -> &str {
        &self.0.shared.namespaces[usize::from(self.0.namespace)].0
    }

    /// Attaches the application's data, once. False if there is some already.
    pub fn set<T: Any + Send + Sync>(&self, data: Arc<T>) -> bool {
        self.0.data.set(data).is_ok()
    }

    /// The data attached with [`Socket::set`], if it is of this type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.data.get()?.clone().downcast().ok()
    }

    /// The same without counting a reference, for the path of every event.
    pub fn data<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.data.get()?.downcast_ref()
    }

    pub fn join(&self, room: Room) {
        self.run(move |worker, socket| worker.join(socket, room));
    }

    pub fn leave(&self, room: Room) {
        self.run(move |worker, socket| worker.leave(socket, room));
    }

    /// Queues a frame, which is dropped if the socket is lagged.
    pub fn emit(&self, frame: &Frame) {
        self.send(frame, Class::Ordinary);
    }

    /// Queues a frame that may use the reserved places of the queue.
    pub fn emit_urgent(&self, frame: &Frame) {
        self.send(frame, Class::Urgent);
    }

    /// Emits an event with one argument and waits for its acknowledgement.
    pub fn emit_with_ack<T: Serialize + ?Sized>(
        &self,
        name: &str,
        argument: &T,
        timeout: Duration,
    ) -> Task<Result<Reply, AckError>> {
        match serde_json::to_string(argument) {
            Ok(argument) => self.emit_with_ack_raw(name, &argument, timeout),
            Err(_) => Box::pin(async { Err(AckError::Refused) }),
        }
    }

    /// The same with arguments that are JSON already, comma-separated.
    pub fn emit_with_ack_raw(
        &self,
        name: &str,
        arguments: &str,
        timeout: Duration,
    ) -> Task<Result<Reply, AckError>> {
        let (answer, answered) = oneshot::channel();
        let question = Question { name: name.into(), arguments: arguments.into(), timeout };
        self.run(move |worker, socket| worker.ask(socket, &question, answer));
        Box::pin(async move { answered.await.unwrap_or(Err(AckError::Gone)) })
    }

    /// Puts the client out of the namespace; clients do not come back by themselves.
    pub fn disconnect(&self) {
        self.run(|worker, socket| worker.part(socket, Reason::ServerLeft, true));
    }

    /// Ends the whole connection, as a fault of the network would; clients
    /// connect again.
    pub fn close(&self, reason: Reason) {
        self.run(move |worker, socket| {
            if let Some(connection) = worker.connection_of(socket) {
                worker.close(&connection, reason, 1001);
            }
        });
    }

    /// What waits in the letter box of its worker came first and goes first, as
    /// for an emission: an answer never comes before what it answers for.
    pub(crate) fn send(&self, frame: &Frame, class: Class) {
        match Worker::current_of(&self.0.shared, self.0.worker) {
            Some(worker) if self.0.shared.has_no_post(self.0.worker) => {
                worker.send(self, frame, class);
            }
            _ => self.0.shared.post(
                self.0.worker,
                Op::Send { socket: self.clone(), frame: frame.clone(), class },
            ),
        }
    }

    fn run(&self, act: impl FnOnce(&Rc<Worker>, &Socket) + Send + 'static) {
        match Worker::current_of(&self.0.shared, self.0.worker) {
            Some(worker) => act(&worker, self),
            None => {
                let socket = self.clone();
                let act = Op::Run(Box::new(move |worker| act(worker, &socket)));
                self.0.shared.post(self.0.worker, act);
            }
        }
    }
}

impl PartialEq for Socket {
    fn eq(&self, other: &Socket) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Socket {}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket({} {})", self.namespace(), self.id())
    }
}

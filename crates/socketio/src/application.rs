//! What a server asks of the application, and what it hands over.

use std::borrow::Cow;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::frame::Frame;
use crate::outbox::Class;
use crate::socket::Socket;

/// A future that a worker runs. Heavy or blocking work does not belong in it:
/// hand that to another thread and await the answer here.
pub type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The behaviour of one namespace.
///
/// All methods run on the worker that owns the socket. They must return soon;
/// whatever takes time goes into the returned future.
pub trait Application: Send + Sync + 'static {
    /// Somebody wants into the namespace. The socket may join rooms and be
    /// emitted to at once: its frames are held until it is accepted, and
    /// everything is undone if it is refused.
    fn connect(&self, socket: Socket, request: Connect) -> Task<Result<(), Refusal>>;

    /// An event came. Events of one connection arrive here in order; the
    /// answer says whether the next one waits.
    fn event(&self, socket: &Socket, event: Event<'_>) -> Flow;

    /// The socket is gone. Called exactly once after each `Ok` from `connect`.
    fn disconnected(&self, _socket: &Socket, _reason: Reason) {}

    /// The socket's queue overflowed and frames are being dropped. The frame
    /// returned here is sent when the queue has drained, before anything else.
    fn lagged(&self, _socket: &Socket) -> Option<Frame> {
        None
    }
}

/// What happens to later events of the connection while this one is handled.
pub enum Flow {
    /// All is done.
    Done,
    /// Later events wait until the future is done.
    Wait(Task<()>),
    /// Later events start meanwhile, up to [`crate::Limits::in_flight`].
    Pipelined(Task<()>),
}

/// What came with a request to join a namespace.
pub struct Connect {
    pub handshake: Arc<Handshake>,
    /// The `auth` object of the client, if it sent one.
    pub payload: Option<Box<RawValue>>,
}

impl Connect {
    /// Reads the payload; an absent one reads like `{}`.
    pub fn payload<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.payload.as_ref().map_or("{}", |payload| payload.get()))
    }
}

/// The request that opened the connection, as far as it is kept.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// The headers that [`crate::Config::kept_headers`] names, in order of arrival.
    pub headers: Vec<(String, String)>,
    /// Path and query.
    pub url: String,
    /// The peer of the TCP connection, which may be a proxy.
    pub address: SocketAddr,
    /// Whether this server itself ended TLS.
    pub secure: bool,
}

impl Handshake {
    /// The first value of a kept header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The query string, undecoded.
    pub fn query(&self) -> &str {
        self.url.split_once('?').map_or("", |(_, query)| query)
    }

    /// The first value of a query parameter, undecoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        parameter(self.query(), name)
    }
}

pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then_some(value)
    })
}

/// Why somebody may not join; the client gets it as `connect_error`.
#[derive(Clone, Debug, Serialize)]
pub struct Refusal {
    pub message: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub data: Value,
}

impl Refusal {
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal { message: message.into(), data: Value::Null }
    }

    pub fn with_data(message: impl Into<String>, data: Value) -> Refusal {
        Refusal { message: message.into(), data }
    }
}

/// An event of a client. It borrows the receive buffer: what outlives the
/// call must be read out of it first.
pub struct Event<'a> {
    pub name: Cow<'a, str>,
    /// The arguments behind the name, checked to be JSON and nothing more.
    pub args: Vec<&'a RawValue>,
    /// Binary attachments; placeholders in `args` number them and are in range.
    pub attachments: Vec<Bytes>,
    /// Present if the client asks for an acknowledgement.
    pub ack: Option<Ack>,
}

impl<'a> Event<'a> {
    /// Reads one argument; a missing one reads like `null`.
    pub fn arg<T: Deserialize<'a>>(&self, at: usize) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.args.get(at).map_or("null", |arg| arg.get()))
    }

    /// The arguments as comma-separated JSON, as [`Frame::raw_event`] takes them.
    pub fn raw_args(&self) -> String {
        raw_list(&self.args)
    }
}

pub(crate) fn raw_list(args: &[&RawValue]) -> String {
    let mut list = String::new();
    for arg in args {
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(arg.get());
    }
    list
}

/// The right to acknowledge one event, once. Dropping it acknowledges nothing.
#[derive(Debug)]
pub struct Ack {
    pub(crate) socket: Socket,
    pub(crate) id: u64,
}

impl Ack {
    /// Acknowledges with one argument.
    pub fn reply<T: Serialize + ?Sized>(self, argument: &T) -> Result<(), serde_json::Error> {
        let frame = Frame::ack(self.socket.namespace(), self.id, argument)?;
        self.socket.send(&frame, Class::Urgent);
        Ok(())
    }

    /// Acknowledges with arguments that are JSON already, comma-separated.
    pub fn reply_raw(self, arguments: &str, attachments: &[&[u8]]) {
        let frame = Frame::raw_ack(self.socket.namespace(), self.id, arguments, attachments);
        self.socket.send(&frame, Class::Urgent);
    }
}

/// A client's answer to [`Socket::emit_with_ack`].
#[derive(Debug)]
pub struct Reply {
    /// The arguments, comma-separated JSON.
    pub args: String,
    pub attachments: Vec<Bytes>,
}

/// Why no acknowledgement came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckError {
    TimedOut,
    /// The socket is gone.
    Gone,
    /// The socket owes too many already, or the argument is no JSON.
    Refused,
}

/// Why a socket is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The client left the namespace.
    ClientLeft,
    /// The application disconnected it.
    ServerLeft,
    /// The connection ended without a word.
    TransportClosed,
    /// The client ended the connection.
    ClientClosed,
    /// No answer to a heartbeat.
    PingTimeout,
    /// Stayed lagged, or a write stalled.
    SlowConsumer,
    /// The client broke the protocol.
    Violation,
    /// No namespace was joined in time.
    ConnectTimeout,
    /// The server is going away.
    Drained,
}

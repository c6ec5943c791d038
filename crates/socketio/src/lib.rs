//! An Engine.IO v4 and Socket.IO v5 server: WebSocket, long-polling and the
//! upgrade between them, behind the same listener as any HTTP service.
//!
//! Owns the transport: framing, sessions, rooms, bounded queues, heartbeats.
//! It refuses everything else: what a room means, who may join, what an event
//! does belongs to the [`Application`].
//!
//! A server has workers, one thread each. A worker accepts connections, serves
//! their HTTP and owns their sockets; nothing of a socket is shared between
//! threads. A broadcast is encoded once into a [`Frame`] and crosses to another
//! worker as one entry in its letter box.

mod accept;
mod application;
mod config;
mod connection;
mod counters;
mod engine;
mod flush;
mod frame;
pub mod fuzz;
mod http;
mod outbox;
mod packet;
mod polling;
mod probe;
mod raw;
mod room;
mod server;
mod session;
mod slab;
mod socket;
mod stream;
mod websocket;
mod wheel;
mod worker;

pub use application::{
    Ack, AckError, Application, Connect, Event, Flow, Handshake, Reason, Refusal, Reply, Task,
};
pub use config::{Config, Limits, Origins};
pub use counters::{Counted, Queued};
pub use frame::Frame;
pub use http::Peer;
pub use hyper_util::service::TowerToHyperService;
pub use raw::{Message, Raw};
pub use room::Room;
pub use server::{Admit, Builder, Dress, NotAdmitted, Notice, Pass, Server};
pub use socket::Socket;

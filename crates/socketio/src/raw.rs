//! Endpoints below Socket.IO: bare Engine.IO messages, or plain WebSocket
//! ones. Protocol suites drive the same code through them that carries the
//! rest.

use bytes::Bytes;

use crate::frame::Frame;

/// A message as Engine.IO or WebSocket carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    Text(String),
    Binary(Bytes),
}

/// The behaviour of a raw endpoint: each message may be answered by one.
pub trait Raw: Send + Sync + 'static {
    fn message(&self, message: Message) -> Option<Message>;
}

impl Message {
    /// `has_engine` puts the packet type of Engine.IO in front of text.
    pub(crate) fn frame(&self, has_engine: bool) -> Frame {
        match self {
            Message::Text(text) if has_engine => Frame::text(&format!("4{text}")),
            Message::Text(text) => Frame::text(text),
            Message::Binary(data) => Frame::binary(data),
        }
    }
}

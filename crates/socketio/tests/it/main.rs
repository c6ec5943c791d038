//! The server from outside, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod client;
mod host;
mod hostile;
mod polling;
mod pressure;
mod websocket;

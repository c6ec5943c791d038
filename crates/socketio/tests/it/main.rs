//! The server from outside, over real sockets.

mod client;
mod host;
mod websocket;

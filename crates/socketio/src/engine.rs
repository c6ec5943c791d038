//! Engine.IO, protocol revision 4: frames become packets, packets become
//! messages. The layer above is [`crate::session`], or a raw endpoint.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::application::Reason;
use crate::connection::{Connection, Kind, Link, NEVER};
use crate::frame::Frame;
use crate::raw::Message;
use crate::websocket::{self, Bounds, Fragments, Item, Violation, protocol};
use crate::worker::Worker;

/// A packet of a polling payload.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    Text(&'a str),
    Binary(Vec<u8>),
}

/// Splits a polling payload into its packets.
pub(crate) fn payload(body: &[u8], max_packets: usize) -> Result<Vec<Packet<'_>>, Violation> {
    let text = simdutf8::basic::from_utf8(body)
        .map_err(|_| Violation { code: 1007, what: "payload is not UTF-8" })?;
    if memchr::memchr_iter(0x1e, body).nth(max_packets.saturating_sub(1)).is_some() {
        return Err(protocol("too many packets in a payload"));
    }
    text.split('\u{1e}').map(packet).collect()
}

fn packet(text: &str) -> Result<Packet<'_>, Violation> {
    match text.strip_prefix('b') {
        None => Ok(Packet::Text(text)),
        Some(data) => {
            let data = STANDARD.decode(data).map_err(|_| protocol("attachment is not base64"))?;
            Ok(Packet::Binary(data))
        }
    }
}

impl Worker {
    /// The first packet of a connection.
    pub(crate) fn open_packet(&self, connection: &Connection) -> Frame {
        let config = &self.shared.config;
        let upgrades = match &*connection.link.borrow() {
            Link::Polling(_) => "\"websocket\"",
            Link::WebSocket(_) | Link::Gone => "",
        };
        Frame::text(&format!(
            "0{{\"sid\":\"{}\",\"upgrades\":[{upgrades}],\"pingInterval\":{},\"pingTimeout\":{},\"maxPayload\":{}}}",
            connection.sid.text(),
            config.ping_interval.as_millis(),
            config.ping_timeout.as_millis(),
            config.limits.message_bytes,
        ))
    }

    /// Starts the clocks of a new connection.
    pub(crate) fn start_clocks(&self, connection: &Connection) {
        let config = &self.shared.config;
        let ping_at = self.after(config.ping_interval);
        let connect_by = match connection.kind {
            Kind::SocketIo => self.after(config.connect_timeout),
            Kind::Raw(_) => NEVER,
        };
        connection.set_times(|times| (times.ping_at, times.connect_by) = (ping_at, connect_by));
        self.arm(connection);
    }

    pub(crate) fn bounds(&self) -> Bounds {
        let limits = &self.shared.config.limits;
        Bounds { message_bytes: limits.message_bytes, fragments: limits.fragments }
    }

    /// Handles received bytes together with what was left of earlier ones.
    pub(crate) fn feed(self: &Rc<Self>, connection: &Rc<Connection>, data: &mut [u8]) {
        let mut leftover = connection.take_input(|input| std::mem::take(&mut input.leftover));
        let used = if leftover.is_empty() {
            self.consume(connection, data)
        } else {
            leftover.extend_from_slice(data);
            self.consume(connection, &mut leftover)
        };
        if !connection.is_open() {
            return;
        }
        if leftover.is_empty() {
            leftover.extend_from_slice(&data[used..]);
        } else {
            leftover.drain(..used);
        }
        if !leftover.is_empty() {
            connection.with_input(|input| input.leftover = leftover);
        }
    }

    /// Handles all complete frames; returns how many bytes they took.
    fn consume(self: &Rc<Self>, connection: &Rc<Connection>, data: &mut [u8]) -> usize {
        let limits = &self.shared.config.limits;
        let bounds = self.bounds();
        let mut at = 0;
        while connection.is_open() && at < data.len() {
            if connection.must_pause(limits) {
                self.counters().paused.bump();
                connection.is_paused.set(true);
                break;
            }
            let mut fragments = connection.take_input(|input| input.fragments.take());
            let outcome = match websocket::next(&mut data[at..], &mut fragments, bounds) {
                Ok(None) => {
                    put_back(connection, fragments);
                    break;
                }
                Ok(Some((taken, item))) => {
                    at += taken;
                    put_back(connection, fragments);
                    self.item(connection, item)
                }
                Err(violation) => Err(violation),
            };
            if let Err(violation) = outcome {
                self.violated(connection, violation);
            }
        }
        at
    }

    pub(crate) fn violated(&self, connection: &Rc<Connection>, violation: Violation) {
        self.counters().violations.bump();
        tracing::debug!(what = violation.what, "connection broke the protocol");
        self.close(connection, Reason::Violation, violation.code);
    }

    fn item(self: &Rc<Self>, connection: &Rc<Connection>, item: Item<'_>) -> Result<(), Violation> {
        match item {
            Item::Text(text) => self.text(connection, &text),
            Item::Binary(data) => self.binary(connection, Bytes::copy_from_slice(&data)),
            Item::Ping(data) => {
                self.push_now(connection, &Frame::control(websocket::PONG, data));
                Ok(())
            }
            Item::Close(code) => {
                self.close(connection, Reason::ClientClosed, code.unwrap_or(1000));
                Ok(())
            }
            Item::Pong | Item::Fragment => Ok(()),
        }
    }

    /// One text packet of Engine.IO, or a whole message of a plain WebSocket.
    pub(crate) fn text(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        text: &str,
    ) -> Result<(), Violation> {
        if let Kind::Raw(at) = connection.kind
            && !self.shared.raw[usize::from(at)].has_engine
        {
            self.raw_message(connection, at, Message::Text(text.to_owned()));
            return Ok(());
        }
        match text.as_bytes() {
            [b'4', ..] => match connection.kind {
                Kind::SocketIo => self.packet(connection, &text[1..]),
                Kind::Raw(at) => {
                    self.raw_message(connection, at, Message::Text(text[1..].to_owned()));
                    Ok(())
                }
            },
            [b'3', ..] => {
                self.pong(connection);
                Ok(())
            }
            [b'1'] => {
                self.close(connection, Reason::ClientClosed, 1000);
                Ok(())
            }
            [b'6'] => Ok(()),
            _ => Err(protocol("unexpected Engine.IO packet")),
        }
    }

    pub(crate) fn binary(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        data: Bytes,
    ) -> Result<(), Violation> {
        match connection.kind {
            Kind::SocketIo => self.attachment(connection, data),
            Kind::Raw(at) => {
                self.raw_message(connection, at, Message::Binary(data));
                Ok(())
            }
        }
    }

    fn raw_message(&self, connection: &Rc<Connection>, at: u8, message: Message) {
        let endpoint = &self.shared.raw[usize::from(at)];
        if let Some(answer) = endpoint.raw.message(message) {
            self.push_now(connection, &answer.frame(endpoint.has_engine));
        }
    }

    /// Only an answer to our own ping moves the clock, so a flood of pongs
    /// is a flood of nothing.
    fn pong(&self, connection: &Connection) {
        let pong_by = connection.times.get().pong_by;
        if pong_by != NEVER {
            let config = &self.shared.config;
            // Counted from the ping, so that a slow answer does not slow the pulse.
            let pinged_at = pong_by - config.ping_timeout.as_millis() as u64;
            let ping_at = (pinged_at + config.ping_interval.as_millis() as u64).max(self.now());
            connection.set_times(|times| (times.ping_at, times.pong_by) = (ping_at, NEVER));
            self.arm(connection);
        }
    }
}

fn put_back(connection: &Connection, fragments: Option<Box<Fragments>>) {
    if fragments.is_some() {
        connection.with_input(|input| input.fragments = fragments);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_split_and_counted() {
        assert_eq!(
            payload(b"4a\x1e4b\x1ebAQIDBA==", 3),
            Ok(vec![Packet::Text("4a"), Packet::Text("4b"), Packet::Binary(vec![1, 2, 3, 4])])
        );
        assert!(payload(b"4a\x1e4b\x1e4c", 2).is_err());
        assert!(payload(b"b*", 2).is_err());
        assert!(payload(&[0xff], 2).is_err());
    }
}

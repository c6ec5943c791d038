//! Outgoing frames: encoded once, shared by every queue they stand in.
//!
//! A [`Frame`] holds what a WebSocket carries, its headers included, for a
//! packet and its attachments together. Long-polling is the rare transport, so
//! its text is derived from those bytes when a poll takes them.

use std::cell::Cell;
use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::websocket;

/// Room for the longest WebSocket header in front of the text.
const HEAD: usize = 10;

/// The largest desk that is kept.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// Where a frame is written before it gets memory of its exact size: one
    /// piece, and no growing on the way.
    static DESK: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// One encoded packet. Cloning it is counting, not copying.
#[derive(Clone, Debug)]
pub struct Frame(Arc<[u8]>);

impl Frame {
    /// An event with one argument.
    ///
    /// Fails only if `argument` cannot be JSON (a map with keys that are no strings).
    pub fn event<T>(namespace: &str, name: &str, argument: &T) -> Result<Frame, serde_json::Error>
    where
        T: Serialize + ?Sized,
    {
        Frame::packet(b'2', namespace, None, |out| {
            out.push(b'[');
            serde_json::to_writer(&mut *out, name)?;
            out.push(b',');
            serde_json::to_writer(&mut *out, argument)?;
            out.push(b']');
            Ok(())
        })
    }

    /// An event whose arguments are JSON already, comma-separated (or empty),
    /// with the attachments that its placeholders number.
    pub fn raw_event(namespace: &str, name: &str, arguments: &str, attachments: &[&[u8]]) -> Frame {
        Frame::with_attachments([b'2', b'5'], namespace, None, attachments, |out| {
            list(out, name, arguments);
        })
    }

    pub(crate) fn event_asking(namespace: &str, name: &str, ack: u64, arguments: &str) -> Frame {
        Frame::with_attachments([b'2', b'5'], namespace, Some(ack), &[], |out| {
            list(out, name, arguments);
        })
    }

    pub(crate) fn ack<T>(
        namespace: &str,
        ack: u64,
        argument: &T,
    ) -> Result<Frame, serde_json::Error>
    where
        T: Serialize + ?Sized,
    {
        Frame::packet(b'3', namespace, Some(ack), |out| {
            out.push(b'[');
            serde_json::to_writer(&mut *out, argument)?;
            out.push(b']');
            Ok(())
        })
    }

    pub(crate) fn raw_ack(
        namespace: &str,
        ack: u64,
        arguments: &str,
        attachments: &[&[u8]],
    ) -> Frame {
        Frame::with_attachments([b'3', b'6'], namespace, Some(ack), attachments, |out| {
            out.push(b'[');
            out.extend_from_slice(arguments.as_bytes());
            out.push(b']');
        })
    }

    pub(crate) fn connected(namespace: &str, id: &str) -> Frame {
        let answer = serde_json::json!({ "sid": id });
        Frame::packet(b'0', namespace, None, |out| serde_json::to_writer(out, &answer))
            .expect("a JSON value is JSON")
    }

    pub(crate) fn refused(namespace: &str, refusal: &impl Serialize) -> Frame {
        Frame::packet(b'4', namespace, None, |out| serde_json::to_writer(out, refusal))
            .expect("a refusal is made of JSON values")
    }

    pub(crate) fn disconnect(namespace: &str) -> Frame {
        Frame::packet(b'1', namespace, None, |_| Ok(())).expect("nothing is written")
    }

    /// An Engine.IO packet or any other text, as it stands.
    pub(crate) fn text(text: &str) -> Frame {
        Frame::sealed(websocket::TEXT, |out| out.extend_from_slice(text.as_bytes()))
    }

    pub(crate) fn binary(data: &[u8]) -> Frame {
        Frame::sealed(websocket::BINARY, |out| out.extend_from_slice(data))
    }

    pub(crate) fn control(opcode: u8, data: &[u8]) -> Frame {
        Frame::sealed(opcode, |out| out.extend_from_slice(data))
    }

    fn packet(
        kind: u8,
        namespace: &str,
        ack: Option<u64>,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error>,
    ) -> Result<Frame, serde_json::Error> {
        let mut written = Ok(());
        let frame = Frame::sealed(websocket::TEXT, |out| {
            out.extend_from_slice(&[b'4', kind]);
            address(out, namespace, ack);
            written = write(out);
        });
        written.map(|()| frame)
    }

    /// `kinds` is the packet type without attachments and with them.
    fn with_attachments(
        kinds: [u8; 2],
        namespace: &str,
        ack: Option<u64>,
        attachments: &[&[u8]],
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Frame {
        Frame::sealed_with(attachments, websocket::TEXT, |out| {
            out.push(b'4');
            if attachments.is_empty() {
                out.push(kinds[0]);
            } else {
                out.push(kinds[1]);
                number(out, attachments.len() as u64);
                out.push(b'-');
            }
            address(out, namespace, ack);
            write(out);
        })
    }

    fn sealed(opcode: u8, write: impl FnOnce(&mut Vec<u8>)) -> Frame {
        Frame::sealed_with(&[], opcode, write)
    }

    /// Writes the payload behind the space for a header, then the header right
    /// in front of it, and the attachments after it.
    fn sealed_with(attachments: &[&[u8]], opcode: u8, write: impl FnOnce(&mut Vec<u8>)) -> Frame {
        // What writes may make another frame meanwhile; that one gets a new desk.
        let mut desk = DESK.take();
        desk.clear();
        desk.resize(HEAD, 0);
        write(&mut desk);
        let (head, length) = websocket::head_for(opcode, desk.len() - HEAD);
        let start = HEAD - length;
        desk[start..HEAD].copy_from_slice(&head[..length]);
        for attachment in attachments {
            let (head, length) = websocket::head_for(websocket::BINARY, attachment.len());
            desk.extend_from_slice(&head[..length]);
            desk.extend_from_slice(attachment);
        }
        let frame = Frame(Arc::from(&desk[start..]));
        if desk.capacity() <= KEPT {
            DESK.set(desk);
        }
        frame
    }

    /// What goes on a WebSocket.
    pub(crate) fn wire(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The namespace that an event or acknowledgement is addressed to.
    pub(crate) fn namespace(&self) -> &str {
        let wire = self.wire();
        let text = wire.get(websocket::own_head(wire).0..).unwrap_or_default();
        let mut rest = text.get(2..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if rest.get(digits) == Some(&b'-') {
            rest = &rest[digits + 1..];
        }
        if rest.first() != Some(&b'/') {
            return "/";
        }
        let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
        std::str::from_utf8(&rest[..end]).unwrap_or("/")
    }

    /// Adds this frame to a polling payload.
    pub(crate) fn append_payload(&self, out: &mut Vec<u8>) {
        let mut rest = self.wire();
        while !rest.is_empty() {
            let (head, length, opcode) = websocket::own_head(rest);
            let data = &rest[head..head + length];
            rest = &rest[head + length..];
            if !matches!(opcode, websocket::TEXT | websocket::BINARY) {
                continue;
            }
            if !out.is_empty() {
                out.push(0x1e);
            }
            if opcode == websocket::TEXT {
                out.extend_from_slice(data);
            } else {
                out.push(b'b');
                out.extend_from_slice(STANDARD.encode(data).as_bytes());
            }
        }
    }
}

/// The very same frame, not one that reads alike.
impl PartialEq for Frame {
    fn eq(&self, other: &Frame) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The array of an event.
fn list(out: &mut Vec<u8>, name: &str, arguments: &str) {
    out.push(b'[');
    serde_json::to_writer(&mut *out, name).expect("a string is JSON");
    if !arguments.is_empty() {
        out.push(b',');
        out.extend_from_slice(arguments.as_bytes());
    }
    out.push(b']');
}

fn address(out: &mut Vec<u8>, namespace: &str, ack: Option<u64>) {
    if namespace != "/" {
        out.extend_from_slice(namespace.as_bytes());
        out.push(b',');
    }
    if let Some(ack) = ack {
        number(out, ack);
    }
}

fn number(out: &mut Vec<u8>, number: u64) {
    write!(out, "{number}").expect("a vector takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(frame: &Frame) -> String {
        let mut out = Vec::new();
        frame.append_payload(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn packets_have_the_text_of_the_protocol() {
        let event = Frame::event("/v1", "hi", &7).unwrap();
        assert_eq!(event.wire(), b"\x81\x0e42/v1,[\"hi\",7]");
        assert_eq!(event.namespace(), "/v1");
        assert_eq!(payload(&Frame::ack("/", 12, &"x").unwrap()), "4312[\"x\"]");
        assert_eq!(payload(&Frame::disconnect("/v1")), "41/v1,");
        assert_eq!(payload(&Frame::connected("/", "abc")), "40{\"sid\":\"abc\"}");
        assert_eq!(payload(&Frame::event_asking("/", "q", 3, "1")), "423[\"q\",1]");
    }

    #[test]
    fn attachments_follow_their_packet() {
        let frame =
            Frame::raw_event("/v1", "b", "{\"_placeholder\":true,\"num\":0}", &[&[1, 2, 3, 4]]);
        assert_eq!(frame.namespace(), "/v1");
        assert_eq!(
            payload(&frame),
            "451-/v1,[\"b\",{\"_placeholder\":true,\"num\":0}]\u{1e}bAQIDBA=="
        );
        assert!(frame.wire().ends_with(b"\x82\x04\x01\x02\x03\x04"));
    }

    #[test]
    fn headers_fit_each_length() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let frame = Frame::binary(&vec![7; length]);
            let (head, found, opcode) = websocket::own_head(frame.wire());
            assert_eq!((found, opcode), (length, websocket::BINARY));
            assert_eq!(frame.len(), head + length);
        }
    }
}

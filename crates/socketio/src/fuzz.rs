//! Entry points for fuzzers: every parser that reads what a stranger sent.
//! They may refuse any input and must never panic, hang or grow without bound.

use crate::packet;
use crate::websocket::{self, Bounds};
use crate::{engine, frame::Frame};

const BOUNDS: Bounds = Bounds { message_bytes: 4_096, fragments: 16 };

/// Reads `input` as a stream of WebSocket frames, and what they carry as packets.
pub fn fuzz_frame(input: &[u8]) {
    let mut data = input.to_vec();
    let (mut at, mut fragments) = (0, None);
    while let Ok(Some((taken, item))) = websocket::next(&mut data[at..], &mut fragments, BOUNDS) {
        assert!(taken > 0, "a frame has a header");
        at += taken;
        if let websocket::Item::Text(text) = item {
            assert!(text.len() <= BOUNDS.message_bytes, "the bound holds");
            fuzz_packet(text.as_bytes());
        }
    }
}

/// Reads `input` as a polling payload, and its texts as packets.
pub fn fuzz_polling(input: &[u8]) {
    for packet in engine::payload(input, 64).into_iter().flatten() {
        if let engine::Packet::Text(text) = packet {
            fuzz_packet(text.as_bytes());
        }
    }
}

/// Reads `input` as one Socket.IO packet. What is accepted must survive being
/// written and read again.
pub fn fuzz_packet(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(packet) = packet::parse(text, 10) else { return };
    assert!(packet.attachments <= 10, "the bound holds");
    if let Ok(call) = packet::call(&packet) {
        let args = crate::application::raw_list(&call.args);
        let frame = Frame::raw_event(packet.namespace, &call.name, &args, &[]);
        assert_eq!(frame.namespace(), packet.namespace, "the address survives");
        let mut payload = Vec::new();
        frame.append_payload(&mut payload);
        let again = String::from_utf8(payload).expect("a text frame is text");
        let again = packet::parse(&again[1..], 10).expect("what was read can be read again");
        assert_eq!(packet::call(&again).map(|call| call.args.len()), Ok(call.args.len()));
    }
}

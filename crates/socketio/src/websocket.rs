//! RFC 6455 frames: reading them in place, unmasking, joining fragments.
//!
//! Owns the wire format and its rules (section 5). It refuses everything that
//! the RFC tells an endpoint to fail on: unmasked frames, reserved bits and
//! opcodes, long or split control frames, lengths that are not minimal, text
//! that is not UTF-8. Extensions are not negotiated, so RSV bits are an error.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// Why a connection must be failed, and the close code that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) code: u16,
    pub(crate) what: &'static str,
}

pub(crate) const fn protocol(what: &'static str) -> Violation {
    Violation { code: 1002, what }
}

const NOT_UTF8: Violation = Violation { code: 1007, what: "text is not UTF-8" };
const TOO_BIG: Violation = Violation { code: 1009, what: "message is too big" };

#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) message_bytes: usize,
    pub(crate) fragments: usize,
}

/// What one frame amounted to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    Text(Cow<'a, str>),
    Binary(Cow<'a, [u8]>),
    Ping(&'a [u8]),
    Pong,
    /// The peer's close code, if it gave one.
    Close(Option<u16>),
    /// A fragment was put aside.
    Fragment,
}

/// A message whose last fragment has not come yet.
#[derive(Debug)]
pub(crate) struct Fragments {
    opcode: u8,
    count: usize,
    data: Vec<u8>,
    /// How much of `data` is known to be UTF-8.
    valid: usize,
}

struct Head {
    fin: bool,
    opcode: u8,
    mask: [u8; 4],
    /// Bytes of the header.
    size: usize,
    /// Bytes of the payload.
    length: usize,
}

/// Reads the first frame of `data`, which is unmasked in place. Returns the
/// bytes it took and what it was, or nothing if it is not complete yet.
pub(crate) fn next<'a>(
    data: &'a mut [u8],
    fragments: &mut Option<Box<Fragments>>,
    bounds: Bounds,
) -> Result<Option<(usize, Item<'a>)>, Violation> {
    let Some(head) = head(data)? else { return Ok(None) };
    let held = fragments.as_ref().map_or(0, |fragments| fragments.data.len());
    if head.opcode < CLOSE && head.length > bounds.message_bytes.saturating_sub(held) {
        return Err(TOO_BIG);
    }
    if data.len() - head.size < head.length {
        return Ok(None);
    }
    let taken = head.size + head.length;
    let payload = &mut data[head.size..taken];
    unmask(payload, head.mask);
    Ok(Some((taken, item(&head, payload, fragments, bounds)?)))
}

fn item<'a>(
    head: &Head,
    payload: &'a [u8],
    fragments: &mut Option<Box<Fragments>>,
    bounds: Bounds,
) -> Result<Item<'a>, Violation> {
    match (head.opcode, fragments.is_some()) {
        (CLOSE, _) => close(payload),
        (PING, _) => Ok(Item::Ping(payload)),
        (PONG, _) => Ok(Item::Pong),
        (CONTINUATION, false) => Err(protocol("continuation of nothing")),
        (TEXT | BINARY, true) => Err(protocol("a message inside a message")),
        (TEXT, false) if head.fin => {
            let text = simdutf8::basic::from_utf8(payload).map_err(|_| NOT_UTF8)?;
            Ok(Item::Text(Cow::Borrowed(text)))
        }
        (BINARY, false) if head.fin => Ok(Item::Binary(Cow::Borrowed(payload))),
        _ => fragment(head, payload, fragments, bounds),
    }
}

fn fragment(
    head: &Head,
    payload: &[u8],
    fragments: &mut Option<Box<Fragments>>,
    bounds: Bounds,
) -> Result<Item<'static>, Violation> {
    let message = fragments.get_or_insert_with(|| {
        Box::new(Fragments { opcode: head.opcode, count: 0, data: Vec::new(), valid: 0 })
    });
    message.count += 1;
    if message.count > bounds.fragments {
        return Err(Violation { code: 1009, what: "too many fragments" });
    }
    message.data.extend_from_slice(payload);
    if message.opcode == TEXT {
        message.check(head.fin)?;
    }
    if !head.fin {
        return Ok(Item::Fragment);
    }
    let Some(message) = fragments.take() else { return Ok(Item::Fragment) };
    if message.opcode == BINARY {
        return Ok(Item::Binary(Cow::Owned(message.data)));
    }
    let text = String::from_utf8(message.data).map_err(|_| NOT_UTF8)?;
    Ok(Item::Text(Cow::Owned(text)))
}

impl Fragments {
    /// Fails at the first fragment that cannot become UTF-8 any more.
    fn check(&mut self, last: bool) -> Result<(), Violation> {
        match std::str::from_utf8(&self.data[self.valid..]) {
            Ok(_) => self.valid = self.data.len(),
            Err(error) if error.error_len().is_none() && !last => self.valid += error.valid_up_to(),
            Err(_) => return Err(NOT_UTF8),
        }
        Ok(())
    }
}

fn head(data: &[u8]) -> Result<Option<Head>, Violation> {
    let [first, second, ..] = *data else { return Ok(None) };
    let (fin, opcode) = (first & 0x80 != 0, first & 0x0f);
    if first & 0x70 != 0 {
        return Err(protocol("reserved bits are set"));
    }
    if !matches!(opcode, CONTINUATION | TEXT | BINARY | CLOSE | PING | PONG) {
        return Err(protocol("unknown opcode"));
    }
    if second & 0x80 == 0 {
        return Err(protocol("frame is not masked"));
    }
    let short = second & 0x7f;
    if opcode >= CLOSE && (!fin || short > 125) {
        return Err(protocol("control frame is split or too long"));
    }
    let (length, at) = match short {
        126 => match data.get(2..4) {
            Some(&[a, b]) => (u64::from(u16::from_be_bytes([a, b])), 4),
            _ => return Ok(None),
        },
        127 => match data.get(2..10).and_then(|bytes| bytes.try_into().ok()) {
            Some(bytes) => (u64::from_be_bytes(bytes), 10),
            None => return Ok(None),
        },
        short => (u64::from(short), 2),
    };
    if (short == 126 && length < 126) || (short == 127 && length < 65_536) || length >> 63 != 0 {
        return Err(protocol("length is not minimal"));
    }
    let length = usize::try_from(length).map_err(|_| TOO_BIG)?;
    if length > isize::MAX as usize - 16 {
        return Err(TOO_BIG);
    }
    let Some(&[a, b, c, d]) = data.get(at..at + 4) else {
        // The length alone may be reason enough; the caller checks it again
        // when the mask is here, and the buffer cannot grow past the header.
        return Ok(None);
    };
    Ok(Some(Head { fin, opcode, mask: [a, b, c, d], size: at + 4, length }))
}

fn close(payload: &[u8]) -> Result<Item<'static>, Violation> {
    match payload {
        [] => Ok(Item::Close(None)),
        [_] => Err(protocol("close frame of one byte")),
        [a, b, reason @ ..] => {
            let code = u16::from_be_bytes([*a, *b]);
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return Err(protocol("close code is not allowed"));
            }
            std::str::from_utf8(reason).map_err(|_| NOT_UTF8)?;
            Ok(Item::Close(Some(code)))
        }
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (chunks, rest) = payload.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

/// The header of an unmasked, unfragmented frame, and its length.
pub(crate) fn head_for(opcode: u8, length: usize) -> ([u8; 10], usize) {
    let mut head = [0; 10];
    head[0] = 0x80 | opcode;
    if length < 126 {
        head[1] = length as u8;
        (head, 2)
    } else if let Ok(short) = u16::try_from(length) {
        head[1] = 126;
        head[2..4].copy_from_slice(&short.to_be_bytes());
        (head, 4)
    } else {
        head[1] = 127;
        head[2..10].copy_from_slice(&(length as u64).to_be_bytes());
        (head, 10)
    }
}

/// Reads back a header made by [`head_for`]: its size, the length, the opcode.
pub(crate) fn own_head(frame: &[u8]) -> (usize, usize, u8) {
    let opcode = frame[0] & 0x0f;
    match frame[1] {
        126 => (4, usize::from(u16::from_be_bytes([frame[2], frame[3]])), opcode),
        127 => {
            let bytes: [u8; 8] = frame[2..10].try_into().expect("ten bytes of header");
            (10, u64::from_be_bytes(bytes) as usize, opcode)
        }
        short => (2, usize::from(short), opcode),
    }
}

/// The value of `Sec-WebSocket-Accept` for a key, if it is one (16 bytes in base64).
pub(crate) fn accept(key: &[u8]) -> Option<String> {
    if STANDARD.decode(key).ok()?.len() != 16 {
        return None;
    }
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    Some(STANDARD.encode(hash.finalize()))
}

#[cfg(test)]
#[path = "websocket_tests.rs"]
mod tests;

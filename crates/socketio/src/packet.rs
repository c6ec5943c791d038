//! Socket.IO packets, protocol revision 5: reading them.
//!
//! `<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]`. The parts are
//! slices of the received text; JSON is checked to be well formed and split
//! into its arguments, which the application reads as it likes.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// Names that JavaScript clients use for their own events.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// The largest number that JavaScript counts exactly.
const MAX_ACK: u64 = (1 << 53) - 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Connect,
    Disconnect,
    Event,
    Ack,
    BinaryEvent,
    BinaryAck,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    pub(crate) kind: Kind,
    pub(crate) attachments: usize,
    pub(crate) namespace: &'a str,
    pub(crate) ack: Option<u64>,
    pub(crate) data: &'a str,
}

/// A packet breaks the protocol; the text says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

pub(crate) fn parse(text: &str, max_attachments: usize) -> Result<Packet<'_>, Malformed> {
    let kind = match text.as_bytes().first() {
        Some(b'0') => Kind::Connect,
        Some(b'1') => Kind::Disconnect,
        Some(b'2') => Kind::Event,
        Some(b'3') => Kind::Ack,
        Some(b'5') => Kind::BinaryEvent,
        Some(b'6') => Kind::BinaryAck,
        _ => return Err(Malformed("unknown packet type")),
    };
    let mut rest = &text[1..];
    let mut attachments = 0;
    if matches!(kind, Kind::BinaryEvent | Kind::BinaryAck) {
        let (count, after) = number(rest, max_attachments as u64)?;
        attachments = count.ok_or(Malformed("no number of attachments"))? as usize;
        rest = after.strip_prefix('-').ok_or(Malformed("no dash after attachments"))?;
    }
    let mut namespace = "/";
    if rest.starts_with('/') {
        let end = memchr::memchr(b',', rest.as_bytes()).unwrap_or(rest.len());
        namespace = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    let (ack, data) = number(rest, MAX_ACK)?;
    let packet = Packet { kind, attachments, namespace, ack, data };
    check(&packet)?;
    Ok(packet)
}

fn check(packet: &Packet<'_>) -> Result<(), Malformed> {
    let fits = match packet.kind {
        Kind::Connect => packet.data.is_empty() || packet.data.starts_with('{'),
        Kind::Disconnect => packet.data.is_empty() && packet.ack.is_none(),
        Kind::Event | Kind::BinaryEvent => packet.data.starts_with('['),
        Kind::Ack | Kind::BinaryAck => packet.data.starts_with('[') && packet.ack.is_some(),
    };
    if fits { Ok(()) } else { Err(Malformed("payload does not fit the packet type")) }
}

/// Leading digits as a number, and what follows them.
fn number(text: &str, max: u64) -> Result<(Option<u64>, &str), Malformed> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Ok((None, text));
    }
    let value = text[..digits].parse().ok().filter(|value| *value <= max);
    Ok((Some(value.ok_or(Malformed("number is too large"))?), &text[digits..]))
}

/// The name and the arguments of an event.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) args: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

pub(crate) fn call<'a>(packet: &Packet<'a>) -> Result<Call<'a>, Malformed> {
    let mut args = arguments(packet)?;
    if args.is_empty() {
        return Err(Malformed("event has no name"));
    }
    let Ok(Name(name)) = serde_json::from_str(args.remove(0).get()) else {
        return Err(Malformed("event name is not a string"));
    };
    if RESERVED.contains(&name.as_ref()) {
        return Err(Malformed("event name is reserved"));
    }
    Ok(Call { name, args })
}

/// The elements of an event's or acknowledgement's array, with every
/// placeholder of a binary packet checked against its attachments.
pub(crate) fn arguments<'a>(packet: &Packet<'a>) -> Result<Vec<&'a RawValue>, Malformed> {
    let args = serde_json::from_str(packet.data).map_err(|_| Malformed("payload is not JSON"))?;
    if matches!(packet.kind, Kind::BinaryEvent | Kind::BinaryAck) {
        let value: Value =
            serde_json::from_str(packet.data).map_err(|_| Malformed("payload nests too deep"))?;
        check_placeholders(&value, packet.attachments)?;
    }
    Ok(args)
}

/// Recursion is bounded: the parser gives up at 128 levels.
fn check_placeholders(value: &Value, attachments: usize) -> Result<(), Malformed> {
    match value {
        Value::Array(values) => {
            values.iter().try_for_each(|value| check_placeholders(value, attachments))
        }
        Value::Object(fields) if fields.get("_placeholder") == Some(&Value::Bool(true)) => {
            match fields.get("num").and_then(Value::as_u64) {
                Some(number) if number < attachments as u64 => Ok(()),
                _ => Err(Malformed("placeholder points to no attachment")),
            }
        }
        Value::Object(fields) => {
            if fields.contains_key("_placeholder") {
                return Err(Malformed("placeholder is not a mark"));
            }
            fields.values().try_for_each(|value| check_placeholders(value, attachments))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "packet_tests.rs"]
mod tests;

//! A client of raw bytes: it can say what no honest client says.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

#[derive(Debug, PartialEq, Eq, Clone)]
pub(crate) enum Heard {
    Text(String),
    Binary(Vec<u8>),
    Close(Option<u16>),
    Pong(Vec<u8>),
    /// The connection has ended.
    End,
}

pub(crate) fn text(text: &str) -> Heard {
    Heard::Text(text.into())
}

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn tcp(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream, buffer: Vec::new() }
    }

    /// Opens a WebSocket at a path with a query; the answer's status is checked.
    pub(crate) fn websocket(address: SocketAddr, url: &str) -> Client {
        let (client, head) = Client::upgrade(address, url, "");
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        client
    }

    pub(crate) fn upgrade(address: SocketAddr, url: &str, headers: &str) -> (Client, String) {
        let mut client = Client::tcp(address);
        client.write(
            format!(
                "GET {url} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                 {headers}\r\n"
            )
            .as_bytes(),
        );
        let head = client.head();
        (client, head)
    }

    /// A WebSocket that has read its open packet.
    pub(crate) fn engine(address: SocketAddr) -> Client {
        let mut client = Client::websocket(address, "/socket.io/?EIO=4&transport=websocket");
        assert!(matches!(client.hear(), Heard::Text(open) if open.starts_with("0{")));
        client
    }

    /// A WebSocket that has joined a namespace.
    pub(crate) fn joined(address: SocketAddr, namespace: &str) -> Client {
        let mut client = Client::engine(address);
        client.say(&format!("40{namespace},"));
        client.hears_start(&format!("40{namespace},{{\"sid\":"));
        client
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        // The server may have closed already; what it said is read afterwards.
        let _closed = self.stream.write_all(bytes);
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.frame(0x81, text.as_bytes());
    }

    pub(crate) fn say_binary(&mut self, data: &[u8]) {
        self.frame(0x82, data);
    }

    pub(crate) fn frame(&mut self, first: u8, payload: &[u8]) {
        self.write(&masked(first, payload));
    }

    fn head(&mut self) -> String {
        while !self.buffer.windows(4).any(|window| window == b"\r\n\r\n") {
            if !self.fill() {
                break;
            }
        }
        let end = self.buffer.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.map_or(self.buffer.len(), |end| end + 4);
        let head: Vec<u8> = self.buffer.drain(..end).collect();
        String::from_utf8(head).unwrap()
    }

    /// Reads more; false at the end.
    fn fill(&mut self) -> bool {
        let mut chunk = [0; 65_536];
        match self.stream.read(&mut chunk) {
            Ok(0) => false,
            Ok(length) => {
                self.buffer.extend_from_slice(&chunk[..length]);
                true
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("nothing heard: {error}"),
        }
    }

    /// The next frame, heartbeats left out.
    pub(crate) fn hear(&mut self) -> Heard {
        loop {
            match self.hear_all() {
                Heard::Text(text) if text == "2" => self.say("3"),
                heard => return heard,
            }
        }
    }

    pub(crate) fn hear_all(&mut self) -> Heard {
        loop {
            if let Some((taken, heard)) = parse(&self.buffer) {
                self.buffer.drain(..taken);
                return heard;
            }
            if !self.fill() {
                return Heard::End;
            }
        }
    }

    #[track_caller]
    pub(crate) fn hears(&mut self, expected: &str) {
        assert_eq!(self.hear(), text(expected));
    }

    /// An emission of another thread and the answer to an event of one's own
    /// have no order between them.
    #[track_caller]
    pub(crate) fn hears_both(&mut self, one: &str, other: &str) {
        let heard = [self.hear(), self.hear()];
        let (one, other) = (text(one), text(other));
        let is_both = heard.contains(&one) && heard.contains(&other);
        assert!(is_both, "expected {one:?} and {other:?}, heard {heard:?}");
    }

    #[track_caller]
    pub(crate) fn hears_start(&mut self, expected: &str) -> String {
        match self.hear() {
            Heard::Text(text) if text.starts_with(expected) => text,
            heard => panic!("expected {expected}, heard {heard:?}"),
        }
    }

    /// Waits for the end; returns the close code if one was said.
    pub(crate) fn ends(&mut self) -> Option<u16> {
        let mut code = None;
        loop {
            match self.hear() {
                Heard::Close(said) => code = said,
                Heard::End => return code,
                _ => {}
            }
        }
    }

    /// Waits for the end of a connection that never got to speak WebSocket.
    pub(crate) fn is_cut(&mut self) {
        while self.fill() {}
    }

    /// Waits, at most so long, for silence to be broken.
    pub(crate) fn is_silent(&mut self, time: Duration) -> bool {
        if parse(&self.buffer).is_some() {
            return false;
        }
        self.stream.set_read_timeout(Some(time)).unwrap();
        let mut chunk = [0; 4_096];
        let silent = match self.stream.read(&mut chunk) {
            Ok(length) => {
                self.buffer.extend_from_slice(&chunk[..length]);
                false
            }
            Err(_) => true,
        };
        self.stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        silent
    }
}

fn parse(data: &[u8]) -> Option<(usize, Heard)> {
    let (first, short) = (*data.first()?, *data.get(1)?);
    let (length, at) = match short {
        126 => (u16::from_be_bytes(data.get(2..4)?.try_into().unwrap()) as usize, 4),
        127 => (u64::from_be_bytes(data.get(2..10)?.try_into().unwrap()) as usize, 10),
        short => (usize::from(short), 2),
    };
    let payload = data.get(at..at + length)?.to_vec();
    let heard = match first {
        0x81 => Heard::Text(String::from_utf8(payload).unwrap()),
        0x82 => Heard::Binary(payload),
        0x88 => Heard::Close(payload.get(..2).map(|code| u16::from_be_bytes([code[0], code[1]]))),
        0x8a => Heard::Pong(payload),
        other => panic!("frame of type {other:x}"),
    };
    Some((at + length, heard))
}

pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length @ 126..65_536 => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    let mask = [0x12, 0x34, 0x56, 0x78];
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// One HTTP request on a connection of its own: status and body.
pub(crate) fn http(address: SocketAddr, method: &str, url: &str, body: &str) -> (u16, String) {
    let (status, _, body) = http_with(address, method, url, "", body);
    (status, body)
}

pub(crate) fn http_with(
    address: SocketAddr,
    method: &str,
    url: &str,
    headers: &str,
    body: &str,
) -> (u16, String, String) {
    let mut client = Client::tcp(address);
    client.write(
        format!(
            "{method} {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .as_bytes(),
    );
    while client.fill() {}
    let answer = String::from_utf8(client.buffer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head.to_ascii_lowercase(), body.to_owned())
}

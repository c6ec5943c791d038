//! A small Socket.IO client over a WebSocket of its own.
//!
//! Like the HTTP client it says exactly as much as it knows: an acknowledgement,
//! or that none came. Knows one namespace, text frames and JSON; what it hears
//! while it waits is kept for whoever asks.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::http::Answer;

/// Long enough for a store that stands still for as long as it may.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than any payload of ours.
const MAX_FRAME: u64 = 1 << 20;

/// One socket of one person.
pub(crate) struct Socket {
    stream: BufReader<TcpStream>,
    last_id: u64,
    heard: Vec<(String, Value)>,
}

impl Socket {
    /// Connects to the native namespace as the owner of the token.
    pub(crate) fn connect(address: SocketAddr, token: &str) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut socket = Self { stream: BufReader::new(stream), last_id: 0, heard: Vec::new() };
        socket.upgrade(address)?;
        ensure!(socket.read()?.starts_with('0'), "no opening of the transport");
        socket.write(&format!("40/v1,{}", json!({ "token": token })))?;
        let answer = socket.next()?;
        ensure!(answer.starts_with("40/v1,"), "not let in: {answer}");
        Ok(socket)
    }

    /// Emits once and waits for the acknowledgement.
    pub(crate) fn emit(&mut self, event: &str, payload: &Value) -> Result<Answer> {
        self.last_id += 1;
        let id = self.last_id;
        self.write(&format!("42/v1,{id}{}", json!([event, payload])))?;
        let wanted = format!("43/v1,{id}[");
        loop {
            let packet = self.next()?;
            if packet.starts_with(&wanted) {
                return acknowledged(&packet[wanted.len() - 1..]);
            }
            if packet.starts_with("41") {
                bail!("the server let go of the socket");
            }
        }
    }

    /// Takes the events that came meanwhile.
    pub(crate) fn take_heard(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.heard)
    }

    fn upgrade(&mut self, address: SocketAddr) -> Result<()> {
        let head = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: {address}\r\n\
             connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        self.stream.get_mut().write_all(head.as_bytes())?;
        let mut first = String::new();
        self.stream.read_line(&mut first)?;
        ensure!(first.contains(" 101 "), "no WebSocket: {}", first.trim());
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            ensure!(self.stream.read_line(&mut line)? > 0, "the connection ended");
        }
        Ok(())
    }

    /// Hears what comes within the limit, one packet at most; false when none did.
    pub(crate) fn listen(&mut self, limit: Duration) -> Result<bool> {
        if self.stream.buffer().is_empty() {
            self.stream.get_ref().set_read_timeout(Some(limit))?;
            let found = self.stream.fill_buf().map(|bytes| !bytes.is_empty());
            self.stream.get_ref().set_read_timeout(Some(PATIENCE))?;
            match found {
                Ok(true) => {}
                Ok(false) => bail!("the connection ended"),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
        match self.hear()? {
            None => Ok(true),
            Some(packet) => bail!("not waited for: {packet}"),
        }
    }

    /// The next packet that is neither a ping nor an event.
    fn next(&mut self) -> Result<String> {
        loop {
            if let Some(packet) = self.hear()? {
                return Ok(packet);
            }
        }
    }

    /// Reads a packet; answers a ping and keeps an event.
    fn hear(&mut self) -> Result<Option<String>> {
        let packet = self.read()?;
        if packet == "2" {
            self.write("3")?;
        } else if let Some(event) = packet.strip_prefix("42/v1,") {
            let (name, payload) = serde_json::from_str(event).context("not an event")?;
            self.heard.push((name, payload));
        } else {
            return Ok(Some(packet));
        }
        Ok(None)
    }

    /// A client's frames are masked (RFC 6455, 5.3); with what is no secret here.
    fn write(&mut self, text: &str) -> Result<()> {
        const MASK: [u8; 4] = [0x5a, 0x17, 0xc3, 0x88];
        let mut frame = vec![0x81];
        match text.len() {
            short @ 0..=125 => frame.push(0x80 | short as u8),
            middle @ 126..=0xffff => {
                frame.push(0x80 | 126);
                frame.extend((middle as u16).to_be_bytes());
            }
            long => bail!("{long} bytes are too many for one frame of ours"),
        }
        frame.extend(MASK);
        frame.extend(text.bytes().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        Ok(self.stream.get_mut().write_all(&frame)?)
    }

    fn read(&mut self) -> Result<String> {
        loop {
            match read_frame(&mut self.stream)? {
                (0x81, payload) => return Ok(String::from_utf8(payload)?),
                // Control frames of the WebSocket itself; a pong answers no question of ours.
                (0x89 | 0x8a, _) => {}
                (kind, _) => bail!("a frame of kind {kind:#x}"),
            }
        }
    }
}

fn read_frame(from: &mut impl Read) -> Result<(u8, Vec<u8>)> {
    let mut head = [0; 2];
    from.read_exact(&mut head)?;
    let length = match head[1] {
        126 => {
            let mut length = [0; 2];
            from.read_exact(&mut length)?;
            u64::from(u16::from_be_bytes(length))
        }
        127 => {
            let mut length = [0; 8];
            from.read_exact(&mut length)?;
            u64::from_be_bytes(length)
        }
        short => u64::from(short),
    };
    ensure!(length <= MAX_FRAME, "a frame of {length} bytes");
    let mut payload = vec![0; length as usize];
    from.read_exact(&mut payload)?;
    Ok((head[0], payload))
}

/// An acknowledgement, as the request's twin over HTTP would have answered.
fn acknowledged(arguments: &str) -> Result<Answer> {
    let (body,): (Value,) = serde_json::from_str(arguments).context("not an acknowledgement")?;
    if body["ok"] == true {
        return Ok(Answer { status: 200, body });
    }
    let status = body["error"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.with_context(|| format!("neither done nor refused: {body}"))?;
    Ok(Answer { status, body: body["error"].clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_read_like_answers() {
        let done = acknowledged(r#"[{"ok":true,"message":{"seq":3}}]"#).unwrap();
        assert_eq!((done.status, &done.body["message"]["seq"]), (200, &json!(3)));
        let refused = acknowledged(r#"[{"ok":false,"error":{"status":503,"code":"a.b"}}]"#);
        let refused = refused.unwrap();
        assert_eq!((refused.status, &refused.body["code"]), (503, &json!("a.b")));
        assert!(acknowledged("[{}]").is_err());
    }

    #[test]
    fn frames_of_each_length_and_none_cut_short() {
        let frame = |head: &[u8], length: usize| [head, &vec![b'x'; length]].concat();
        let read = |bytes: Vec<u8>| read_frame(&mut bytes.as_slice()).map(|(_, text)| text.len());
        assert_eq!(read(frame(&[0x81, 5], 5)).unwrap(), 5);
        assert_eq!(read(frame(&[0x81, 126, 1, 0], 256)).unwrap(), 256);
        assert_eq!(read(frame(&[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0], 65_536)).unwrap(), 65_536);
        assert!(read(frame(&[0x81, 5], 4)).is_err());
        assert!(read(frame(&[0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0], 0)).is_err());
    }
}

//! A small HTTP/1.1 client over one kept connection.
//!
//! Says exactly as much as it knows: an answer, or that none came. It never
//! repeats a request by itself, because who asked must know that it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of an answer that has to be a success.
    pub(crate) fn expect(self, what: &str) -> Result<Value> {
        if (200..300).contains(&self.status) {
            return Ok(self.body);
        }
        bail!("{what}: {} {}", self.status, self.body)
    }
}

/// Speaks to one server, with the token of one person or none.
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
    pub(crate) token: Option<String>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, connection: None, token: None }
    }

    /// One request. An error means that no whole answer came: the request may
    /// have had its effect, or not.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
        let answer = self.try_ask(method, path, body);
        if answer.is_err() {
            self.connection = None;
        }
        answer
    }

    fn try_ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
        let text = body.map(Value::to_string).unwrap_or_default();
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        if let Some(token) = &self.token {
            head += &format!("authorization: Bearer {token}\r\n");
        }
        if body.is_some() {
            head += "content-type: application/json\r\n";
        }
        head += &format!("content-length: {}\r\n\r\n", text.len());
        let connection = self.connect()?;
        connection.get_mut().write_all((head + &text).as_bytes())?;
        let (answer, is_last) = read_answer(connection)?;
        if is_last {
            self.connection = None;
        }
        Ok(answer)
    }

    fn connect(&mut self) -> Result<&mut BufReader<TcpStream>> {
        if self.connection.is_none() {
            let patience = Duration::from_secs(10);
            let stream = TcpStream::connect_timeout(&self.address, patience)?;
            stream.set_read_timeout(Some(patience))?;
            stream.set_write_timeout(Some(patience))?;
            stream.set_nodelay(true)?;
            self.connection = Some(BufReader::new(stream));
        }
        self.connection.as_mut().context("just connected")
    }
}

fn read_answer(from: &mut impl BufRead) -> Result<(Answer, bool)> {
    let first = read_line(from)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.with_context(|| format!("not HTTP: {first}"))?;
    let (mut length, mut is_chunked, mut is_last) = (0, false, false);
    loop {
        let line = read_line(from)?;
        let Some((name, value)) = line.split_once(':') else { break };
        match (name.to_ascii_lowercase().as_str(), value.trim()) {
            ("content-length", value) => length = value.parse().context("content-length")?,
            ("transfer-encoding", value) => is_chunked = value.eq_ignore_ascii_case("chunked"),
            ("connection", value) => is_last = value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let mut body = Vec::new();
    if is_chunked {
        loop {
            let size = usize::from_str_radix(read_line(from)?.trim(), 16).context("chunk")?;
            read_exactly(from, size, &mut body)?;
            read_line(from)?;
            if size == 0 {
                break;
            }
        }
    } else {
        read_exactly(from, length, &mut body)?;
    }
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Ok((Answer { status, body }, is_last))
}

fn read_line(from: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 || !line.ends_with('\n') {
        bail!("the connection ended");
    }
    Ok(line.trim_end().to_owned())
}

fn read_exactly(from: &mut impl BufRead, size: usize, into: &mut Vec<u8>) -> Result<()> {
    if from.take(size as u64).read_to_end(into)? < size {
        bail!("the connection ended");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str) -> Result<(u16, Value, bool)> {
        let (answer, is_last) = read_answer(&mut text.as_bytes())?;
        Ok((answer.status, answer.body, is_last))
    }

    #[test]
    fn answers_of_both_framings() {
        let plain = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}rest";
        assert_eq!(check(plain).unwrap(), (200, json!({"a": 1}), false));
        let chunked = "HTTP/1.1 409 Conflict\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
            3\r\n{\"a\r\n4\r\n\":2}\r\n0\r\n\r\n";
        assert_eq!(check(chunked).unwrap(), (409, json!({"a": 2}), true));
        assert_eq!(check("HTTP/1.1 204 No Content\r\n\r\n").unwrap(), (204, Value::Null, false));
    }

    #[test]
    fn half_an_answer_is_none() {
        assert!(check("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"a\":").is_err());
        assert!(check("HTTP/1.1 200 OK\r\ncontent-le").is_err());
        assert!(check("").is_err());
    }
}

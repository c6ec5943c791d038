//! The floor of a delivery under the load generator: a loop that makes the system
//! calls the work needs, and nothing else. It wakes up, reads one message, and
//! sends one frame to each member in turn.
//!
//! It knows one room, copies the message into one frame for all, and takes every
//! request for a handshake. What a `send` costs depends on who reads: waking a
//! sleeping reader costs as much again as the rest. So the floor of a server is
//! what this one takes for the same readers on the same cores, not what a loop
//! that never waits for its readers does (`floor`, the other program).
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;

const SWITCHING: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: \r\n\r\n";
const OPEN: &str = r#"0{"sid":"bare","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
const ACCEPTED: &str = r#"40{"sid":"bare"}"#;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("bare listens on {}", listener.local_addr().expect("it is bound"));
    let poll = Poll::new();
    poll.add(listener.as_raw_fd(), u64::MAX);
    let mut members: Vec<TcpStream> = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        for at in poll.wait() {
            if at == u64::MAX {
                let (stream, _) = listener.accept().expect("descriptors are left");
                stream.set_nodelay(true).expect("an open stream");
                stream.set_nonblocking(true).expect("an open stream");
                poll.add(stream.as_raw_fd(), members.len() as u64);
                members.push(stream);
                continue;
            }
            match members[at as usize].read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => take(&members, at as usize, &buffer[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }
}

/// Handles what one member said: whole frames, for the generator writes them whole.
fn take(members: &[TcpStream], from: usize, mut data: &[u8]) {
    if data.starts_with(b"GET ") {
        send(&members[from], SWITCHING);
        return send(&members[from], &frame(OPEN));
    }
    while let Some((text, rest)) = next(data) {
        data = rest;
        match text.as_bytes() {
            [b'4', b'0', ..] => send(&members[from], &frame(ACCEPTED)),
            [b'4', b'2', rest @ ..] => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let (id, event) = text[2..].split_at(digits);
                if event.starts_with("[\"msg\"") {
                    let told = frame(&format!("42{event}"));
                    members.iter().for_each(|member| send(member, &told));
                }
                send(&members[from], &frame(&format!("43{id}[]")));
            }
            _ => {}
        }
    }
}

/// The text of the first frame and what follows it; the generator masks with zeros.
fn next(data: &[u8]) -> Option<(&str, &[u8])> {
    let (head, length) = match data.get(1)? & 0x7f {
        126 => (8, u16::from_be_bytes([*data.get(2)?, *data.get(3)?]) as usize),
        length => (6, length as usize),
    };
    let text = std::str::from_utf8(data.get(head..head + length)?).ok()?;
    Some((text, &data[head + length..]))
}

fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match text.len() {
        length if length < 126 => frame.push(length as u8),
        length => {
            frame.push(126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// One message is in flight at a time, so a send never finds its buffer full.
fn send(mut member: &TcpStream, bytes: &[u8]) {
    let sent = member.write(bytes).expect("the reader keeps up");
    assert_eq!(sent, bytes.len(), "the reader keeps up");
}

struct Poll(i32);

impl Poll {
    fn new() -> Self {
        Self(unsafe { libc::epoll_create1(0) })
    }

    fn add(&self, fd: i32, at: u64) {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: at };
        unsafe { libc::epoll_ctl(self.0, libc::EPOLL_CTL_ADD, fd, &mut event) };
    }

    fn wait(&self) -> impl Iterator<Item = u64> {
        let mut events: [libc::epoll_event; 256] = unsafe { std::mem::zeroed() };
        let count = unsafe { libc::epoll_wait(self.0, events.as_mut_ptr(), 256, -1) };
        events.into_iter().take(count.max(0) as usize).map(|event| event.u64)
    }
}

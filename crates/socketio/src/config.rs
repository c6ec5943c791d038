//! What a server may be told: addresses, times and limits.
//!
//! Each limit has a default that suits a public chat server. None of them is
//! "unlimited" by accident: a number that a client can drive up is listed here
//! and counted in [`crate::Counted`] when it is hit.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How a server behaves. Start from `Config::default()` and change fields.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where Engine.IO listens, with or without the closing slash.
    pub path: String,
    /// How many workers will run; each [`crate::Server::run_worker`] takes one place.
    pub workers: usize,
    /// Time between two heartbeats of a connection.
    pub ping_interval: Duration,
    /// How long a heartbeat may stay unanswered.
    pub ping_timeout: Duration,
    /// How long a connection may stay without any namespace.
    pub connect_timeout: Duration,
    /// How long a WebSocket may take from its opening to the end of an upgrade.
    pub upgrade_timeout: Duration,
    /// Which pages may use this server.
    pub origins: Origins,
    /// Names of the request headers kept in [`crate::Handshake`], in lower case.
    /// All others are dropped with the request: an idle connection pays for
    /// each byte kept here.
    pub kept_headers: Vec<String>,
    /// Keeps the handshake for the life of the connection. When false it is
    /// dropped after the first namespace is joined, and joining another one on
    /// the same connection is refused.
    pub keeps_handshake: bool,
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            path: "/socket.io/".into(),
            workers: 1,
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(4),
            upgrade_timeout: Duration::from_secs(10),
            origins: Origins::Listed(Vec::new()),
            kept_headers: ["authorization", "cookie", "origin", "user-agent", "x-forwarded-for"]
                .map(String::from)
                .to_vec(),
            keeps_handshake: true,
            limits: Limits::default(),
        }
    }
}

/// Which values of the `Origin` header may open or use a connection.
///
/// A request without the header does not come from a page and passes. The
/// check is the same for long-polling and for the WebSocket handshake, where
/// browsers apply no rule of their own.
#[derive(Clone)]
pub enum Origins {
    /// Any page, without credentials.
    Any,
    /// Exactly these, such as `https://chat.example`.
    Listed(Vec<String>),
    /// Whatever the function accepts.
    Chosen(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl Origins {
    pub(crate) fn allow(&self, origin: &str) -> bool {
        match self {
            Origins::Any => true,
            Origins::Listed(list) => list.iter().any(|known| known == origin),
            Origins::Chosen(accepts) => accepts(origin),
        }
    }
}

impl fmt::Debug for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origins::Any => f.write_str("Any"),
            Origins::Listed(list) => f.debug_tuple("Listed").field(list).finish(),
            Origins::Chosen(_) => f.write_str("Chosen(..)"),
        }
    }
}

/// Bounds on everything that a client can make grow, what happens there, and
/// what counts it in [`crate::Counted`].
///
/// | limit | who reaches it | counter |
/// |---|---|---|
/// | `message_bytes` | is closed with 1009; a POST gets 413 | `violations`, `requests_refused` |
/// | `fragments` | is closed with 1009 | `violations` |
/// | `attachments` | is closed with 1002 | `violations` |
/// | `payload_packets` | gets 400, the session ends | `violations` |
/// | `namespaces` | is closed with 1002 | `violations` |
/// | `pending_acks` | is not asked: the application gets `AckError::Refused` | `acks_refused` |
/// | `in_flight` | waits with its next events | `paused` once the backlog is full |
/// | `backlog_events`, `backlog_bytes` | is not read from until there is room | `paused` |
/// | `queue_frames`, `queue_bytes` | is lagged: ordinary frames are dropped, and it is told so | `lagged`, `dropped` |
/// | `kernel_bytes` | has the next ones wait in its queue | `lagged` once that is full |
/// | `reserved_frames` | is cut off | `slow_closed` |
/// | `lag_timeout`, `stall_timeout` | is cut off | `slow_closed` |
/// | `header_timeout` | is disconnected without a word | `heads_late` |
/// | `body_timeout` | gets 408 | `requests_refused` |
/// | `headers`, `header_bytes` | gets 431 | `heads_refused` |
/// | `connections`, `connections_per_address` | is disconnected before its first byte is read | `turned_away` |
/// | `close_timeout` | is cut off | `cut` |
///
/// Beside them stand [`Config::ping_timeout`] (closed with 1001, `ping_timeouts`),
/// [`Config::connect_timeout`] (closed with 1008, `connect_timeouts`) and
/// [`Config::upgrade_timeout`] (the WebSocket is closed with 1008 and the
/// session stays as it was, `upgrades_failed`). One poll and one POST per
/// session may be open: a second one ends it (`violations`).
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one message, of all its fragments and attachments together,
    /// and of one polling payload.
    pub message_bytes: usize,
    /// Fragments of one message.
    pub fragments: usize,
    /// Attachments of one event.
    pub attachments: usize,
    /// Packets in one polling payload.
    pub payload_packets: usize,
    /// Namespaces joined over one connection.
    pub namespaces: usize,
    /// Acknowledgements one socket may owe the server.
    pub pending_acks: usize,
    /// Events of one connection whose futures run at the same time.
    pub in_flight: usize,
    /// Events of one connection that wait for their turn; then reading stops.
    pub backlog_events: usize,
    /// Bytes of those events.
    pub backlog_bytes: usize,
    /// Frames queued for one connection.
    pub queue_frames: usize,
    /// Bytes queued for one connection.
    pub queue_bytes: usize,
    /// Bytes that the kernel may hold for one WebSocket beyond its queue. A
    /// connection cannot have more than these under way, so what it can be sent
    /// in a second is these by the time of a round trip.
    pub kernel_bytes: usize,
    /// Places beyond `queue_frames` that only acknowledgements and urgent frames may take.
    pub reserved_frames: usize,
    /// How long a connection may stay lagged.
    pub lag_timeout: Duration,
    /// How long a write may make no progress.
    pub stall_timeout: Duration,
    /// How long a request head (or the TLS handshake) may take.
    pub header_timeout: Duration,
    /// How long a polling body may take.
    pub body_timeout: Duration,
    /// Header lines of one request.
    pub headers: usize,
    /// Bytes of a request head.
    pub header_bytes: usize,
    /// Connections of one worker.
    pub connections: usize,
    /// Connections from one address; loopback is exempt, for a proxy stands there.
    pub connections_per_address: usize,
    /// How long a closing connection may take to say goodbye.
    pub close_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            message_bytes: 1_000_000,
            fragments: 1_024,
            attachments: 10,
            payload_packets: 4_096,
            namespaces: 8,
            pending_acks: 64,
            in_flight: 16,
            backlog_events: 64,
            backlog_bytes: 256 * 1024,
            queue_frames: 1_024,
            queue_bytes: 256 * 1024,
            kernel_bytes: 256 * 1024,
            reserved_frames: 16,
            lag_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_secs(15),
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(15),
            headers: 100,
            header_bytes: 32 * 1024,
            connections: 100_000,
            connections_per_address: 1_024,
            close_timeout: Duration::from_secs(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counters::Counted;

    /// What stands between backquotes in a cell.
    fn words(cell: &str) -> impl Iterator<Item = &str> {
        cell.split('`').skip(1).step_by(2)
    }

    #[test]
    fn every_limit_has_an_answer_and_a_counter() {
        let page = include_str!("config.rs");
        let rows: Vec<Vec<&str>> = page
            .lines()
            .filter_map(|line| line.strip_prefix("/// | `"))
            .map(|line| line.split('|').collect())
            .collect();
        let counters: Vec<_> = Counted::default().list().iter().map(|one| one.0).collect();
        let mut limits = format!("{:#?}", Limits::default());
        for row in &rows {
            assert!(words(row[2]).count() > 0, "{row:?}");
            for counter in words(row[2]) {
                assert!(counters.contains(&counter), "no counter {counter}");
            }
            // The first backquote went with the prefix.
            for limit in words(&format!("`{}", row[0])) {
                let field = format!("    {limit}:");
                assert!(limits.contains(&field), "no limit {limit}");
                limits = limits.replace(&field, "");
            }
        }
        let left: Vec<_> = limits.lines().filter(|line| line.starts_with("    ")).collect();
        assert!(left.is_empty(), "limits without an answer: {left:?}");
    }
}

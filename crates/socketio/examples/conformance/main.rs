//! The fixtures that foreign suites are run against.
//!
//! `conformance <profile> [port]` with one of `protocol`, `client`, `echo`,
//! `bench`; it listens on loopback and prints one line when it is ready. A
//! third word is the number of workers of `bench`, and the milliseconds
//! between two heartbeats of `protocol`; a fourth is the seconds that a write
//! of `bench` may stall.

mod bench;
mod client;
mod protocol;

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use socketio::{Config, Limits, Message, Origins, Raw, Server};

fn main() -> io::Result<()> {
    let mut words = std::env::args().skip(1);
    let profile = words.next().unwrap_or_default();
    let (server, port) = match profile.as_str() {
        "protocol" => (protocol::server(), 3000),
        "client" => (client::server(), 3210),
        "echo" => (echo(), 9001),
        "bench" => (bench::server(), 3300),
        _ => return Err(io::Error::other("say one of: protocol, client, echo, bench")),
    };
    let port = words.next().and_then(|port| port.parse().ok()).unwrap_or(port);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("{profile} listens on {}", listener.local_addr()?);
    let workers = (1..server.config().workers)
        .map(|_| {
            let (server, listener) = (server.clone(), listener.try_clone()?);
            Ok(std::thread::spawn(move || server.run_worker(listener, None, service_fn(nothing))))
        })
        .collect::<io::Result<Vec<_>>>()?;
    server.run_worker(listener, None, service_fn(nothing))?;
    for worker in workers {
        worker.join().map_err(|_| io::Error::other("a worker panicked"))??;
    }
    Ok(())
}

async fn nothing(_request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::NOT_FOUND;
    Ok(answer)
}

/// Answers each message with itself.
pub(crate) struct Echo;

impl Raw for Echo {
    fn message(&self, message: Message) -> Option<Message> {
        Some(message)
    }
}

fn echo() -> Server {
    let message_bytes = 20 * 1024 * 1024;
    let limits = Limits {
        message_bytes,
        fragments: 1_000_000,
        queue_bytes: 2 * message_bytes,
        stall_timeout: Duration::from_secs(60),
        ..Limits::default()
    };
    let config = Config { limits, origins: Origins::Any, ..Config::default() };
    Server::builder(config).websocket("/", Echo).build()
}

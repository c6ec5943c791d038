//! The smallest server on something that is not TCP: a socket of the file
//! system. Whatever reads and writes bytes will do.

use std::net::{Ipv6Addr, SocketAddr};

use socketio::{Application, Config, Connect, Event, Flow, Refusal, Server, Socket, Task};

struct Quiet;

impl Application for Quiet {
    fn connect(&self, _socket: Socket, _request: Connect) -> Task<Result<(), Refusal>> {
        Box::pin(async { Ok(()) })
    }

    fn event(&self, _socket: &Socket, _event: Event<'_>) -> Flow {
        Flow::Done
    }
}

fn main() -> std::io::Result<()> {
    let server = Server::builder(Config::default()).namespace("/", Quiet).build();
    let service = socketio::TowerToHyperService::new(axum::Router::new());
    let listen = || {
        let listener = tokio::net::UnixListener::bind("chat.sock")?;
        // Who is at the other end counts as one address, and loopback has no limit.
        let peer = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
        Ok(async move || Ok((listener.accept().await?.0, peer)))
    };
    server.run_worker_over(listen, service)
}

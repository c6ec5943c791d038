//! The smallest server: it answers each event with its first argument. Axum
//! serves everything that is not Socket.IO on the same port.

use socketio::{Application, Config, Connect, Event, Flow, Frame, Refusal, Server, Socket, Task};

struct Echo;

impl Application for Echo {
    fn connect(&self, _socket: Socket, _request: Connect) -> Task<Result<(), Refusal>> {
        Box::pin(async { Ok(()) })
    }

    fn event(&self, socket: &Socket, event: Event<'_>) -> Flow {
        let first = event.args.first().map_or("", |arg| arg.get());
        match event.ack {
            Some(ack) => ack.reply_raw(first, &[]),
            None => socket.emit(&Frame::raw_event(socket.namespace(), &event.name, first, &[])),
        }
        Flow::Done
    }
}

fn main() -> std::io::Result<()> {
    let server = Server::builder(Config::default()).namespace("/", Echo).build();
    let listener = std::net::TcpListener::bind("127.0.0.1:3000")?;
    // An axum `Router` is a tower service; a plain hyper service goes in as it is.
    let service = socketio::TowerToHyperService::new(axum::Router::new());
    server.run_worker(listener, None, service)
}

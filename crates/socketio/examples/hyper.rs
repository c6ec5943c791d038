//! The smallest server on plain hyper: what is not Socket.IO gets an answer of
//! a hyper service.

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, service::service_fn};
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

async fn hello(_request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("hello")))
}

fn main() -> std::io::Result<()> {
    let server = Server::builder(Config::default()).namespace("/", Quiet).build();
    let listener = std::net::TcpListener::bind("127.0.0.1:3000")?;
    server.run_worker(listener, None, service_fn(hello))
}

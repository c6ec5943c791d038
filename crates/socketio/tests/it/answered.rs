//! Whoever is answered is written to before a room that is told.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};

use hyper::service::service_fn;
use socketio::{
    Application, Config, Connect, Event, Flow, Frame, Refusal, Room, Server, Socket, Task,
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};

use crate::client::masked;
use crate::host::plain;
use crate::pipe::{join, until};

const ROOM: Room = Room(7);

/// Tells the whole room, then answers.
struct Tell {
    server: Arc<OnceLock<Server>>,
}

impl Application for Tell {
    fn connect(&self, socket: Socket, _request: Connect) -> Task<Result<(), Refusal>> {
        socket.join(ROOM);
        Box::pin(async { Ok(()) })
    }

    fn event(&self, _socket: &Socket, event: Event<'_>) -> Flow {
        let server = self.server.get().expect("it was built");
        server.emit(ROOM, &Frame::event("/t", "told", &1).expect("a number is JSON"));
        event.ack.expect("it asks for an answer").reply_raw("2", &[]);
        Flow::Done
    }
}

/// Writes down who is written to.
struct Watched {
    stream: DuplexStream,
    number: usize,
    written: Arc<Mutex<Vec<usize>>>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.written.lock().unwrap().push(self.number);
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[test]
fn an_answer_does_not_wait_behind_a_room() {
    let written = Arc::new(Mutex::new(Vec::new()));
    let (mut pipes, mut arriving) = (Vec::new(), Vec::new());
    for number in 0..5 {
        let (pipe, stream) = tokio::io::duplex(4096);
        pipes.push(pipe);
        arriving.push(Watched { stream, number, written: written.clone() });
    }
    let known = Arc::new(OnceLock::new());
    let told = Tell { server: known.clone() };
    let server = Server::builder(Config::default()).namespace("/t", told).build();
    assert!(known.set(server.clone()).is_ok());
    let serving = server.clone();
    let worker = std::thread::spawn(move || {
        let mut arriving = arriving.into_iter();
        let listen = || {
            Ok(async move || match arriving.next() {
                Some(stream) => Ok((stream, SocketAddr::from(([192, 0, 2, 1], 1)))),
                None => std::future::pending().await,
            })
        };
        serving.run_worker_over(listen, service_fn(plain))
    });
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        for pipe in &mut pipes {
            join(pipe).await;
        }
        written.lock().unwrap().clear();
        pipes[3].write_all(&masked(0x81, b"42/t,9[\"tell\"]")).await.unwrap();
        let heard = until(&mut pipes[3], "43/t,9[2]").await;
        assert!(heard.find("told") < heard.find("43/t,9"), "the event comes first: {heard}");
        for pipe in [0, 1, 2, 4] {
            until(&mut pipes[pipe], "told").await;
        }
        let mut written = written.lock().unwrap().clone();
        written.dedup();
        assert_eq!(written, [3, 0, 1, 2, 4]);
    });
    server.stop();
    worker.join().unwrap().unwrap();
}

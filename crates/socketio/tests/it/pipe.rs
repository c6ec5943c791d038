//! A connection over something that is not TCP.

use std::net::SocketAddr;
use std::time::Duration;

use hyper::service::service_fn;
use socketio::{Application, Config, Connect, Event, Flow, Limits, Refusal, Server, Socket, Task};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufWriter, DuplexStream};

use crate::client::masked;
use crate::host::plain;

struct Echo;

impl Application for Echo {
    fn connect(&self, _socket: Socket, _request: Connect) -> Task<Result<(), Refusal>> {
        Box::pin(async { Ok(()) })
    }

    fn event(&self, _socket: &Socket, event: Event<'_>) -> Flow {
        let args = event.raw_args();
        if let Some(ack) = event.ack {
            ack.reply_raw(&args, &[]);
        }
        Flow::Done
    }
}

/// Serves one stream, whatever it is.
fn serve<T>(server: &Server, stream: T) -> std::thread::JoinHandle<std::io::Result<()>>
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let server = server.clone();
    std::thread::spawn(move || {
        let mut arriving = Some(stream);
        let listen = || {
            Ok(async move || match arriving.take() {
                Some(stream) => Ok((stream, SocketAddr::from(([192, 0, 2, 1], 1)))),
                None => std::future::pending().await,
            })
        };
        server.run_worker_over(listen, service_fn(plain))
    })
}

pub(crate) async fn join(pipe: &mut DuplexStream) {
    pipe.write_all(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\
          Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )
    .await
    .unwrap();
    let heard = until(pipe, "\"maxPayload\"").await;
    assert!(heard.starts_with("HTTP/1.1 101"), "{heard}");
    pipe.write_all(&masked(0x81, b"40/t,")).await.unwrap();
    until(pipe, "40/t,{").await;
}

pub(crate) async fn until(pipe: &mut DuplexStream, expected: &str) -> String {
    let mut heard = String::new();
    while !heard.contains(expected) {
        heard.push_str(&read(pipe).await);
    }
    heard
}

/// Not every stream is TCP: here it is a pair of pipes in memory.
#[test]
fn any_stream_of_bytes_carries_a_connection() {
    let (mut pipe, theirs) = tokio::io::duplex(4096);
    let server = Server::builder(Config::default()).namespace("/t", Echo).build();
    let worker = serve(&server, theirs);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        join(&mut pipe).await;
        pipe.write_all(&masked(0x81, b"42/t,1[\"echo\",7]")).await.unwrap();
        until(&mut pipe, "43/t,1[7]").await;
    });
    server.stop();
    worker.join().unwrap().unwrap();
}

/// A stream may take more than it has passed on, as TLS does. The rest is
/// passed on when its reader has read, though nothing is queued any more, and
/// a reader who has everything is not one who stalls.
#[test]
fn what_a_stream_holds_back_is_written_when_there_is_room() {
    let (mut pipe, theirs) = tokio::io::duplex(1024);
    let limits = Limits { stall_timeout: Duration::from_millis(300), ..Limits::default() };
    let config = Config { limits, ..Config::default() };
    let server = Server::builder(config).namespace("/t", Echo).build();
    let worker = serve(&server, BufWriter::with_capacity(64 * 1024, theirs));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        join(&mut pipe).await;
        let said = format!("42/t,1[\"echo\",\"{}\"]", "x".repeat(20_000));
        pipe.write_all(&masked(0x81, said.as_bytes())).await.unwrap();
        let heard = tokio::time::timeout(Duration::from_secs(10), until(&mut pipe, "x\"]"));
        assert!(heard.await.is_ok(), "the rest has not come");
        tokio::time::sleep(Duration::from_millis(900)).await;
        pipe.write_all(&masked(0x81, b"42/t,2[\"echo\",7]")).await.unwrap();
        until(&mut pipe, "43/t,2[7]").await;
    });
    assert_eq!(server.counters().slow_closed, 0);
    server.stop();
    worker.join().unwrap().unwrap();
}

async fn read(pipe: &mut DuplexStream) -> String {
    let mut bytes = [0; 1024];
    let length = pipe.read(&mut bytes).await.unwrap();
    assert!(length > 0, "the connection has ended");
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

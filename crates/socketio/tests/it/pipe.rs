//! A connection over something that is not TCP.

use std::net::SocketAddr;

use hyper::service::service_fn;
use socketio::{Application, Config, Connect, Event, Flow, Refusal, Server, Socket, Task};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

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

/// Not every stream is TCP: here it is a pair of pipes in memory.
#[test]
fn any_stream_of_bytes_carries_a_connection() {
    let (mut pipe, theirs) = tokio::io::duplex(4096);
    let server = Server::builder(Config::default()).namespace("/t", Echo).build();
    let serves = server.clone();
    let worker = std::thread::spawn(move || {
        let mut arriving = Some(theirs);
        let listen = || {
            Ok(async move || match arriving.take() {
                Some(stream) => Ok((stream, SocketAddr::from(([192, 0, 2, 1], 1)))),
                None => std::future::pending().await,
            })
        };
        serves.run_worker_over(listen, service_fn(plain))
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        pipe.write_all(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\
              Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
              Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        )
        .await
        .unwrap();
        let mut heard = String::new();
        while !heard.contains("\"maxPayload\"") {
            heard.push_str(&read(&mut pipe).await);
        }
        assert!(heard.starts_with("HTTP/1.1 101"), "{heard}");
        pipe.write_all(&masked(0x81, b"40/t,")).await.unwrap();
        while !heard.contains("40/t,{") {
            heard.push_str(&read(&mut pipe).await);
        }
        pipe.write_all(&masked(0x81, b"42/t,1[\"echo\",7]")).await.unwrap();
        while !heard.contains("43/t,1[7]") {
            heard.push_str(&read(&mut pipe).await);
        }
    });
    server.stop();
    worker.join().unwrap().unwrap();
}

async fn read(pipe: &mut DuplexStream) -> String {
    let mut bytes = [0; 1024];
    let length = pipe.read(&mut bytes).await.unwrap();
    assert!(length > 0, "the connection has ended");
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

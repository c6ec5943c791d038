//! What the protocol suites expect of both layers.

use std::time::Duration;

use socketio::{
    Application, Config, Connect, Event, Flow, Frame, Origins, Refusal, Server, Socket, Task,
};

use crate::Echo;

struct Suite;

pub(crate) fn server() -> Server {
    // What the suites expect; whoever tests something else than the heartbeat
    // asks for a slower one, that a busy machine does not put between.
    let pulse = std::env::args().nth(3).and_then(|pulse| pulse.parse().ok()).unwrap_or(300);
    let config = Config {
        ping_interval: Duration::from_millis(pulse),
        ping_timeout: Duration::from_millis(pulse * 2 / 3),
        connect_timeout: Duration::from_secs(1),
        origins: Origins::Any,
        ..Config::default()
    };
    Server::builder(config)
        .namespace("/", Suite)
        .namespace("/custom", Suite)
        .engine("/engine.io/", Echo)
        .build()
}

impl Application for Suite {
    fn connect(&self, socket: Socket, request: Connect) -> Task<Result<(), Refusal>> {
        let payload = request.payload.map_or_else(|| "{}".to_owned(), |json| json.get().to_owned());
        // The suite awaits one message at a time and misses the second of two
        // that arrive in one read, so this one leaves in a write of its own.
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(15)).await;
            socket.emit(&Frame::raw_event(socket.namespace(), "auth", &payload, &[]));
        });
        Box::pin(async { Ok(()) })
    }

    fn event(&self, socket: &Socket, event: Event<'_>) -> Flow {
        let args = event.raw_args();
        let attachments: Vec<&[u8]> = event.attachments.iter().map(|data| &data[..]).collect();
        match (event.name.as_ref(), event.ack) {
            ("message", _) => {
                let namespace = socket.namespace();
                let answer = Frame::raw_event(namespace, "message-back", &args, &attachments);
                socket.emit(&answer);
            }
            ("message-with-ack", Some(ack)) => ack.reply_raw(&args, &attachments),
            _ => {}
        }
        Flow::Done
    }
}

//! Rooms and echoes, for load generators.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use socketio::{
    Application, Config, Connect, Event, Flow, Frame, Limits, Origins, Refusal, Room, Server,
    Socket, Task,
};

struct Bench(Arc<OnceLock<Server>>);

#[derive(Deserialize)]
struct Addressed<'a> {
    #[serde(borrow)]
    room: &'a RawValue,
}

pub(crate) fn server() -> Server {
    let late = Arc::new(OnceLock::new());
    let mut limits =
        Limits { connections: 1_000_000, connections_per_address: 1_000_000, ..Limits::default() };
    let number = |at| std::env::args().nth(at).and_then(|number| number.parse().ok());
    if let Some(seconds) = number(4) {
        limits.stall_timeout = Duration::from_secs(seconds);
    }
    let workers = number(3).unwrap_or(1) as usize;
    let config = Config {
        origins: Origins::Any,
        workers,
        kept_headers: Vec::new(),
        keeps_handshake: false,
        limits,
        ..Config::default()
    };
    let server = Server::builder(config).namespace("/", Bench(late.clone())).build();
    late.get_or_init(|| server.clone());
    server
}

fn room(name: &RawValue) -> Room {
    let mut hasher = DefaultHasher::new();
    name.get().hash(&mut hasher);
    Room(u128::from(hasher.finish()))
}

impl Application for Bench {
    fn connect(&self, _socket: Socket, _request: Connect) -> Task<Result<(), Refusal>> {
        Box::pin(async { Ok(()) })
    }

    fn event(&self, socket: &Socket, event: Event<'_>) -> Flow {
        let Some(first) = event.args.first() else { return Flow::Done };
        match event.name.as_ref() {
            "join" => {
                socket.join(room(first));
                acknowledge(event.ack, "true");
            }
            "msg" => {
                let (Ok(addressed), Some(server)) = (event.arg::<Addressed<'_>>(0), self.0.get())
                else {
                    return Flow::Done;
                };
                let frame = Frame::raw_event(socket.namespace(), "msg", first.get(), &[]);
                server.emit(room(addressed.room), &frame);
                acknowledge(event.ack, "");
            }
            "echo" => acknowledge(event.ack, first.get()),
            _ => {}
        }
        Flow::Done
    }
}

fn acknowledge(ack: Option<socketio::Ack>, args: &str) {
    if let Some(ack) = ack {
        ack.reply_raw(args, &[]);
    }
}

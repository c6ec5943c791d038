//! What the official JavaScript client's own suite expects of a server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value, json};
use socketio::{
    Application, Config, Connect, Event, Flow, Frame, Origins, Refusal, Server, Socket, Task,
};
use tokio::time::sleep;

const PLACEHOLDER: &str = "{\"_placeholder\":true,\"num\":0}";
const BYTES: &[u8] = b"asdfasdf";
const UTF8: [&str; 5] = ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"];

/// Which of the suite's namespaces this is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Main,
    Open,
    Handshake,
    Closed,
}

struct Suite(Place);

/// What a socket remembers between its events.
struct Memory {
    handshake: Value,
    buffers: Mutex<Vec<String>>,
}

pub(crate) fn server() -> Server {
    let config = Config {
        ping_interval: Duration::from_secs(2),
        origins: Origins::Any,
        kept_headers: vec!["*".into()],
        ..Config::default()
    };
    let mut builder = Server::builder(config)
        .admit(Arc::new(|_| {
            Box::pin(async {
                sleep(Duration::from_millis(10)).await;
                Ok(None)
            })
        }))
        .namespace("/", Suite(Place::Main))
        .namespace("/abc", Suite(Place::Handshake))
        .namespace("/no", Suite(Place::Closed));
    for name in ["/foo", "/timeout_socket", "/valid", "/asd"] {
        builder = builder.namespace(name, Suite(Place::Open));
    }
    builder.build()
}

/// The handshake as other servers show it to their applications.
fn show(request: &Connect) -> Value {
    let handshake = &request.handshake;
    let pairs = handshake.query().split('&').filter(|pair| !pair.is_empty());
    let query: Map<String, Value> = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), Value::String(decoded(value))))
        .collect();
    let headers: Map<String, Value> = handshake
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    json!({
        "headers": headers,
        "query": query,
        "auth": request.payload::<Value>().unwrap_or(Value::Null),
        "time": date(),
        "issued": now().as_millis() as u64,
        "address": handshake.address.ip().to_string(),
        "secure": handshake.secure,
        "xdomain": handshake.header("origin").is_some(),
        "url": handshake.url,
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(value)) => {
                bytes.push(value);
                rest = &after[2..];
            }
            (byte, _) => {
                bytes.push(if byte == b'+' { b' ' } else { byte });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[expect(clippy::disallowed_methods, reason = "a fixture shows the date; it has no clock to take")]
fn now() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// The current date as JavaScript writes it.
fn date() -> String {
    let time = now();
    let (days, seconds) = (time.as_secs() / 86_400, time.as_secs() % 86_400);
    // Howard Hinnant's civil calendar, from days since 1970-01-01.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let millis = time.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

fn emit(socket: &Socket, name: &str, args: &str, attachments: &[&[u8]]) {
    socket.emit(&Frame::raw_event(socket.namespace(), name, args, attachments));
}

impl Application for Suite {
    fn connect(&self, socket: Socket, request: Connect) -> Task<Result<(), Refusal>> {
        let place = self.0;
        Box::pin(async move {
            if place == Place::Closed {
                return Err(Refusal::new("Auth failed (custom namespace)"));
            }
            if place == Place::Main && request.handshake.parameter("fail").is_some() {
                return Err(Refusal::new("Auth failed (main namespace)"));
            }
            let handshake = show(&request);
            if place == Place::Handshake {
                emit(&socket, "handshake", &handshake.to_string(), &[]);
            }
            socket.set(Arc::new(Memory { handshake, buffers: Mutex::default() }));
            Ok(())
        })
    }

    fn event(&self, socket: &Socket, event: Event<'_>) -> Flow {
        match event.name.as_ref() {
            "ack" => return Flow::Pipelined(Box::pin(ask(socket.clone()))),
            "echo" | "getAckDate" | "getHandshake" | "getId" => answer(socket, event),
            "hi" => emit(socket, "hi", "", &[]),
            "getDate" => emit(socket, "takeDate", &json!(date()).to_string(), &[]),
            "getDateObj" => {
                emit(socket, "takeDateObj", &json!({"date": date()}).to_string(), &[]);
            }
            "getUtf8" => {
                for text in UTF8 {
                    emit(socket, "takeUtf8", &json!(text).to_string(), &[]);
                }
            }
            "false" => emit(socket, "false", "false", &[]),
            "doge" => emit(socket, "doge", PLACEHOLDER, &[BYTES]),
            "getbin" => emit(socket, "takebin", PLACEHOLDER, &[BYTES]),
            _ => collect(socket, &event),
        }
        Flow::Done
    }
}

fn answer(socket: &Socket, event: Event<'_>) {
    let Some(ack) = event.ack else { return };
    let memory = socket.data::<Memory>();
    let value = match event.name.as_ref() {
        "echo" => event.args.first().map_or_else(String::new, |arg| arg.get().to_owned()),
        "getAckDate" => json!(date()).to_string(),
        "getHandshake" => memory.map_or_else(String::new, |memory| memory.handshake.to_string()),
        _ => json!(socket.id()).to_string(),
    };
    let attachments: Vec<&[u8]> = event.attachments.iter().map(|data| &data[..]).collect();
    ack.reply_raw(&value, &attachments);
}

async fn ask(socket: Socket) {
    let reply = socket.emit_with_ack_raw("ack", "", Duration::from_secs(5)).await;
    let Ok(reply) = reply else { return };
    let Ok(Value::Array(args)) = serde_json::from_str(&format!("[{}]", reply.args)) else { return };
    if args.first() == Some(&json!(5)) && args.get(1).is_some_and(|arg| !arg["test"].is_null()) {
        emit(&socket, "got it", "", &[]);
    }
}

/// Binary events: the last of each group is answered when all came in order
/// and each carried what it should.
fn collect(socket: &Socket, event: &Event<'_>) {
    let Some(memory) = socket.data::<Memory>() else { return };
    let Ok(mut seen) = memory.buffers.lock() else { return };
    let has_bytes = event.attachments.len() == 1;
    let name = event.name.as_ref();
    let answer = match name {
        "buffa" if has_bytes => "buffack",
        "jsonbuff" if has_bytes => "jsonbuff-ack",
        "jsonblob" if has_bytes => "jsonblob-ack",
        "blob" if has_bytes => "back",
        "abuff2" if seen.as_slice() == ["abuff1"] => "abuff2-ack",
        "blob3" if has_bytes && seen.as_slice() == ["blob1", "blob2"] => "blob3-ack",
        _ => {
            seen.push(name.to_owned());
            return;
        }
    };
    seen.clear();
    drop(seen);
    if name == "blob" {
        let data: Vec<&[u8]> = event.attachments.iter().map(|data| &data[..]).collect();
        emit(socket, answer, PLACEHOLDER, &data);
    } else {
        emit(socket, answer, "", &[]);
    }
}

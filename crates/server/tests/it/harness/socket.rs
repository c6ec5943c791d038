//! A Socket.IO client over WebSocket that shows every packet it gets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use http::Request;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::DEADLINE;

const NAMESPACE: &str = "/v1";

/// A connected socket.
pub(crate) struct Socket {
    send: mpsc::UnboundedSender<String>,
    inbox: Arc<Inbox>,
    next_ack: u64,
}

/// What came in.
#[derive(Default)]
struct Inbox {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Events that nobody waited for yet, in order.
    events: Vec<(String, Value)>,
    /// Their names and those of the events that were taken, in order.
    log: Vec<String>,
    acks: HashMap<u64, Value>,
    is_closed: bool,
}

impl Socket {
    /// Connects with `payload`; panics when the server refuses.
    pub(crate) async fn connect(addr: SocketAddr, payload: Value) -> Self {
        Self::try_connect(addr, payload, &[]).await.expect("the server accepts the socket")
    }

    /// Connects with `payload` and further headers; a refusal answers the
    /// `connect_error` data.
    pub(crate) async fn try_connect(
        addr: SocketAddr,
        payload: Value,
        headers: &[(&str, &str)],
    ) -> Result<Self, Value> {
        Self::open(addr, payload, headers).await.map(Self::run)
    }

    /// The same without anybody who reads: the test does, or does not.
    pub(crate) async fn open(
        addr: SocketAddr,
        payload: Value,
        headers: &[(&str, &str)],
    ) -> Result<WebSocketStream<TcpStream>, Value> {
        let opening = async {
            let stream = TcpStream::connect(addr).await.expect("the server listens");
            let mut request = Request::builder()
                .uri(format!("ws://{addr}/socket.io/?EIO=4&transport=websocket"))
                .header("host", addr.to_string())
                .header("connection", "Upgrade")
                .header("upgrade", "websocket")
                .header("sec-websocket-version", "13")
                .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let request = request.body(()).expect("a request");
            let (mut ws, _) = match client_async(request, stream).await {
                Ok(opened) => opened,
                Err(error) => return Err(json!({ "handshake": error.to_string() })),
            };
            let open = ws.next().await.expect("an open packet").expect("a frame");
            assert!(open.to_text().expect("text").starts_with("0{"), "{open}");
            ws.send(Message::text(format!("40{NAMESPACE},{payload}"))).await.expect("sent");
            loop {
                let Some(Ok(frame)) = ws.next().await else { return Err(json!("closed")) };
                let text = frame.to_text().expect("text").to_owned();
                if let Some(data) = text.strip_prefix(&format!("44{NAMESPACE},")) {
                    return Err(serde_json::from_str(data).expect("JSON"));
                }
                if text.starts_with(&format!("40{NAMESPACE},")) {
                    return Ok(ws);
                }
                assert_eq!(text, "2", "an unexpected packet before the connection");
                ws.send(Message::text("3")).await.expect("sent");
            }
        };
        tokio::time::timeout(DEADLINE, opening).await.expect("connected in time")
    }

    fn run<S>(ws: WebSocketStream<S>) -> Self
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let (send, mut outgoing) = mpsc::unbounded_channel::<String>();
        let inbox = Arc::<Inbox>::default();
        let (pong, fill) = (send.downgrade(), Arc::clone(&inbox));
        let (mut sink, mut stream) = ws.split();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    text = outgoing.recv() => {
                        let Some(text) = text else { break };
                        if sink.send(Message::text(text)).await.is_err() {
                            break;
                        }
                    }
                    frame = stream.next() => match frame {
                        Some(Ok(Message::Text(text))) if text == "2" => {
                            if let Some(pong) = pong.upgrade() {
                                let _ = pong.send("3".to_owned());
                            }
                        }
                        Some(Ok(Message::Text(text))) => fill.receive(&text),
                        Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                        Some(Ok(_)) => {}
                    },
                }
            }
            fill.change(|state| state.is_closed = true);
        });
        Self { send, inbox, next_ack: 0 }
    }

    /// Emits without asking for an acknowledgement.
    pub(crate) fn emit(&self, name: &str, payload: &Value) {
        let packet = format!("42{NAMESPACE},{}", json!([name, payload]));
        self.send.send(packet).expect("the socket is open");
    }

    /// Emits and waits for the acknowledgement.
    pub(crate) async fn ask(&mut self, name: &str, payload: &Value) -> Value {
        let id = self.next_ack;
        self.next_ack += 1;
        let packet = format!("42{NAMESPACE},{id}{}", json!([name, payload]));
        self.send.send(packet).expect("the socket is open");
        let what = format!("the acknowledgement of {name}");
        self.inbox.wait(&what, |state| state.acks.remove(&id)).await
    }

    /// The same; nothing when the socket closes before it was acknowledged.
    pub(crate) async fn attempt(&mut self, name: &str, payload: &Value) -> Option<Value> {
        let id = self.next_ack;
        self.next_ack += 1;
        let packet = format!("42{NAMESPACE},{id}{}", json!([name, payload]));
        self.send.send(packet).ok()?;
        let take = |state: &mut State| state.acks.remove(&id);
        self.inbox.find("an acknowledgement", take).await
    }

    /// Waits for an event of this name that no earlier call took.
    pub(crate) async fn hears(&mut self, name: &str) -> Value {
        let take = |state: &mut State| {
            let at = state.events.iter().position(|(own, _)| own == name)?;
            Some(state.events.remove(at).1)
        };
        self.inbox.wait(name, take).await
    }

    /// Takes every event that is here and was not taken.
    pub(crate) fn takes(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.inbox.state.lock().expect("no holder panics").events)
    }

    /// The names of the events so far, taken or not. For "it heard nothing
    /// else": ask for something first, so that whatever came before is here.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.inbox.log()
    }

    /// Waits until the server has closed the socket.
    pub(crate) async fn closes(&mut self) {
        self.inbox.wait("the end", |state| state.is_closed.then_some(())).await;
    }
}

impl Inbox {
    fn receive(&self, packet: &str) {
        let body = |kind: &str| packet.strip_prefix(&format!("{kind}{NAMESPACE},"));
        if let Some(event) = body("42") {
            let (name, payload): (String, Value) = serde_json::from_str(event).expect("an event");
            self.change(|state| {
                state.log.push(name.clone());
                state.events.push((name, payload));
            });
        } else if let Some(ack) = body("43") {
            let at = ack.find('[').expect("an acknowledgement");
            let id = ack[..at].parse().expect("its id");
            let (answer,): (Value,) = serde_json::from_str(&ack[at..]).expect("one answer");
            self.change(|state| drop(state.acks.insert(id, answer)));
        } else if body("41").is_some() {
            self.change(|state| state.is_closed = true);
        } else {
            panic!("an unexpected packet: {packet}");
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().expect("no holder panics"));
        self.changed.notify_waiters();
    }

    /// Waits until `take` finds something; panics when it takes too long, or
    /// when the socket is closed and it cannot come any more.
    async fn wait<T>(&self, what: &str, take: impl FnMut(&mut State) -> Option<T>) -> T {
        let found = self.find(what, take).await;
        found.unwrap_or_else(|| panic!("closed before {what}; heard {:?}", self.log()))
    }

    /// The same; nothing when it cannot come any more.
    async fn find<T>(
        &self,
        what: &str,
        mut take: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        let finding = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                {
                    let mut state = self.state.lock().expect("no holder panics");
                    if let Some(found) = take(&mut state) {
                        return Some(found);
                    }
                    if state.is_closed {
                        return None;
                    }
                }
                changed.await;
            }
        };
        let found = tokio::time::timeout(DEADLINE, finding).await;
        found.unwrap_or_else(|_| panic!("no {what}; heard {:?}", self.log()))
    }

    fn log(&self) -> Vec<String> {
        self.state.lock().expect("no holder panics").log.clone()
    }
}

//! The native namespace: who may join, and which command each event is.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{AccountId, Caller, Error, Kind, LoginId, Result, account, chat};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use socketio::{
    Ack, Admit, Application, Config, Connect, Event, Flow, Frame, Handshake, Limits, NotAdmitted,
    Origins, Reason, Refusal, Server, Socket, Task,
};
use tokio::time::Instant;

use crate::auth::{identify, origin};
use crate::edge::Edge;
use crate::gate;
use crate::live::push::{NAMESPACE, Ready, SyncRequired, frame};
use crate::live::{self, Bucket, Verdict};
use crate::native::live::{Check, OpenChat, Typing, Watch, Watched};
use crate::native::message::{DeleteMessage, EditMessage, Message, OneMessage, SendMessage};
use crate::native::reaction::SetReaction;
use crate::native::receipt::{Delivered, Read};
use crate::native::sync::Sync;
use crate::reply::{Problem, parse};

/// The namespace `/v1`.
pub struct Native {
    edge: Edge,
}

/// What is known of a socket.
struct Session {
    edge: Edge,
    caller: Caller,
    bucket: Mutex<Bucket>,
    watching: Mutex<Vec<AccountId>>,
    is_here: AtomicBool,
}

/// The payload of CONNECT. A client may say what it holds; `sync` is asked
/// for that.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hello {
    token: Option<String>,
    #[serde(rename = "epoch")]
    _epoch: Option<String>,
    #[serde(rename = "arev")]
    _arev: Option<i64>,
}

/// What every acknowledged event is answered with.
#[derive(Serialize)]
struct Acked<'a, T> {
    ok: bool,
    #[serde(flatten)]
    rest: &'a T,
}

#[derive(Serialize)]
struct Failed {
    ok: bool,
    error: Problem,
}

impl Native {
    /// The namespace, served from `edge`.
    #[must_use]
    pub fn new(edge: Edge) -> Self {
        Self { edge }
    }
}

/// The transport with our namespace in it.
#[must_use]
pub(crate) fn transport(edge: &Edge, workers: usize) -> Server {
    let asks = edge.clone();
    let config = Config {
        workers,
        origins: Origins::Chosen(Arc::new(move |page| origin::is_ours(&asks.config, page))),
        // An idle connection need not remember how it came.
        keeps_handshake: false,
        kept_headers: ["authorization", "cookie", "origin", "sec-fetch-site", gate::FORWARDED]
            .map(str::to_owned)
            .to_vec(),
        limits: limits(edge),
        ..Config::default()
    };
    let builder = Server::builder(config).dress(gate::dresses(edge)).admit(admits(edge));
    builder.namespace(NAMESPACE, Native::new(edge.clone())).build()
}

/// Counts handshakes, which nobody has signed, by their network. A refusal is
/// told as Engine.IO tells errors, with our code as its message.
fn admits(edge: &Edge) -> Admit {
    let edge = edge.clone();
    Arc::new(move |handshake: &Handshake| {
        let network = gate::network_of(&edge.config, handshake);
        let polls = handshake.parameter("transport") == Some("polling");
        let admitted = edge.limits.socket(network, polls).map_err(|error| NotAdmitted {
            status: StatusCode::TOO_MANY_REQUESTS,
            message: error.code,
            retry_after_secs: error.retry_after_ms.map(|ms| ms.div_ceil(1_000)),
        });
        Box::pin(std::future::ready(admitted))
    })
}

fn limits(edge: &Edge) -> Limits {
    let limits = Limits { headers: 100, header_bytes: 32 * 1024, ..Limits::default() };
    // Behind a proxy everybody comes from its address; it has limits of its own.
    if edge.config.trusted_proxies.is_empty() {
        limits
    } else {
        Limits { connections_per_address: limits.connections, ..limits }
    }
}

impl Application for Native {
    fn connect(&self, socket: Socket, request: Connect) -> Task<std::result::Result<(), Refusal>> {
        let edge = self.edge.clone();
        Box::pin(async move {
            let joined = join(&edge, &socket, &request).await;
            joined.map_err(|error| {
                let problem = Problem::new(&error, &next_id(&edge));
                let data = serde_json::to_value(&problem).unwrap_or_default();
                Refusal::with_data(problem.code, data)
            })
        })
    }

    fn event(&self, socket: &Socket, event: Event<'_>) -> Flow {
        let Some(session) = socket.get::<Session>() else { return Flow::Done };
        if let Err(error) = session.admit(socket) {
            answer(&session.edge, event.ack, Err(error));
            return Flow::Done;
        }
        dispatch(session, event)
    }

    fn disconnected(&self, socket: &Socket, _: Reason) {
        if let Some(session) = socket.data::<Session>() {
            session.leave();
        }
    }

    fn lagged(&self, _: &Socket) -> Option<Frame> {
        Some(frame("sync.required", &SyncRequired {}))
    }
}

/// Subscribes first and reads after: what happens in between is heard, and
/// what happened before is in what is read.
async fn join(edge: &Edge, socket: &Socket, request: &Connect) -> Result<()> {
    let caller = who(edge, request)?;
    let is_placed = edge.live.hub.enter(&caller, socket);
    let session = Arc::new(Session::new(edge.clone(), caller));
    socket.set(Arc::clone(&session));
    live::came(edge, caller.account);
    // A sign-in that ended before this socket could be found was not told so.
    if edge.access.is_revoked(caller.login) {
        return Err(Error::unauthenticated("login.revoked", "This sign-in was ended."));
    }
    let arev = if is_placed {
        account::arev(&edge.app, caller.account).await?
    } else {
        let (arev, places) = chat::places(&edge.app, caller.account).await?;
        edge.live.hub.place(caller.account, socket, &places, arev);
        arev
    };
    let ready = Ready { account: caller.account, epoch: &edge.live.epoch, arev };
    socket.emit(&frame("ready", &ready));
    Ok(())
}

/// The sign-in that a socket of ours belongs to.
pub(crate) fn login_of(socket: &Socket) -> Option<LoginId> {
    socket.data::<Session>().map(|session| session.caller.login)
}

/// The token of the payload, else the cookie of the handshake.
fn who(edge: &Edge, request: &Connect) -> Result<Caller> {
    let hello: Hello = request
        .payload()
        .map_err(|error| Error::new(Kind::BadInput, "request.malformed", error.to_string()))?;
    if let Some(token) = hello.token {
        return edge.access.check(&token, edge.app.clock.now_ms());
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &request.handshake.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    // The transport has refused foreign pages; a program that names no origin
    // must not lean on cookies.
    origin::check_always(edge, &headers)?;
    identify(edge, &headers)?
        .ok_or_else(|| Error::unauthenticated("login.required", "Sign in first."))
}

impl Session {
    fn new(edge: Edge, caller: Caller) -> Self {
        let bucket = Mutex::new(Bucket::new(Instant::now()));
        Self { edge, caller, bucket, watching: Mutex::default(), is_here: AtomicBool::new(true) }
    }

    /// Whether the socket may say something now.
    fn admit(&self, socket: &Socket) -> Result<()> {
        if self.edge.access.is_revoked(self.caller.login) {
            socket.disconnect();
            return Err(Error::unauthenticated("login.revoked", "This sign-in was ended."));
        }
        if self.edge.config.dev_no_limits {
            return Ok(());
        }
        match lock(&self.bucket).take(Instant::now()) {
            Verdict::Pass => Ok(()),
            Verdict::Refuse(after) => {
                self.edge.limits.count("limit.events");
                let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
                Err(Error::too_many("limit.events", ms))
            }
            Verdict::Close => {
                self.edge.limits.count("limit.events");
                socket.disconnect();
                Err(Error::too_many("limit.events", 60_000))
            }
        }
    }

    async fn watch(self: Arc<Self>, wanted: Watch) -> Result<Watched> {
        let visible = wanted.visible(&self.edge, self.caller).await?;
        {
            let mut watching = lock(&self.watching);
            if self.is_here.load(Ordering::SeqCst) {
                self.edge.live.hub.watch(self.caller.account, &watching, &visible);
                watching.clone_from(&visible);
            }
        }
        Watched::of(&self.edge, &visible).await
    }

    /// Undoes what joining did, once.
    fn leave(&self) {
        let mut watching = lock(&self.watching);
        if self.is_here.swap(false, Ordering::SeqCst) {
            self.edge.live.hub.watch(self.caller.account, &watching, &[]);
            watching.clear();
            self.edge.live.hub.leave(self.caller.account);
            live::went(&self.edge, self.caller.account);
        }
    }
}

impl Drop for Session {
    /// A socket that was refused, or broke while it joined, has no other end.
    fn drop(&mut self) {
        self.leave();
    }
}

/// The events of the namespace. Sends and marks may overtake one another's
/// answers, but reach the store in the order they came; whatever reads before
/// it writes waits its turn.
fn dispatch(session: Arc<Session>, event: Event<'_>) -> Flow {
    let (edge, caller) = (session.edge.clone(), session.caller);
    match &*event.name {
        "message.send" => {
            run(edge, event, Flow::Pipelined, move |edge, send: SendMessage| async move {
                let sent = send.run(&edge, caller).await?;
                let message = Message::of(&sent.message, Some(caller.account));
                Ok(acked(&OneMessage { message }))
            })
        }
        "message.edit" => run(edge, event, Flow::Wait, move |edge, edit: EditMessage| async move {
            let edited = edit.run(&edge, caller).await?;
            Ok(acked(&OneMessage { message: Message::of(&edited, Some(caller.account)) }))
        }),
        "message.delete" => {
            run(edge, event, Flow::Wait, move |edge, delete: DeleteMessage| async move {
                Ok(acked(&delete.run(&edge, caller).await?))
            })
        }
        "reaction.set" => run(edge, event, Flow::Wait, move |edge, set: SetReaction| async move {
            let reacted = set.run(&edge, caller).await?;
            Ok(acked(&OneMessage { message: Message::of(&reacted, Some(caller.account)) }))
        }),
        "chat.read" => run(edge, event, Flow::Pipelined, move |edge, read: Read| async move {
            Ok(acked(&read.run(&edge, caller).await?))
        }),
        "chat.delivered" => {
            run(edge, event, Flow::Pipelined, move |edge, delivered: Delivered| async move {
                Ok(acked(&delivered.run(&edge, caller).await?))
            })
        }
        "sync" => run(edge, event, Flow::Pipelined, move |edge, sync: Sync| async move {
            sync.run(&edge, caller).await?.render(|missing| acked(missing))
        }),
        _ => dispatch_live(session, event),
    }
}

/// The events that change nothing in the store.
fn dispatch_live(session: Arc<Session>, event: Event<'_>) -> Flow {
    let (edge, caller) = (session.edge.clone(), session.caller);
    match &*event.name {
        "chat.open" | "chat.close" => {
            run(edge, event, Flow::Wait, move |edge, chat: OpenChat| async move {
                Ok(acked(&chat.run(&edge, caller).await?))
            })
        }
        "presence.watch" => run(edge, event, Flow::Wait, move |_, watch: Watch| async move {
            Ok(acked(&session.watch(watch).await?))
        }),
        "sync.check" => run(edge, event, Flow::Wait, move |edge, check: Check| async move {
            Ok(acked(&check.run(&edge, caller)))
        }),
        "typing" => run(edge, event, Flow::Wait, move |edge, typing: Typing| async move {
            Ok(acked(&typing.run(&edge, caller).await?))
        }),
        _ => {
            let detail = "There is no such event.";
            let error = Error::new(Kind::BadInput, "request.unknown_event", detail);
            answer(&edge, event.ack, Err(error));
            Flow::Done
        }
    }
}

/// Reads the payload, runs the command and acknowledges. The transport runs an
/// event to its end even when its socket goes away, so nothing comes between a
/// commit and its event.
fn run<C, F>(
    edge: Edge,
    event: Event<'_>,
    flow: fn(Task<()>) -> Flow,
    command: impl FnOnce(Edge, C) -> F,
) -> Flow
where
    C: DeserializeOwned,
    F: Future<Output = Result<String>> + Send + 'static,
{
    let payload = event.args.first().map_or("null", |payload| payload.get());
    match parse::<C>(payload.as_bytes()) {
        Ok(payload) => {
            let running = AssertUnwindSafe(command(edge.clone(), payload)).catch_unwind();
            flow(Box::pin(async move {
                let panicked = |_| Err(Error::internal("a command panicked"));
                answer(&edge, event.ack, running.await.unwrap_or_else(panicked));
            }))
        }
        Err(error) => {
            answer(&edge, event.ack, Err(error));
            Flow::Done
        }
    }
}

fn acked<T: Serialize>(rest: &T) -> String {
    json(&Acked { ok: true, rest })
}

/// Acknowledges, if the client asked for it.
fn answer(edge: &Edge, ack: Option<Ack>, result: Result<String>) {
    let Some(ack) = ack else { return };
    let body = result.unwrap_or_else(|error| {
        json(&Failed { ok: false, error: Problem::new(&error, &next_id(edge)) })
    });
    ack.reply_raw(&body, &[]);
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("structs of text and numbers are JSON")
}

/// Names an event in the log, as a request id names a request.
fn next_id(edge: &Edge) -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(1);
    format!("{}-s{:x}", edge.boot, COUNTER.fetch_add(1, Ordering::Relaxed))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The HTTP side: which requests are ours, what each may do, and how a
//! WebSocket leaves the HTTP layer.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade;

use crate::application::{Handshake, parameter};
use crate::connection::Kind;
use crate::polling::{Polled, Posted};
use crate::probe;
use crate::server::{NotAdmitted, Pass, Shared};
use crate::socket::Id;
use crate::stream::Stream;
use crate::websocket;
use crate::worker::Worker;

/// Who sent a request; among the extensions of every request the inner
/// service gets.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    pub address: SocketAddr,
    /// Whether this server itself ended TLS.
    pub secure: bool,
}

pub(crate) type Answer = Response<Full<Bytes>>;

/// Why a request is refused, with the numbers other servers use.
#[derive(Clone, Copy)]
enum Fault {
    Transport,
    Session,
    Method,
    Request,
    Forbidden,
    Version,
    TooBig,
    Slow,
    /// The application's own answer to who comes now.
    NotAdmitted(NotAdmitted),
}

impl Fault {
    fn answer(self) -> Answer {
        let (status, code, message) = match self {
            Fault::Transport => (StatusCode::BAD_REQUEST, 0, "Transport unknown"),
            Fault::Session => (StatusCode::BAD_REQUEST, 1, "Session ID unknown"),
            Fault::Method => (StatusCode::BAD_REQUEST, 2, "Bad handshake method"),
            Fault::Request => (StatusCode::BAD_REQUEST, 3, "Bad request"),
            Fault::Forbidden => (StatusCode::FORBIDDEN, 4, "Forbidden"),
            Fault::Version => (StatusCode::BAD_REQUEST, 5, "Unsupported protocol version"),
            Fault::TooBig => (StatusCode::PAYLOAD_TOO_LARGE, 3, "Bad request"),
            Fault::Slow => (StatusCode::REQUEST_TIMEOUT, 3, "Bad request"),
            Fault::NotAdmitted(NotAdmitted { status, message, .. }) => (status, 4, message),
        };
        let body = format!("{{\"code\":{code},\"message\":\"{message}\"}}");
        let mut answer = with_type(status, body.into_bytes(), "application/json");
        if let Fault::NotAdmitted(NotAdmitted { retry_after_secs: Some(secs), .. }) = self {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        answer
    }
}

fn with_type(status: StatusCode, body: Vec<u8>, content_type: &'static str) -> Answer {
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn text(body: Vec<u8>) -> Answer {
    with_type(StatusCode::OK, body, "text/plain; charset=UTF-8")
}

/// The endpoint at this path, if it is one of ours.
pub(crate) fn endpoint(shared: &Shared, path: &str) -> Option<Kind> {
    let is_at = |known: &str| path == known || path == known.trim_end_matches('/');
    if is_at(&shared.config.path) {
        return Some(Kind::SocketIo);
    }
    let at = shared.raw.iter().position(|raw| is_at(&raw.path))?;
    Some(Kind::Raw(at as u8))
}

/// Answers a request to one of our endpoints.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    kind: Kind,
    peer: Peer,
    request: Request<Incoming>,
) -> Answer {
    let mut answer = admitted(&shared, kind, peer, request).await;
    let status = answer.status();
    if let Some(dress) = &shared.dress
        && status != StatusCode::SWITCHING_PROTOCOLS
    {
        dress(status, answer.headers_mut());
    }
    answer
}

/// Answers a page of ours, or a program; refuses every other page.
async fn admitted(
    shared: &Arc<Shared>,
    kind: Kind,
    peer: Peer,
    request: Request<Incoming>,
) -> Answer {
    let origin = request.headers().get(header::ORIGIN).cloned();
    if let Some(origin) = &origin
        && !origin.to_str().is_ok_and(|origin| shared.config.origins.allow(origin))
    {
        count(|worker| worker.counters().origin_refused.bump());
        return Fault::Forbidden.answer();
    }
    let mut answer = if request.method() == Method::OPTIONS {
        preflight(request.headers())
    } else {
        route(shared, kind, peer, request).await.unwrap_or_else(|fault| {
            count(|worker| worker.counters().requests_refused.bump());
            fault.answer()
        })
    };
    if let Some(origin) = origin {
        allow_origin(shared, origin, answer.headers_mut());
    }
    answer
}

/// Counts something at the calling thread's worker.
pub(crate) fn count(add: impl FnOnce(&Worker)) {
    if let Some(worker) = Worker::current() {
        add(&worker);
    }
}

/// Credentials are only ever allowed to an origin that is known by name.
fn allow_origin(shared: &Shared, origin: HeaderValue, headers: &mut HeaderMap) {
    if matches!(shared.config.origins, crate::config::Origins::Any) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        return;
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

fn preflight(asked: &HeaderMap) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let headers = answer.headers_mut();
    let methods = HeaderValue::from_static("GET, POST");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    answer
}

async fn route(
    shared: &Arc<Shared>,
    kind: Kind,
    peer: Peer,
    request: Request<Incoming>,
) -> Result<Answer, Fault> {
    if let Kind::Raw(at) = kind
        && !shared.raw[usize::from(at)].has_engine
    {
        return upgrade_to_websocket(shared, kind, peer, request, None).await;
    }
    let query = request.uri().query().unwrap_or_default();
    let is_websocket = match parameter(query, "transport") {
        Some("websocket") => true,
        Some("polling") => false,
        _ => return Err(Fault::Transport),
    };
    if parameter(query, "EIO") != Some("4") {
        return Err(Fault::Version);
    }
    let sid = match parameter(query, "sid") {
        None => None,
        Some(text) => Some(Id::parse(text).ok_or(Fault::Session)?),
    };
    match (is_websocket, sid, request.method()) {
        (true, sid, _) => upgrade_to_websocket(shared, kind, peer, request, sid).await,
        (false, None, &Method::GET) => {
            let handshake = handshake(shared, peer, &request);
            let pass = admit(shared, &handshake).await?;
            let worker = Worker::current().ok_or(Fault::Request)?;
            Ok(text(worker.open_polling(kind, handshake, pass)))
        }
        (false, None, _) => Err(Fault::Method),
        (false, Some(sid), &Method::GET) => poll(shared, kind, sid).await,
        (false, Some(sid), &Method::POST) => post(shared, kind, sid, request).await,
        (false, Some(_), _) => Err(Fault::Request),
    }
}

async fn admit(shared: &Shared, handshake: &Handshake) -> Result<Option<Pass>, Fault> {
    match &shared.admit {
        Some(admit) => admit(handshake).await.map_err(Fault::NotAdmitted),
        None => Ok(None),
    }
}

async fn poll(shared: &Arc<Shared>, kind: Kind, sid: Id) -> Result<Answer, Fault> {
    let polled = shared.ask(u16::from(sid.0[0]), move |worker| worker.poll_session(sid, kind));
    match polled.await.unwrap_or(Polled::Refused) {
        Polled::Now(payload) => Ok(text(payload)),
        Polled::Refused => Err(Fault::Session),
        Polled::Later(answered, mut guard) => {
            let payload = answered.await;
            guard.is_answered = true;
            payload.map(text).map_err(|_| Fault::Session)
        }
    }
}

async fn post(
    shared: &Arc<Shared>,
    kind: Kind,
    sid: Id,
    request: Request<Incoming>,
) -> Result<Answer, Fault> {
    let limits = &shared.config.limits;
    let body = Limited::new(request.into_body(), limits.message_bytes).collect();
    let body = match tokio::time::timeout(limits.body_timeout, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return Err(Fault::TooBig),
        Err(_) => return Err(Fault::Slow),
    };
    let posted =
        shared.ask(u16::from(sid.0[0]), move |worker| worker.post_session(sid, kind, &body));
    match posted.await.unwrap_or(Posted::Refused) {
        Posted::Refused => return Err(Fault::Session),
        Posted::Later(taken) => taken.await.map_err(|_| Fault::Session)?,
        Posted::Taken => {}
    }
    Ok(with_type(StatusCode::OK, b"ok".to_vec(), "text/html"))
}

/// Copies what is kept of a request. The values must be copies: a header
/// value is a slice of the whole read buffer and would keep it alive.
fn handshake(shared: &Shared, peer: Peer, request: &Request<Incoming>) -> Handshake {
    let kept = &shared.config.kept_headers;
    let headers = request
        .headers()
        .iter()
        .filter(|(name, _)| kept.iter().any(|known| known == name.as_str() || known == "*"));
    Handshake {
        headers: headers
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect(),
        url: request.uri().path_and_query().map_or_else(String::new, |url| url.as_str().to_owned()),
        address: peer.address,
        secure: peer.secure,
    }
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| item.trim().eq_ignore_ascii_case(token))
}

async fn upgrade_to_websocket(
    shared: &Arc<Shared>,
    kind: Kind,
    peer: Peer,
    mut request: Request<Incoming>,
    sid: Option<Id>,
) -> Result<Answer, Fault> {
    let accept = accept_key(&request).ok_or(Fault::Request)?;
    if request.headers().get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Ok(version_answer());
    }
    let handshake = handshake(shared, peer, &request);
    match sid {
        // Its stream has a seat of its own.
        None => drop(admit(shared, &handshake).await?),
        Some(sid) => {
            let known = shared.ask(u16::from(sid.0[0]), move |worker| worker.knows(sid));
            known.await.filter(|known| *known).ok_or(Fault::Session)?;
        }
    }
    let upgrading = hyper::upgrade::on(&mut request);
    drop(request);
    let shared = shared.clone();
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrading.await {
            let (stream, early) = take_stream(upgraded);
            match sid {
                Some(sid) => probe::run(shared, kind, sid, stream, &early).await,
                None => {
                    if let Some(worker) = Worker::current() {
                        worker.open_websocket(kind, handshake, stream, &early);
                    }
                }
            }
        }
    });
    Ok(switching(&accept))
}

/// The answer to the key of a request that asks for a WebSocket, if it does.
fn accept_key(request: &Request<Incoming>) -> Option<String> {
    let headers = request.headers();
    let asks = request.method() == Method::GET
        && has_token(headers, header::CONNECTION, "upgrade")
        && has_token(headers, header::UPGRADE, "websocket");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks)?;
    websocket::accept(key.as_bytes())
}

fn version_answer() -> Answer {
    let mut answer = with_type(StatusCode::UPGRADE_REQUIRED, Vec::new(), "text/plain");
    let version = HeaderValue::from_static("13");
    answer.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, version);
    answer
}

fn switching(accept: &str) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = answer.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    let accept = HeaderValue::from_str(accept).expect("base64 is a header value");
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    answer
}

/// The raw stream back out of the HTTP layer, with the bytes that it had read
/// ahead.
fn take_stream(upgraded: hyper::upgrade::Upgraded) -> (Stream, Bytes) {
    match upgrade::downcast::<TokioIo<Stream>>(upgraded) {
        Ok(parts) => (parts.io.into_inner(), Bytes::copy_from_slice(&parts.read_buf)),
        Err(upgraded) => (
            Stream::Foreign { stream: Box::new(TokioIo::new(upgraded)), _seat: None },
            Bytes::new(),
        ),
    }
}

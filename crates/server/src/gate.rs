//! What every request passes on its way in and out: its id, its origin, its
//! limits, its log line, and the headers every answer bears.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Error;
use futures_util::FutureExt;
use http::header::{CACHE_CONTROL, USER_AGENT, X_FRAME_OPTIONS};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument;

use crate::auth::{self, origin};
use crate::config::Config;
use crate::edge::Edge;
use crate::reply::{Failure, Problem};

/// Where a proxy writes whom it speaks for.
pub(crate) const FORWARDED: &str = "x-forwarded-for";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The other end of the connection; put into each request by the listener.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Names a request in the answer and in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// Where the request comes from and with what, as told to people who look at
/// their sign-ins.
#[derive(Clone, Debug)]
pub struct Client {
    /// The address of the client, or of the last proxy that is not trusted.
    pub network: IpAddr,
    /// Such as `Firefox on Linux`.
    pub device: String,
}

impl FromRequestParts<Edge> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Self::Rejection> {
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let device = device(agent.unwrap_or_default());
        Ok(Self { network: network(&edge.config, &parts.extensions, &parts.headers), device })
    }
}

/// The layer around every route.
pub(crate) async fn pass(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId(next_id(&edge));
    request.extensions_mut().insert(id.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let from = network(&edge.config, request.extensions(), request.headers());

    // What the route logs bears the id of its request.
    let span = tracing::error_span!("request", request.id = &*id.0);
    let answer = match admit(&edge, &mut request, from) {
        Ok(()) => AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span).await,
        Err(error) => Ok(Failure::from(error).into_response()),
    };
    let response = answer.unwrap_or_else(|_| {
        Failure::from(Error::internal("the code of a route panicked")).into_response()
    });
    let mut response = explain(response, &id);
    dress(&edge.config, &id, response.headers_mut());
    if path.starts_with("/v1/") {
        let private = HeaderValue::from_static("no-store");
        response.headers_mut().entry(CACHE_CONTROL).or_insert(private);
    }

    edge.counts.answer(response.status());
    let (status, ms) = (response.status().as_u16(), started.elapsed().as_secs_f64() * 1_000.0);
    tracing::debug!(
        request.id = &*id.0, %method, path, status, ms, network = %from, "answered"
    );
    response
}

/// Whether the request may reach its route. Who makes it is found out here,
/// once; a token that is no good is the route's to refuse.
fn admit(edge: &Edge, request: &mut Request, from: IpAddr) -> Result<(), Error> {
    origin::check(edge, request.method(), request.headers())?;
    // Pages and their parts are cheap and come in dozens.
    if !request.uri().path().starts_with("/v1/") {
        return Ok(());
    }
    match auth::identify(edge, request.headers()) {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(auth::Caller(caller));
            edge.limits.signed(caller.account)
        }
        Ok(None) | Err(_) => edge.limits.unsigned(from),
    }
}

/// Gives a failure its body, now that its request has a name.
fn explain(mut response: Response, id: &RequestId) -> Response {
    let Some(error) = response.extensions_mut().remove::<Arc<Error>>() else { return response };
    let problem = Problem::new(&error, &id.0).with_status(response.status());
    let mut explained = problem.into_response();
    for (name, value) in response.headers() {
        explained.headers_mut().append(name, value.clone());
    }
    explained
}

/// The headers that every answer bears (A43). A route may have set its own
/// cache, content and frame policy; nobody sets the others.
fn dress(config: &Config, id: &RequestId, headers: &mut HeaderMap) {
    let id = HeaderValue::try_from(&*id.0).expect("an id is plain ASCII");
    headers.insert(REQUEST_ID, id);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(self), microphone=(self), geolocation=(), payment=()"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if config.public_url().starts_with("https:") {
        let value = HeaderValue::from_static("max-age=31536000");
        headers.insert(http::header::STRICT_TRANSPORT_SECURITY, value);
    }
    headers.entry(X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(http::header::CONTENT_SECURITY_POLICY).or_insert(nothing);
}

/// What the transport of the socket puts on its own answers, which pass no
/// route: an id and the same headers. Nothing of it outlives the answer.
pub(crate) fn dresses(edge: &Edge) -> socketio::Dress {
    let edge = edge.clone();
    Arc::new(move |status, headers| {
        let id = RequestId(next_id(&edge));
        dress(&edge.config, &id, headers);
        edge.counts.answer(status);
        let status = status.as_u16();
        tracing::debug!(request.id = &*id.0, status, "answered on the socket's path");
    })
}

/// Unique within the log: a nonce of this process and a counter.
fn next_id(edge: &Edge) -> Arc<str> {
    static COUNTER: AtomicU64 = AtomicU64::new(1);
    format!("{}-{:x}", edge.boot, COUNTER.fetch_add(1, Ordering::Relaxed)).into()
}

/// The address a request comes from. `X-Forwarded-For` is read from the right,
/// as far as each speaker is a proxy that the operator trusts; what stands
/// further left was written by the client (A44).
fn network(config: &Config, extensions: &http::Extensions, headers: &HeaderMap) -> IpAddr {
    let peer = extensions.get::<Peer>().expect("the listener names the peer").0.ip();
    let forwarded = headers.get_all(FORWARDED).iter().rev();
    behind_proxies(config, peer, forwarded.filter_map(|value| value.to_str().ok()))
}

/// The address a handshake of the socket comes from, by the same rule.
pub(crate) fn network_of(config: &Config, handshake: &socketio::Handshake) -> IpAddr {
    let named = handshake.headers.iter().rev().filter(|(name, _)| name == FORWARDED);
    let values = named.map(|(_, value)| value.as_str());
    behind_proxies(config, handshake.address.ip(), values)
}

/// `forwarded` has the values of the header, the last one first.
fn behind_proxies<'a>(
    config: &Config,
    peer: IpAddr,
    forwarded: impl Iterator<Item = &'a str>,
) -> IpAddr {
    let mut address = peer.to_canonical();
    let is_trusted = |address| config.trusted_proxies.iter().any(|proxy| proxy.contains(address));
    if config.trusted_proxies.is_empty() {
        return address;
    }
    for value in forwarded {
        for hop in value.rsplit(',').map(str::trim) {
            if !is_trusted(address) {
                return address;
            }
            let Ok(hop) = hop.parse::<IpAddr>() else { return address };
            address = hop.to_canonical();
        }
    }
    address
}

/// What people call the program behind a `User-Agent`. Made of our own words
/// alone, so nothing from outside reaches a page or a mail.
fn device(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let program = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_cannot_choose_its_network() {
        let mut config = Config::default();
        let mut extensions = http::Extensions::new();
        extensions.insert(Peer("10.0.0.1:5".parse().unwrap()));
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("1.1.1.1, 192.0.2.7"));
        headers.append("x-forwarded-for", HeaderValue::from_static("10.0.0.2"));
        let seen = |config: &Config| network(config, &extensions, &headers).to_string();
        assert_eq!(seen(&config), "10.0.0.1");
        config.trusted_proxies = vec!["10.9.0.0/16".parse().unwrap()];
        assert_eq!(seen(&config), "10.0.0.1");
        config.trusted_proxies = vec!["10.0.0.1".parse().unwrap()];
        assert_eq!(seen(&config), "10.0.0.2");
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        assert_eq!(seen(&config), "192.0.2.7");
    }

    #[test]
    fn devices_have_plain_names() {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(device(agent), "Firefox on Linux");
        let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1";
        assert_eq!(device(agent), "Safari on iPhone");
        assert_eq!(device("<script>"), "Unknown device");
    }
}

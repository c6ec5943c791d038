//! Every route of every dialect, on one page.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use domain::Error;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use tracing::Instrument;

use crate::edge::Edge;
use crate::native::{account, friend, login, me, password, people};
use crate::native::{chat, message, mine, reaction, receipt, search, sync};
use crate::problems::PROBLEMS;
use crate::reply::{Failure, Problem};
use crate::route::{Route, delete, get};
use crate::schema::{EventDoc, Shape};
use crate::{docs, gate, health, inbox, live, metrics, native, web};

/// What the server tells about itself.
fn own() -> Vec<Route> {
    vec![
        get("/livez", health::live),
        get("/readyz", health::ready),
        get("/version", health::version),
        get("/metrics", metrics::show),
        get("/openapi.json", || async { axum::Json(openapi()) }),
        get("/events.json", || async { axum::Json(events()) }),
        get("/docs", docs::show),
        get("/dev/mail", inbox::list),
        delete("/dev/mail", inbox::clear),
        get("/dev/mail/latest", inbox::latest),
        get("/dev/mail/{name}", inbox::show),
    ]
}

/// Accounts, sign-ins, people.
fn people() -> Vec<Route> {
    [
        account::routes(),
        login::routes(),
        password::routes(),
        me::routes(),
        people::routes(),
        friend::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Chats, what of them is one's own, messages and the search in them, receipts, sync.
fn chats() -> Vec<Route> {
    [
        chat::routes(),
        mine::routes(),
        message::routes(),
        search::routes(),
        reaction::routes(),
        receipt::routes(),
        sync::routes(),
        native::live::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The events of the native socket.
fn native_events() -> Vec<EventDoc> {
    [
        message::events(),
        reaction::events(),
        receipt::events(),
        sync::events(),
        native::live::events(),
        live::push::events(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn routes() -> Vec<Route> {
    [own(), people(), chats()].into_iter().flatten().collect()
}

/// The whole HTTP surface.
pub fn build(edge: Edge) -> Router {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.path, route.mount);
    }
    router
        .fallback(web_or_problem)
        .method_not_allowed_fallback(|| async {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            Failure::with_status(status, "request.method", "This path answers to other methods.")
        })
        .layer(from_fn(to_the_end))
        .layer(from_fn_with_state(edge.clone(), gate::pass))
        .with_state(edge)
}

/// What may change something runs to its end even when the client goes away:
/// nothing may come between a commit and the event that tells of it.
async fn to_the_end(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    // A task of its own is still part of its request's span.
    let running = tokio::spawn(next.run(request).in_current_span());
    running.await.unwrap_or_else(|error| Failure::from(Error::internal(error)).into_response())
}

/// A path that is no route is a page of the client, or nothing.
async fn web_or_problem(State(edge): State<Edge>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let is_ours = ["/v1/", "/dev/", "/docs/", "/socket.io/"].iter().any(|at| path.starts_with(at));
    if is_ours {
        return Failure::from(Error::not_found("request.not_found")).into_response();
    }
    web::page(&edge, path, &headers)
}

/// `/openapi.json`: every documented route.
#[must_use]
pub fn openapi() -> Value {
    let mut components = BTreeMap::new();
    let mut paths: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for route in routes().iter().filter(|route| route.is_documented()) {
        let method = route.method.as_str().to_lowercase();
        let operation = route.operation(&mut components);
        paths.entry(route.path).or_default().insert(method, operation);
    }
    let problem = Shape::of::<Problem>().sent().collect(&mut components);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tidings",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Times are Unix milliseconds, ids are UUIDs. Unknown fields are refused. \
                Every error is a problem (RFC 9457) whose `code` is stable.",
        },
        "paths": paths,
        "x-problems": PROBLEMS.iter().copied().collect::<BTreeMap<_, _>>(),
        "components": {
            "schemas": components,
            "responses": { "Problem": {
                "description": "What went wrong.",
                "content": { "application/problem+json": { "schema": problem } },
            } },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "cookie": { "type": "apiKey", "in": "cookie", "name": "__Host-tidings_access" },
            },
        },
    })
}

/// `/events.json`: every event of the native socket.
#[must_use]
pub fn events() -> Value {
    let mut components = BTreeMap::new();
    let error = Shape::of::<Problem>().sent().collect(&mut components);
    let mut describe = |event: &EventDoc| {
        json!({
            "name": event.name,
            "direction": event.direction.text(),
            "summary": event.summary,
            "payload": event.payload.collect(&mut components),
            "ack": event.ack.as_ref().map(|ack| ack.collect(&mut components)),
        })
    };
    let events: Vec<Value> = native_events().iter().map(&mut describe).collect();
    json!({
        "title": "Tidings socket events",
        "version": env!("CARGO_PKG_VERSION"),
        "path": "/socket.io/",
        "namespace": "/v1",
        "error": error,
        "events": events,
        "components": { "schemas": components },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::schema::Direction;

    /// The table of who may do what is compared with the reference: what the
    /// reference leaves out, nobody would have decided on.
    #[test]
    fn every_route_of_the_api_is_in_the_reference() {
        for route in routes().iter().filter(|route| route.path.starts_with("/v1/")) {
            assert!(route.is_documented(), "{} {}", route.method, route.path);
        }
    }

    /// The same for what the socket understands: the arms of its dispatch.
    #[test]
    fn every_event_of_the_socket_is_in_the_reference() {
        let arms = include_str!("native/socket.rs").lines().filter_map(|line| {
            let (names, _) = line.trim().strip_prefix('"')?.split_once("\" => ")?;
            Some(names.split("\" | \""))
        });
        let understood: BTreeSet<_> = arms.flatten().collect();
        let documented = native_events().into_iter();
        let documented: BTreeSet<_> = documented
            .filter(|event| event.direction == Direction::ToServer)
            .map(|event| event.name)
            .collect();
        assert_eq!(understood, documented);
    }
}

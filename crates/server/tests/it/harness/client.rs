//! An HTTP client that does what the test says and nothing more.

use std::net::SocketAddr;

use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::DEADLINE;

/// Sends requests, each on a connection of its own.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) addr: SocketAddr,
    /// Sent as Bearer token.
    pub(crate) token: Option<String>,
    /// Sent with every request.
    pub(crate) headers: HeaderMap,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Client {
    /// Somebody who is not signed in.
    pub(crate) fn new(addr: SocketAddr) -> Self {
        Self { addr, token: None, headers: HeaderMap::new() }
    }

    /// The same, sending `name: value` with every request.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().expect("a header"));
        self
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// `Value::Null` sends no body.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body).filter(|body| !body.is_null())).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(|body| serde_json::to_vec(body).expect("JSON"));
        self.raw(request.body(body.unwrap_or_default()).expect("a request")).await
    }

    /// Sends the request as it is, with the client's own headers added.
    pub(crate) async fn raw(&self, request: Request<Vec<u8>>) -> Answer {
        self.attempt(request).await.expect("an answer")
    }

    /// The same; nothing when the server is gone, or went before it answered.
    pub(crate) async fn attempt(&self, request: Request<Vec<u8>>) -> Option<Answer> {
        let mut request = request.map(|body| Full::new(Bytes::from(body)));
        let headers = request.headers_mut();
        if !self.headers.contains_key("host") {
            headers.insert("host", self.addr.to_string().parse().expect("a host"));
        }
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        if let Some(token) = &self.token {
            let value = format!("Bearer {token}");
            headers.insert("authorization", value.parse().expect("a token"));
        }
        let answer = async {
            let stream = TcpStream::connect(self.addr).await.ok()?;
            let (mut send, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
            let connection = tokio::spawn(connection);
            let response = send.send_request(request).await.ok()?;
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.ok()?.to_bytes();
            connection.abort();
            Some(Answer { status: parts.status, headers: parts.headers, bytes })
        };
        tokio::time::timeout(DEADLINE, answer).await.expect("an answer in time")
    }
}

impl Answer {
    /// The body as JSON; null when there is none.
    pub(crate) fn json(&self) -> Value {
        if self.bytes.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("text")
    }

    /// A header's text; empty when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Demands the status, answers the body.
    #[track_caller]
    pub(crate) fn gives(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }

    /// Demands text, answers it.
    #[track_caller]
    pub(crate) fn gives_text(&self) -> &str {
        assert_eq!(self.status, 200, "{self:?}");
        self.text()
    }

    /// Demands a page.
    #[track_caller]
    pub(crate) fn gives_html(&self) -> &str {
        assert_eq!(self.status, 200);
        assert!(self.header("content-type").starts_with("text/html"), "{:?}", self.headers);
        self.text()
    }

    /// Demands a problem of this status and code, answers it.
    #[track_caller]
    pub(crate) fn fails(&self, status: u16, code: &str) -> Value {
        let problem = self.gives(status);
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{problem}");
        problem
    }
}

//! Answers: the one place where an error becomes a status and a body, and
//! where a request's body, query and path are read strictly.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::{Error, Kind};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

/// The largest JSON body that is read.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// The largest one of those that grow with what somebody has.
pub const MAX_LONG_BODY_BYTES: usize = 1_000_000;

/// Room for an answer from the start: most need no more, and a page of history
/// is copied twice on its way to its length, not six times.
const ANSWER_BYTES: usize = 4096;

/// How long a body may take: a client that drips holds a connection (A31).
const BODY_TIME: Duration = Duration::from_secs(15);

/// What a handler answers.
pub type Reply<T = Response> = Result<T, Failure>;

/// An error on its way to the client. The gate gives it its request id and
/// its body; until then it rides in the response.
#[derive(Debug)]
pub struct Failure {
    error: Error,
    status: StatusCode,
}

impl Failure {
    /// A wrong request, with a status that the domain does not know.
    pub(crate) fn with_status(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self { error: Error::new(Kind::BadInput, code, detail), status }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { status: status(error.kind), error }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(std::sync::Arc::new(self.error));
        response
    }
}

/// RFC 9457: what went wrong, for programs and for people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Where this kind of problem is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable and dotted, such as `chat.not_found`: what programs look at.
    pub code: String,
    /// For people.
    pub detail: String,
    /// The field of the request that is at fault.
    pub field: Option<String>,
    /// Names this request in the server's log.
    pub request_id: String,
    /// When to try again, in seconds.
    pub retry_after: Option<u64>,
}

impl Problem {
    /// Describes `error` to the client. The only place that logs a fault of
    /// ours, and the only one that decides what a kind means in HTTP.
    #[must_use]
    pub fn new(error: &Error, request_id: &str) -> Self {
        let status = status(error.kind);
        if error.kind == Kind::Internal {
            let source = error.source.as_ref().map(ToString::to_string);
            tracing::error!(request.id = request_id, code = error.code, source, "a request failed");
        }
        Self {
            kind: format!("/docs#{}", error.code),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code: error.code.to_owned(),
            detail: error.detail.clone(),
            field: error.field.map(str::to_owned),
            request_id: request_id.to_owned(),
            retry_after: error.retry_after_ms.map(|ms| ms.div_ceil(1_000).max(1)),
        }
    }
}

impl Problem {
    /// HTTP knows a few statuses that the domain does not, such as 405.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Self { title, status: status.as_u16(), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).expect("made from a status");
        let retry_after = self.retry_after;
        let body = serde_json::to_vec(&self).expect("a problem is text and numbers");
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What a kind means in HTTP.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::BadInput => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A JSON body, in and out. Coming in, it must be declared as JSON, be at
/// most [`MAX_BODY_BYTES`] long, hold no field we don't know and no U+0000,
/// which PostgreSQL cannot store.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(ANSWER_BYTES);
        if let Err(error) = serde_json::to_writer(&mut body, &self.0) {
            return Failure::from(Error::internal(error)).into_response();
        }
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        demand_json(&request)?;
        let body = read(request, MAX_BODY_BYTES).await?;
        Ok(Self(parse(&body)?))
    }
}

/// The same for a body that may be as long as a socket's message, because
/// their content is the same.
#[derive(Clone, Copy, Debug)]
pub struct LongJson<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for LongJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        demand_json(&request)?;
        let body = read(request, MAX_LONG_BODY_BYTES).await?;
        Ok(Self(parse(&body)?))
    }
}

/// The same for a body that may be left out.
#[derive(Clone, Copy, Debug)]
pub struct MaybeJson<T>(pub Option<T>);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for MaybeJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let declared = demand_json(&request);
        let body = read(request, MAX_BODY_BYTES).await?;
        if body.is_empty() {
            return Ok(Self(None));
        }
        declared?;
        Ok(Self(Some(parse(&body)?)))
    }
}

fn demand_json(request: &Request) -> Result<(), Failure> {
    if is_json(request) {
        return Ok(());
    }
    Err(Failure::with_status(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "request.content_type",
        "The body must be JSON: send `content-type: application/json`.",
    ))
}

/// The whole body, unless it is too long or too slow.
async fn read(request: Request, most: usize) -> Result<Bytes, Failure> {
    let body = Limited::new(request.into_body(), most).collect();
    let body = tokio::time::timeout(BODY_TIME, body).await.map_err(|_| {
        let detail = "The body took too long to arrive.";
        Failure::with_status(StatusCode::REQUEST_TIMEOUT, "request.slow", detail)
    })?;
    let body = body.map_err(|error| match error.downcast::<LengthLimitError>() {
        Ok(_) => Failure::from(Error::new(
            Kind::TooLarge,
            "request.too_large",
            format!("A body is at most {most} bytes."),
        )),
        Err(_) => fault("request.incomplete", "The body did not arrive whole."),
    })?;
    Ok(body.to_bytes())
}

/// Reads JSON as strictly as [`Json`] does; also for the payloads of socket
/// events.
///
/// # Errors
/// `request.malformed`, `request.nul`, `request.unknown_field`,
/// `request.missing_field` or `request.wrong_type`.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let refuse = |code, detail: String| Error::new(Kind::BadInput, code, detail);
    if memchr_nul(bytes) {
        return Err(refuse("request.nul", "U+0000 cannot stand in any text.".to_owned()));
    }
    // Serde would take a list as the fields of a struct, in their order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(refuse(
            "request.wrong_type",
            "A list came where an object belongs.".to_owned(),
        ));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let text = error.to_string();
        let code = match error.classify() {
            serde_json::error::Category::Data if text.starts_with("unknown field") => {
                "request.unknown_field"
            }
            serde_json::error::Category::Data if text.starts_with("missing field") => {
                "request.missing_field"
            }
            serde_json::error::Category::Data => "request.wrong_type",
            _ => "request.malformed",
        };
        refuse(code, text)
    })
}

/// Whether the text of some string holds U+0000. JSON can only spell it with
/// an escape; `\\u0000` with an even number of backslashes is not one.
fn memchr_nul(bytes: &[u8]) -> bool {
    bytes.windows(5).enumerate().any(|(at, window)| {
        let backslashes = || bytes[..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
        window == b"u0000" && backslashes() % 2 == 1
    })
}

fn is_json(request: &Request) -> bool {
    let declared = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    declared.is_some_and(|declared| {
        let kind = declared.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    })
}

fn fault(code: &'static str, detail: impl Into<String>) -> Failure {
    Error::new(Kind::BadInput, code, detail).into()
}

/// The query of the URL.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(fault("request.nul", "U+0000 cannot stand in any text."));
        }
        axum::extract::Query::from_request_parts(parts, state)
            .await
            .map(|query| Self(query.0))
            .map_err(|rejection| fault("request.query", rejection.body_text()))
    }
}

/// What the URL's path names. One that cannot be read names nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Error::not_found("request.not_found").into())
    }
}

#[cfg(test)]
mod tests;

//! The development inbox over HTTP: a page, and JSON for tests. Only there
//! when mail stays on this machine, and only for who is on it: the codes and
//! links in it open accounts. A page of another site may point its own name
//! at this machine, and a proxy may pass on what others ask; neither is let in.

use axum::extract::State;
use axum::response::{Html, IntoResponse};
use domain::Error;
use http::header::{ACCEPT, CONTENT_SECURITY_POLICY, HOST, X_FRAME_OPTIONS};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use providers::mail::{Inbox, Kept};
use serde::{Deserialize, Serialize};

use crate::config::is_own_name;
use crate::edge::Edge;
use crate::pages;
use crate::reply::{Json, Path, Query, Reply};

/// Whose mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whose {
    to: Option<String>,
}

/// A mail as tests read it.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    to: String,
    subject: String,
    text: String,
    html: String,
    links: Vec<String>,
    codes: Vec<String>,
    at: i64,
}

impl From<Kept> for Shown {
    fn from(kept: Kept) -> Self {
        let words = || kept.mail.text.split_whitespace();
        let is_link = |word: &&str| word.starts_with("http://") || word.starts_with("https://");
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
        Self {
            id: kept.id.to_string(),
            to: kept.mail.to.to_string(),
            links: words().filter(is_link).map(str::to_owned).collect(),
            codes: words().filter(is_code).map(str::to_owned).collect(),
            subject: kept.mail.subject,
            text: kept.mail.text,
            html: kept.mail.html,
            at: kept.at,
        }
    }
}

/// `GET /dev/mail`: a page for browsers, JSON for everybody else.
pub(crate) async fn list(
    State(edge): State<Edge>,
    headers: HeaderMap,
    uri: Uri,
    Query(whose): Query<Whose>,
) -> Reply {
    let mails = open(&edge, &uri, &headers)?.list(whose.to.as_deref());
    let mails: Vec<Shown> = mails.into_iter().map(Shown::from).collect();
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        let mails = minijinja::value::Serde(&mails);
        return Ok(pages::page("inbox.html", minijinja::context! { mails }));
    }
    Ok(Json(mails).into_response())
}

/// `GET /dev/mail/latest`
pub(crate) async fn latest(
    State(edge): State<Edge>,
    headers: HeaderMap,
    uri: Uri,
    Query(whose): Query<Whose>,
) -> Reply {
    let newest = open(&edge, &uri, &headers)?.list(whose.to.as_deref()).into_iter().next();
    let newest = newest.ok_or_else(|| Error::not_found("mail.not_found"))?;
    Ok(Json(Shown::from(newest)).into_response())
}

/// `DELETE /dev/mail`
pub(crate) async fn clear(State(edge): State<Edge>, headers: HeaderMap, uri: Uri) -> Reply {
    open(&edge, &uri, &headers)?.clear();
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /dev/mail/{id}.html`: one mail as a reader would show it, in a frame
/// of the page, with no script and no origin.
pub(crate) async fn show(
    State(edge): State<Edge>,
    headers: HeaderMap,
    uri: Uri,
    Path(name): Path<String>,
) -> Reply {
    let kept = open(&edge, &uri, &headers)?.list(None);
    let wanted = kept.into_iter().find(|kept| format!("{}.html", kept.id) == name);
    let mail = wanted.ok_or_else(|| Error::not_found("mail.not_found"))?;
    let mut response = Html(mail.mail.html).into_response();
    let policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(response)
}

/// The inbox; to everybody else it is not there.
fn open<'a>(edge: &'a Edge, uri: &Uri, headers: &HeaderMap) -> Result<&'a Inbox, Error> {
    let inbox = edge.app.mailer.inbox().filter(|_| edge.config.has_inbox());
    let inbox = inbox.filter(|_| is_from_here(uri, headers));
    inbox.ok_or_else(|| Error::not_found("request.not_found"))
}

/// Whether the request was made on this machine, to this machine by name.
pub(crate) fn is_from_here(uri: &Uri, headers: &HeaderMap) -> bool {
    let named = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let is_own = |authority: &Authority| is_own_name(authority.host());
    let is_passed_on = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];
    uri.authority().or(named.as_ref()).is_some_and(is_own)
        && !is_passed_on.iter().any(|name| headers.contains_key(*name))
}

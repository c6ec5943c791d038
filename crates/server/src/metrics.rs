//! `/metrics`: what the process counts, as Prometheus reads it.
//!
//! Only for whoever runs the server: with the token of the configuration, or
//! from this machine while nobody else can reach the listener. To everybody
//! else it is not there. Nothing in it names a person, a chat or a network.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::response::IntoResponse;
use domain::Error;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode, Uri};
use sha2::{Digest, Sha256};

use crate::edge::Edge;
use crate::inbox::is_from_here;
use crate::reply::Reply;

/// What the edge itself counts.
#[derive(Debug, Default)]
pub struct Counts {
    /// Answers by the first digit of their status, from 1.
    answered: [AtomicU64; 5],
}

impl Counts {
    /// A request was answered.
    pub(crate) fn answer(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.answered[class].fetch_add(1, Ordering::Relaxed);
    }
}

/// `GET /metrics`
pub(crate) async fn show(State(edge): State<Edge>, uri: Uri, headers: HeaderMap) -> Reply {
    if !may_see(&edge, &uri, &headers) {
        return Err(Error::not_found("request.not_found").into());
    }
    let text = text(&edge).await?;
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

fn may_see(edge: &Edge, uri: &Uri, headers: &HeaderMap) -> bool {
    if let Some(token) = &edge.config.metrics_token {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
        // Hashes: how far two of them are alike says nothing about the token.
        return Sha256::digest(given) == Sha256::digest(token.reveal());
    }
    edge.config.listen.ip().is_loopback()
        && edge.config.trusted_proxies.is_empty()
        && is_from_here(uri, headers)
}

/// Families of samples, in Prometheus' text format.
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP tidings_{name} {help}\n# TYPE tidings_{name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "tidings_{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, kind, help);
        self.sample(name, "", value);
    }
}

async fn text(edge: &Edge) -> Result<String, Error> {
    let mut page = Page(String::new());
    page.family("build_info", "gauge", "The version that runs.");
    page.sample("build_info", concat!("{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1);
    people(edge, &mut page);
    transport(edge, &mut page);
    requests(edge, &mut page);
    store(edge, &mut page);
    search(edge, &mut page);
    page.family("jobs_waiting", "gauge", "Jobs that are not done, by kind.");
    for waiting in domain::job::waiting(&edge.app).await? {
        page.sample("jobs_waiting", &format!("{{kind=\"{}\"}}", waiting.kind), waiting.count);
    }
    Ok(page.0)
}

fn people(edge: &Edge, page: &mut Page) {
    let live = &edge.live;
    page.one("people_online", "gauge", "People who are here.", live.online());
    page.one("people_sockets", "gauge", "Sockets they have.", live.sockets());
    page.one(
        "events_rendered_total",
        "counter",
        "Frames rendered, however many hear each.",
        live.rendered(),
    );
    page.one(
        "syncs_free",
        "gauge",
        "Clients that may catch up now beside those that do.",
        live.syncs.available_permits(),
    );
}

fn transport(edge: &Edge, page: &mut Page) {
    let Some(server) = edge.live.transport() else { return };
    for (name, help, value) in server.counters().list() {
        let help = help.trim();
        match name {
            "connections" | "sockets" => {
                page.one(&format!("socketio_{name}"), "gauge", help, value)
            }
            _ => page.one(&format!("socketio_{name}_total"), "counter", help, value),
        }
    }
    page.family("socketio_worker_sockets", "gauge", "Sockets of each worker.");
    for (worker, sockets) in server.sockets_per_worker().into_iter().enumerate() {
        page.sample("socketio_worker_sockets", &format!("{{worker=\"{worker}\"}}"), sockets);
    }
}

fn requests(edge: &Edge, page: &mut Page) {
    page.family("http_answers_total", "counter", "Requests answered, by class of status.");
    for (class, count) in (1..).zip(&edge.counts.answered) {
        let count = count.load(Ordering::Relaxed);
        page.sample("http_answers_total", &format!("{{class=\"{class}xx\"}}"), count);
    }
    page.family("limit_refusals_total", "counter", "What limits refused, by problem code.");
    for (code, count) in edge.limits.refusals() {
        page.sample("limit_refusals_total", &format!("{{code=\"{code}\"}}"), count);
    }
}

fn search(edge: &Edge, page: &mut Page) {
    let due = &edge.app.search;
    let help = "Chats written to since the search index began its last round.";
    page.one("search_chats_due", "gauge", help, due.chats());
    let help = "How often the search index has come up to all that was written.";
    page.one("search_rounds_total", "counter", help, *due.rounds().borrow());
    let help = "Chats that the search index could not take in, and tries again later.";
    page.one("search_chats_failing", "gauge", help, due.failing());
    let help = "How often the search index was found damaged.";
    page.one("search_damages_total", "counter", help, due.damages());
}

fn store(edge: &Edge, page: &mut Page) {
    let figures = edge.app.db.figures();
    page.one("store_reads_total", "counter", "Reads, each on one snapshot.", figures.reads);
    page.one("store_writes_total", "counter", "Batches and appended rows.", figures.writes);
    page.one("store_statements_total", "counter", "Statements in them.", figures.statements);
    let help = "Writes that were not done, for whatever reason.";
    page.one("store_writes_failed_total", "counter", help, figures.failed);
    let help = "Writes that wait for their commit.";
    page.one("store_writes_waiting", "gauge", help, figures.waiting);
    let help = "From a write being asked for to its being durable.";
    page.family("store_write_seconds", "histogram", help);
    let mut count = 0;
    for (at, times) in figures.write_times.iter().enumerate() {
        count += times;
        let most = sql::WRITE_TIMES.get(at).map(|most| most.as_secs_f64().to_string());
        let labels = format!("{{le=\"{}\"}}", most.as_deref().unwrap_or("+Inf"));
        page.sample("store_write_seconds_bucket", &labels, count);
    }
    page.sample("store_write_seconds_sum", "", figures.write_time.as_secs_f64());
    page.sample("store_write_seconds_count", "", count);
    let help = "Passwords hashed, compared or estimated.";
    page.one("password_jobs_total", "counter", help, edge.app.passwords.begun());
}

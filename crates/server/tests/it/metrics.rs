//! What is counted, and who may read it.

use std::collections::BTreeMap;

use serde_json::json;

use crate::harness::Harness;

/// Every sample of a page by its name and labels; panics where a line is none.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let mut families = BTreeMap::new();
    let mut samples = BTreeMap::new();
    for line in page.lines() {
        if let Some(family) = line.strip_prefix("# TYPE ") {
            let (name, kind) = family.split_once(' ').expect("a name and a kind");
            assert!(families.insert(name.to_owned(), kind == "counter").is_none(), "{name} twice");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            if kind == "histogram" {
                for part in ["bucket", "sum", "count"] {
                    families.insert(format!("{name}_{part}"), false);
                }
            }
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').expect("a name and a value");
            let family = name.split('{').next().expect("a name");
            assert!(families.contains_key(family), "{family} has no type");
            let other = samples.insert(name.to_owned(), value.parse().expect("a number"));
            assert!(other.is_none(), "{name} twice");
        }
    }
    samples
}

#[tokio::test]
async fn what_happens_is_counted() {
    let h = Harness::start_with(|config| config.dev_no_limits = false).await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let mut socket = ann.socket().await;
    let new = json!({ "chat": chat, "client_id": "1", "body": "quiet-canary" });
    assert_eq!(socket.ask("message.send", &new).await["ok"], true);
    for _ in 0..6 {
        let forgot = json!({ "email": "ann@example.org" });
        h.stranger().post("/v1/password/forgot", &forgot).await;
    }
    let answer = h.stranger().get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
    let page = answer.text();
    let samples = samples(page);
    let at = |name: &str| samples.get(name).copied().unwrap_or_else(|| panic!("{name}: {page}"));
    assert_eq!(at("tidings_people_online"), 1.0);
    assert_eq!(at("tidings_socketio_sockets"), 1.0);
    assert!(at("tidings_socketio_events_in_total") >= 1.0);
    // The first of five was the mail with the code.
    assert_eq!(at("tidings_limit_refusals_total{code=\"limit.mail\"}"), 2.0);
    assert!(at("tidings_http_answers_total{class=\"2xx\"}") > 6.0);
    assert!(at("tidings_events_rendered_total") >= 1.0);
    let writes = at("tidings_store_write_seconds_bucket{le=\"+Inf\"}");
    assert!(writes >= 10.0, "{page}");
    assert_eq!(writes, at("tidings_store_write_seconds_count"));
    assert!(at("tidings_store_writes_total") >= writes && at("tidings_store_reads_total") > 10.0);
    assert!(at("tidings_store_statements_total") > at("tidings_store_writes_total"));
    assert!(at("tidings_store_writes_waiting") < 10.0);
    // Each of the two was estimated and hashed.
    assert_eq!(at("tidings_password_jobs_total"), 4.0);
    for secret in ["ann", "canary", &chat] {
        assert!(!page.contains(secret), "{secret} stands in {page}");
    }
}

#[tokio::test]
async fn only_the_operator_reads_the_counts() {
    let token = "a token of the operator";
    let h = Harness::start_with(|config| {
        config.metrics_token = Some(server::config::Secret::new(token));
    })
    .await;
    let ann = h.person("ann").await;
    ann.get("/metrics").await.fails(404, "request.not_found");
    h.stranger().get("/metrics").await.fails(404, "request.not_found");
    let with = |token: &str| h.stranger().with("authorization", &format!("Bearer {token}"));
    with("a token of somebody else").get("/metrics").await.fails(404, "request.not_found");
    with(token).get("/metrics").await.gives_text();

    let h = Harness::start().await;
    h.stranger().get("/metrics").await.gives_text();
    let passed_on = h.stranger().with("x-forwarded-for", "192.0.2.1");
    passed_on.get("/metrics").await.fails(404, "request.not_found");
    let h = Harness::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    h.stranger().get("/metrics").await.fails(404, "request.not_found");
}

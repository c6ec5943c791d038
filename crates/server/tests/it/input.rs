//! What a hostile or broken client may send.

use http::{Method, Request};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::socket::Socket;
use crate::harness::{DEADLINE, Harness};

/// Routes that read a body without a sign-in, and one that needs it.
const WRITES: [(&str, &str); 6] = [
    ("POST", "/v1/accounts"),
    ("POST", "/v1/accounts/verify"),
    ("POST", "/v1/login"),
    ("POST", "/v1/password/strength"),
    ("POST", "/v1/password/forgot"),
    ("PATCH", "/v1/me"),
];

fn request(method: &str, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Request<Vec<u8>> {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    request.body(body.into()).unwrap()
}

#[tokio::test]
async fn every_route_refuses_every_kind_of_bad_body() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    for (method, path) in WRITES {
        for (kind, body, status, code) in [
            ("application/json", "{", 400, "request.malformed"),
            ("application/json", "", 400, "request.malformed"),
            ("application/json", "\u{feff}{}", 400, "request.malformed"),
            ("application/json", "[]", 400, "request.wrong_type"),
            ("application/json", r#"{"canary": 1}"#, 400, "request.unknown_field"),
            ("application/json", r#"{"name": "\u0000"}"#, 400, "request.nul"),
            ("text/plain", "{}", 415, "request.content_type"),
            ("application/x-www-form-urlencoded", "email=a", 415, "request.content_type"),
            ("multipart/form-data; boundary=x", "--x--", 415, "request.content_type"),
            ("application/jsonp", "{}", 415, "request.content_type"),
        ] {
            let answer = ann.raw(request(method, path, kind, body)).await;
            let problem = answer.fails(status, code);
            assert!(!problem["detail"].as_str().unwrap().is_empty(), "{method} {path} {body}");
        }
        let mut bare = request(method, path, "x/y", "{}");
        bare.headers_mut().clear();
        ann.raw(bare).await.fails(415, "request.content_type");
    }
}

#[tokio::test]
async fn ten_megabytes_are_refused_before_they_are_all_read() {
    let h = Harness::start().await;
    for (method, path) in [("POST", "/v1/login"), ("POST", "/v1/accounts")] {
        let length = 10 << 20;
        let mut stream = TcpStream::connect(h.addr).await.unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server may hang up before it has all of this: that is the point.
        let chunk = vec![b' '; 64 * 1024];
        for _ in 0..length / chunk.len() {
            if stream.write_all(&chunk).await.is_err() {
                break;
            }
        }
        let answer = read(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("request.too_large"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_as_large_as_allowed_is_read() {
    let h = Harness::start().await;
    let body = format!("{{\"email\": \"{}\"}}", "a".repeat(200 * 1024));
    let wide = request("POST", "/v1/password/forgot", "application/json", body);
    assert_ne!(h.stranger().raw(wide).await.status, 413);
}

/// A catch-up grows with the chats that a person has: both ways take as many.
#[tokio::test]
async fn a_catch_up_of_ten_thousand_chats_is_read() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let held = |count: u64| {
        let id = |n| format!("01980000-0000-7000-8000-{n:012x}");
        let chats: serde_json::Map<_, _> =
            (0..count).map(|n| (id(n), json!([1_000, 1_000, 1_000]))).collect();
        json!({ "epoch": h.edge().live.epoch, "chats": chats })
    };
    let gone = ann.post("/v1/sync", &held(10_000)).await.gives(200);
    assert_eq!(gone["gone"].as_array().unwrap().len(), 10_000);
    let over_socket = ann.socket().await.ask("sync", &held(10_000)).await;
    assert_eq!(over_socket["gone"], gone["gone"]);
    ann.post("/v1/sync", &held(10_001)).await.fails(400, "sync.too_many");
}

/// A body that may be left out is read as strictly as any other.
#[tokio::test]
async fn a_refresh_is_read_like_any_body() {
    let h = Harness::start().await;
    let path = "/v1/login/refresh";
    let long = format!("{{\"refresh_token\": \"{}\"}}", "a".repeat(300 * 1024));
    for (kind, body, status, code) in [
        ("application/json", long.as_str(), 413, "request.too_large"),
        ("text/plain", "{}", 415, "request.content_type"),
        ("application/json", "[]", 400, "request.wrong_type"),
        ("application/json", "{}", 401, "login.expired"),
        ("text/plain", "", 401, "login.expired"),
    ] {
        h.stranger().raw(request("POST", path, kind, body)).await.fails(status, code);
    }
}

/// Sends bytes as they are; answers what comes until the server hangs up or
/// has nothing more to say.
async fn send(h: &Harness, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(h.addr).await.unwrap();
    // A server that hung up early refuses the rest.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let reading = async {
        let mut chunk = [0; 4096];
        while let Ok(count) = stream.read(&mut chunk).await {
            if count == 0 {
                break;
            }
            answer.extend_from_slice(&chunk[..count]);
            if answer.ends_with(b"}") {
                break;
            }
        }
    };
    tokio::time::timeout(DEADLINE, reading).await.expect("an answer in time");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn header_floods_and_smuggling_are_refused() {
    let h = Harness::start().await;
    let many: String = (0..10_000).map(|n| format!("x-{n}: y\r\n")).collect();
    let long = "y".repeat(1 << 20);
    for (name, head) in [
        ("many headers", format!("GET /livez HTTP/1.1\r\nhost: x\r\n{many}\r\n")),
        ("a long header", format!("GET /livez HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n")),
        ("a long path", format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n")),
        ("no version", "GET /livez\r\n\r\n".to_owned()),
        ("a strange version", "GET /livez HTTP/9.9\r\nhost: x\r\n\r\n".to_owned()),
        ("a bare line feed", "GET /livez HTTP/1.1\r\nhost: x\r\nx: a\u{0}b\r\n\r\n".to_owned()),
        (
            "two lengths",
            "POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x"
                .to_owned(),
        ),
        (
            "a length that is none",
            "POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n{}".to_owned(),
        ),
        (
            "a strange coding",
            "POST /v1/login HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, x\r\n\r\n0\r\n\r\n"
                .to_owned(),
        ),
        (
            "a chunk that is none",
            "POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
                .to_owned(),
        ),
    ] {
        let answer = send(&h, head.as_bytes()).await;
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(is_refused, "{name}: {answer:.200}");
    }
    h.stranger().get("/livez").await.gives(200);
}

/// Both a length and chunks: the request must not be read as two.
#[tokio::test]
async fn a_length_beside_chunks_cannot_smuggle() {
    let h = Harness::start().await;
    let answer = send(
        &h,
        b"POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\
          transfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /version HTTP/1.1\r\nhost: x\r\n\r\n",
    )
    .await;
    assert!(!answer.contains("tidings"), "{answer}");
}

#[tokio::test]
async fn a_foreign_page_cannot_write() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let port = h.addr.port();
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "https://localhost.",
        "",
    ] {
        for (method, path) in WRITES.into_iter().chain([("DELETE", "/dev/mail")]) {
            let mut foreign = request(method, path, "application/json", "{}");
            foreign.headers_mut().insert("origin", origin.parse().unwrap());
            ann.raw(foreign).await.fails(403, "request.origin");
        }
    }
    for origin in [format!("http://localhost:{port}"), "http://127.0.0.1:5173".to_owned()] {
        ann.clone_with("origin", &origin).patch("/v1/me", &json!({ "bio": "x" })).await.gives(200);
    }
    let crossing = ann.clone_with("sec-fetch-site", "cross-site");
    crossing.patch("/v1/me", &json!({})).await.fails(403, "request.origin");
}

/// A12: what a foreign page might call itself, on both transports.
#[tokio::test]
async fn a_foreign_page_gets_no_socket() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let own = format!("http://localhost:{}", h.addr.port());
    let polling = "/socket.io/?EIO=4&transport=polling";
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://evil-localhost",
        "http://localhost@evil.example",
        "file://",
    ] {
        let answer = h.stranger().with("origin", origin).get(polling).await;
        assert_eq!(answer.status, 403, "{origin}: {}", answer.text());
        let token = json!({ "token": ann.access });
        let socket = Socket::try_connect(h.addr, token, &[("origin", origin)]).await;
        assert!(socket.is_err(), "{origin} got a socket");
    }
    assert_eq!(h.stranger().with("origin", &own).get(polling).await.status, 200);
}

/// A browser names no origin when its own page polls, but says whose page it
/// is; a script cannot write that header.
#[tokio::test]
async fn a_page_of_ours_joins_by_polling_with_its_cookie() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let polling = "/socket.io/?EIO=4&transport=polling";
    let own = format!("http://localhost:{}", h.addr.port());
    for (site, answered) in
        [("same-origin", "40/v1,"), ("same-site", "44/v1,"), ("cross-site", "44/v1,")]
    {
        let cookie = format!("tidings_access={}", ann.access);
        let page = h.stranger().with("cookie", &cookie).with("sec-fetch-site", site);
        let opened = page.get(polling).await;
        let opened: Value = serde_json::from_str(&opened.text()[1..]).unwrap();
        let session = format!("{polling}&sid={}", opened["sid"].as_str().unwrap());
        let join = request("POST", &session, "text/plain", "40/v1,");
        let posted = page.with("origin", &own).raw(join).await;
        assert_eq!(posted.status, 200, "{}", posted.text());
        let joined = h.stranger().get(&session).await;
        assert!(joined.text().starts_with(answered), "{site}: {}", joined.text());
    }
}

#[tokio::test]
async fn cookies_without_an_origin_do_not_write() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let cookie = format!("tidings_access={}", ann.access);
    let browser = h.stranger().with("cookie", &cookie);
    browser.get("/v1/me").await.gives(200);
    browser.patch("/v1/me", &json!({ "bio": "x" })).await.fails(403, "request.origin");
    let own = browser.with("origin", &format!("http://localhost:{}", h.addr.port()));
    own.patch("/v1/me", &json!({ "bio": "x" })).await.gives(200);
}

#[tokio::test]
async fn tokens_that_are_none_are_refused() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    for value in ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", &ann.access] {
        let forged = h.stranger().with("authorization", value);
        let status = forged.get("/v1/me").await.fails(401, "login.invalid");
        assert_eq!(status["field"], serde_json::Value::Null);
    }
    h.stranger().get("/v1/me").await.fails(401, "login.required");
    let refresh = h.stranger().with("authorization", &format!("Bearer {}", ann.refresh));
    refresh.get("/v1/me").await.fails(401, "login.invalid");
    h.clock.advance_ms(15 * 60 * 1_000);
    ann.get("/v1/me").await.fails(401, "login.expired");
}

#[tokio::test]
async fn tokens_outlive_a_restart_and_ended_sign_ins_stay_ended() {
    let mut h = Harness::start().await;
    let (mut ann, mut bob) = (h.person("ann").await, h.person("bob").await);
    bob.post("/v1/logout", &json!({})).await.gives(204);
    h.restart().await;
    ann.moves_to(&h);
    bob.moves_to(&h);
    ann.get("/v1/me").await.gives(200);
    bob.get("/v1/me").await.fails(401, "login.revoked");
}

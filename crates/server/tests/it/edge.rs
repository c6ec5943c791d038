//! What every request passes, whatever its route.

use http::Request;
use serde_json::json;

use crate::harness::Harness;

#[tokio::test]
async fn it_is_alive_ready_and_stops_in_good_order() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    anyone.get("/livez").await.gives(200);
    assert_eq!(anyone.get("/readyz").await.gives(200)["parts"]["database"], "ok");
    assert_eq!(anyone.get("/version").await.gives(200)["name"], "tidings");
    h.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    anyone.get("/v1/nothing").await.fails(404, "request.not_found");
    anyone.post("/livez", &json!({})).await.fails(405, "request.method");
    let page = anyone.get("/some/page").await;
    page.gives_html();
}

#[tokio::test]
async fn every_answer_bears_the_headers_that_keep_browsers_safe() {
    let h = Harness::start().await;
    for path in ["/", "/livez", "/v1/nothing", "/openapi.json", "/assets/none.js"] {
        let answer = h.stranger().get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn the_socket_s_path_answers_as_safely_as_the_others() {
    let h = Harness::start_with(|config| {
        config.public_url = Some("https://chat.example.org".to_owned());
        config.dev = false;
        config.dev_no_limits = false;
        config.mail.host = Some("smtp.example.org".to_owned());
        config.mail.from = Some("tidings@example.org".to_owned());
    })
    .await;
    let ask = async |method: &str, query: &str, origin: Option<&str>| {
        let mut request = Request::builder().method(method).uri(format!("/socket.io/?{query}"));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        h.stranger().raw(request.body(Vec::new()).unwrap()).await
    };
    let polling = "EIO=4&transport=polling";
    let answers = [
        (200, ask("GET", polling, None).await),
        (200, ask("GET", polling, Some("https://chat.example.org")).await),
        (403, ask("GET", polling, Some("https://evil.example")).await),
        (400, ask("POST", polling, None).await),
        (400, ask("GET", "EIO=4&transport=polling&sid=none", None).await),
        (400, ask("GET", "EIO=3&transport=websocket", None).await),
        (204, ask("OPTIONS", polling, None).await),
    ];
    let mut ids = std::collections::BTreeSet::new();
    for (status, answer) in &answers {
        assert_eq!(answer.status, *status, "{answer:?}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(answer.header(name), value, "{answer:?}");
        }
        assert!(ids.insert(answer.header("x-request-id")), "each has an id of its own");
    }
    assert!(!ids.contains(""));
}

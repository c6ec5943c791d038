//! What every request passes, whatever its route.

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

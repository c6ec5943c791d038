//! Is the process alive, is it ready, which one is it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use crate::edge::Edge;

/// The process answers.
pub(crate) async fn live() -> axum::Json<Value> {
    axum::Json(json!({ "status": "ok" }))
}

/// Requests can be served: the store answers (its migrations ran before the
/// listener opened) and nobody asked the server to stop.
pub(crate) async fn ready(State(edge): State<Edge>) -> Response {
    let database = edge.app.db.ready().await.is_ok();
    let serving = !edge.stop.is_cancelled();
    let is_ready = database && serving;
    let word = |good| if good { "ok" } else { "failed" };
    let body = json!({
        "status": word(is_ready),
        "parts": {
            "database": word(database),
            "migrations": "ok",
            "bus": "ok",
            "serving": if serving { "ok" } else { "stopping" },
        },
    });
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(body)).into_response()
}

/// Which version answers.
pub(crate) async fn version() -> axum::Json<Value> {
    axum::Json(json!({ "name": "tidings", "version": env!("CARGO_PKG_VERSION") }))
}

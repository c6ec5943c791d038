//! The server from outside, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod answered;
mod client;
mod host;
mod hostile;
mod limits;
mod model;
mod pipe;
mod polling;
mod pressure;
mod stalled;
mod tls;
mod websocket;

/// The smallest servers of the README are those that are compiled.
#[test]
fn the_readme_shows_what_compiles() {
    let readme = include_str!("../../README.md");
    for (example, from) in [
        (include_str!("../../examples/smallest.rs"), "use socketio"),
        (include_str!("../../examples/hyper.rs"), "async fn hello"),
        (include_str!("../../examples/stream.rs"), "fn main"),
    ] {
        let code = &example[example.find(from).unwrap()..];
        assert!(readme.contains(code), "{code}");
    }
}

//! The server from outside, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod client;
mod host;
mod hostile;
mod model;
mod polling;
mod pressure;
mod stalled;
mod tls;
mod websocket;

/// The smallest server of the README is the one that is compiled.
#[test]
fn the_readme_shows_what_compiles() {
    let example = include_str!("../../examples/smallest.rs");
    let (_, code) = example.split_once("\n\n").unwrap();
    assert!(include_str!("../../README.md").contains(code));
}

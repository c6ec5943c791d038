//! The store through its public face, on real files and real servers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod append;
mod batch;
mod fault;
mod mapping;
mod migrate;
mod open;
mod outage;
mod proxy;
mod shapes;
mod support;
mod trace;
mod transfer;
mod words;

//! The server as its clients see it: every test starts the real thing.

mod edge;
mod harness;

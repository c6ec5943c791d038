//! The server as its clients see it: every test starts the real thing.

mod account;
mod edge;
mod harness;
mod login;
mod password;

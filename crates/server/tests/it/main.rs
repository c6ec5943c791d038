//! The server as its clients see it: every test starts the real thing.

mod account;
mod edge;
mod friend;
mod harness;
mod inbox;
mod input;
mod limits;
mod login;
mod me;
mod message;
mod password;
mod people;
mod reference;

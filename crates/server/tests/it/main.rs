//! The server as its clients see it: every test starts the real thing.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail it as the test itself does")]

mod account;
mod alike;
mod authorise;
mod backup;
mod clock;
mod crash;
mod drain;
mod edge;
mod friend;
mod harness;
mod inbox;
mod input;
mod job;
mod limits;
mod live;
mod login;
mod me;
mod message;
mod metrics;
mod mine;
mod order;
mod password;
mod people;
mod plans;
mod program;
mod reaction;
mod receipt;
mod reference;
mod schema;
mod search;
mod search_damage;
mod search_law;
mod secrecy;
mod statements;
mod sync;
mod tidy;
mod unheard;

//! Our own API, as `docs/api.md` describes it: what is read, which verb of
//! the domain it means, and how the answer is spelled. No rule stands here.

pub mod account;
pub mod friend;
pub mod login;
pub mod me;
pub mod password;
pub mod people;

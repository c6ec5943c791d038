//! Our own API, as `docs/api.md` describes it: what is read, which verb of
//! the domain it means, and how the answer is spelled. No rule stands here.
//! REST and socket run the same commands.

use domain::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

pub mod account;
pub mod chat;
pub mod friend;
pub mod live;
pub mod login;
pub mod me;
pub mod message;
pub mod password;
pub mod people;
pub mod receipt;
pub mod socket;
pub mod sync;
pub mod word;

/// Nothing to tell but that it is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {}

/// Runs a command to its end even when nobody waits for it any more: a client
/// that goes away must not come between a commit and its event. Requests over
/// HTTP are dropped with their connection; an event of a socket never is.
pub(crate) async fn whole<T: Send + 'static>(
    command: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(command).await.unwrap_or_else(|error| Err(Error::internal(error)))
}

//! Our own API, as `docs/api.md` describes it: what is read, which verb of
//! the domain it means, and how the answer is spelled. No rule stands here.
//! REST and socket run the same commands.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub mod account;
pub mod chat;
pub mod friend;
pub mod live;
pub mod login;
pub mod me;
pub mod message;
pub mod mine;
pub mod password;
pub mod people;
pub mod reaction;
pub mod receipt;
pub mod search;
pub mod socket;
pub mod sync;
pub mod word;

/// Nothing to tell but that it is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {}

/// Tells a field that is `null` from one that is absent.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

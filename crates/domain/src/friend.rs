//! People and what they are to each other: request, accept, remove, search.
//!
//! Owns `pair` and `friend`. A friendship is decided on the one `pair` row.

use crate::AccountId;

/// What `person` is to the one who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Nothing.
    None,
    /// I asked, no answer yet.
    Asked,
    /// They asked me.
    Asking,
    /// We are friends.
    Friend,
    /// I blocked them.
    Blocked,
}

/// An account as another one sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub id: AccountId,
    /// The name shown.
    pub name: String,
    /// The unique handle, if one was chosen.
    pub username: Option<String>,
    /// Where the photo is.
    pub photo: Option<String>,
    /// What they are to the one who looks.
    pub relation: Relation,
}

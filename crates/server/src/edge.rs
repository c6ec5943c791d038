//! What every handler may reach: the domain's `App` and what is the edge's
//! own, made once at boot.

use std::ops::Deref;
use std::sync::Arc;

use domain::App;
use tokio_util::sync::CancellationToken;

use crate::auth::Access;
use crate::config::Config;
use crate::limits::Limits;
use crate::live::Live;
use crate::metrics::Counts;

/// The state of the router. Cheap to clone; derefs to its content.
#[derive(Clone)]
pub struct Edge(Arc<Inside>);

/// What [`Edge`] holds.
pub struct Inside {
    /// The domain.
    pub app: Arc<App>,
    /// What the operator decided.
    pub config: Config,
    /// Issues and checks access tokens.
    pub access: Access,
    /// Who may do what how often.
    pub limits: Limits,
    /// What is counted for `/metrics`.
    pub counts: Counts,
    /// Who is here and what they hear.
    pub live: Live,
    /// Tells this process from others in request ids.
    pub boot: String,
    /// Cancelled when the server is to stop.
    pub stop: CancellationToken,
}

impl Edge {
    /// Wraps what boot made.
    #[must_use]
    pub fn new(inside: Inside) -> Self {
        Self(Arc::new(inside))
    }
}

impl Deref for Edge {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

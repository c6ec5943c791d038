//! The bus carries what happened to every interested node. It may lose,
//! repeat and reorder: the store is the truth, an event is a hint.

use std::fmt;
use std::sync::{Arc, RwLock};

type Listener<E> = Box<dyn Fn(&E) + Send + Sync>;

/// Carries events of one type.
pub enum Bus<E> {
    /// Within this process: a listener is called in the publisher's thread
    /// and must only hand on, never wait.
    Local(Arc<RwLock<Vec<Listener<E>>>>),
}

impl<E> Bus<E> {
    /// A bus within this process.
    #[must_use]
    pub fn local() -> Self {
        Self::Local(Arc::default())
    }

    /// Tells every listener.
    ///
    /// # Panics
    /// When a listener panicked before.
    pub fn publish(&self, event: &E) {
        match self {
            Self::Local(listeners) => {
                for listener in &*listeners.read().expect("listeners do not panic") {
                    listener(event);
                }
            }
        }
    }

    /// Calls `listener` for every event from now on.
    ///
    /// # Panics
    /// When a listener panicked before.
    pub fn subscribe(&self, listener: impl Fn(&E) + Send + Sync + 'static) {
        match self {
            Self::Local(listeners) => {
                listeners.write().expect("listeners do not panic").push(Box::new(listener));
            }
        }
    }
}

impl<E> Clone for Bus<E> {
    fn clone(&self) -> Self {
        match self {
            Self::Local(listeners) => Self::Local(Arc::clone(listeners)),
        }
    }
}

impl<E> fmt::Debug for Bus<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bus::Local")
    }
}

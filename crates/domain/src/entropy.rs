//! Randomness, as a parameter.

use std::sync::Mutex;

use sha2::{Digest, Sha256};

/// Where random bytes come from.
#[derive(Debug)]
pub enum Entropy {
    /// The operating system.
    System,
    /// A repeatable stream for tests: SHA-256 of a seed and a counter.
    Seeded(Mutex<(u64, u64)>),
}

impl Entropy {
    /// A repeatable stream that starts from `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Mutex::new((seed, 0)))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can
    /// be done without it.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        match self {
            Self::System => getrandom::fill(&mut out).expect("the system gives randomness"),
            Self::Seeded(state) => {
                let mut state = state.lock().expect("no holder of this lock panics");
                for chunk in out.chunks_mut(32) {
                    let block = Sha256::new()
                        .chain_update(state.0.to_le_bytes())
                        .chain_update(state.1.to_le_bytes())
                        .finalize();
                    state.1 += 1;
                    chunk.copy_from_slice(&block[..chunk.len()]);
                }
            }
        }
        out
    }

    /// An unbiased number below `bound`.
    #[must_use]
    pub fn below(&self, bound: u32) -> u32 {
        let zone = u32::MAX - u32::MAX % bound;
        loop {
            let number = u32::from_le_bytes(self.bytes());
            if number < zone {
                return number % bound;
            }
        }
    }
}

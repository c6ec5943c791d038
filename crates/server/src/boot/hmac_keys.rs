//! One secret, many keys: HKDF-Expand (RFC 5869) of one block with SHA-256.

use sha2::{Digest, Sha256};

/// The key for `purpose`; no key tells anything about another.
pub(super) fn derive(root: &[u8], purpose: &str) -> [u8; 32] {
    let extracted = hmac(b"tidings", root);
    let info = [purpose.as_bytes(), &[1]].concat();
    hmac(&extracted, &info)
}

/// RFC 2104.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let hex: String = hmac(b"Jefe", b"what do ya want for nothing?")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn keys_differ_by_purpose_and_root() {
        assert_ne!(derive(b"root", "one"), derive(b"root", "two"));
        assert_ne!(derive(b"root", "one"), derive(b"other", "one"));
    }
}

//! The rooms of the transport: one per chat and account, named by their ids.

use domain::{AccountId, ChatId};
use socketio::Room;

/// The chat's members that are here.
pub(super) fn chat(id: ChatId) -> Room {
    room(id.bytes(), 1)
}

/// The account's devices that are here.
pub(super) fn account(id: AccountId) -> Room {
    room(id.bytes(), 2)
}

/// The kind stands in place of the UUID's version, which says nothing here:
/// so ids of two kinds cannot name the same room.
fn room(id: &[u8; 16], kind: u128) -> Room {
    const VERSION: u128 = 0xf << 76;
    Room(u128::from_be_bytes(*id) & !VERSION | kind << 76)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_names_two_rooms() {
        let id = "01980000-0000-7000-8000-000000000001";
        let one = [chat(id.parse().unwrap()), account(id.parse().unwrap())];
        assert_ne!(one[0], one[1]);
        let other = "01980000-0000-7000-8000-000000000002";
        assert_ne!(chat(other.parse().unwrap()), one[0]);
        // Only the version's four bits are given up.
        assert_eq!(one[0].0 ^ one[1].0, 0x3 << 76);
    }
}

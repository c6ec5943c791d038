//! Rooms of one worker: which of its sockets are in which room.
//!
//! A membership costs 16 bytes: where the socket stands in the room's list,
//! and where the room stands in the socket's. Both sides know the place of the
//! other, so joining, leaving and the end of a socket never search a room.
//! Lists grow by half and names are packed: most rooms are small, and there
//! are several for each socket.

use std::collections::HashMap;

use crate::slab::Slab;

/// A name for a set of sockets. What the number means is the application's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Room(pub u128);

#[derive(Clone, Copy)]
pub(crate) struct Member {
    pub(crate) socket: u32,
    /// Place of this room in the socket's list.
    at: u32,
}

#[derive(Clone, Copy)]
struct Membership {
    /// The room's slot, which is not reused while a socket is in it.
    room: u32,
    /// Place of the socket in the room's list.
    at: u32,
}

/// The namespace and the number, without the gap that alignment would leave.
type Name = [u8; 17];

fn name(namespace: u8, room: Room) -> Name {
    let mut name = [namespace; 17];
    name[1..].copy_from_slice(&room.0.to_ne_bytes());
    name
}

struct Members {
    name: Name,
    list: Vec<Member>,
}

/// Adds to a list that is one of very many: half again, where a vector by
/// itself would double.
fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 2).max(1));
    }
    list.push(item);
}

/// Rooms are kept apart per namespace (the `u8`), so that an emission only
/// walks over sockets that can read it.
#[derive(Default)]
pub(crate) struct Rooms {
    names: HashMap<Name, u32>,
    rooms: Slab<Members>,
    of: Vec<Vec<Membership>>,
}

impl Rooms {
    pub(crate) fn join(&mut self, socket: u32, namespace: u8, room: Room) -> bool {
        if self.of.len() <= socket as usize {
            self.of.resize_with(socket as usize + 1, Vec::new);
        }
        if self.place_of(socket, namespace, room).is_some() {
            return false;
        }
        let name = name(namespace, room);
        let rooms = &mut self.rooms;
        let room = *self
            .names
            .entry(name)
            .or_insert_with(|| rooms.insert_with(|_| Members { name, list: Vec::new() }).slot);
        let members = self.rooms.at_mut(room).expect("a named room exists");
        let memberships = &mut self.of[socket as usize];
        push(&mut members.list, Member { socket, at: memberships.len() as u32 });
        push(memberships, Membership { room, at: members.list.len() as u32 - 1 });
        true
    }

    pub(crate) fn leave(&mut self, socket: u32, namespace: u8, room: Room) -> bool {
        let Some(place) = self.place_of(socket, namespace, room) else { return false };
        self.remove(socket, place);
        true
    }

    /// Takes the socket out of every room. Must run before its slot is reused.
    pub(crate) fn forget(&mut self, socket: u32) {
        while let Some(last) =
            self.of.get(socket as usize).and_then(|rooms| rooms.len().checked_sub(1))
        {
            self.remove(socket, last);
        }
        if let Some(memberships) = self.of.get_mut(socket as usize) {
            *memberships = Vec::new();
        }
    }

    pub(crate) fn members(&self, namespace: u8, room: Room) -> impl Iterator<Item = u32> + '_ {
        self.list(namespace, room).iter().map(|member| member.socket)
    }

    pub(crate) fn list(&self, namespace: u8, room: Room) -> &[Member] {
        let slot = self.names.get(&name(namespace, room));
        let members = slot.and_then(|slot| self.rooms.at(*slot));
        members.map_or(&[], |members| &members.list)
    }

    /// Searches the socket's rooms or the room's sockets, whichever are fewer.
    fn place_of(&self, socket: u32, namespace: u8, room: Room) -> Option<usize> {
        let slot = *self.names.get(&name(namespace, room))?;
        let memberships = self.of.get(socket as usize)?;
        let members = &self.rooms.at(slot)?.list;
        if members.len() < memberships.len() {
            let member = members.iter().find(|member| member.socket == socket)?;
            return Some(member.at as usize);
        }
        memberships.iter().position(|membership| membership.room == slot)
    }

    fn remove(&mut self, socket: u32, place: usize) {
        let gone = self.of[socket as usize].swap_remove(place);
        if let Some(moved) = self.of[socket as usize].get(place).copied() {
            let members = self.rooms.at_mut(moved.room).expect("a joined room exists");
            members.list[moved.at as usize].at = place as u32;
        }
        let members = self.rooms.at_mut(gone.room).expect("a joined room exists");
        members.list.swap_remove(gone.at as usize);
        if let Some(moved) = members.list.get(gone.at as usize).copied() {
            self.of[moved.socket as usize][moved.at as usize].at = gone.at;
        }
        if members.list.is_empty() {
            let name = members.name;
            self.names.remove(&name);
            self.rooms.evict(gone.room);
        } else if members.list.capacity() > 64 && members.list.len() * 4 < members.list.capacity() {
            members.list.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn rooms_agree_with_a_set_of_pairs(
            steps in prop::collection::vec((0u8..3, 0u32..6, 0u8..2, 0u128..5), 0..200)
        ) {
            let mut rooms = Rooms::default();
            let mut model: BTreeSet<(u32, u8, u128)> = BTreeSet::new();
            for (step, socket, namespace, room) in steps {
                match step {
                    0 => prop_assert_eq!(
                        rooms.join(socket, namespace, Room(room)),
                        model.insert((socket, namespace, room))
                    ),
                    1 => prop_assert_eq!(
                        rooms.leave(socket, namespace, Room(room)),
                        model.remove(&(socket, namespace, room))
                    ),
                    _ => {
                        rooms.forget(socket);
                        model.retain(|entry| entry.0 != socket);
                    }
                }
                for namespace in 0..2 {
                    for room in 0..5 {
                        let mut have: Vec<u32> = rooms.members(namespace, Room(room)).collect();
                        have.sort_unstable();
                        let want: Vec<u32> = model.iter()
                            .filter(|e| e.1 == namespace && e.2 == room).map(|e| e.0).collect();
                        prop_assert_eq!(have, want);
                    }
                }
                prop_assert_eq!(rooms.names.is_empty(), model.is_empty());
            }
        }
    }
}

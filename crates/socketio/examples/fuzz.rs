//! `fuzz [seconds] [seed]`: mutates a small corpus and feeds it to the parsers.
//! The seed is printed, so that a failure can be repeated.

use std::time::{Duration, Instant};

use socketio::fuzz::{fuzz_frame, fuzz_packet, fuzz_polling};

const CORPUS: [&[u8]; 12] = [
    b"42[\"message\",1,\"2\",{\"3\":[true]}]",
    b"2/v1,17[\"message.send\",{\"chat\":\"a\",\"body\":\"\xc3\xa9\"}]",
    b"52-/v1,7[\"b\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]",
    b"3/v1,12[{\"ok\":true}]",
    b"0/v1,{\"token\":\"x\"}",
    b"1/v1,",
    b"4a\x1e4b\x1ebAQIDBA==\x1e42/v1,[\"x\"]",
    b"\x81\x85\x01\x02\x03\x0453\x22\x5cZ",
    b"\x01\x81\x00\x00\x00\x004\x80\x81\x00\x00\x00\x002",
    b"\x82\xfe\x00\x7e\x00\x00\x00\x00",
    b"\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00",
    b"\x88\x82\x00\x00\x00\x00\x03\xe8",
];

/// xorshift64*, which is enough to wander.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides.max(1)
    }
}

fn mutate(input: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(input.len() + 1);
        match dice.roll(6) {
            0 => input.insert(at, dice.roll(256) as u8),
            1 if at < input.len() => drop(input.remove(at)),
            2 if at < input.len() => input[at] ^= 1 << dice.roll(8),
            3 => input.truncate(at),
            4 => input.extend_from_slice(CORPUS[dice.roll(CORPUS.len())]),
            _ => {
                let byte = b"[]{}\",:/-0123456789\x1eb"[dice.roll(21)];
                input.insert(at, byte);
            }
        }
    }
    input.truncate(8_192);
}

fn main() {
    let mut words = std::env::args().skip(1);
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(10);
    let seed = words.next().and_then(|word| word.parse().ok()).unwrap_or(1);
    println!("seed {seed}, {seconds} s");
    let mut dice = Dice(seed);
    let ends_at = Instant::now() + Duration::from_secs(seconds);
    let mut rounds = 0u64;
    while Instant::now() < ends_at {
        let mut input = CORPUS[dice.roll(CORPUS.len())].to_vec();
        for _ in 0..64 {
            mutate(&mut input, &mut dice);
            fuzz_frame(&input);
            fuzz_polling(&input);
            fuzz_packet(&input);
            rounds += 1;
        }
    }
    println!("{rounds} inputs, none of them broke anything");
}

//! A connection against a model of it: whatever a client does, in whatever
//! order and over whichever transport, it hears what the protocol says.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use proptest::prelude::*;

use crate::client::{Client, Heard, http};
use crate::host::{Host, config};

const PLACEHOLDER: &str = "{\"_placeholder\":true,\"num\":0}";

/// What a client does next. The namespaces are `/t`, `/u` and one that is not.
#[derive(Clone, Copy, Debug)]
enum Step {
    Join(usize),
    JoinRefused(usize),
    Leave(usize),
    Emit(usize),
    Ask(usize, u64),
    /// The head of a packet that announces one attachment.
    Announce(usize),
    Attach,
    AskToBePutOut(usize),
    /// A pong that answers nothing, or a packet without meaning.
    Idle(bool),
    Upgrade,
    Nonsense,
    Close,
}

const NAMES: [&str; 3] = ["/t", "/u", "/nowhere"];

fn step() -> impl Strategy<Value = Step> {
    let open = 0..2_usize;
    prop_oneof![
        6 => (0..3_usize).prop_map(Step::Join),
        1 => open.clone().prop_map(Step::JoinRefused),
        2 => open.clone().prop_map(Step::Leave),
        6 => open.clone().prop_map(Step::Emit),
        6 => (open.clone(), 0..1000_u64).prop_map(|(at, id)| Step::Ask(at, id)),
        3 => open.clone().prop_map(Step::Announce),
        4 => Just(Step::Attach),
        1 => open.prop_map(Step::AskToBePutOut),
        2 => any::<bool>().prop_map(Step::Idle),
        2 => Just(Step::Upgrade),
        1 => Just(Step::Nonsense),
        1 => Just(Step::Close),
    ]
}

/// What a step leads to.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// Exactly these packets; one that ends in `*` may go on.
    Hears(Vec<String>),
    /// The connection ends: because of the client's fault, or at its wish.
    Ends { violated: bool },
}

#[derive(Default)]
struct Model {
    joined: BTreeSet<usize>,
    announced: Option<usize>,
    has_upgraded: bool,
    /// Times that the application accepted somebody, who must go once.
    accepted: usize,
}

impl Model {
    fn take(&mut self, step: Step) -> Outcome {
        let none = || Outcome::Hears(Vec::new());
        let one = |text: String| Outcome::Hears(vec![text]);
        let violated = Outcome::Ends { violated: true };
        let is_packet = !matches!(step, Step::Attach | Step::Idle(_) | Step::Upgrade | Step::Close);
        if is_packet && self.announced.is_some() {
            return violated;
        }
        match step {
            Step::Join(2) => one("44/nowhere,{\"message\":\"Invalid namespace\"}".into()),
            Step::Join(at) if self.joined.insert(at) => {
                self.accepted += 1;
                one(format!("40{},{{\"sid\":*", NAMES[at]))
            }
            Step::JoinRefused(at) if !self.joined.contains(&at) => {
                let data = "{\"message\":\"no\",\"data\":{\"code\":\"test\"}}";
                one(format!("44{},{data}", NAMES[at]))
            }
            Step::Leave(at) if self.joined.remove(&at) => none(),
            Step::Emit(at) if self.joined.contains(&at) => {
                one(format!("42{},[\"echo\",1]", NAMES[at]))
            }
            Step::Ask(at, id) if self.joined.contains(&at) => {
                one(format!("43{},{id}[\"é\"]", NAMES[at]))
            }
            Step::Announce(at) => {
                self.announced = Some(at);
                none()
            }
            Step::Attach => match self.announced.take() {
                Some(at) if self.joined.contains(&at) => Outcome::Hears(vec![
                    format!("451-{},[\"echo\",{PLACEHOLDER}]", NAMES[at]),
                    "bAQID".into(),
                ]),
                _ => violated,
            },
            Step::AskToBePutOut(at) if self.joined.remove(&at) => one(format!("41{},", NAMES[at])),
            Step::Idle(_) => none(),
            Step::Upgrade => {
                self.has_upgraded = true;
                none()
            }
            Step::Close => Outcome::Ends { violated: false },
            _ => violated,
        }
    }
}

/// A client on either transport.
enum Link {
    Polling(SocketAddr, String),
    WebSocket(Client),
}

impl Link {
    fn open(address: SocketAddr, polls: bool) -> Link {
        if !polls {
            return Link::WebSocket(Client::engine(address));
        }
        let (_, open) = http(address, "GET", "/socket.io/?EIO=4&transport=polling", "");
        let open: serde_json::Value = serde_json::from_str(&open[1..]).unwrap();
        Link::Polling(address, open["sid"].as_str().unwrap().to_owned())
    }

    fn url(sid: &str, transport: &str) -> String {
        format!("/socket.io/?EIO=4&transport={transport}&sid={sid}")
    }

    /// Says a step; only a poller learns at once that it was a fault.
    fn say(&mut self, step: Step, violates: bool) {
        if let Step::Upgrade = step {
            return self.upgrade();
        }
        let text = match step {
            Step::Join(at) => format!("40{},", NAMES[at]),
            Step::JoinRefused(at) => format!("40{},{{\"refuse\":true}}", NAMES[at]),
            Step::Leave(at) => format!("41{},", NAMES[at]),
            Step::Emit(at) => format!("42{},[\"echo\",1]", NAMES[at]),
            Step::Ask(at, id) => format!("42{},{id}[\"echo\",\"é\"]", NAMES[at]),
            Step::Announce(at) => format!("451-{},[\"echo\",{PLACEHOLDER}]", NAMES[at]),
            Step::Attach => "bAQID".into(),
            Step::AskToBePutOut(at) => format!("42{},[\"out\"]", NAMES[at]),
            Step::Idle(pongs) => if pongs { "3" } else { "6" }.into(),
            Step::Nonsense => "42{}".into(),
            Step::Close => "1".into(),
            Step::Upgrade => unreachable!("said above"),
        };
        match self {
            Link::WebSocket(client) if text == "bAQID" => client.say_binary(&[1, 2, 3]),
            Link::WebSocket(client) => client.say(&text),
            Link::Polling(address, sid) => {
                let (status, _) = http(*address, "POST", &Link::url(sid, "polling"), &text);
                assert_eq!(status, if violates { 400 } else { 200 }, "{text}");
            }
        }
    }

    fn upgrade(&mut self) {
        let Link::Polling(address, sid) = self else { return };
        let mut client = Client::websocket(*address, &Link::url(sid, "websocket"));
        client.say("2probe");
        client.hears("3probe");
        client.say("5");
        *self = Link::WebSocket(client);
    }

    fn hear(&mut self, count: usize) -> Vec<String> {
        match self {
            Link::WebSocket(client) => (0..count)
                .map(|_| match client.hear() {
                    Heard::Text(text) => text,
                    Heard::Binary(data) if data == [1, 2, 3] => "bAQID".into(),
                    heard => panic!("{heard:?}"),
                })
                .collect(),
            Link::Polling(address, sid) if count > 0 => {
                let (status, body) = http(*address, "GET", &Link::url(sid, "polling"), "");
                assert_eq!(status, 200);
                body.split('\u{1e}').map(str::to_owned).collect()
            }
            Link::Polling(..) => Vec::new(),
        }
    }

    fn has_ended(&mut self, violated: bool) {
        match self {
            Link::WebSocket(client) => {
                assert_eq!(client.ends(), Some(if violated { 1002 } else { 1000 }));
            }
            Link::Polling(address, sid) => {
                assert_eq!(http(*address, "GET", &Link::url(sid, "polling"), "").0, 400);
            }
        }
    }
}

fn agrees(heard: &str, expected: &str) -> bool {
    match expected.strip_suffix('*') {
        Some(start) => heard.starts_with(start),
        None => heard == expected,
    }
}

/// Returns how many sockets were accepted on the way.
fn walk(host: &Host, polls: bool, steps: &[Step]) -> usize {
    let (mut model, mut link) = (Model::default(), Link::open(host.address, polls));
    for step in steps.iter().chain([&Step::Close]) {
        let outcome = model.take(*step);
        link.say(*step, outcome == Outcome::Ends { violated: true });
        match outcome {
            Outcome::Hears(expected) => {
                let heard = link.hear(expected.len());
                assert_eq!(heard.len(), expected.len(), "{heard:?} for {expected:?}");
                for (heard, expected) in heard.iter().zip(&expected) {
                    assert!(agrees(heard, expected), "{heard} for {expected}");
                }
            }
            Outcome::Ends { violated } => {
                link.has_ended(violated);
                break;
            }
        }
    }
    model.accepted
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_connection_behaves_like_its_model(
        polls in any::<bool>(),
        steps in prop::collection::vec(step(), 0..24),
    ) {
        // Nothing but the steps may speak: no heartbeat, no limit on silence.
        let quiet = std::time::Duration::from_secs(600);
        let host = Host::with(socketio::Config {
            ping_interval: quiet, ping_timeout: quiet, connect_timeout: quiet, ..config()
        });
        let accepted = walk(&host, polls, &steps);
        host.is_empty_again();
        for _ in 0..accepted {
            let told = host.told.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
            prop_assert!(told.starts_with("gone "), "{}", told);
        }
        prop_assert!(host.told.try_recv().is_err(), "nobody goes twice");
    }
}

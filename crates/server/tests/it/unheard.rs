//! A change that is in the store and that nobody was told of, as when the
//! answer of its commit is lost: whoever tries again tells of it.

use providers::bus::Bus;
use serde_json::json;

use crate::harness::Harness;
use crate::harness::socket::Socket;

/// What `act` does is done, and nobody hears of it.
async fn unheard<T>(h: &Harness, act: impl Future<Output = T>) -> T {
    let Bus::Local(listeners) = &h.app().bus;
    let kept = std::mem::take(&mut *listeners.write().unwrap());
    let done = act.await;
    *listeners.write().unwrap() = kept;
    done
}

/// How often it was heard of what the socket was told up to here.
async fn heard(socket: &mut Socket, name: &str) -> usize {
    socket.ask("sync.check", &json!({ "arev": 0, "open": [] })).await;
    socket.heard().iter().filter(|heard| *heard == name).count()
}

#[tokio::test]
async fn i15_what_nobody_was_told_of_is_told_once_when_it_is_tried_again() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let (mut hers, mut his) = (ann.socket().await, bob.socket().await);
    let place = json!({ "chat": chat, "seq": 1 });
    let tries = [
        ("message.send", json!({ "chat": chat, "client_id": "1", "body": "one" }), "message.new"),
        ("message.edit", json!({ "chat": chat, "seq": 1, "body": "two" }), "message.updated"),
        ("message.delete", place, "message.deleted"),
    ];
    for (rev, (verb, what, event)) in (2..).zip(tries) {
        let lost = unheard(&h, hers.ask(verb, &what)).await;
        assert_eq!((&lost["ok"], heard(&mut his, event).await), (&json!(true), 0), "{verb}");
        for _ in 0..2 {
            assert_eq!(hers.ask(verb, &what).await["ok"], true, "{verb}");
        }
        assert_eq!(his.hears(event).await["rev"], rev, "{verb}");
        assert_eq!(heard(&mut his, event).await, 1, "{verb}");
    }
}

#[tokio::test]
async fn a_send_tried_again_tells_of_the_message_as_it_is_now() {
    let h = Harness::start().await;
    let (ann, bob) = (h.person("ann").await, h.person("bob").await);
    let chat = ann.befriends(&bob).await;
    let (mut hers, mut his) = (ann.socket().await, bob.socket().await);
    let new = json!({ "chat": chat, "client_id": "1", "body": "one" });
    hers.ask("message.send", &new).await;
    let edit = json!({ "chat": chat, "seq": 1, "body": "two" });
    unheard(&h, hers.ask("message.edit", &edit)).await;
    assert_eq!(hers.ask("message.send", &new).await["message"]["body"], "two");
    assert_eq!(his.hears("message.updated").await["message"]["body"], "two");
    assert_eq!(heard(&mut his, "message.new").await, 1);
}

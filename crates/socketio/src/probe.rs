//! The dialogue on a WebSocket that wants to take over a long-polling session:
//! `2probe`, `3probe`, `5`. Until the last word the session stays where it is.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::connection::Kind;
use crate::http::count;
use crate::server::Shared;
use crate::socket::Id;
use crate::stream::Stream;
use crate::websocket::{self, Bounds, Item};

/// A probe says two short words; more than this is something else.
const MAX_BYTES: usize = 16 * 1024;

pub(crate) async fn run(
    shared: Arc<Shared>,
    kind: Kind,
    sid: Id,
    mut stream: Stream,
    early: &[u8],
) {
    let home = u16::from(sid.0[0]);
    let mut buffer = early.to_vec();
    // A session that has its WebSocket already wants no second one.
    let may_upgrade = shared.ask(home, move |worker| worker.may_upgrade(sid, kind));
    if may_upgrade.await != Some(true) {
        return refuse(stream).await;
    }
    let has_begun = timeout(shared.config.upgrade_timeout, async {
        hears(&mut stream, &mut buffer, "2probe").await?;
        let begun = shared.ask(home, move |worker| worker.begin_upgrade(sid, kind));
        begun.await.filter(|begun| *begun)
    });
    if has_begun.await.ok().flatten().is_none() {
        count(|worker| worker.counters().upgrades_failed.bump());
        return refuse(stream).await;
    }
    let is_agreed = timeout(shared.config.upgrade_timeout, async {
        stream.write_all(crate::polling::probe_answer().wire()).await.ok()?;
        stream.flush().await.ok()?;
        hears(&mut stream, &mut buffer, "5").await
    });
    let is_agreed = is_agreed.await.ok().flatten().is_some();
    let settled = shared.ask(home, move |worker| {
        if is_agreed {
            worker.finish_upgrade(sid, kind, stream, &buffer);
        } else {
            worker.counters().upgrades_failed.bump();
            worker.give_up_upgrade(sid, kind);
        }
    });
    settled.await;
}

/// Waits for exactly this text and leaves what follows it in the buffer.
async fn hears(stream: &mut Stream, buffer: &mut Vec<u8>, word: &str) -> Option<()> {
    let bounds = Bounds { message_bytes: MAX_BYTES, fragments: 1 };
    loop {
        let held = buffer.len();
        let (taken, is_word) = match websocket::next(buffer, &mut None, bounds).ok()? {
            Some((taken, Item::Text(text))) if text == word => (taken, true),
            Some((taken, Item::Pong)) => (taken, false),
            Some(_) => return None,
            None if held > MAX_BYTES => return None,
            None => (0, false),
        };
        buffer.drain(..taken);
        if is_word {
            return Some(());
        }
        if taken == 0 && stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
}

async fn refuse(mut stream: Stream) {
    let goodbye = crate::frame::Frame::control(websocket::CLOSE, &1008u16.to_be_bytes());
    // The peer broke the protocol or is gone: nothing depends on this write.
    drop(stream.write_all(goodbye.wire()).await);
    drop(stream.shutdown().await);
}

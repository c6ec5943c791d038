//! An SMTP server that keeps what it is given, and can be told to misbehave.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::DEADLINE;

/// What the server says to a recipient.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mood {
    /// Takes every mail.
    Kind,
    /// Nothing, ever.
    Mute,
    /// There is no such person.
    Refusing,
}

/// A running server; gone when dropped.
pub(crate) struct Sink {
    pub(crate) addr: SocketAddr,
    inside: Arc<Inside>,
    _tasks: JoinSet<()>,
}

struct Inside {
    mood: Mutex<Mood>,
    mails: Mutex<Vec<String>>,
    connections: Mutex<usize>,
    changed: Notify,
}

impl Sink {
    pub(crate) async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let inside = Arc::new(Inside {
            mood: Mutex::new(mood),
            mails: Mutex::default(),
            connections: Mutex::default(),
            changed: Notify::new(),
        });
        let mut tasks = JoinSet::new();
        let serves = Arc::clone(&inside);
        tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                *serves.connections.lock().expect("no panic") += 1;
                serves.changed.notify_waiters();
                let serves = Arc::clone(&serves);
                sessions.spawn(async move { serves.session(stream).await.unwrap_or(()) });
            }
        });
        Self { addr, inside, _tasks: tasks }
    }

    pub(crate) fn becomes(&self, mood: Mood) {
        *self.inside.mood.lock().expect("no panic") = mood;
    }

    /// The raw mails so far.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.inside.mails.lock().expect("no panic").clone()
    }

    /// Waits until `count` mails came.
    pub(crate) async fn has(&self, count: usize) -> Vec<String> {
        self.until(|inside| inside.mails.lock().expect("no panic").len() >= count).await;
        self.mails()
    }

    /// Waits until somebody has connected `count` times.
    pub(crate) async fn was_called(&self, count: usize) {
        self.until(|inside| *inside.connections.lock().expect("no panic") >= count).await;
    }

    async fn until(&self, is_so: impl Fn(&Inside) -> bool) {
        let waiting = async {
            loop {
                let changed = self.inside.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if is_so(&self.inside) {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(DEADLINE, waiting).await.expect("the server is called in time");
    }
}

impl Inside {
    fn mood(&self) -> Mood {
        *self.mood.lock().expect("no panic")
    }

    async fn session(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        if matches!(self.mood(), Mood::Mute) {
            std::future::pending::<()>().await;
        }
        write.write_all(b"220 sink\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let answer = match (line.split([' ', ':']).next().unwrap_or_default(), self.mood()) {
                ("EHLO" | "MAIL" | "RSET" | "NOOP", _) | ("RCPT", Mood::Kind) => "250 well",
                ("RCPT", _) => "550 nobody of that name",
                ("QUIT", _) => "221 bye",
                ("DATA", _) => {
                    write.write_all(b"354 go on\r\n").await?;
                    let mut mail = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        mail += &format!("{line}\n");
                    }
                    self.mails.lock().expect("no panic").push(mail);
                    self.changed.notify_waiters();
                    "250 taken"
                }
                _ => "502 what?",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}

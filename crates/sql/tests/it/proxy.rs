//! A link to the test server that can be cut or held.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Open,
    /// Bytes are neither passed on nor refused.
    Held,
    /// Connections are closed at once.
    Cut,
}

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    link: watch::Sender<Link>,
}

impl Proxy {
    pub(crate) async fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (link, state) = watch::channel(Link::Open);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server.clone(), state.clone()));
            }
        });
        Self { address, link }
    }

    pub(crate) fn cut(&self) {
        self.link.send_replace(Link::Cut);
    }

    pub(crate) fn hold(&self) {
        self.link.send_replace(Link::Held);
    }

    pub(crate) fn heal(&self) {
        self.link.send_replace(Link::Open);
    }
}

async fn carry(mut client: TcpStream, server: String, mut state: watch::Receiver<Link>) {
    if *state.borrow() == Link::Cut {
        return;
    }
    let mut upstream = TcpStream::connect(server).await.unwrap();
    loop {
        let now = *state.borrow_and_update();
        match now {
            Link::Cut => return,
            Link::Held => drop(state.changed().await),
            // Giving up the copy in the middle may lose bytes, which is why a
            // link that was held is cut before it heals.
            Link::Open => tokio::select! {
                _ = copy_bidirectional(&mut client, &mut upstream) => return,
                changed = state.changed() => drop(changed),
            },
        }
    }
}

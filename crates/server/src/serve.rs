//! The listener. A worker is a thread with a runtime of its own that accepts,
//! serves HTTP and owns its connections; there is one per core.

use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::Router;
use hyper::body::Incoming;
use socketio::{Server, TowerToHyperService};
use tokio::net::TcpSocket;
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::gate::Peer;

/// One listening socket per worker, all on one address.
pub(crate) struct Listeners {
    pub(crate) addr: SocketAddr,
    sockets: Vec<TcpListener>,
}

impl Listeners {
    /// How many workers there will be.
    pub(crate) fn count(&self) -> usize {
        self.sockets.len()
    }
}

/// Listens on `addr` once per worker; 0 workers means one per core.
pub(crate) fn bind(addr: SocketAddr, workers: usize) -> Result<Listeners> {
    let count = match workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        count => count,
    };
    // The workers' sockets share the port, which would also let a second
    // server of the same person share it; this one finds out.
    let probe = TcpListener::bind(addr).with_context(|| {
        format!(
            "{addr} cannot be listened on. Stop what listens there, perhaps another tidings, \
                 or choose another address with --listen"
        )
    })?;
    let addr = if addr.port() == 0 { probe.local_addr()? } else { addr };
    drop(probe);
    let sockets = (0..count).map(|_| listen(addr)).collect::<Result<_>>()?;
    Ok(Listeners { addr, sockets })
}

fn listen(addr: SocketAddr) -> Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(addr).with_context(|| addr.to_string())?;
    Ok(socket.listen(1024)?.into_std()?)
}

/// A thread that serves.
pub(crate) struct Worker {
    thread: JoinHandle<()>,
    finished: oneshot::Receiver<()>,
}

impl Worker {
    /// Waits until its connections have left, but not longer than `drain`.
    pub(crate) async fn finish(self, drain: Duration) -> Result<()> {
        match tokio::time::timeout(drain, self.finished).await {
            Ok(Ok(())) => self.thread.join().map_err(|_| anyhow!("a worker panicked")),
            Ok(Err(_)) => Err(anyhow!("a worker panicked")),
            Err(_) => {
                tracing::warn!("connections were cut: they had not left in time");
                Ok(())
            }
        }
    }
}

/// Starts a worker per listening socket. Each serves the transport and, under
/// every other path, the router.
pub(crate) fn start(
    listeners: Listeners,
    router: &Router,
    transport: &Server,
) -> Result<Vec<Worker>> {
    let start_one = |(n, socket)| {
        let (router, transport) = (router.clone(), transport.clone());
        let (done, finished) = oneshot::channel();
        let thread = std::thread::Builder::new().name(format!("worker-{n}")).spawn(move || {
            let service = router.map_request(|mut request: hyper::Request<Incoming>| {
                if let Some(peer) = request.extensions().get::<socketio::Peer>().copied() {
                    request.extensions_mut().insert(Peer(peer.address));
                }
                request.map(axum::body::Body::new)
            });
            let service = TowerToHyperService::new(service);
            if let Err(error) = transport.run_worker(socket, None, service) {
                tracing::error!(%error, "a worker cannot serve");
            }
            // Nobody may be waiting any more; that is not a fault.
            let _ = done.send(());
        })?;
        Ok(Worker { thread, finished })
    };
    listeners.sockets.into_iter().enumerate().map(start_one).collect()
}

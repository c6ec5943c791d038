//! The listener. A worker is a thread with a runtime of its own that accepts,
//! serves HTTP and owns its connections; there is one per core.

use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::Router;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::gate::Peer;

/// A request line and its headers must arrive within this time (A31).
const HEADER_TIME: Duration = Duration::from_secs(10);
/// More headers than this are an attack (A32).
const MAX_HEADERS: usize = 100;
/// What one connection may buffer of a request before its body.
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// One listening socket per worker, all on one address.
pub(crate) struct Listeners {
    pub(crate) addr: SocketAddr,
    sockets: Vec<TcpListener>,
}

/// Listens on `addr` once per worker; 0 workers means one per core.
pub(crate) fn bind(addr: SocketAddr, workers: usize) -> Result<Listeners> {
    let count = match workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        count => count,
    };
    // The workers' sockets share the port, which would also let a second
    // server of the same person share it; this one finds out.
    let probe = TcpListener::bind(addr)
        .with_context(|| format!("{addr} cannot be listened on; choose another with --listen"))?;
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

/// Starts a worker per listening socket.
pub(crate) fn start(
    listeners: Listeners,
    router: &Router,
    stop: &CancellationToken,
) -> Result<Vec<Worker>> {
    let start_one = |(n, socket)| {
        let (router, stop) = (router.clone(), stop.clone());
        let (done, finished) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name(format!("worker-{n}")).spawn(move || {
            runtime.block_on(work(socket, router, stop));
            // Nobody may be waiting any more; that is not a fault.
            let _ = done.send(());
        })?;
        Ok(Worker { thread, finished })
    };
    listeners.sockets.into_iter().enumerate().map(start_one).collect()
}

async fn work(socket: TcpListener, router: Router, stop: CancellationToken) {
    let listener = match tokio::net::TcpListener::from_std(socket) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "a worker cannot listen"),
    };
    let connections = TaskTracker::new();
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(connection(stream, peer, router.clone(), stop.clone()));
            }
            // Out of file descriptors: the others must finish first.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.map(axum::body::Body::new)
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    let mut serving = std::pin::pin!(serving);
    let outcome = tokio::select! {
        outcome = serving.as_mut() => outcome,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, network = %peer, "a connection broke");
    }
}

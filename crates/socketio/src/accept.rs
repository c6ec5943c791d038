//! The life of a worker: accepting, serving HTTP, and ending in order.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::application::Reason;
use crate::connection::Connection;
use crate::http::{self as ours, Peer};
use crate::server::{Notice, Phase, Server, Shared};
use crate::stream::{self, Seat, Stream};
use crate::worker::{Pump, Worker};

/// Pause after a failed `accept`, which fails again at once while descriptors
/// are short.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl Server {
    /// Runs one worker on the calling thread until [`Server::stop`] or
    /// [`Server::drain`] is through. Requests that are not for Socket.IO go to
    /// `service`; for a tower service wrap it in [`crate::TowerToHyperService`].
    ///
    /// Fails if the listener does, or if all places of `Config::workers` are taken.
    pub fn run_worker<S, B>(
        &self,
        listener: StdListener,
        tls: Option<Arc<ServerConfig>>,
        service: S,
    ) -> io::Result<()>
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        listener.set_nonblocking(true)?;
        self.run(service, tls.map(TlsAcceptor::from), || {
            let listener = TcpListener::from_std(listener)?;
            Ok(async move || {
                let (stream, address) = listener.accept().await?;
                // Frames are flushed once per turn already; waiting longer only delays.
                let _best_effort = stream.set_nodelay(true);
                Ok((Arrival::Tcp(stream), address))
            })
        })
    }

    /// The same on any byte streams. `listen` runs in the worker's event loop
    /// and answers what gives one stream after the other, with the address of
    /// whoever is at its other end. An error of that counts as a failed
    /// `accept`: one that has no more to give waits for ever.
    pub fn run_worker_over<T, A, S, B>(
        &self,
        listen: impl FnOnce() -> io::Result<A>,
        service: S,
    ) -> io::Result<()>
    where
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        A: AsyncFnMut() -> io::Result<(T, SocketAddr)>,
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.run(service, None, || {
            let mut next = listen()?;
            Ok(async move || {
                let (stream, address) = next().await?;
                Ok((Arrival::Foreign(Box::new(stream)), address))
            })
        })
    }

    /// `listen` runs where the worker's event loop is known.
    fn run<S, B, A>(
        &self,
        service: S,
        tls: Option<TlsAcceptor>,
        listen: impl FnOnce() -> io::Result<A>,
    ) -> io::Result<()>
    where
        A: AsyncFnMut() -> io::Result<(Arrival, SocketAddr)>,
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let shared = self.0.clone();
        let index = shared.started.fetch_add(1, Ordering::SeqCst);
        let Some(post) = shared.posts.get(usize::from(index)) else {
            return Err(io::Error::other("all workers of this server run already"));
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let worker = Rc::new(Worker::new(shared.clone(), index, width(&shared)));
        Worker::install(Some(worker.clone()));
        let _installed = Installed(shared.clone(), index);
        shared.running.fetch_add(1, Ordering::SeqCst);
        post.is_open.store(true, Ordering::SeqCst);
        runtime.block_on(async {
            let accept = listen()?;
            tokio::spawn(tokio::task::unconstrained(Pump));
            tokio::spawn(turn_wheel(width(&shared)));
            accept_all(&worker, accept, tls, service).await;
            worker.end().await;
            Ok(())
        })
    }
}

/// Somebody who has just connected.
enum Arrival {
    Tcp(TcpStream),
    Foreign(Box<dyn stream::Bytes>),
}

/// Takes the worker out of its thread before the runtime drops what is left,
/// so that no task of the past finds it.
struct Installed(Arc<Shared>, u16);

impl Drop for Installed {
    fn drop(&mut self) {
        let post = &self.0.posts[usize::from(self.1)];
        post.is_open.store(false, Ordering::SeqCst);
        drop(post.take());
        Worker::install(None);
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How fine the deadlines are: a tenth of the shortest heartbeat.
fn width(shared: &Shared) -> Duration {
    let shortest = shared.config.ping_interval.min(shared.config.ping_timeout);
    (shortest / 10).clamp(Duration::from_millis(10), Duration::from_millis(250))
}

async fn turn_wheel(width: Duration) {
    let mut turns = interval(width);
    turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        turns.tick().await;
        let Some(worker) = Worker::current() else { return };
        worker.tick();
    }
}

async fn accept_all<S, B>(
    worker: &Worker,
    mut accept: impl AsyncFnMut() -> io::Result<(Arrival, SocketAddr)>,
    tls: Option<TlsAcceptor>,
    service: S,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut phase = worker.shared.phase.subscribe();
    let limits = &worker.shared.config.limits;
    while matches!(*phase.borrow_and_update(), Phase::Serving) {
        let accepted = tokio::select! {
            accepted = accept() => accepted,
            _ = phase.changed() => continue,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                worker.counters().accept_errors.bump();
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let open = worker.connections.borrow().len() + worker.requests.get();
        let seat = worker.shared.seats.take(address.ip(), limits.connections_per_address);
        let (Some(seat), true) = (seat, open < limits.connections) else {
            worker.counters().turned_away.bump();
            continue;
        };
        let (shared, tls, service) = (worker.shared.clone(), tls.clone(), service.clone());
        let guest = Guest { shared, address, _open: OpenRequest::new(worker) };
        tokio::spawn(guest.serve(stream, seat, tls, service));
    }
}

/// Counts a connection that still speaks HTTP.
struct OpenRequest;

impl OpenRequest {
    fn new(worker: &Worker) -> OpenRequest {
        worker.requests.set(worker.requests.get() + 1);
        OpenRequest
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        if let Some(worker) = Worker::current() {
            worker.requests.set(worker.requests.get() - 1);
        }
    }
}

struct Guest {
    shared: Arc<Shared>,
    address: SocketAddr,
    _open: OpenRequest,
}

impl Guest {
    async fn serve<S, B>(self, arrival: Arrival, seat: Seat, tls: Option<TlsAcceptor>, service: S)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let peer = Peer { address: self.address, secure: tls.is_some() };
        let limits = &self.shared.config.limits;
        let stream = match (arrival, tls) {
            (Arrival::Foreign(stream), _) => Stream::Foreign { stream, _seat: Some(seat) },
            (Arrival::Tcp(stream), None) => Stream::Plain(stream, seat),
            (Arrival::Tcp(stream), Some(tls)) => {
                match timeout(limits.header_timeout, tls.accept(stream)).await {
                    Ok(Ok(stream)) => Stream::Tls(Box::new((stream, seat))),
                    Ok(Err(_)) | Err(_) => return,
                }
            }
        };
        let shared = self.shared.clone();
        let asked = Arc::new(Notify::new());
        let asks = asked.clone();
        let routed = service_fn(move |request| {
            asks.notify_one();
            route(shared.clone(), peer, service.clone(), request)
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_buf_size(limits.header_bytes.max(8_192))
            .max_headers(limits.headers);
        builder.http2().timer(TokioTimer::new()).max_concurrent_streams(64);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), routed);
        let mut connection = pin!(connection);
        let mut phase = self.shared.phase.subscribe();
        tokio::select! {
            ended = connection.as_mut() => ended.unwrap_or_else(|error| note(&*error)),
            () = never_asked(&asked, limits.header_timeout) => {
                ours::count(|worker| worker.counters().heads_late.bump());
            }
            () = no_longer_serving(&mut phase) => {
                connection.as_mut().graceful_shutdown();
                // An error here is the peer's end of a connection that ends anyway.
                drop(connection.await);
            }
        }
    }
}

/// Counts a head that came too late or was no head. Other errors are how
/// connections end.
fn note(error: &(dyn std::error::Error + Send + Sync + 'static)) {
    let Some(error) = error.downcast_ref::<hyper::Error>() else { return };
    ours::count(|worker| {
        if error.is_timeout() {
            worker.counters().heads_late.bump();
        } else if error.is_parse() {
            worker.counters().heads_refused.bump();
        }
    });
}

/// Ends when no request has come in time. The HTTP layer has such a limit only
/// once it knows which version is spoken, so silence would hold a seat for ever.
async fn never_asked(asked: &Notify, limit: Duration) {
    if timeout(limit, asked.notified()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}

async fn no_longer_serving(phase: &mut watch::Receiver<Phase>) {
    // The sender lives as long as the server, and this task does not outlive it.
    drop(phase.wait_for(|phase| !matches!(phase, Phase::Serving)).await);
}

async fn route<S, B>(
    shared: Arc<Shared>,
    peer: Peer,
    service: S,
    mut request: Request<Incoming>,
) -> Result<Response<Either<Full<Bytes>, B>>, Infallible>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
{
    if let Some(kind) = ours::endpoint(&shared, request.uri().path()) {
        return Ok(ours::answer(shared, kind, peer, request).await.map(Either::Left));
    }
    request.extensions_mut().insert(peer);
    Ok(service.call(request).await?.map(Either::Right))
}

impl Worker {
    /// Sees the connections out after the last one was accepted.
    async fn end(self: &Rc<Self>) {
        let phase = self.shared.phase.borrow().clone();
        if let Phase::Draining(notice, over) = phase {
            self.drain(&notice, over).await;
        }
        for connection in self.open_connections() {
            self.close(&connection, Reason::Drained, 1001);
        }
        let ends_at = self.after(self.shared.config.limits.close_timeout);
        while self.now() < ends_at && !self.is_deserted() {
            sleep(Duration::from_millis(10)).await;
        }
        // The last `disconnected` calls are the pump's to make.
        tokio::task::yield_now().await;
    }

    fn is_deserted(&self) -> bool {
        self.connections.borrow().len() == 0 && self.requests.get() == 0
    }

    fn open_connections(&self) -> Vec<Rc<Connection>> {
        self.connections.borrow().iter().cloned().collect()
    }

    /// Tells everybody, then retires connections evenly over the time.
    async fn drain(self: &Rc<Self>, notice: &Notice, over: Duration) {
        let sockets: Vec<_> =
            self.sockets.borrow().iter().map(|entry| entry.socket.clone()).collect();
        for socket in sockets {
            if let Some(frame) = notice(&socket) {
                socket.emit_urgent(&frame);
            }
        }
        let step = width(&self.shared);
        let (began, ends_at) = (self.now(), self.after(over));
        let total = self.open_connections().len();
        let mut phase = self.shared.phase.subscribe();
        while self.now() < ends_at && !self.is_deserted() {
            tokio::select! {
                () = sleep(step) => {}
                _ = phase.wait_for(|phase| matches!(phase, Phase::Stopped)) => return,
            }
            let passed = self.now().saturating_sub(began) as usize;
            let may_stay = total - (total * passed / (over.as_millis() as usize).max(1)).min(total);
            let open = self.open_connections();
            let excess = open.len().saturating_sub(may_stay);
            for connection in open.iter().filter(|one| !one.is_retiring.get()).take(excess) {
                self.retire(connection);
            }
        }
    }
}

//! The server as the application holds it: building it, emitting to rooms,
//! reading its counters, and ending it.

use std::any::Any;
use std::future::Future;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use http::{HeaderMap, StatusCode};
use tokio::sync::{oneshot, watch};

use crate::application::{Application, Handshake, Reason, Task};
use crate::config::Config;
use crate::counters::{Counted, Counters, Queued};
use crate::frame::Frame;
use crate::outbox::Class;
use crate::raw::Raw;
use crate::room::Room;
use crate::socket::Socket;
use crate::stream::Seats;
use crate::worker::Worker;

/// Asked before a handshake is answered. The pass it gives, if any, is held for
/// as long as the connection polls: behind a WebSocket stands a stream, which
/// is counted by itself.
pub type Admit = Arc<dyn Fn(&Handshake) -> Task<Result<Option<Pass>, NotAdmitted>> + Send + Sync>;

/// Whatever gives back, when it is dropped, what admitting somebody took.
pub type Pass = Box<dyn Any + Send>;

/// How a handshake is refused.
#[derive(Clone, Copy, Debug)]
pub struct NotAdmitted {
    pub status: StatusCode,
    /// Goes into the body as it is: no quotes and no backslashes.
    pub message: &'static str,
    /// When to come back, as `Retry-After`.
    pub retry_after_secs: Option<u64>,
}

/// Puts the headers of the house on an answer of ours before it is sent. A
/// `101 Switching Protocols` goes without: no page ever sees it.
pub type Dress = Arc<dyn Fn(StatusCode, &mut HeaderMap) + Send + Sync>;

/// What to tell each socket when the server goes away.
pub type Notice = Arc<dyn Fn(&Socket) -> Option<Frame> + Send + Sync>;

pub struct Builder {
    config: Config,
    namespaces: Vec<(String, Box<dyn Application>)>,
    raw: Vec<RawEndpoint>,
    admit: Option<Admit>,
    dress: Option<Dress>,
}

/// A path that speaks Engine.IO alone, or plain WebSocket.
pub(crate) struct RawEndpoint {
    pub(crate) path: String,
    pub(crate) has_engine: bool,
    pub(crate) raw: Box<dyn Raw>,
}

impl Builder {
    /// Adds a namespace. Its name begins with a slash; `/` is the main one.
    pub fn namespace(mut self, name: &str, application: impl Application) -> Builder {
        self.namespaces.push((name.to_owned(), Box::new(application)));
        self
    }

    /// Serves bare Engine.IO messages under another path.
    pub fn engine(mut self, path: &str, raw: impl Raw) -> Builder {
        self.raw.push(RawEndpoint { path: path.into(), has_engine: true, raw: Box::new(raw) });
        self
    }

    /// Serves plain WebSocket messages under another path.
    pub fn websocket(mut self, path: &str, raw: impl Raw) -> Builder {
        self.raw.push(RawEndpoint { path: path.into(), has_engine: false, raw: Box::new(raw) });
        self
    }

    /// Asks `admit` before each handshake is answered: the place to shed load.
    pub fn admit(mut self, admit: Admit) -> Builder {
        self.admit = Some(admit);
        self
    }

    /// Gives every answer but an upgrade to `dress`, refusals too.
    pub fn dress(mut self, dress: Dress) -> Builder {
        self.dress = Some(dress);
        self
    }

    pub fn build(self) -> Server {
        let workers = self.config.workers.clamp(1, 256);
        Server(Arc::new(Shared {
            config: self.config,
            namespaces: self.namespaces,
            raw: self.raw,
            admit: self.admit,
            dress: self.dress,
            posts: (0..workers).map(|_| Arc::default()).collect(),
            started: AtomicU16::new(0),
            running: AtomicUsize::new(0),
            seats: Arc::default(),
            phase: watch::Sender::new(Phase::Serving),
        }))
    }
}

/// Where a server is in its life.
#[derive(Clone)]
pub(crate) enum Phase {
    Serving,
    /// Saying goodbye, for this long.
    Draining(Notice, Duration),
    Stopped,
}

/// What all workers of a server share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) namespaces: Vec<(String, Box<dyn Application>)>,
    pub(crate) raw: Vec<RawEndpoint>,
    pub(crate) admit: Option<Admit>,
    pub(crate) dress: Option<Dress>,
    /// Each in memory of its own, so that no worker counts where another does.
    pub(crate) posts: Vec<Arc<Post>>,
    pub(crate) started: AtomicU16,
    pub(crate) running: AtomicUsize,
    pub(crate) seats: Arc<Seats>,
    pub(crate) phase: watch::Sender<Phase>,
}

/// The letter box of a worker.
#[derive(Default)]
pub(crate) struct Post {
    queue: Mutex<Vec<Op>>,
    pub(crate) is_open: AtomicBool,
    is_woken: AtomicBool,
    pub(crate) waker: AtomicWaker,
    pub(crate) counters: Counters,
}

impl Post {
    fn is_empty(&self) -> bool {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    pub(crate) fn take(&self) -> Vec<Op> {
        self.is_woken.store(false, Ordering::SeqCst);
        std::mem::take(&mut *self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Something to be done on a worker's own thread.
pub(crate) type Act = Box<dyn FnOnce(&Rc<Worker>) + Send>;

pub(crate) enum Op {
    Emit(Emission),
    Send { socket: Socket, frame: Frame, class: Class },
    Run(Act),
}

#[derive(Clone)]
pub(crate) struct Emission {
    pub(crate) to: Target,
    pub(crate) except: Option<Socket>,
    /// The sockets of this room are left out.
    pub(crate) without: Option<Room>,
    pub(crate) frame: Frame,
    pub(crate) class: Class,
}

#[derive(Clone)]
pub(crate) enum Target {
    All,
    One(Room),
    Many(Arc<[Room]>),
}

impl Shared {
    pub(crate) fn namespace(&self, name: &str) -> Option<u8> {
        self.namespaces.iter().position(|(known, _)| known == name).map(|at| at as u8)
    }

    /// Whether nothing waits in the letter box of the worker.
    pub(crate) fn has_no_post(&self, worker: u16) -> bool {
        self.posts[usize::from(worker)].is_empty()
    }

    pub(crate) fn post(&self, worker: u16, op: Op) {
        let post = &self.posts[usize::from(worker)];
        if !post.is_open.load(Ordering::SeqCst) {
            return;
        }
        post.queue.lock().unwrap_or_else(PoisonError::into_inner).push(op);
        if !post.is_woken.swap(true, Ordering::SeqCst) {
            post.waker.wake();
        }
    }

    /// Runs `act` on every worker.
    pub(crate) fn broadcast(self: &Arc<Shared>, act: impl Fn(&Rc<Worker>) + Send + Sync + 'static) {
        let act = Arc::new(act);
        for worker in 0..self.posts.len() as u16 {
            match Worker::current_of(self, worker) {
                Some(worker) => act(&worker),
                None => {
                    let act = act.clone();
                    self.post(worker, Op::Run(Box::new(move |worker| act(worker))));
                }
            }
        }
    }

    /// Asks one worker; nothing if it is not running.
    pub(crate) async fn ask<T: Send + 'static>(
        self: &Arc<Shared>,
        worker: u16,
        question: impl FnOnce(&Rc<Worker>) -> T + Send + 'static,
    ) -> Option<T> {
        if let Some(worker) = Worker::current_of(self, worker) {
            return Some(question(&worker));
        }
        if usize::from(worker) >= self.posts.len() {
            return None;
        }
        let (answer, answered) = oneshot::channel();
        let act = move |worker: &Rc<Worker>| drop(answer.send(question(worker)));
        self.post(worker, Op::Run(Box::new(act)));
        answered.await.ok()
    }
}

/// A Socket.IO server. Clones are the same server.
#[derive(Clone)]
pub struct Server(pub(crate) Arc<Shared>);

impl Server {
    pub fn builder(config: Config) -> Builder {
        Builder { config, namespaces: Vec::new(), raw: Vec::new(), admit: None, dress: None }
    }

    /// Emits to every socket of a room that is in the frame's namespace.
    pub fn emit(&self, room: Room, frame: &Frame) {
        self.spread(Target::One(room), None, frame, Class::Ordinary);
    }

    /// The same without one socket.
    pub fn emit_except(&self, room: Room, frame: &Frame, except: &Socket) {
        self.spread(Target::One(room), Some(except), frame, Class::Ordinary);
    }

    /// The same without the sockets that are also in the room `without`.
    pub fn emit_apart(&self, room: Room, frame: &Frame, without: Room) {
        let (to, frame, class) = (Target::One(room), frame.clone(), Class::Ordinary);
        self.hand_out(&Emission { to, except: None, without: Some(without), frame, class });
    }

    /// Emits once to every socket that is in any of the rooms.
    pub fn emit_to_many(&self, rooms: &[Room], frame: &Frame, except: Option<&Socket>) {
        self.spread(Target::Many(rooms.into()), except, frame, Class::Ordinary);
    }

    /// Emits a frame that may use the reserved places of the queues.
    pub fn emit_urgent(&self, room: Room, frame: &Frame) {
        self.spread(Target::One(room), None, frame, Class::Urgent);
    }

    /// Emits to every socket of the frame's namespace.
    pub fn emit_to_all(&self, frame: &Frame) {
        self.spread(Target::All, None, frame, Class::Ordinary);
    }

    fn spread(&self, to: Target, except: Option<&Socket>, frame: &Frame, class: Class) {
        let (except, frame) = (except.cloned(), frame.clone());
        self.hand_out(&Emission { to, except, without: None, frame, class });
    }

    /// What waits in the letter box of this worker came first and goes first:
    /// emissions that follow one another reach every socket in that order,
    /// whichever workers they come from.
    fn hand_out(&self, emission: &Emission) {
        for (worker, post) in self.0.posts.iter().enumerate() {
            let worker = worker as u16;
            match Worker::current_of(&self.0, worker) {
                Some(worker) if post.is_empty() => worker.emit(emission),
                _ => self.0.post(worker, Op::Emit(emission.clone())),
            }
        }
    }

    /// Makes every socket of `of` join `into`.
    pub fn join_all(&self, of: Room, into: Room) {
        self.each(of, move |worker, socket| worker.join(socket, into));
    }

    /// Makes every socket of `of` leave `from`.
    pub fn leave_all(&self, of: Room, from: Room) {
        self.each(of, move |worker, socket| worker.leave(socket, from));
    }

    /// Puts every socket of the room out of its namespace.
    pub fn disconnect_all(&self, of: Room) {
        self.each(of, |worker, socket| worker.part(socket, Reason::ServerLeft, true));
    }

    /// Runs `act` for every socket of the room, each on its own worker.
    pub fn for_each(&self, of: Room, act: impl Fn(&Socket) + Send + Sync + 'static) {
        self.each(of, move |_, socket| act(socket));
    }

    fn each(&self, of: Room, act: impl Fn(&Rc<Worker>, &Socket) + Send + Sync + 'static) {
        self.0.broadcast(move |worker| {
            for socket in worker.sockets_in(of) {
                act(worker, &socket);
            }
        });
    }

    /// How many sockets are in the room, over all namespaces and workers.
    pub fn count(&self, room: Room) -> impl Future<Output = usize> + Send + 'static {
        let shared = self.0.clone();
        async move {
            let mut count = 0;
            for worker in 0..shared.posts.len() as u16 {
                let members = shared.ask(worker, move |worker| worker.sockets_in(room).len());
                count += members.await.unwrap_or(0);
            }
            count
        }
    }

    /// What is queued for slow readers at this moment.
    pub fn queued(&self) -> impl Future<Output = Queued> + Send + 'static {
        let shared = self.0.clone();
        async move {
            let mut sum = Queued::default();
            for worker in 0..shared.posts.len() as u16 {
                let queued = shared.ask(worker, |worker| worker.queued()).await;
                sum = sum.and(queued.unwrap_or_default());
            }
            sum
        }
    }

    pub fn counters(&self) -> Counted {
        let mut sum = Counted::default();
        for post in &self.0.posts {
            post.counters.add_to(&mut sum);
        }
        sum
    }

    /// Sockets per worker, to see whether the load is spread.
    pub fn sockets_per_worker(&self) -> Vec<u64> {
        let one = |post: &Arc<Post>| {
            let mut sum = Counted::default();
            post.counters.add_to(&mut sum);
            sum.sockets
        };
        self.0.posts.iter().map(one).collect()
    }

    /// Goes away within `over`: no new connections, `notice` to every socket,
    /// connections closed evenly over the time, each when its running events
    /// are done and its queue is written. The workers return at the end.
    pub fn drain(&self, notice: Notice, over: Duration) {
        self.0.phase.send_if_modified(|phase| {
            let serves = matches!(phase, Phase::Serving);
            if serves {
                *phase = Phase::Draining(notice, over);
            }
            serves
        });
    }

    /// Ends at once: connections are closed and the workers return.
    pub fn stop(&self) {
        self.0.phase.send_replace(Phase::Stopped);
    }

    /// Whether no worker runs.
    pub fn is_stopped(&self) -> bool {
        self.0.running.load(Ordering::SeqCst) == 0
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }
}

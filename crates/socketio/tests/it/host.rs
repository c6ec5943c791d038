//! A server under test, and the application that it serves.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use serde_json::{Value, json};
use socketio::{
    Admit, Application, Config, Connect, Event, Flow, Frame, Origins, Reason, Refusal, Room,
    Server, Socket, Task,
};
use tokio::sync::Notify;
use tokio_rustls::rustls::ServerConfig;

pub(crate) struct Host {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    pub(crate) told: Receiver<String>,
    pub(crate) gate: Arc<Notify>,
    workers: Vec<JoinHandle<()>>,
}

/// Does what its events ask for.
struct Puppet {
    server: Arc<std::sync::OnceLock<Server>>,
    told: Mutex<Sender<String>>,
    gate: Arc<Notify>,
    running: Arc<AtomicUsize>,
}

impl Puppet {
    fn tell(&self, what: String) {
        let _test_is_over = self.told.lock().unwrap().send(what);
    }

    fn waiting(&self, event: Event<'_>) -> Task<()> {
        let (gate, running) = (self.gate.clone(), self.running.clone());
        let ack = event.ack;
        let number: Value = serde_json::from_str(event.args[0].get()).unwrap();
        self.tell(format!("start {number}"));
        Box::pin(async move {
            let most = running.fetch_add(1, Ordering::SeqCst) + 1;
            gate.notified().await;
            running.fetch_sub(1, Ordering::SeqCst);
            if let Some(ack) = ack {
                ack.reply(&json!([number, most])).unwrap();
            }
        })
    }

    fn server(&self) -> &Server {
        self.server.get().unwrap()
    }
}

impl Application for Puppet {
    fn connect(&self, socket: Socket, request: Connect) -> Task<Result<(), Refusal>> {
        let payload: Value = request.payload().unwrap();
        let gate = self.gate.clone();
        Box::pin(async move {
            socket.join(Room(1));
            socket.set(Arc::new(payload.clone()));
            if payload["slow"] == true {
                gate.notified().await;
            }
            if payload["panic"] == true {
                panic!("asked to");
            }
            if payload["refuse"] == true {
                return Err(Refusal::with_data("no", json!({"code": "test"})));
            }
            if payload["greet"] == true {
                socket.emit(&Frame::event(socket.namespace(), "early", &1).unwrap());
            }
            Ok(())
        })
    }

    fn event(&self, socket: &Socket, event: Event<'_>) -> Flow {
        match event.name.as_ref() {
            "echo" => {
                let attachments: Vec<&[u8]> = event.attachments.iter().map(|a| &a[..]).collect();
                let args = event.raw_args();
                match event.ack {
                    Some(ack) => ack.reply_raw(&args, &attachments),
                    None => socket.emit(&Frame::raw_event(
                        socket.namespace(),
                        "echo",
                        &args,
                        &attachments,
                    )),
                }
            }
            "wait" => return Flow::Wait(self.waiting(event)),
            "pipe" => return Flow::Pipelined(self.waiting(event)),
            "all" => {
                let value: Value = event.arg(0).unwrap();
                self.server().emit(Room(1), &Frame::event("/t", "all", &value).unwrap());
                if let Some(ack) = event.ack {
                    ack.reply(&true).unwrap();
                }
            }
            "behind" => {
                // Another thread was quicker: its emission waits for this worker.
                let server = self.server().clone();
                let frame = |what: &str| Frame::event("/t", "all", &what).unwrap();
                let early = frame("early");
                thread::spawn(move || server.emit(Room(1), &early)).join().unwrap();
                self.server().emit(Room(1), &frame("own"));
                if let Some(ack) = event.ack {
                    ack.reply(&true).unwrap();
                }
            }
            "ask" => {
                let asked = socket.emit_with_ack("asked", &1, Duration::from_millis(200));
                let told = self.told.lock().unwrap().clone();
                return Flow::Pipelined(Box::pin(async move {
                    let reply = asked.await.map(|reply| reply.args);
                    let _test_is_over = told.send(format!("{reply:?}"));
                }));
            }
            "panic" => panic!("asked to"),
            "leave" => socket.leave(Room(1)),
            "out" => socket.disconnect(),
            other => self.tell(format!("event {other}")),
        }
        Flow::Done
    }

    fn disconnected(&self, _socket: &Socket, reason: Reason) {
        self.tell(format!("gone {reason:?}"));
    }

    fn lagged(&self, socket: &Socket) -> Option<Frame> {
        self.tell("lagged".into());
        Frame::event(socket.namespace(), "missed", &1).ok()
    }
}

pub(crate) async fn plain(
    _request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("plain")))
}

pub(crate) fn config() -> Config {
    Config {
        ping_interval: Duration::from_secs(5),
        ping_timeout: Duration::from_secs(5),
        origins: Origins::Listed(vec!["https://chat.example".into()]),
        ..Config::default()
    }
}

impl Host {
    pub(crate) fn start() -> Host {
        Host::with(config())
    }

    pub(crate) fn with(config: Config) -> Host {
        Host::beside(config, None, None)
    }

    /// Serves `/t` and `/u` with the puppet on as many workers as are asked for.
    pub(crate) fn beside(
        config: Config,
        admit: Option<Admit>,
        tls: Option<&Arc<ServerConfig>>,
    ) -> Host {
        let (tell, told) = channel();
        let gate = Arc::new(Notify::new());
        let late = Arc::new(std::sync::OnceLock::new());
        let puppet = || Puppet {
            server: late.clone(),
            told: Mutex::new(tell.clone()),
            gate: gate.clone(),
            running: Arc::default(),
        };
        let count = config.workers;
        let mut builder =
            Server::builder(config).namespace("/t", puppet()).namespace("/u", puppet());
        if let Some(admit) = admit {
            builder = builder.admit(admit);
        }
        let server = builder.build();
        late.set(server.clone()).ok().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let workers = (0..count)
            .map(|_| {
                let (server, listener) = (server.clone(), listener.try_clone().unwrap());
                let tls = tls.cloned();
                std::thread::spawn(move || {
                    server.run_worker(listener, tls, service_fn(plain)).unwrap();
                })
            })
            .collect();
        Host { server, address, told, gate, workers }
    }

    #[track_caller]
    pub(crate) fn tells(&self, expected: &str) {
        let told = self.told.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(told, expected);
    }

    /// Waits until the server is in a state.
    #[track_caller]
    pub(crate) fn until(&self, is_so: impl Fn(&Server) -> bool) {
        let began = Instant::now();
        while !is_so(&self.server) {
            assert!(began.elapsed() < Duration::from_secs(10), "{:?}", self.server.counters());
            std::thread::yield_now();
        }
    }

    /// Everybody has gone and nothing is left of them.
    #[track_caller]
    pub(crate) fn is_empty_again(&self) {
        self.until(|server| {
            let counted = server.counters();
            counted.connections == 0 && counted.sockets == 0
        });
        assert_eq!(self.members(Room(1)), 0);
    }

    pub(crate) fn members(&self, room: Room) -> usize {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.server.count(room))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.stop();
        for worker in self.workers.drain(..) {
            let ended = worker.join();
            assert!(std::thread::panicking() || ended.is_ok(), "a worker panicked");
        }
    }
}

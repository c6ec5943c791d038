//! Config → App → router → serve. The same way for the program and for every
//! test; what differs is handed in as [`Parts`].

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use domain::{App, Clock, Entropy, Secrets, Site, mail, store};
use hmac_keys::derive;
use providers::bus::Bus;
use providers::mail::{Inbox, Mailer, Privacy, Relay, Smtp};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::{self, Access};
use crate::config::{self, Config};
use crate::edge::{Edge, Inside};
use crate::limits::Limits;
use crate::live::{self, Live};
use crate::{metrics, native, router, serve};

mod hmac_keys;

/// How often what nobody waits for is done: old rows, old limits.
const UPKEEP: Duration = Duration::from_secs(30);

/// How long the last connections may take to close after the drain.
const CLOSE: Duration = Duration::from_secs(10);

/// What tests replace.
#[derive(Debug)]
pub struct Parts {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Whether the search index follows by itself.
    pub follows: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self { clock: Clock::System, entropy: Entropy::System, follows: true }
    }
}

/// A server that serves.
pub struct Running {
    /// Where it listens, with the port it really got.
    pub addr: SocketAddr,
    /// What its handlers see.
    pub edge: Edge,
    transport: socketio::Server,
    workers: Vec<serve::Worker>,
    tasks: TaskTracker,
}

impl Running {
    /// Lets connections leave, for at most the configured time, finishes what
    /// was begun and closes the store.
    ///
    /// # Errors
    /// When a worker had panicked.
    pub async fn stop(self) -> Result<()> {
        self.edge.stop.cancel();
        self.tasks.close();
        let drain = Duration::from_secs(self.edge.config.drain_secs);
        self.transport.drain(live::notice(&self.edge, drain), drain);
        let mut outcome = Ok(());
        for worker in self.workers {
            outcome = worker.finish(drain + CLOSE).await.and(outcome);
        }
        self.tasks.wait().await;
        // Whatever happened to a worker, the store is left in good order.
        self.edge.app.db.close().await;
        outcome
    }
}

/// Opens the store, then the listener, then serves.
///
/// # Errors
/// When the data folder, the store or the address cannot be had; in words for
/// the operator.
pub async fn start(mut config: Config, parts: Parts) -> Result<Running> {
    if let Some(fault) = config.check().into_iter().next() {
        bail!("{fault}");
    }
    make_private_folder(&config.data)?;
    let listeners = serve::bind(config.listen, config.workers)?;
    config.listen = listeners.addr;
    let follows = parts.follows;
    let app = Arc::new(open(&config, parts).await?);

    let epoch = domain::sync::epoch(&app.db, &app.entropy).await.map_err(with_source)?;
    let stop = CancellationToken::new();
    let edge = Edge::new(Inside {
        access: Access::new(&app.secrets.access, &config.public_url()),
        limits: Limits::new(&config.limits, config.dev_no_limits),
        counts: metrics::Counts::default(),
        live: Live::new(epoch),
        boot: hex(&app.entropy.bytes::<4>()),
        stop,
        config,
        app,
    });
    auth::follow_revocations(&edge).await.context("ended sign-ins cannot be read")?;
    let transport = native::socket::transport(&edge, listeners.count());
    edge.live.hub.serve(transport.clone());
    live::follow(&edge);
    let tasks = TaskTracker::new();
    spawn_background(&edge, &tasks);
    if follows {
        let index = edge.clone();
        tasks.spawn(async move {
            index.stop.run_until_cancelled(domain::search::follow(&index.app)).await;
        });
    }
    let addr = listeners.addr;
    let workers = serve::start(listeners, &router::build(edge.clone()), &transport)?;
    Ok(Running { addr, edge, transport, workers, tasks })
}

/// Opens the store and makes everything that verbs need, without serving.
///
/// # Errors
/// When the store or the secret cannot be had; in words for the operator.
pub async fn open(config: &Config, parts: Parts) -> Result<App> {
    let url = config.database_url();
    let options = sql::Options::parse(&url).context("database")?;
    let db = sql::Db::open(&options).await.with_context(|| cannot_open(&url))?;
    store::migrate(&db).await.context("the database cannot be brought up to date")?;
    let templates = config.data.join("templates");
    let templates = mail::Templates::load(Some(&templates)).map_err(with_source)?;
    Ok(App {
        db,
        bus: Bus::local(),
        clock: parts.clock,
        secrets: secrets(config, &parts.entropy)?,
        entropy: parts.entropy,
        site: Site { name: config.name.clone(), public_url: config.public_url() },
        mailer: mailer(config)?,
        templates,
        jobs: domain::job::Bell::default(),
        search: domain::search::Due::default(),
        passwords: domain::password::Pool::per_core(),
    })
}

/// Names the database, without who logs in and by what.
fn cannot_open(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return "the database cannot be opened".to_owned();
    }
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let place = rest.rsplit('@').next().unwrap_or_default();
    let place = place.split(['/', '?']).next().unwrap_or_default();
    format!(
        "the database on {place} cannot be opened. See that it runs and that --database is right"
    )
}

/// Work beside the requests: jobs, upkeep, ended sign-ins.
fn spawn_background(edge: &Edge, tasks: &TaskTracker) {
    let jobs = edge.clone();
    tasks.spawn(async move {
        jobs.stop.run_until_cancelled(domain::job::work(&jobs.app)).await;
    });
    let here = edge.clone();
    tasks.spawn(async move { live::tick(&here).await });
    let upkeep = edge.clone();
    tasks.spawn(async move {
        let mut ticks = tokio::time::interval(UPKEEP);
        while upkeep.stop.run_until_cancelled(ticks.tick()).await.is_some() {
            upkeep.limits.sweep();
            if let Err(error) = domain::sweep::run(&upkeep.app).await {
                tracing::warn!(%error, "old rows could not be removed");
            }
        }
    });
    let revoked = edge.clone();
    tasks.spawn(async move {
        revoked.stop.run_until_cancelled(auth::poll_revocations(&revoked)).await;
    });
}

pub(crate) fn mailer(config: &Config) -> Result<Mailer> {
    let mail = &config.mail;
    let (Some(host), Some(from)) = (&mail.host, &mail.from) else {
        return Ok(Mailer::Inbox(Inbox::default()));
    };
    if config.has_inbox() {
        return Ok(Mailer::Inbox(Inbox::default()));
    }
    let login = mail.username.clone().zip(mail.password.as_ref());
    let read = |path: &PathBuf| {
        std::fs::read(path).with_context(|| format!("mail.authorities: {}", path.display()))
    };
    let relay = Relay {
        host: host.clone(),
        port: mail.port,
        privacy: match mail.privacy {
            config::Privacy::Tls => Privacy::Tls,
            config::Privacy::Starttls => Privacy::StartTls,
            config::Privacy::None => Privacy::Plain,
        },
        authorities: mail.authorities.as_ref().map(read).transpose()?,
        login: login.map(|(name, password)| (name, password.reveal().to_owned())),
        from: (config.name.clone(), from.parse().context("mail.from")?),
    };
    Ok(Mailer::Smtp(Smtp::new(relay).context("mail.host or mail.authorities")?))
}

/// The keys of the installation, all from one secret: the configured one, or
/// one that is made at the first start and kept in the data folder.
fn secrets(config: &Config, entropy: &Entropy) -> Result<Secrets> {
    let root = match &config.secret {
        Some(secret) => secret.reveal().as_bytes().to_vec(),
        None => kept_secret(&config.data.join("secret"), entropy)?,
    };
    Ok(Secrets {
        access: derive(&root, "access token"),
        refresh: derive(&root, "refresh token"),
        code: derive(&root, "mailed code"),
    })
}

fn kept_secret(path: &Path, entropy: &Entropy) -> Result<Vec<u8>> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let mut new = std::fs::OpenOptions::new();
    match new.write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let secret = hex(&entropy.bytes::<32>());
            file.write_all(secret.as_bytes())?;
            file.sync_all()?;
            Ok(secret.into_bytes())
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let secret = std::fs::read(path).with_context(|| path.display().to_string())?;
            if secret.len() < 32 {
                bail!(
                    "{}: too short; restore it, or remove it to end every sign-in",
                    path.display()
                );
            }
            Ok(secret)
        }
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

fn make_private_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    let remedy = "Name another with --data, or give it to whom tidings runs as";
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("the data folder {} cannot be made. {remedy}", path.display()))?;
    // Tried now, to be told in these words and not in those of the database.
    let probe = path.join(".writable");
    let tried = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
    tried.with_context(|| format!("the data folder {} cannot be written. {remedy}", path.display()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The domain's error shows people a sentence; the operator wants the cause.
fn with_source(error: domain::Error) -> anyhow::Error {
    match error.source {
        Some(source) => anyhow::anyhow!(source),
        None => anyhow::anyhow!(error),
    }
}

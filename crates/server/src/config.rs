//! What the operator decides. Nothing is needed to start.
//!
//! A value comes from the first of these that names it: a flag, the
//! environment (`TIDINGS_KEY`, `TIDINGS_SECTION__KEY`), `config.toml`, the
//! default. The comments below are the documentation: `docs/config.md` and
//! `tidings config default` are made of them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

mod check;
mod network;
mod print;
mod rate;
mod source;

pub use check::Fault;
pub use network::{Cidr, is_own_name};
pub use print::{default_file, merged, with_sources};
pub use rate::Rate;
pub use source::{Flags, Sources, load, load_with_sources};

/// Everything an operator can set.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address and port to listen on. Only this machine is served unless
    /// you change it.
    #[schema(value_type = String)]
    pub listen: SocketAddr,
    /// Where people reach this server, such as `https://chat.example.org`.
    /// Links in mails start with it, and only its pages may use the API.
    /// Without it: `http://localhost` and the listener's port.
    pub public_url: Option<String>,
    /// The folder that holds everything: the database, generated secrets,
    /// media, your own mail templates.
    #[schema(value_type = String)]
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`. Without it:
    /// SQLite, in `tidings.db` of the data folder.
    #[schema(value_type = Option<String>)]
    pub database: Option<Secret>,
    /// The installation's secret, at least 32 characters, from which every
    /// key is derived. Without it one is generated into the data folder;
    /// several nodes must share one.
    #[schema(value_type = Option<String>)]
    pub secret: Option<Secret>,
    /// What this installation calls itself in mails and on pages.
    pub name: String,
    /// The proxies whose `X-Forwarded-For` is believed, as addresses or
    /// networks: `["127.0.0.1", "10.0.0.0/8"]`. Everybody else's is ignored.
    #[schema(value_type = Vec<String>)]
    pub trusted_proxies: Vec<Cidr>,
    /// How many threads serve connections; 0 means one per core.
    pub workers: usize,
    /// How long connections may take to leave when the server stops, in
    /// seconds.
    pub drain_secs: u64,
    /// Opens `/metrics` to whoever sends it as a Bearer token; at least 16
    /// characters. Without it only programs on this machine may read them, and
    /// only when nobody else can reach the listener.
    #[schema(value_type = Option<String>)]
    pub metrics_token: Option<Secret>,
    /// Development: the mail inbox is on, cookies work over plain http. Only
    /// for a listener on this machine.
    pub dev: bool,
    /// With `dev`: no rate limits.
    pub dev_no_limits: bool,
    /// How mail leaves.
    pub mail: Mail,
    /// How often things may be done.
    pub limits: Limits,
    /// What is logged.
    pub log: Log,
}

/// How mail leaves. Without a host it stays in the development inbox, which
/// only a listener on this machine has.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// The SMTP server's name.
    pub host: Option<String>,
    /// Its port: 465 for `tls`, 587 for `starttls`.
    pub port: u16,
    /// When the connection becomes private.
    pub privacy: Privacy,
    /// A PEM file of authorities that may sign the server's certificate beside
    /// the public ones: for a server with a certificate of your own.
    #[schema(value_type = Option<String>)]
    pub authorities: Option<PathBuf>,
    /// The name to log in with.
    pub username: Option<String>,
    /// The password to log in with.
    #[schema(value_type = Option<String>)]
    pub password: Option<Secret>,
    /// The address mails come from.
    pub from: Option<String>,
}

/// When an SMTP connection becomes private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Privacy {
    /// From the first byte.
    Tls,
    /// After STARTTLS, which the server must offer.
    Starttls,
    /// Never: only for a server on this machine.
    None,
}

/// How often things may be done, as `COUNT/TIME`: `10/15m` is ten at once, and
/// again ten spread over 15 minutes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Passwords tried for one account, from networks it never signed in from.
    #[schema(value_type = String)]
    pub sign_in_per_account: Rate,
    /// Passwords tried from one network.
    #[schema(value_type = String)]
    pub sign_in_per_network: Rate,
    /// Sign-ups begun from one network.
    #[schema(value_type = String)]
    pub sign_up_per_network: Rate,
    /// Codes and links tried from one network.
    #[schema(value_type = String)]
    pub code_per_network: Rate,
    /// Mails that strangers can cause to one address.
    #[schema(value_type = String)]
    pub mail_per_address: Rate,
    /// Mails that one network can cause.
    #[schema(value_type = String)]
    pub mail_per_network: Rate,
    /// API requests of one network that come without a sign-in.
    #[schema(value_type = String)]
    pub unsigned_per_network: Rate,
    /// API requests of one account, whichever its devices. What goes over the
    /// socket is counted per socket, apart from this.
    #[schema(value_type = String)]
    pub requests_per_account: Rate,
    /// Sockets begun from one network, whichever their transport.
    #[schema(value_type = String)]
    pub sockets_per_network: Rate,
    /// Sockets without a WebSocket that one network may have at a time.
    pub polling_per_network: u32,
}

/// What is logged.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, also per module:
    /// `info,server::gate=debug` shows every request.
    pub level: String,
    /// `auto` is `pretty` on a terminal and `json` elsewhere.
    pub format: Format,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// By whether somebody watches.
    Auto,
    /// For people.
    Pretty,
    /// For programs, one object per line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            public_url: None,
            data: PathBuf::from("./data"),
            database: None,
            secret: None,
            name: "Tidings".to_owned(),
            trusted_proxies: Vec::new(),
            workers: 0,
            drain_secs: 20,
            metrics_token: None,
            dev: false,
            dev_no_limits: false,
            mail: Mail::default(),
            limits: Limits::default(),
            log: Log::default(),
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: None,
            port: 465,
            privacy: Privacy::Tls,
            authorities: None,
            username: None,
            password: None,
            from: None,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in_per_account: Rate::of(10, 15 * 60),
            sign_in_per_network: Rate::of(30, 15 * 60),
            sign_up_per_network: Rate::of(20, 3600),
            code_per_network: Rate::of(60, 15 * 60),
            mail_per_address: Rate::of(5, 3600),
            mail_per_network: Rate::of(30, 3600),
            unsigned_per_network: Rate::of(300, 60),
            requests_per_account: Rate::of(1_200, 60),
            sockets_per_network: Rate::of(600, 60),
            polling_per_network: 256,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: Format::Auto }
    }
}

impl Config {
    /// Where people reach this server, without a trailing slash.
    #[must_use]
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://localhost:{}", self.listen.port()),
        }
    }

    /// `sqlite:PATH` or `postgres://…`.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database {
            Some(url) => url.reveal().to_owned(),
            None => format!("sqlite:{}", self.data.join("tidings.db").display()),
        }
    }

    /// Whether mail stays in the development inbox.
    #[must_use]
    pub fn has_inbox(&self) -> bool {
        self.listen.ip().is_loopback() && (self.dev || self.mail.host.is_none())
    }
}

/// Text that must never be printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the one place that uses it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("***")
    }
}

#[cfg(test)]
mod tests;

//! Mail: out through SMTP, or kept in the development inbox.
//!
//! Owns addresses and transport; what a mail says is its sender's matter.
//! Every header is built from typed parts, so no text from outside can add
//! one.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::watch;

/// How many mails the development inbox keeps; the oldest go first.
const KEPT: usize = 500;
/// RFC 5321, 4.5.3.1.3, without the angle brackets.
const MAX_ADDRESS_BYTES: usize = 254;

/// How a certificate begins in a PEM file; a file without one reads as empty.
const PEM_MARK: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// An address that a mail may go to. Only parsing makes one, so it holds no
/// line break and no second address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address(lettre::Address);

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let is_plain = text.len() <= MAX_ADDRESS_BYTES && !text.chars().any(char::is_control);
        let address: lettre::Address = text.parse().map_err(|_| BadAddress)?;
        // A quoted local part may hold anything; nobody has one.
        let has_dot = address.domain().split('.').filter(|label| !label.is_empty()).count() > 1;
        if is_plain && has_dot && !address.user().starts_with('"') {
            Ok(Self(address))
        } else {
            Err(BadAddress)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text is not an address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadAddress;

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an e-mail address")
    }
}

impl std::error::Error for BadAddress {}

/// A mail, ready to go.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Whom it is for.
    pub to: Address,
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The same for the others.
    pub html: String,
}

/// How to reach the SMTP server.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// When the connection becomes private.
    pub privacy: Privacy,
    /// Authorities that may sign its certificate beside the public ones, as PEM.
    pub authorities: Option<Vec<u8>>,
    /// The name and password to log in with.
    pub login: Option<(String, String)>,
    /// The name and address mails come from.
    pub from: (String, Address),
}

/// When an SMTP connection becomes private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// From the first byte (port 465).
    Tls,
    /// After STARTTLS, which the server must offer (port 587).
    StartTls,
    /// Never: for a server on the same machine.
    Plain,
}

/// Why a mail did not go.
#[derive(Debug)]
pub struct Unsent {
    /// What the server or the network said.
    pub why: String,
    /// Whether the same mail may go later.
    pub is_retryable: bool,
}

impl fmt::Display for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Unsent {}

/// Sends mail.
#[derive(Debug)]
pub enum Mailer {
    /// Out into the world.
    Smtp(Smtp),
    /// Nowhere: kept for whoever develops or tests.
    Inbox(Inbox),
}

impl Mailer {
    /// Sends `mail` at `now_ms`; an answer means the next server has it.
    ///
    /// # Errors
    /// When the server refused it or could not be reached.
    pub async fn send(&self, mail: Mail, now_ms: i64) -> Result<(), Unsent> {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::Inbox(inbox) => {
                inbox.keep(mail, now_ms);
                Ok(())
            }
        }
    }

    /// The inbox, when mail stays here.
    #[must_use]
    pub fn inbox(&self) -> Option<&Inbox> {
        match self {
            Self::Smtp(_) => None,
            Self::Inbox(inbox) => Some(inbox),
        }
    }
}

/// An SMTP server and the address to write as.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Prepares connections to `relay`; none is made before the first mail.
    ///
    /// # Errors
    /// When the host's name cannot stand in a certificate, or the authorities
    /// are none.
    pub fn new(relay: Relay) -> Result<Self, Unsent> {
        let holds_one = |pem: &Vec<u8>| pem.windows(PEM_MARK.len()).any(|part| part == PEM_MARK);
        if !relay.authorities.as_ref().is_none_or(holds_one) {
            let why = "the file of authorities holds no certificate".to_owned();
            return Err(Unsent { why, is_retryable: false });
        }
        let tls = || {
            let builder = TlsParameters::builder(relay.host.clone());
            match &relay.authorities {
                Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem)?).build(),
                None => builder.build(),
            }
        };
        let tls = match relay.privacy {
            Privacy::Tls => Tls::Wrapper(tls().map_err(|error| refused(&error))?),
            Privacy::StartTls => Tls::Required(tls().map_err(|error| refused(&error))?),
            Privacy::Plain => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host)
            .port(relay.port)
            .tls(tls)
            .hello_name(ClientId::Domain(relay.from.1.0.domain().to_owned()))
            .timeout(Some(Duration::from_secs(20)));
        if let Some((name, password)) = relay.login {
            builder = builder.credentials(Credentials::new(name, password));
        }
        let from = Mailbox::new(Some(relay.from.0), relay.from.1.0);
        Ok(Self { transport: builder.build(), from })
    }

    async fn send(&self, mail: Mail) -> Result<(), Unsent> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.0))
            .subject(one_line(&mail.subject))
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
            .map_err(|error| Unsent { why: error.to_string(), is_retryable: false })?;
        self.transport.send(message).await.map(drop).map_err(|error| refused(&error))
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp(from {})", self.from)
    }
}

fn refused(error: &lettre::transport::smtp::Error) -> Unsent {
    Unsent { why: error.to_string(), is_retryable: !error.is_permanent() }
}

/// Line breaks and other controls become spaces.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A mail in the development inbox.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Counts up from 1.
    pub id: u64,
    /// When it was sent, in Unix milliseconds.
    pub at: i64,
    /// The mail.
    pub mail: Mail,
}

/// The development inbox: bounded, in memory, gone with the process.
#[derive(Debug)]
pub struct Inbox {
    kept: Mutex<VecDeque<Kept>>,
    count: watch::Sender<u64>,
}

impl Default for Inbox {
    fn default() -> Self {
        Self { kept: Mutex::default(), count: watch::Sender::new(0) }
    }
}

impl Inbox {
    fn keep(&self, mail: Mail, at: i64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let id = *self.count.borrow() + 1;
        if kept.len() == KEPT {
            kept.pop_back();
        }
        kept.push_front(Kept { id, at, mail });
        // Told while the lock is held, so that ids stand in order.
        self.count.send_replace(id);
    }

    /// Newest first; only those to `to`, when given, whatever its case.
    #[must_use]
    pub fn list(&self, to: Option<&str>) -> Vec<Kept> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_wanted = |one: &&Kept| {
            to.is_none_or(|to| one.mail.to.to_string().to_lowercase() == to.to_lowercase())
        };
        kept.iter().filter(is_wanted).cloned().collect()
    }

    /// Throws everything away.
    pub fn clear(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Changes with every mail; holds the newest id.
    #[must_use]
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;

//! What is wrong with a configuration, all of it at once, with the remedy.

use std::fmt;

use super::{Config, Privacy};

/// Something the operator must change before the server can start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key, such as `mail.from`.
    pub key: String,
    /// What is wrong with it.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. {}", self.key, self.what, self.remedy)
    }
}

impl Config {
    /// Every fault, in the order of the keys; empty when the server can start.
    #[must_use]
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |is_wrong: bool, key: &str, what: &str, remedy: &str| {
            if is_wrong {
                let (key, what, remedy) = (key.to_owned(), what.to_owned(), remedy.to_owned());
                faults.push(Fault { key, what, remedy });
            }
        };
        let is_open = !self.listen.ip().is_loopback();
        let is_url = |url: &str| {
            url.parse::<http::Uri>().is_ok_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https"))
                    && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
                    && uri.query().is_none()
            })
        };
        fault(
            is_open && self.dev,
            "dev",
            "development mode on an address that others can reach",
            "Leave `dev` out, or listen on 127.0.0.1.",
        );
        fault(
            self.dev_no_limits && !self.dev,
            "dev_no_limits",
            "rate limits cannot be switched off outside development",
            "Leave `dev_no_limits` out, or start with --dev too.",
        );
        fault(
            self.public_url.as_deref().is_some_and(|url| !is_url(url)),
            "public_url",
            "not a web address",
            "Write it like https://chat.example.org, without ? and #.",
        );
        fault(
            is_open && self.public_url.is_none(),
            "public_url",
            "missing, and others can reach this server",
            "Set it to the address that people type, such as https://chat.example.org.",
        );
        fault(
            self.database.as_ref().is_some_and(|url| {
                let known = ["sqlite:", "postgres://", "postgresql://"];
                !known.iter().any(|scheme| url.reveal().starts_with(scheme))
            }),
            "database",
            "no engine we know",
            "Write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.",
        );
        fault(
            self.secret.as_ref().is_some_and(|secret| secret.reveal().len() < 32),
            "secret",
            "shorter than 32 characters",
            "Make one with `openssl rand -hex 32`, or leave it out.",
        );
        fault(
            self.name.trim().is_empty() || self.name.chars().any(char::is_control),
            "name",
            "empty, or not plain text",
            "Choose a name of one line.",
        );
        self.mail_faults(is_open, &mut fault);
        faults
    }

    fn mail_faults(&self, is_open: bool, fault: &mut impl FnMut(bool, &str, &str, &str)) {
        let mail = &self.mail;
        let is_address = |text: &str| text.parse::<providers::mail::Address>().is_ok();
        fault(
            is_open && mail.host.is_none(),
            "mail.host",
            "missing, so nobody outside this machine could get a code",
            "Name an SMTP server, or listen on 127.0.0.1 to use the built-in inbox.",
        );
        fault(
            mail.host.is_some() && !mail.from.as_deref().is_some_and(is_address),
            "mail.from",
            "missing, or not an e-mail address",
            "Set the address that mails come from, such as tidings@example.org.",
        );
        fault(
            mail.username.is_some() != mail.password.is_some(),
            "mail.password",
            "a name without a password, or the reverse",
            "Set both `mail.username` and `mail.password`, or neither.",
        );
        let is_near =
            matches!(mail.host.as_deref(), None | Some("localhost" | "127.0.0.1" | "::1"));
        fault(
            mail.privacy == Privacy::None && !is_near,
            "mail.privacy",
            "mails with codes would cross the network unencrypted",
            "Use `tls` or `starttls`; `none` is for a server on this machine.",
        );
    }
}

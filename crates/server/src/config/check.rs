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

/// Whether it is wrong; then the key, what is wrong, and the remedy.
type Rule = (bool, &'static str, &'static str, &'static str);

impl Config {
    /// Every fault; empty when the server can start.
    #[must_use]
    pub fn check(&self) -> Vec<Fault> {
        let rules = [self.serving_rules(), self.identity_rules(), self.mail_rules()];
        let broken = rules.into_iter().flatten().filter(|(is_wrong, ..)| *is_wrong);
        let fault = |(_, key, what, remedy): Rule| Fault {
            key: key.to_owned(),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        };
        broken.map(fault).collect()
    }

    fn is_open(&self) -> bool {
        !self.listen.ip().is_loopback()
    }

    /// Others reach this server by that name, whatever it listens on: a proxy
    /// stands before it.
    fn is_published(&self) -> bool {
        let authority = |url: &String| url.parse::<http::Uri>().ok()?.authority().cloned();
        let authority = self.public_url.as_ref().and_then(authority);
        authority.is_some_and(|authority| !super::is_own_name(authority.host()))
    }

    fn serving_rules(&self) -> Vec<Rule> {
        vec![
            (
                self.is_open() && self.dev,
                "dev",
                "development mode on an address that others can reach",
                "Leave `dev` out, or listen on 127.0.0.1.",
            ),
            (
                self.dev_no_limits && !self.dev,
                "dev_no_limits",
                "rate limits cannot be switched off outside development",
                "Leave `dev_no_limits` out, or start with --dev too.",
            ),
            (
                self.public_url.as_deref().is_some_and(|url| !is_web_address(url)),
                "public_url",
                "not a web address",
                "Write it like https://chat.example.org, without ? and #.",
            ),
            (
                self.is_open() && self.public_url.is_none(),
                "public_url",
                "missing, and others can reach this server",
                "Set it to the address that people type, such as https://chat.example.org.",
            ),
        ]
    }

    fn identity_rules(&self) -> Vec<Rule> {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        let is_known = |url: &str| known.iter().any(|scheme| url.starts_with(scheme));
        vec![
            (
                self.database.as_ref().is_some_and(|url| !is_known(url.reveal())),
                "database",
                "no engine we know",
                "Write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.",
            ),
            (
                self.secret.as_ref().is_some_and(|secret| secret.reveal().len() < 32),
                "secret",
                "shorter than 32 characters",
                "Make one with `openssl rand -hex 32`, or leave it out.",
            ),
            (
                self.metrics_token.as_ref().is_some_and(|token| token.reveal().len() < 16),
                "metrics_token",
                "shorter than 16 characters",
                "Make one with `openssl rand -hex 16`, or leave it out.",
            ),
            (
                self.name.trim().is_empty() || self.name.chars().any(char::is_control),
                "name",
                "empty, or not plain text",
                "Choose a name of one line.",
            ),
        ]
    }

    fn mail_rules(&self) -> Vec<Rule> {
        let mail = &self.mail;
        let is_address = |text: &str| text.parse::<providers::mail::Address>().is_ok();
        let near = [None, Some("localhost"), Some("127.0.0.1"), Some("::1")];
        vec![
            (
                (self.is_open() || self.is_published() && !self.dev) && mail.host.is_none(),
                "mail.host",
                "missing, so nobody outside this machine could get a code",
                "Name an SMTP server; or listen on 127.0.0.1 and leave `public_url` out, \
                 to use the built-in inbox.",
            ),
            (
                mail.host.is_some() && !mail.from.as_deref().is_some_and(is_address),
                "mail.from",
                "missing, or not an e-mail address",
                "Set the address that mails come from, such as tidings@example.org.",
            ),
            (
                mail.username.is_some() != mail.password.is_some(),
                "mail.password",
                "a name without a password, or the reverse",
                "Set both `mail.username` and `mail.password`, or neither.",
            ),
            (
                mail.privacy == Privacy::None && !near.contains(&mail.host.as_deref()),
                "mail.privacy",
                "mails with codes would cross the network unencrypted",
                "Use `tls` or `starttls`; `none` is for a server on this machine.",
            ),
        ]
    }
}

fn is_web_address(url: &str) -> bool {
    url.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.query().is_none()
    })
}

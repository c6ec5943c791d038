//! What we write to people by mail, and when it goes.
//!
//! Owns the texts. A mail is queued in the batch of its cause and sent by a
//! job, so it goes if, and only if, the cause is stored. An operator may
//! replace any text by a file of the same name in the data folder.

use std::path::Path;

use minijinja::{AutoEscape, Environment, context};
use providers::mail::{Address, Mail};
use serde::{Deserialize, Serialize};
use sql::Batch;

use crate::job::{self, Failed, Job, Work};
use crate::{App, Error, Result, Site};

/// The closed list of what we write.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "snake_case")]
pub enum Template {
    /// The code that proves the address of somebody who signs up.
    SignUpCode { name: String, code: String, minutes: i64 },
    /// Somebody tried to sign up with an address that has an account.
    AddressKnown { name: String },
    /// The link by which a forgotten password is replaced.
    PasswordReset { name: String, token: String, minutes: i64 },
    /// The password is another one now.
    PasswordChanged { name: String, at: i64 },
    /// Somebody signed in on a device not seen before.
    NewSignIn { name: String, device: String, network: String, at: i64 },
}

impl Template {
    /// The name of its files: `NAME.html`, `NAME.txt`, `NAME.subject.txt`.
    fn name(&self) -> &'static str {
        match self {
            Self::SignUpCode { .. } => "sign-up-code",
            Self::AddressKnown { .. } => "address-known",
            Self::PasswordReset { .. } => "password-reset",
            Self::PasswordChanged { .. } => "password-changed",
            Self::NewSignIn { .. } => "new-sign-in",
        }
    }

    /// The time a person reads, when the text tells one.
    fn at(&self) -> Option<i64> {
        match self {
            Self::PasswordChanged { at, .. } | Self::NewSignIn { at, .. } => Some(*at),
            _ => None,
        }
    }
}

/// A mail as it waits in the job table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letter {
    to: String,
    #[serde(flatten)]
    template: Template,
}

impl Letter {
    /// A mail to `to`.
    #[must_use]
    pub fn new(to: &Address, template: Template) -> Self {
        Self { to: to.to_string(), template }
    }
}

/// Adds a mail to `batch`: it goes once the batch is committed.
pub fn queue(batch: &mut Batch, app: &App, to: &Address, template: Template) {
    job::enqueue(batch, app, Job::now(Work::Mail(Letter::new(to, template))));
}

pub(crate) async fn deliver(app: &App, letter: Letter) -> std::result::Result<(), Failed> {
    let fatal = |why: String| Failed { why, is_retryable: false };
    let to = letter.to.parse().map_err(|_| fatal("the stored address is none".to_owned()))?;
    let mail = app
        .templates
        .render(&app.site, to, &letter.template)
        .map_err(|error| fatal(error.to_string()))?;
    app.mailer
        .send(mail, app.clock.now_ms())
        .await
        .map_err(|unsent| Failed { why: unsent.why, is_retryable: unsent.is_retryable })
}

/// The texts, checked when they are loaded.
#[derive(Debug)]
pub struct Templates(Environment<'static>);

macro_rules! built_in {
    ($($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("mail/", $file)))),+]
    };
}

const BUILT_IN: &[(&str, &str)] = built_in![
    "layout.html",
    "button.html",
    "sign-up-code.html",
    "sign-up-code.txt",
    "sign-up-code.subject.txt",
    "address-known.html",
    "address-known.txt",
    "address-known.subject.txt",
    "password-reset.html",
    "password-reset.txt",
    "password-reset.subject.txt",
    "password-changed.html",
    "password-changed.txt",
    "password-changed.subject.txt",
    "new-sign-in.html",
    "new-sign-in.txt",
    "new-sign-in.subject.txt",
];

impl Templates {
    /// The built-in texts, each replaced by the file of its name in `folder`
    /// when there is one.
    ///
    /// # Errors
    /// When a file cannot be read or is not a template; the error names it.
    pub fn load(folder: Option<&Path>) -> Result<Self> {
        let mut texts = Environment::new();
        texts.set_auto_escape_callback(|name| match name.rsplit('.').next() {
            Some("html") => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        for (name, built_in) in BUILT_IN {
            let text = match folder.map(|folder| std::fs::read_to_string(folder.join(name))) {
                Some(Ok(own)) => own,
                Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::internal(format!("mail template {name}: {error}")));
                }
                _ => (*built_in).to_owned(),
            };
            texts
                .add_template_owned(*name, text)
                .map_err(|error| Error::internal(format!("mail template {name}: {error}")))?;
        }
        Ok(Self(texts))
    }

    fn render(
        &self,
        site: &Site,
        to: Address,
        template: &Template,
    ) -> std::result::Result<Mail, minijinja::Error> {
        let values = context! {
            site => &site.name,
            url => &site.public_url,
            when => template.at().map(readable),
            ..minijinja::Value::from(minijinja::value::Serde(template))
        };
        let text = |ending: &str| {
            self.0.get_template(&format!("{}.{ending}", template.name()))?.render(&values)
        };
        Ok(Mail { to, subject: text("subject.txt")?, text: text("txt")?, html: text("html")? })
    }
}

/// `21 November 2026 at 14:32 UTC`.
fn readable(ms: i64) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let minutes = ms.div_euclid(60_000);
    let (days, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
    // Days since 1 March 0000 in the 400-year cycles of the calendar.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = (march_month + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    let name = usize::try_from(month).ok().and_then(|month| MONTHS.get(month)).copied();
    format!(
        "{day} {} {year} at {:02}:{:02} UTC",
        name.unwrap_or_default(),
        minute / 60,
        minute % 60
    )
}

#[cfg(test)]
mod tests;

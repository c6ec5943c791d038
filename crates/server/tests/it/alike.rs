//! Whoever asks about an address causes the same work whether or not it has an
//! account (A5). Time is not measured here: a clock would decide by the load of
//! the machine. What takes time is counted instead: passwords hashed, trips to
//! the store, statements, jobs left behind.
//!
//! The verbs run without a server, so that no job and no sweep counts along.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::login::{self, From};
use domain::password::Password;
use domain::profile::{Email, Name};
use domain::signup::{self, New};
use domain::{App, Clock, Entropy, Error, job, reset};
use server::boot::{self, Parts};
use server::config::Config;
use sql::Figures;

use crate::harness::{PASSWORD, choose};

/// What an answer cost.
#[derive(Debug, PartialEq, Eq)]
struct Work {
    passwords: u64,
    reads: u64,
    writes: u64,
    statements: u64,
    failed: u64,
    jobs: BTreeMap<String, i64>,
}

async fn jobs(app: &App) -> BTreeMap<String, i64> {
    let waiting = job::waiting(app).await.unwrap().into_iter();
    waiting.map(|waiting| (waiting.kind.to_string(), waiting.count)).collect()
}

/// Does it; answers what it cost and gave.
async fn costs<T>(app: &App, work: impl Future<Output = T>) -> (Work, T) {
    let jobs_before = jobs(app).await;
    let (before, passwords) = (app.db.figures(), app.passwords.begun());
    let answer = work.await;
    let after = app.db.figures();
    let passwords = app.passwords.begun() - passwords;
    let grown = |part: fn(&Figures) -> u64| part(&after) - part(&before);
    let mut jobs = jobs(app).await;
    for (kind, count) in &mut jobs {
        *count -= jobs_before.get(kind).copied().unwrap_or_default();
    }
    jobs.retain(|_, count| *count != 0);
    let work = Work {
        passwords,
        reads: grown(|figures| figures.reads),
        writes: grown(|figures| figures.writes),
        statements: grown(|figures| figures.statements),
        failed: grown(|figures| figures.failed),
        jobs,
    };
    (work, answer)
}

fn new(email: &str) -> New {
    New {
        email: Email::parse(email).unwrap(),
        name: Name::parse("Somebody").unwrap(),
        username: None,
        password: Password::new(PASSWORD).unwrap(),
    }
}

fn home() -> From {
    From { device: "a test".to_owned(), network: "192.0.2.1".to_owned() }
}

async fn opens(folder: &std::path::Path) -> Arc<App> {
    let config = Config {
        data: folder.to_owned(),
        dev: true,
        database: choose(folder).await,
        ..Config::default()
    };
    let clock = Clock::settable(1_800_000_000_000);
    let parts = Parts { clock, entropy: Entropy::seeded(1), follows: false };
    Arc::new(boot::open(&config, parts).await.unwrap())
}

/// Signs up by the mail that waits to be sent.
async fn signs_up(app: &Arc<App>, email: &str) {
    let begun = signup::begin(app, new(email)).await.unwrap();
    while job::run_due(app).await.unwrap() > 0 {}
    let mail = app.mailer.inbox().unwrap().list(Some(email)).remove(0).mail.text;
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    let code = mail.split_whitespace().find(is_code).unwrap();
    signup::verify(app, begun.signup, code, &home()).await.unwrap();
}

const KNOWN: &str = "known@example.org";
const UNKNOWN: &str = "nobody@example.org";

#[tokio::test]
async fn signing_up_costs_the_same_for_a_known_address() {
    let folder = tempfile::tempdir().unwrap();
    let app = opens(folder.path()).await;
    signs_up(&app, KNOWN).await;
    let (known, of_known) = costs(&app, signup::begin(&app, new(KNOWN))).await;
    let (unknown, of_unknown) = costs(&app, signup::begin(&app, new(UNKNOWN))).await;
    assert_eq!(known, unknown);
    assert_eq!((known.passwords, known.jobs["mail"]), (2, 1), "{known:?}");

    let (known, again) = costs(&app, signup::resend(&app, of_known.unwrap().signup)).await;
    again.unwrap();
    let (unknown, again) = costs(&app, signup::resend(&app, of_unknown.unwrap().signup)).await;
    again.unwrap();
    assert_eq!(known, unknown);
    assert_eq!((known.writes, known.jobs["mail"]), (1, 1), "{known:?}");
    app.db.close().await;
}

#[tokio::test]
async fn signing_in_costs_the_same_for_an_unknown_address() {
    let folder = tempfile::tempdir().unwrap();
    let app = opens(folder.path()).await;
    signs_up(&app, KNOWN).await;
    let tries = async |who: &str| {
        let named = login::named(&app, who).await?;
        login::sign_in(&app, named, "a wrong guess at it", &home()).await
    };
    let mut all = Vec::new();
    for who in [KNOWN, UNKNOWN, "nobody"] {
        let (work, answer) = costs(&app, tries(who)).await;
        let refused: Error = answer.err().unwrap();
        assert_eq!(refused.code, "login.refused");
        all.push(work);
    }
    assert_eq!((all[0].passwords, all[0].reads, all[0].writes), (1, 1, 0), "{all:?}");
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
    app.db.close().await;
}

#[tokio::test]
async fn forgetting_costs_the_same_for_an_unknown_address() {
    let folder = tempfile::tempdir().unwrap();
    let app = opens(folder.path()).await;
    signs_up(&app, KNOWN).await;
    let forgets = async |email: &str| reset::forgot(&app, &Email::parse(email).unwrap()).await;
    let mut all = Vec::new();
    for email in [KNOWN, UNKNOWN] {
        let (work, answer) = costs(&app, forgets(email)).await;
        answer.unwrap();
        all.push(work);
    }
    assert_eq!(all[0], all[1]);
    assert_eq!((all[0].reads, all[0].writes, all[0].jobs["forgot"]), (0, 1, 1), "{all:?}");
    app.db.close().await;
}

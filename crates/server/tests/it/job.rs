//! Durable work: done if, and only if, its cause is stored; at least once.

use domain::job::{self, Job, Work};
use domain::mail::{self, Template};
use providers::mail::Address;
use serde_json::json;
use server::config::{Config, Privacy};
use sql::{Batch, Sql, args};

use crate::harness::Harness;
use crate::harness::smtp::{Mood, Sink};

static UNDONE: Sql = Sql::new("select attempts, run_at, payload from job where done_at is null");
static DONE: Sql = Sql::new("select payload from job where done_at is not null");
static NOTHING: Sql = Sql::new("delete from job where kind = 'nothing'");

fn ann() -> Address {
    "ann@example.org".parse().unwrap()
}

fn known(name: &str) -> Template {
    Template::AddressKnown { name: name.to_owned() }
}

fn by_smtp(sink: &Sink) -> impl FnOnce(&mut Config) + use<> {
    let addr = sink.addr;
    move |config| {
        config.dev = false;
        config.dev_no_limits = false;
        config.mail.host = Some(addr.ip().to_string());
        config.mail.port = addr.port();
        config.mail.privacy = Privacy::None;
        config.mail.from = Some("tidings@example.org".to_owned());
    }
}

async fn queue(h: &Harness, template: Template) {
    let mut batch = Batch::new();
    mail::queue(&mut batch, h.app(), &ann(), template);
    h.app().db.write(batch).await.unwrap();
}

/// Waits until no job is left to do.
async fn settled(h: &Harness) {
    let waiting = async {
        while !h.app().db.rows(&UNDONE, args![]).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::harness::DEADLINE, waiting).await.expect("the jobs get done");
}

#[tokio::test]
async fn a_mail_goes_only_if_its_cause_is_stored() {
    let h = Harness::start().await;
    let mut undone = Batch::new();
    mail::queue(&mut undone, h.app(), &ann(), known("Undone"));
    undone.demand(1, &NOTHING, args![]);
    h.app().db.write(undone).await.unwrap_err();
    queue(&h, known("Ann")).await;
    let mail = h.mail("ann@example.org").await;
    assert!(mail.mail.text.starts_with("Hello Ann"), "{}", mail.mail.text);
    settled(&h).await;
    assert_eq!(h.app().mailer.inbox().unwrap().list(None).len(), 1);
}

#[tokio::test]
async fn what_a_job_carried_is_wiped_when_it_is_done() {
    let h = Harness::start().await;
    let token = "canary".to_owned();
    queue(&h, Template::PasswordReset { name: "Ann".into(), token, minutes: 60 }).await;
    h.mail("ann@example.org").await;
    settled(&h).await;
    let rows = h.app().db.rows(&DONE, args![]).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get::<String>(0).unwrap(), "");
}

#[tokio::test]
async fn a_second_job_with_the_same_key_waits_for_the_first() {
    let h = Harness::start().await;
    let later = h.clock.now_ms() + 60_000;
    let mut batch = Batch::new();
    for _ in 0..3 {
        let letter = mail::Letter::new(&ann(), known("Ann"));
        let dedup = Some("once".to_owned());
        let job = Job { work: Work::Mail(letter), dedup, run_at: Some(later) };
        job::enqueue(&mut batch, h.app(), job);
    }
    h.app().db.write(batch).await.unwrap();
    let rows = h.app().db.rows(&UNDONE, args![]).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(h.app().mailer.inbox().unwrap().list(None).is_empty(), "not before its time");
    h.clock.advance_ms(60_000);
    h.mail("ann@example.org").await;
}

#[tokio::test]
async fn mail_leaves_by_smtp_with_headers_of_ours_alone() {
    let sink = Sink::start(Mood::Kind).await;
    let h = Harness::start_with(by_smtp(&sink)).await;
    queue(&h, known("Ann\r\nBcc: eve@example.org")).await;
    let mail = sink.has(1).await.remove(0);
    let (head, body) = mail.split_once("\n\n").unwrap();
    assert!(head.contains("To: ann@example.org"), "{head}");
    assert!(head.contains("From: Tidings <tidings@example.org>"), "{head}");
    assert!(head.contains("Subject: You already have an account on Tidings"), "{head}");
    assert!(!head.to_lowercase().contains("bcc"), "{head}");
    assert!(body.contains("text/plain") && body.contains("text/html"), "{body}");
}

#[tokio::test]
async fn a_refused_mail_is_given_up() {
    let sink = Sink::start(Mood::Refusing).await;
    let h = Harness::start_with(by_smtp(&sink)).await;
    queue(&h, known("Ann")).await;
    settled(&h).await;
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn an_unreachable_server_is_tried_again_later() {
    let sink = Sink::start(Mood::Kind).await;
    let h = Harness::start_with(|config| {
        by_smtp(&sink)(config);
        // Nobody listens there.
        config.mail.port = 1;
    })
    .await;
    queue(&h, known("Ann")).await;
    let now = h.clock.now_ms();
    let waiting = async {
        loop {
            let rows = h.app().db.rows(&UNDONE, args![]).await.unwrap();
            let (attempts, run_at): (i64, i64) = (rows[0].get(0).unwrap(), rows[0].get(1).unwrap());
            if run_at > now {
                return (attempts, run_at);
            }
            tokio::task::yield_now().await;
        }
    };
    let tried = tokio::time::timeout(crate::harness::DEADLINE, waiting).await.unwrap();
    assert_eq!(tried, (1, now + 5_000));
}

#[tokio::test]
async fn what_a_stopped_server_left_is_done_by_the_next() {
    let sink = Sink::start(Mood::Mute).await;
    let mut h = Harness::start_with(by_smtp(&sink)).await;
    queue(&h, known("Ann")).await;
    sink.was_called(1).await;
    h.restart().await;
    sink.becomes(Mood::Kind);
    assert!(sink.mails().is_empty());
    h.clock.advance_ms(60_000);
    sink.has(1).await;
    settled(&h).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_slow_mail_server_does_not_hold_up_the_api() {
    let sink = Sink::start(Mood::Mute).await;
    let h = Harness::start_with(by_smtp(&sink)).await;
    for _ in 0..40 {
        queue(&h, known("Ann")).await;
    }
    sink.was_called(1).await;
    let forgot = json!({ "email": "nobody@example.org" });
    h.stranger().post("/v1/password/forgot", &forgot).await.gives(202);
    h.stop().await;
}

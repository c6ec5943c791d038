use super::*;

fn mail(to: &str, subject: &str) -> Mail {
    Mail {
        to: to.parse().unwrap(),
        subject: subject.to_owned(),
        text: "text".to_owned(),
        html: "<p>html</p>".to_owned(),
    }
}

#[test]
fn an_address_holds_no_second_header() {
    for good in ["ann@example.org", "a.b+c@sub.example.org", "ann@xn--bcher-kva.example"] {
        assert_eq!(good.parse::<Address>().unwrap().to_string(), good);
    }
    let long = format!("{}@example.org", "a".repeat(250));
    for bad in [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@localhost",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\n",
        "ann@example.org, eve@example.org",
        "Ann <ann@example.org>",
        "\"ann eve\"@example.org",
        &long,
    ] {
        assert_eq!(bad.parse::<Address>(), Err(BadAddress), "{bad:?}");
    }
}

#[test]
fn a_subject_is_one_line() {
    assert_eq!(one_line("Hello\r\nBcc: eve@example.org"), "Hello  Bcc: eve@example.org");
}

#[tokio::test]
async fn the_inbox_keeps_the_newest() {
    let mailer = Mailer::Inbox(Inbox::default());
    for n in 0..=KEPT {
        let to = if n % 2 == 0 { "ann@example.org" } else { "Bob@example.org" };
        mailer.send(mail(to, &n.to_string()), 7).await.unwrap();
    }
    let inbox = mailer.inbox().unwrap();
    let all = inbox.list(None);
    assert_eq!(all.len(), KEPT);
    assert_eq!(all[0].mail.subject, KEPT.to_string());
    assert_eq!(all[KEPT - 1].mail.subject, "1");
    assert_eq!(inbox.list(Some("bob@EXAMPLE.org")).len(), KEPT / 2);
    assert_eq!(*inbox.arrivals().borrow(), KEPT as u64 + 1);
    inbox.clear();
    assert!(inbox.list(None).is_empty());
}

#[tokio::test]
async fn an_unreachable_server_may_be_tried_again() {
    let relay = Relay {
        host: "127.0.0.1".to_owned(),
        port: 1,
        privacy: Privacy::Plain,
        authorities: None,
        login: None,
        from: ("Tidings".to_owned(), "tidings@example.org".parse().unwrap()),
    };
    let smtp = Mailer::Smtp(Smtp::new(relay).unwrap());
    let error = smtp.send(mail("ann@example.org", "x"), 0).await.unwrap_err();
    assert!(error.is_retryable, "{error}");
}

//! The development inbox, as end-to-end tests of clients use it.

use serde_json::json;

use crate::harness::Harness;

#[tokio::test]
async fn mail_is_listed_newest_first_and_thrown_away() {
    let h = Harness::start().await;
    let anyone = h.stranger();
    anyone.get("/dev/mail/latest?to=ann@example.org").await.fails(404, "mail.not_found");
    h.person("ann").await;
    h.person("bob").await;

    let all = anyone.get("/dev/mail").await.gives(200);
    assert_eq!(all[0]["to"], "bob@example.org");
    let anns = anyone.get("/dev/mail?to=ANN@example.org").await.gives(200);
    let mail = &anns[anns.as_array().unwrap().len() - 1];
    assert_eq!(mail["to"], "ann@example.org");
    assert_eq!(mail["at"], h.clock.now_ms());
    let code = mail["codes"][0].as_str().unwrap();
    for part in ["subject", "text", "html"] {
        assert!(mail[part].as_str().unwrap().contains(code), "{part}");
    }
    let latest = anyone.get("/dev/mail/latest?to=ann@example.org").await.gives(200);
    assert_eq!(latest["id"], anns[0]["id"]);

    anyone.delete("/dev/mail").await.gives(204);
    assert_eq!(anyone.get("/dev/mail").await.gives(200), json!([]));
}

#[tokio::test]
async fn links_are_ready_to_follow() {
    let h = Harness::start().await;
    let ann = h.person("ann").await;
    h.stranger().delete("/dev/mail").await.gives(204);
    h.stranger().post("/v1/password/forgot", &json!({ "email": ann.email })).await.gives(202);
    h.mail(&ann.email).await;
    let mail = h.stranger().get("/dev/mail/latest").await.gives(200);
    let link = mail["links"][0].as_str().unwrap();
    assert!(link.starts_with(&format!("http://localhost:{}/reset#", h.addr.port())), "{link}");
}

#[tokio::test]
async fn people_see_a_page_that_runs_nothing_of_a_mail() {
    let h = Harness::start().await;
    h.person("ann").await;
    let browser = h.stranger().with("accept", "text/html,*/*;q=0.8");
    let page = browser.get("/dev/mail").await;
    assert!(page.gives_html().contains("ann@example.org"));
    let id = h.stranger().get("/dev/mail").await.json()[0]["id"].as_str().unwrap().to_owned();
    let mail = browser.get(&format!("/dev/mail/{id}.html")).await;
    mail.gives_html();
    assert!(mail.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    browser.get("/dev/mail/nothing").await.fails(404, "mail.not_found");
}

#[tokio::test]
async fn it_is_not_there_when_mail_leaves() {
    let h = Harness::start_with(|config| {
        config.dev = false;
        config.dev_no_limits = false;
        config.mail.host = Some("localhost".to_owned());
        config.mail.privacy = server::config::Privacy::None;
        config.mail.from = Some("tidings@example.org".to_owned());
    })
    .await;
    for path in ["/dev/mail", "/dev/mail/latest", "/dev/mail/1.html"] {
        h.stranger().get(path).await.fails(404, "request.not_found");
    }
}

/// A page of another site may point its name at this machine, and a proxy
/// passes on what others ask: the codes inside open accounts.
#[tokio::test]
async fn it_is_not_there_for_who_is_elsewhere() {
    let h = Harness::start().await;
    h.person("ann").await;
    for (name, value) in [
        ("host", "evil.example"),
        ("host", "localhost.evil.example:8080"),
        ("host", "127.0.0.1.evil.example"),
        ("host", "localhost@evil.example"),
        ("x-forwarded-for", "198.51.100.7"),
        ("x-real-ip", "198.51.100.7"),
        ("forwarded", "for=198.51.100.7"),
        ("via", "1.1 proxy"),
    ] {
        let elsewhere = h.stranger().with(name, value);
        let latest = "/dev/mail/latest?to=ann@example.org";
        for path in ["/dev/mail", latest, "/dev/mail/1.html"] {
            elsewhere.get(path).await.fails(404, "request.not_found");
        }
        elsewhere.delete("/dev/mail").await.fails(404, "request.not_found");
    }
    for host in ["localhost:5173", "127.0.0.1", "[::1]:8080", "LOCALHOST"] {
        let here = h.stranger().with("host", host).get("/dev/mail").await.gives(200);
        assert_eq!(here.as_array().unwrap().len(), 1, "{host}");
    }
}

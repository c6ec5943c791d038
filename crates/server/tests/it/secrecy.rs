//! What must never be seen: secrets in logs, cookies in scripts, causes in
//! answers.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{Harness, PASSWORD};

/// Log lines, kept.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything is logged, down to the last detail, while somebody signs up,
/// mistypes, resets and signs in; then the log is searched. The log is the
/// whole process's, so every test that runs meanwhile is searched too.
#[tokio::test]
async fn no_secret_reaches_the_log_and_every_line_is_one_line() {
    let lines = Lines::default();
    let log = tracing_subscriber::fmt().json().with_writer(lines.clone());
    let ours = "trace,hyper=info,hyper_util=info,tokio_postgres=info,rustls=info";
    log.with_env_filter(ours).try_init().expect("the only test that logs");

    let h = Harness::start().await;
    let ann = h.person("ann").await;
    let code = h.code(&ann.email).await;
    let typo = json!({ "email": ann.email, "password": "canary mistyped secret" });
    h.stranger().post("/v1/login", &typo).await.fails(401, "login.refused");
    h.stranger().delete("/dev/mail").await.gives(204);
    h.stranger().post("/v1/password/forgot", &json!({ "email": ann.email })).await.gives(202);
    let text = h.mail(&ann.email).await.mail.text;
    let token = text.split_once("/reset#").unwrap().1.split_whitespace().next().unwrap();
    let reset = json!({ "token": token, "password": "canary new secret 81" });
    h.stranger().post("/v1/password/reset", &reset).await.gives(204);
    let (bob, refresh) = (h.person("bob").await, "/v1/login/refresh");
    let used = json!({ "refresh_token": bob.refresh });
    h.stranger().post(refresh, &used).await.gives(200);
    h.clock.advance_ms(10_001);
    let reused = h.stranger().post(refresh, &used).await;
    reused.fails(401, "login.expired");
    let evil = "%0d%0a%1b[31mforged%00";
    h.stranger().with("user-agent", "evil\tagent").get(&format!("/v1/{evil}")).await;
    h.stop().await;

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    // Six digits alone may stand in any number.
    let (quoted, spaced) = (format!("\"{code}"), format!(" {code}"));
    let secrets = [PASSWORD, "canary", token, &quoted, &spaced, &ann.access, &ann.refresh];
    for secret in secrets {
        let place = log.lines().find(|line| line.contains(secret));
        assert!(place.is_none(), "{secret} is in the log: {place:?}");
    }
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(line["level"].is_string(), "{line}");
    }
    assert!(log.contains("answered"), "requests are logged");
    let of_theft = |line: &&str| line.contains("a refresh token was used twice");
    let id = reused.header("x-request-id");
    assert!(log.lines().filter(of_theft).any(|line| line.contains(id)), "{id} is not named");
}

/// A10: what a browser is told of its cookies behind https.
#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_of_plain_http() {
    let h = Harness::start_with(|config| {
        config.public_url = Some("https://chat.example.org".to_owned());
    })
    .await;
    let ann = h.person("ann").await;
    let browser = h.stranger().with("origin", "https://chat.example.org");
    let right = json!({ "email": ann.email, "password": PASSWORD });
    let answer = browser.post("/v1/login", &right).await;
    let tokens = answer.gives(200);
    assert_eq!((&tokens["access_token"], &tokens["refresh_token"]), (&Value::Null, &Value::Null));
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 3);
    // The one that scripts may read tells nothing but that it is there.
    let mark = cookies[2].to_str().unwrap();
    assert!(mark.starts_with("tidings_signed_in=1; Path=/; Max-Age="), "{mark}");
    assert!(mark.ends_with("; SameSite=Lax; Secure"), "{mark}");
    for (cookie, name, path) in [
        (cookies[0], "__Host-tidings_access=", "Path=/"),
        (cookies[1], "__Secure-tidings_refresh=", "Path=/v1/login"),
    ] {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with(name), "{cookie}");
        let parts: Vec<_> = cookie.split("; ").collect();
        for part in [path, "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(parts.contains(&part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Domain="), "{cookie}");
    }
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("access-control-allow-origin").is_empty());
}

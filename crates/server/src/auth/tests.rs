//! A9: what a forged token may look like.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use domain::{Clock, Entropy};
use serde_json::{Value, json};

use super::*;

const KEY: [u8; 32] = [7; 32];
const NOW: i64 = 1_800_000_000_000;

fn access() -> Access {
    Access::new(&KEY, "https://chat.example.org")
}

fn caller() -> domain::Caller {
    let (clock, entropy) = (Clock::settable(NOW), Entropy::seeded(1));
    domain::Caller {
        account: AccountId::new(&clock, &entropy),
        login: LoginId::new(&clock, &entropy),
    }
}

fn claims() -> Value {
    let (caller, now) = (caller(), NOW / 1_000);
    json!({
        "iss": "https://chat.example.org", "aud": "tidings",
        "sub": caller.account, "sid": caller.login,
        "iat": now, "nbf": now, "exp": now + 900,
    })
}

/// Signs whatever it is given with the right key.
fn sign(header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let key = EncodingKey::from_secret(&KEY);
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{signed}.{signature}")
}

const HEADER: &str = r#"{"typ":"at+jwt","alg":"HS256"}"#;

#[test]
fn a_token_speaks_for_its_caller_for_15_minutes() {
    let access = access();
    let token = access.issue(caller(), NOW);
    assert_eq!(access.check(&token, NOW).unwrap(), caller());
    assert_eq!(access.check(&token, NOW + 899_999).unwrap(), caller());
    assert_eq!(access.check(&token, NOW + 900_000).unwrap_err().code, "login.expired");
    assert_eq!(access.check(&sign(HEADER, &claims().to_string()), NOW).unwrap(), caller());
}

#[test]
fn an_ended_login_session_is_refused_until_its_tokens_have_expired() {
    let access = access();
    let token = access.issue(caller(), NOW);
    access.revoke(caller().login, NOW);
    assert_eq!(access.check(&token, NOW).unwrap_err().code, "login.revoked");
}

#[test]
fn forged_headers_are_refused() {
    for header in [
        r#"{"typ":"at+jwt","alg":"none"}"#,
        r#"{"typ":"at+jwt","alg":"None"}"#,
        r#"{"typ":"at+jwt","alg":"HS512"}"#,
        r#"{"typ":"at+jwt","alg":"RS256"}"#,
        r#"{"typ":"JWT","alg":"HS256"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"typ":"at+jwt"}"#,
        "",
    ] {
        let token = sign(header, &claims().to_string());
        assert_eq!(access().check(&token, NOW).unwrap_err().code, "login.invalid", "{header}");
    }
}

/// A token that names its own key is checked with ours all the same.
#[test]
fn keys_in_the_header_are_not_followed() {
    for header in [
        r#"{"typ":"at+jwt","alg":"HS256","kid":"../../dev/null"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","kid":"' or 1=1 --"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","jku":"https://evil.example/keys"}"#,
        r#"{"typ":"at+jwt","alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#,
    ] {
        let own = sign(header, &claims().to_string());
        let (text, _) = own.rsplit_once('.').unwrap();
        let key = EncodingKey::from_secret(b"");
        let theirs = jsonwebtoken::crypto::sign(text.as_bytes(), &key, Algorithm::HS256).unwrap();
        let forged = format!("{text}.{theirs}");
        assert_eq!(access().check(&forged, NOW).unwrap_err().code, "login.invalid", "{header}");
    }
}

#[test]
fn forged_claims_are_refused() {
    let now = NOW / 1_000;
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(null)),
        ("aud", json!("other")),
        ("aud", json!(null)),
        ("sub", json!("ann")),
        ("sub", json!(null)),
        ("sid", json!(7)),
        ("sid", json!(null)),
        ("exp", json!("2099-01-01")),
        ("exp", json!(1e99)),
        ("exp", json!(now + 86_400)),
        ("exp", json!(null)),
        ("nbf", json!(now + 3_600)),
        ("nbf", json!(null)),
        ("iat", json!(now + 86_400)),
        ("iat", json!(i64::MIN)),
    ] {
        let mut claims = claims();
        claims[claim] = value.clone();
        let error = access().check(&sign(HEADER, &claims.to_string()), NOW).unwrap_err();
        assert_eq!(error.code, "login.invalid", "{claim} {value}");
        claims.as_object_mut().unwrap().remove(claim);
        let error = access().check(&sign(HEADER, &claims.to_string()), NOW).unwrap_err();
        assert_eq!(error.code, "login.invalid", "without {claim}");
    }
    let text = claims().to_string();
    let twice = text.replacen('{', &format!("{{\"sub\":\"{}\",", caller().login), 1);
    assert_eq!(access().check(&sign(HEADER, &twice), NOW).unwrap_err().code, "login.invalid");
}

#[test]
fn a_claim_we_do_not_know_gives_nothing() {
    let mut claims = claims();
    claims["role"] = json!("admin");
    assert_eq!(access().check(&sign(HEADER, &claims.to_string()), NOW).unwrap(), caller());
}

#[test]
fn what_is_no_token_is_refused() {
    let token = access().issue(caller(), NOW);
    let (text, signature) = token.rsplit_once('.').unwrap();
    let other = Access::new(&[8; 32], "https://chat.example.org").issue(caller(), NOW);
    for forged in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        text.to_owned(),
        format!("{text}."),
        format!("{token}.x"),
        format!("x{token}"),
        format!("{text}.{}", &signature[..signature.len() - 2]),
        "a".repeat(1 << 20),
        other,
    ] {
        let code = access().check(&forged, NOW).unwrap_err().code;
        assert_eq!(code, "login.invalid", "{:.40}", forged);
    }
}

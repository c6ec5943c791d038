use super::*;

fn all() -> Vec<Template> {
    let name = "Ann <b>\r\nBcc: eve@example.org".to_owned();
    vec![
        Template::SignUpCode { name: name.clone(), code: "407192".to_owned(), minutes: 10 },
        Template::AddressKnown { name: name.clone() },
        Template::PasswordReset { name: name.clone(), token: "t0k3n".to_owned(), minutes: 60 },
        Template::PasswordChanged { name: name.clone(), at: 0 },
        Template::NewSignIn {
            name,
            device: "Firefox on Linux".to_owned(),
            network: "192.0.2.7".to_owned(),
            at: 0,
        },
    ]
}

fn site() -> Site {
    Site { name: "Nordlys".to_owned(), public_url: "https://nordlys.example".to_owned() }
}

#[test]
fn every_mail_reads_whole_and_escapes_names() {
    let templates = Templates::load(None).unwrap();
    for template in all() {
        let to = "ann@example.org".parse().unwrap();
        let mail = templates.render(&site(), to, &template).unwrap();
        assert!(mail.subject.contains("Nordlys"), "{}", mail.subject);
        assert!(!mail.subject.contains('\n'), "{:?}", mail.subject);
        assert!(mail.text.starts_with("Hello Ann"), "{}", mail.text);
        assert!(mail.html.contains("Hello Ann &lt;b&gt;"), "{}", mail.html);
        assert!(!mail.html.contains("{{") && mail.html.ends_with("</html>"), "{}", mail.html);
    }
}

#[test]
fn links_start_at_the_public_url_and_hide_the_token_from_logs() {
    let templates = Templates::load(None).unwrap();
    let to = "ann@example.org".parse().unwrap();
    let mail = templates.render(&site(), to, &all()[2]).unwrap();
    assert!(mail.text.contains("https://nordlys.example/reset#t0k3n"), "{}", mail.text);
    assert!(
        mail.html.contains("\"https:&#x2f;&#x2f;nordlys.example&#x2f;reset#t0k3n\""),
        "{}",
        mail.html
    );
}

#[test]
fn an_operator_replaces_one_text() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("address-known.txt"), "Own words, {{ name }}.").unwrap();
    let templates = Templates::load(Some(folder.path())).unwrap();
    let to: Address = "ann@example.org".parse().unwrap();
    let template = Template::AddressKnown { name: "Ann".to_owned() };
    let mail = templates.render(&site(), to, &template).unwrap();
    assert_eq!(mail.text, "Own words, Ann.");
    assert!(mail.html.contains("already has an account"), "{}", mail.html);

    std::fs::write(folder.path().join("address-known.txt"), "{{ name").unwrap();
    let error = Templates::load(Some(folder.path())).unwrap_err();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("address-known.txt"), "{why}");
}

#[test]
fn times_read_well() {
    assert_eq!(readable(0), "1 January 1970 at 00:00 UTC");
    assert_eq!(readable(1_709_208_059_999), "29 February 2024 at 12:00 UTC");
    assert_eq!(readable(1_795_271_520_000), "21 November 2026 at 14:32 UTC");
    assert_eq!(readable(-1), "31 December 1969 at 23:59 UTC");
}

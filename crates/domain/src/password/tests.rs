use super::*;

fn phc(text: &str) -> String {
    to_phc(&mut Memory::new(), &Password::new(text).unwrap(), &[7; 16]).unwrap()
}

fn guesses(text: &str, hints: &[&str]) -> f64 {
    let hints = hints.iter().map(|&hint| hint.to_owned()).collect();
    estimate(&Password(text.to_owned()), hints, "Tidings".to_owned()).guesses_log10
}

#[test]
fn the_stored_form_meets_the_figures() {
    let phc = phc("a long enough password");
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
}

#[test]
fn the_dummy_is_well_formed_and_fits_nothing() {
    let parsed = PasswordHash::new(DUMMY).unwrap();
    let real = phc("a long enough password");
    let real = PasswordHash::new(&real).unwrap();
    assert_eq!(parsed.params, real.params);
    assert_eq!(parsed.hash.unwrap().len(), real.hash.unwrap().len());
    assert!(!fits(&mut Memory::new(), &Password(String::new()), DUMMY).unwrap());
}

#[test]
fn no_password_is_cut_off() {
    let long: String = (0..200u32).map(|i| char::from_u32(0x4e00 + i).unwrap()).collect();
    let stored = phc(&long);
    let fits = |text: &str| fits(&mut Memory::new(), &Password(text.to_owned()), &stored).unwrap();
    let shorter: String = long.chars().take(199).collect();
    assert!(fits(&long));
    assert!(!fits(&shorter));
    assert_eq!(Password::new(&"é".repeat(501)).unwrap_err().code, "password.too_long");
    assert_eq!(Password::new("1234567").unwrap_err().code, "password.too_short");
    // Eight characters count as eight however they are composed.
    assert_eq!(
        Password::new("e\u{301}e\u{301}e\u{301}e\u{301}").unwrap_err().code,
        "password.too_short"
    );
    assert_eq!(Password::new("e\u{301}va is here").unwrap(), Password::new("éva is here").unwrap());
}

#[test]
fn common_and_personal_words_are_easy_to_guess() {
    for weak in ["password", "password1", "iloveyou", "qwertyuiop", "11111111", "Summer2024"] {
        assert!(guesses(weak, &[]) < GUESSES_LOG10_MIN, "{weak}");
    }
    assert!(
        guesses("annabellelee", &["annabelle.lee@example.org", "Annabelle Lee"])
            < GUESSES_LOG10_MIN
    );
    assert!(guesses("tidings1", &[]) < GUESSES_LOG10_MIN);
    for strong in
        ["correct horse battery staple", "пароль у бабушки", "kx8#vQ2m", "今天天气真的很好呀"]
    {
        assert!(guesses(strong, &["ann@example.org"]) >= GUESSES_LOG10_MIN, "{strong}");
    }
}

#[tokio::test]
async fn a_full_queue_says_busy_and_a_panic_costs_one_job() {
    let pool = Pool::new(1, 1);
    let failed: crate::Result<()> = pool.run(|_| panic!("this job fails")).await;
    assert_eq!(failed.unwrap_err().code, "internal");
    assert_eq!(pool.run(|_| 7).await.unwrap(), 7);

    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let blocked = pool.run(move |_| {
        started.send(()).unwrap();
        gate.recv().unwrap();
    });
    let blocked = async {
        let (done, refused) = tokio::join!(blocked, async {
            has_started.await.unwrap();
            let waiting = pool.run(|_| ());
            let refusal = async {
                let refused = pool.run(|_| ()).await.unwrap_err();
                open.send(()).unwrap();
                refused
            };
            let (waited, refused) = tokio::join!(waiting, refusal);
            waited.unwrap();
            refused
        });
        done.unwrap();
        refused
    };
    let refused = blocked.await;
    assert_eq!((refused.kind, refused.code), (crate::Kind::Unavailable, "password.busy"));
}

/// What this program stores and what other programs store fit each other.
#[test]
fn the_stored_form_is_read_by_the_reference() {
    use argon2::{PasswordHasher, PasswordVerifier};
    let (text, mut memory) = ("a long enough password", Memory::new());
    let ours = phc(text);
    let reference = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost());
    assert!(reference.verify_password(text.as_bytes(), ours.as_str()).is_ok());
    let theirs = reference.hash_password_with_salt(text.as_bytes(), b"another salt 123").unwrap();
    let theirs = theirs.to_string();
    // Memory that an earlier hash has used changes nothing.
    for _ in 0..2 {
        assert!(fits(&mut memory, &Password::new(text).unwrap(), &theirs).unwrap());
        assert!(!fits(&mut memory, &Password::new("another password").unwrap(), &theirs).unwrap());
    }
}

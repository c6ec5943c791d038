use super::*;

fn load_text(file: &str, env: &[(&str, &str)]) -> Result<Config, Vec<Fault>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    std::fs::write(&path, file).unwrap();
    let flags = Flags { config: Some(path), ..Flags::default() };
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(&flags, env)
}

#[test]
fn nothing_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let flags = Flags { data: Some(folder.path().to_owned()), ..Flags::default() };
    let config = load(&flags, std::iter::empty()).unwrap();
    assert_eq!(config.public_url(), "http://localhost:8080");
    assert!(config.has_inbox());
}

#[test]
fn the_environment_beats_the_file_and_flags_beat_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, "listen = '127.0.0.1:1'\nworkers = 3\n[log]\nlevel = 'warn'").unwrap();
    let env = [
        ("TIDINGS_LISTEN", "127.0.0.1:2"),
        ("TIDINGS_DRAIN_SECS", "7"),
        ("TIDINGS_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("TIDINGS_LIMITS__MAIL_PER_ADDRESS", "1/2h"),
        ("OTHER", "x"),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let flags =
        Flags { config: Some(path), listen: Some("127.0.0.1:3".to_owned()), ..Flags::default() };
    let config = load(&flags, env.into_iter()).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!((config.workers, config.drain_secs), (3, 7));
    assert_eq!(config.log.level, "warn");
    assert_eq!(config.limits.mail_per_address, Rate::of(1, 7200));
    assert!(config.trusted_proxies[0].contains("10.1.2.3".parse().unwrap()));
    assert!(config.trusted_proxies[0].contains("::ffff:10.1.2.3".parse().unwrap()));
    assert!(!config.trusted_proxies[0].contains("11.1.2.3".parse().unwrap()));
    assert!(config.trusted_proxies[1].contains("::1".parse().unwrap()));
}

#[test]
fn every_fault_is_told_at_once() {
    let faults = load_text("[mail]\nhots = 'x'\n[lgo]\nlevel = 'x'\n", &[]).unwrap_err();
    let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, ["lgo", "mail.hots"]);
    assert!(faults[1].remedy.contains("`host`"), "{}", faults[1]);

    let faults = load_text(
        "listen = '0.0.0.0:80'\ndev_no_limits = true\nsecret = 'short'\ndatabase = 'mysql:'\n\
         [mail]\nusername = 'x'",
        &[],
    )
    .unwrap_err();
    let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
    let want = ["dev_no_limits", "public_url", "database", "secret", "mail.host", "mail.password"];
    assert_eq!(keys, want);
}

#[test]
fn values_of_the_wrong_form_are_named() {
    for (file, part) in [
        ("listen = 'here'", "listen"),
        ("workers = 'many'", "workers"),
        ("[limits]\nmail_per_address = '5'", "COUNT/TIME"),
        ("trusted_proxies = ['10.0.0.0/33']", "10.0.0.0/33"),
        ("listen = ", "config.toml"),
    ] {
        let faults = load_text(file, &[]).unwrap_err();
        assert!(faults[0].to_string().contains(part), "{file}: {}", faults[0]);
    }
}

#[test]
fn secrets_are_never_printed() {
    let canary = "canary-canary-canary-canary-canary";
    let env = [
        ("TIDINGS_SECRET", canary),
        ("TIDINGS_DATABASE", &format!("postgres://u:{canary}@h/n")),
        ("TIDINGS_MAIL__USERNAME", "u"),
        ("TIDINGS_MAIL__PASSWORD", canary),
    ];
    let config = load_text("", &env).unwrap();
    assert!(config.database_url().contains(canary));
    for printed in [format!("{config:?}"), merged(&config)] {
        assert!(!printed.contains("canary"), "{printed}");
    }
}

#[test]
fn the_default_file_changes_nothing() {
    let file = default_file();
    let active: String = file
        .lines()
        .map(|line| line.strip_prefix("# ").unwrap_or(line))
        .filter(|line| line.starts_with('[') || (line.contains(" = ") && !line.contains('…')))
        .map(|line| format!("{line}\n"))
        .collect();
    let config = load_text(&active, &[]).unwrap();
    assert_eq!(merged(&config), merged(&Config::default()));
    let first = file.lines().find(|line| line.contains(" = "));
    assert_eq!(first, Some("# listen = \"127.0.0.1:8080\""), "in the order of need");
    for key in ["# listen = ", "[mail]", "# sign_in_per_account = \"10/15m\""] {
        assert!(file.contains(key), "{key} is missing in:\n{file}");
    }
}

#[test]
fn the_inbox_is_not_published_by_a_proxy() {
    let published = |text: &str| load_text(&format!("public_url = '{text}'"), &[]);
    let faults = published("https://chat.example.org").unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.key.as_str()).collect::<Vec<_>>(), ["mail.host"]);
    for own in ["http://localhost:9000", "https://127.0.0.1", "http://[::1]:8080/"] {
        assert!(published(own).unwrap().has_inbox(), "{own}");
    }
    let mail = "[mail]\nhost = 'smtp.example.org'\nfrom = 'a@example.org'";
    let with_mail = load_text(&format!("public_url = 'https://chat.example.org'\n{mail}"), &[]);
    assert!(!with_mail.unwrap().has_inbox());
}

#[test]
fn each_value_says_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    std::fs::write(&path, "workers = 3\n[log]\nlevel = 'warn'\n[mail]\nport = 25").unwrap();
    let canary = "canary-canary-canary-canary-canary";
    let env = [
        ("TIDINGS_DRAIN_SECS", "7"),
        ("TIDINGS_MAIL__PORT", "587"),
        ("TIDINGS_SECRET", canary),
        ("TIDINGS_LISTEN", "127.0.0.1:2"),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let listen = Some("127.0.0.1:3".to_owned());
    let flags = Flags { config: Some(path.clone()), listen, dev: true, ..Flags::default() };
    let (config, sources) = load_with_sources(&flags, env.into_iter()).unwrap();
    let shown = with_sources(&config, &sources);
    let file = path.display().to_string();
    for (value, source) in [
        ("listen = \"127.0.0.1:3\"", "--listen"),
        ("workers = 3", &*file),
        ("drain_secs = 7", "TIDINGS_DRAIN_SECS"),
        ("dev = true", "--dev"),
        ("log.level = \"warn\"", &*file),
        ("mail.port = 587", "TIDINGS_MAIL__PORT"),
        ("mail.host = (not set)", "default"),
        ("secret = \"***\"", "TIDINGS_SECRET"),
        ("name = \"Tidings\"", "default"),
    ] {
        let fits = |line: &str| line.starts_with(value) && line.ends_with(&format!("  # {source}"));
        assert!(shown.lines().any(fits), "{value} from {source}:\n{shown}");
    }
    assert!(!shown.contains("canary"), "{shown}");
}

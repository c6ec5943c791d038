//! The commands of the program. Exit codes: 0 done, 1 failed, 2 misused,
//! 3 needs attention.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use serde_json::json;

use crate::boot::{self, Parts, Running};
use crate::config::{self, Config, Fault, Flags};
use crate::{log, router};

mod probe;
mod upkeep;

use probe::MailCommand;
use upkeep::{Backup, Migrate};

/// A messenger server with its own web client, in one program.
#[derive(Debug, Parser)]
#[command(
    name = "tidings",
    version,
    after_help = "Examples:\n  tidings                      serve on http://localhost:8080, data in ./data\n  \
                  tidings serve --dev          the same, with the mail inbox and pretty logs\n  \
                  tidings config default       print a commented configuration\n  \
                  tidings config show --source what holds, and which flag, variable or file says so\n  \
                  tidings readyz               0 when the server here is ready, for container checks"
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until told to stop (the default)
    Serve,
    /// Look at the configuration
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
    /// Keep, check and bring back all that an installation is
    #[command(subcommand)]
    Backup(Backup),
    /// Move to another database
    #[command(subcommand)]
    Migrate(Migrate),
    /// Ask the server here whether it is ready: exit code 0 or 1
    Readyz,
    /// Try how mail leaves
    #[command(subcommand)]
    Mail(MailCommand),
    /// Print the reference of the HTTP API (OpenAPI 3.1)
    Openapi,
    /// Print the reference of the socket events
    EventsSchema,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say what is wrong with it, all at once
    Check,
    /// Print what holds, secrets masked
    Show {
        /// Also where each value comes from: flag, variable, file or default
        #[arg(long)]
        source: bool,
    },
    /// Print a commented file of the defaults
    Default,
}

/// Does what the arguments say.
#[must_use]
pub fn run(arguments: &Arguments) -> ExitCode {
    let flags = &arguments.flags;
    match &arguments.command {
        Some(Command::Backup(what)) => with_config(flags, |config| upkeep::backup(&config, what)),
        Some(Command::Migrate(Migrate::ToPostgres { url })) => {
            with_config(flags, |config| upkeep::to_postgres(&config, url))
        }
        Some(Command::Openapi) => print_json(&router::openapi()),
        Some(Command::EventsSchema) => print_json(&router::events()),
        Some(Command::Config { what: ConfigCommand::Default }) => print(&config::default_file()),
        Some(Command::Config { what: ConfigCommand::Check }) => {
            with_config(flags, |_| print("The configuration is good.\n"))
        }
        Some(Command::Config { what: ConfigCommand::Show { source: false } }) => {
            with_config(flags, |config| print(&config::merged(&config)))
        }
        Some(Command::Config { what: ConfigCommand::Show { source: true } }) => {
            match config::load_with_sources(flags, environment()) {
                Ok((config, sources)) => print(&config::with_sources(&config, &sources)),
                Err(faults) => misconfigured(&faults),
            }
        }
        Some(Command::Readyz) => with_config(flags, |config| probe::ready(&config)),
        Some(Command::Mail(what)) => with_config(flags, |config| probe::mail(&config, what)),
        None | Some(Command::Serve) => with_config(flags, |config| match serve(config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        }),
    }
}

fn with_config(flags: &Flags, then: impl FnOnce(Config) -> ExitCode) -> ExitCode {
    match config::load(flags, environment()) {
        Ok(config) => then(config),
        Err(faults) => misconfigured(&faults),
    }
}

fn misconfigured(faults: &[Fault]) -> ExitCode {
    eprintln!("tidings cannot start with this configuration:");
    faults.iter().for_each(|fault| eprintln!("  {fault}"));
    ExitCode::from(3)
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("tidings: {error:#}");
    ExitCode::FAILURE
}

fn environment() -> impl Iterator<Item = (String, String)> {
    // A variable that is not text cannot be one of ours.
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn print(text: &str) -> ExitCode {
    use std::io::Write;
    // A reader that went away early, such as `head`, is no fault.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn print_json(value: &serde_json::Value) -> ExitCode {
    print(&format!("{value:#}\n"))
}

fn serve(config: Config) -> Result<()> {
    log::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("background")
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let is_new = !config.data.join("secret").exists();
        let running = boot::start(config, Parts::default()).await?;
        greet(&running, is_new);
        wait_for_signal().await?;
        tracing::info!("stopping: connections may finish");
        running.stop().await
    })
}

/// Returns at SIGTERM, or at Ctrl-C.
async fn wait_for_signal() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signals")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Tells whoever started it where to go: lines for people, or one JSON object
/// per fact for programs.
fn greet(running: &Running, is_new: bool) {
    let config = &running.edge.config;
    let (url, version) = (config.public_url(), env!("CARGO_PKG_VERSION"));
    let data = config.data.display().to_string();
    let engine = if config.database_url().starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
    if !std::io::stdout().is_terminal() {
        let fact = |value: serde_json::Value| print_line(&value.to_string());
        fact(json!({ "fact": "Version", "value": version }));
        fact(json!({ "fact": "Data", "value": data, "is_new": is_new }));
        fact(json!({ "fact": "Database", "value": engine }));
        for (name, at) in links(config) {
            fact(json!({ "fact": name, "url": format!("{url}{at}") }));
        }
        return;
    }
    let new = if is_new { " (new)" } else { "" };
    print_line(&format!("tidings {version}  ·  data {data}{new}  ·  {engine}\n"));
    let inbox = if config.mail.host.is_none() {
        "   (SMTP is not configured: no mail leaves this machine)"
    } else {
        "   (--dev: no mail leaves this machine)"
    };
    for (fact, at) in links(config) {
        let note = if fact == "Dev inbox" { inbox } else { "" };
        print_line(&format!("  {fact:<10} {url}{at}{note}"));
    }
    if config.listen.ip().is_loopback() && config.public_url.is_none() {
        print_line(
            "\n  ! Listening on localhost only. To serve others, set `listen`, `public_url`",
        );
        print_line("    and `[mail]`; `tidings config default` shows how.");
    }
}

fn links(config: &Config) -> Vec<(&'static str, &'static str)> {
    let mut links = vec![("App", ""), ("API docs", "/docs")];
    if config.has_inbox() {
        links.push(("Dev inbox", "/dev/mail"));
    }
    links.push(("Health", "/readyz"));
    links
}

fn print_line(line: &str) {
    print(&format!("{line}\n"));
}

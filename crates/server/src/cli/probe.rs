//! Commands that ask something once and say what came of it: whether a server
//! is ready, whether a mail goes out.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use domain::Clock;
use providers::mail::{Address, Mail};

use super::{failed, print};
use crate::boot;
use crate::config::Config;

/// The longest that a server may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// Try how mail leaves
#[derive(Debug, Subcommand)]
pub(super) enum MailCommand {
    /// Send one mail, and tell what the mail server said
    Test {
        /// Whom to send it to
        address: Address,
    },
}

/// Asks the server of this configuration whether it is ready: 0 when it is,
/// 1 when it is not or does not answer.
pub(super) fn ready(config: &Config) -> ExitCode {
    match ask(reachable(config.listen)) {
        Ok((200, body)) => print(&format!("{body}\n")),
        Ok((status, body)) => {
            eprintln!("tidings: not ready ({status}): {body}");
            ExitCode::FAILURE
        }
        Err(error) => failed(&error),
    }
}

/// Where a program on the same machine finds a listener.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// One request, without any library: a container has nothing else either.
fn ask(server: SocketAddr) -> Result<(u16, String)> {
    let unreachable =
        || format!("no server answers on {server}; start it, or name it with --listen");
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE).with_context(unreachable)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\n\r\n")
        .with_context(unreachable)?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer).with_context(unreachable)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.with_context(|| format!("what answers on {server} speaks no HTTP"))?;
    Ok((status, body.trim().to_owned()))
}

/// Sends one mail the way the server would.
pub(super) fn mail(config: &Config, what: &MailCommand) -> ExitCode {
    let MailCommand::Test { address } = what;
    if config.has_inbox() {
        eprintln!(
            "tidings: mail.host: no mail leaves this machine, it stays in the development inbox. \
             Set `mail.host` and `mail.from`, without `dev`."
        );
        return ExitCode::from(3);
    }
    match send(config, address) {
        Ok(()) => {
            print(&format!("The mail server took it. See whether it arrives at {address}.\n"))
        }
        Err(error) => failed(&error),
    }
}

fn send(config: &Config, to: &Address) -> Result<()> {
    let (name, url) = (&config.name, config.public_url());
    let text = format!("This is a test. {name} at {url} can send mail.");
    let mail = Mail {
        to: to.clone(),
        subject: format!("{name}: mail works"),
        html: minijinja::render!("<p>{{ text|escape }}</p>", text => &text),
        text,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sent = runtime.block_on(async {
        let mailer = boot::mailer(config)?;
        anyhow::Ok(mailer.send(mail, Clock::System.now_ms()).await)
    });
    if let Err(unsent) = sent? {
        let host = config.mail.host.as_deref().unwrap_or_default();
        bail!("{host}:{} did not take the mail: {unsent}", config.mail.port);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_every_address_is_asked_on_this_machine() {
        for (listen, at) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), at);
        }
    }
}

//! Mail over TLS, against a small server with a certificate of its own.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::*;

/// Signs the certificate of `localhost`; no public authority knows it.
const AUTHORITY: &[u8] = include_bytes!("certificate/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("certificate/certificate.pem");
const KEY: &[u8] = include_bytes!("certificate/key.pem");

/// How the server becomes private.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    AtOnce,
    WhenAsked,
    Never,
}

/// What the server was told, each line with whether it came through TLS.
type Heard = Arc<Mutex<Vec<(bool, String)>>>;

struct Server {
    port: u16,
    heard: Heard,
    _tasks: JoinSet<()>,
}

impl Server {
    async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Heard::default();
        let hears = Arc::clone(&heard);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let hears = Arc::clone(&hears);
                // A client that does not trust the server breaks off.
                sessions.spawn(async move { session(stream, manner, &hears).await.unwrap_or(()) });
            }
        });
        Self { port, heard, _tasks: tasks }
    }

    /// The lines that begin so, with whether they were private.
    fn heard(&self, verb: &str) -> Vec<(bool, String)> {
        let heard = self.heard.lock().unwrap().clone();
        heard.into_iter().filter(|(_, line)| line.starts_with(verb)).collect()
    }

    fn relay(&self, privacy: Privacy) -> Relay {
        Relay {
            host: "localhost".to_owned(),
            port: self.port,
            privacy,
            authorities: Some(AUTHORITY.to_vec()),
            login: Some(("tidings".to_owned(), "canary".to_owned())),
            from: ("Tidings".to_owned(), "post@example.org".parse().unwrap()),
        }
    }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).unwrap()))
}

async fn session(stream: TcpStream, manner: Manner, heard: &Heard) -> std::io::Result<()> {
    if manner == Manner::AtOnce {
        let stream = acceptor().accept(stream).await?;
        return talk(stream, true, manner, true, heard).await.map(drop);
    }
    let stream = talk(stream, false, manner, true, heard).await?;
    if let Some(stream) = stream {
        let stream = acceptor().accept(stream).await?;
        talk(stream, true, manner, false, heard).await?;
    }
    Ok(())
}

/// Speaks SMTP; answers the stream when it is to become private.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    is_private: bool,
    manner: Manner,
    greets: bool,
    heard: &Heard,
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.write_all(b"220 here\r\n").await?;
    }
    let mut is_mail = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let line = line.trim_end().to_owned();
        heard.lock().unwrap().push((is_private, line.clone()));
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "." => {
                is_mail = false;
                "250 taken"
            }
            _ if is_mail => continue,
            "EHLO" if is_private => "250-here\r\n250 AUTH PLAIN",
            "EHLO" if manner == Manner::WhenAsked => "250-here\r\n250-AUTH PLAIN\r\n250 STARTTLS",
            "EHLO" => "250-here\r\n250 AUTH PLAIN",
            "STARTTLS" if manner == Manner::WhenAsked => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(Some(stream.into_inner()));
            }
            "AUTH" => "235 known",
            "DATA" => {
                is_mail = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            "MAIL" | "RCPT" | "RSET" | "NOOP" => "250 well",
            _ => "502 what?",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

async fn sends(relay: Relay) -> Result<(), Unsent> {
    let mail = Mail {
        to: "ann@example.org".parse().unwrap(),
        subject: "A letter".to_owned(),
        text: "text".to_owned(),
        html: "<p>html</p>".to_owned(),
    };
    Mailer::Smtp(Smtp::new(relay).unwrap()).send(mail, 0).await
}

#[tokio::test]
async fn a_mail_goes_through_tls_from_the_first_byte_or_after_starttls() {
    for (manner, privacy) in
        [(Manner::AtOnce, Privacy::Tls), (Manner::WhenAsked, Privacy::StartTls)]
    {
        let server = Server::start(manner).await;
        sends(server.relay(privacy)).await.unwrap();
        for verb in ["AUTH", "MAIL", "DATA", "Subject: A letter", "."] {
            let heard = server.heard(verb);
            assert!(!heard.is_empty(), "{verb} was said");
            assert!(heard.iter().all(|(is_private, _)| *is_private), "{verb} is nobody's matter");
        }
    }
}

/// Demands that the mail did not go, may go later, and that neither it nor the
/// password was told to anybody.
#[track_caller]
fn assert_kept(server: &Server, sent: Result<(), Unsent>) {
    let unsent = sent.expect_err("the mail must not go");
    assert!(unsent.is_retryable, "an operator can mend it: {unsent}");
    for verb in ["AUTH", "MAIL", "DATA"] {
        assert_eq!(server.heard(verb), []);
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_trusted_signed_is_refused() {
    for (manner, privacy) in
        [(Manner::AtOnce, Privacy::Tls), (Manner::WhenAsked, Privacy::StartTls)]
    {
        let server = Server::start(manner).await;
        let relay = Relay { authorities: None, ..server.relay(privacy) };
        assert_kept(&server, sends(relay).await);
    }
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    for (manner, privacy) in
        [(Manner::AtOnce, Privacy::Tls), (Manner::WhenAsked, Privacy::StartTls)]
    {
        let server = Server::start(manner).await;
        let relay = Relay { host: "127.0.0.1".to_owned(), ..server.relay(privacy) };
        assert_kept(&server, sends(relay).await);
    }
}

#[tokio::test]
async fn a_server_that_does_not_become_private_gets_no_mail() {
    let server = Server::start(Manner::Never).await;
    assert_kept(&server, sends(server.relay(Privacy::StartTls)).await);
}

#[tokio::test]
async fn what_holds_no_certificate_is_no_authority() {
    let relay = Relay {
        host: "localhost".to_owned(),
        port: 465,
        privacy: Privacy::Tls,
        authorities: Some(b"not PEM".to_vec()),
        login: None,
        from: ("Tidings".to_owned(), "post@example.org".parse().unwrap()),
    };
    assert!(Smtp::new(relay).is_err());
}

//! The same server behind TLS, with everything that it does without.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use socketio::{Frame, Room};

use crate::client::{Client, Heard, http};
use crate::host::{Host, config};

/// Made for these tests alone, for the name `localhost`.
const CERTIFICATE: &[u8] = include_bytes!("certificate/certificate.pem");
const KEY: &[u8] = include_bytes!("certificate/key.pem");

fn server_config() -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    Arc::new(config.with_single_cert(vec![certificate], key).unwrap())
}

fn connector() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(CERTIFICATE).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// Takes plain connections and speaks TLS to the server, so that the client
/// of raw bytes needs no TLS of its own.
fn front(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((plain, _)) = listener.accept().await {
                tokio::spawn(carry(plain, server));
            }
        });
    });
    address
}

async fn carry(mut plain: TcpStream, server: SocketAddr) {
    let tcp = TcpStream::connect(server).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut tls = connector().connect(name, tcp).await.unwrap();
    // How either side ends is what the tests look at.
    drop(copy_bidirectional(&mut plain, &mut tls).await);
}

#[test]
fn a_websocket_over_tls_is_a_websocket() {
    let host = Host::beside(config(), None, Some(&server_config()));
    let front = front(host.address);
    let mut client = Client::joined(front, "/t");
    let long = "é".repeat(100_000);
    client.say(&format!("42/t,1[\"echo\",\"{long}\"]"));
    client.hears(&format!("43/t,1[\"{long}\"]"));
    client.say("451-/t,2[\"echo\",{\"_placeholder\":true,\"num\":0}]");
    client.say_binary(&[1, 2, 3]);
    client.hears("461-/t,2[{\"_placeholder\":true,\"num\":0}]");
    assert_eq!(client.hear(), Heard::Binary(vec![1, 2, 3]));
    for number in 0..300 {
        host.server.emit(Room(1), &Frame::event("/t", "n", &number).unwrap());
    }
    for number in 0..300 {
        client.hears(&format!("42/t,[\"n\",{number}]"));
    }
    client.frame(0x88, &1000_u16.to_be_bytes());
    assert_eq!(client.ends(), Some(1000));
    host.is_empty_again();
}

#[test]
fn a_session_over_tls_is_polled_and_upgraded() {
    let host = Host::beside(config(), None, Some(&server_config()));
    let front = front(host.address);
    let (status, open) = http(front, "GET", "/socket.io/?EIO=4&transport=polling", "");
    assert_eq!(status, 200);
    let open: serde_json::Value = serde_json::from_str(&open[1..]).unwrap();
    let sid = open["sid"].as_str().unwrap();
    let url = format!("/socket.io/?EIO=4&transport=polling&sid={sid}");
    assert_eq!(http(front, "POST", &url, "40/t,"), (200, "ok".into()));
    assert!(http(front, "GET", &url, "").1.starts_with("40/t,{"));
    let socket = format!("/socket.io/?EIO=4&transport=websocket&sid={sid}");
    let mut client = Client::websocket(front, &socket);
    client.say("2probe");
    client.hears("3probe");
    client.say("5");
    client.say("42/t,1[\"echo\",1]");
    client.hears("43/t,1[1]");
    assert_eq!(http(front, "GET", "/elsewhere", "").1, "plain");
    assert_eq!(host.server.counters().upgraded, 1);
}

#[test]
fn whoever_does_not_speak_tls_costs_a_connection_and_no_more() {
    let host = Host::beside(config(), None, Some(&server_config()));
    let mut plain = Client::tcp(host.address);
    plain.write(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n");
    plain.is_cut();
    let mut client = Client::joined(front(host.address), "/t");
    client.say("42/t,1[\"echo\",1]");
    client.hears("43/t,1[1]");
}

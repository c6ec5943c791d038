//! From a URL to pools of connections.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::NoTls;
use tokio_postgres::config::{Config, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

const CONNECT_LIMIT: Duration = Duration::from_secs(3);

/// Settings of every connection. An acknowledged write is on the server's
/// disk, whatever the server's own default is.
const SETTINGS: &str =
    "-c synchronous_commit=on -c jit=off -c idle_in_transaction_session_timeout=10000";

/// What a pool is for.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Write,
    Read,
    /// Each statement of an append looks rows up by their key, a few hundred at
    /// most; whatever else the server may think of is slower. So is to plan
    /// anew for each group: planning costs more than a small one.
    Append,
}

impl Purpose {
    fn settings(self) -> &'static str {
        match self {
            Self::Write => "",
            Self::Read => " -c default_transaction_read_only=on",
            Self::Append => {
                " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off \
                  -c enable_memoize=off -c plan_cache_mode=force_generic_plan"
            }
        }
    }
}

/// Makes pools for one server.
pub(crate) struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    deadline: Duration,
}

impl Connector {
    /// Reads the URL. `sslmode=require` wants TLS, with the certificate and
    /// the name checked; `sslrootcert=FILE` names an authority of one's own.
    pub(crate) fn new(url: &str, deadline: Duration) -> Result<Self, Error> {
        let (url, root_file) = take_root_file(url);
        let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            Error::Engine(format!(
                "the store's URL is mistyped ({}): write postgres://NAME:PASSWORD@HOST/DATABASE",
                source.unwrap_or_else(|| error.to_string())
            ))
        })?;
        config.connect_timeout(CONNECT_LIMIT);
        config.keepalives_idle(Duration::from_secs(30));
        config.tcp_user_timeout(Duration::from_secs(10));
        if config.get_application_name().is_none() {
            config.application_name("tidings");
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Require => Some(MakeRustlsConnect::new(tls(root_file.as_deref())?)),
            _ => None,
        };
        Ok(Self { config, tls, deadline })
    }

    pub(crate) fn pool(&self, size: usize, purpose: Purpose) -> Result<Pool, Error> {
        let mut config = self.config.clone();
        let own = config.get_options().unwrap_or_default();
        // A statement that is abandoned here ends there as well.
        let timeout = self.deadline.as_millis();
        let purpose = purpose.settings();
        config.options(format!("{SETTINGS} -c statement_timeout={timeout}{purpose} {own}"));
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match &self.tls {
            Some(tls) => Manager::from_config(config, tls.clone(), recycling),
            None => Manager::from_config(config, NoTls, recycling),
        };
        Pool::builder(manager)
            .max_size(size.max(1))
            .create_timeout(Some(CONNECT_LIMIT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Engine(error.to_string()))
    }
}

/// The driver does not know `sslrootcert`, so it is taken out of the URL.
fn take_root_file(url: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let (files, rest): (Vec<_>, Vec<_>) =
        query.split('&').partition(|option| option.starts_with("sslrootcert="));
    let file =
        files.first().and_then(|option| option.split_once('=')).map(|(_, file)| file.to_owned());
    let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    (url, file)
}

fn tls(root_file: Option<&str>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    match root_file {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let unreadable = |error: &dyn std::fmt::Display| {
                Error::Engine(format!("sslrootcert {path}: {error}"))
            };
            let certificates = CertificateDer::pem_file_iter(path).map_err(|e| unreadable(&e))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| unreadable(&error))?;
                roots.add(certificate).map_err(|error| unreadable(&error))?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Engine(error.to_string()))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::take_root_file;

    #[test]
    fn the_authority_is_taken_out_of_the_url() {
        let (url, file) =
            take_root_file("postgres://a@h/d?sslmode=require&sslrootcert=/etc/ca.pem");
        assert_eq!(url, "postgres://a@h/d?sslmode=require");
        assert_eq!(file.as_deref(), Some("/etc/ca.pem"));
        assert_eq!(take_root_file("postgres://a@h/d"), ("postgres://a@h/d".to_owned(), None));
    }
}

//! The meaning of `sslmode` and `sslrootcert`, and the rustls client that implements it.
//!
//! One rule: the crypto provider is passed explicitly and never installed for the whole process. Only `verify-full` uses the
//! default verifier of rustls; the weaker modes use [`AnyHostName`]. Start with [`effective_mode`], then [`connector`].

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{self, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Options;

/// The values of `sslmode`, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, strum::EnumString, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum TlsMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// The effective TLS mode and the value of `sslrootcert`, by the rules of libpq.
pub(super) fn effective_mode(
    options: &Options,
    sockets_only: bool,
) -> Result<(TlsMode, Option<&str>), String> {
    let roots = options
        .get("sslrootcert")
        .map(String::as_str)
        .filter(|roots| !roots.is_empty());
    let mode = match options.get("sslmode") {
        Some(text) => text.parse().map_err(|_| "has an sslmode other than disable, allow, prefer, require, verify-ca and verify-full")?,
        None if roots == Some("system") => TlsMode::VerifyFull,
        None => TlsMode::Prefer,
    };
    if roots == Some("system") && mode < TlsMode::VerifyFull {
        return Err("combines sslrootcert=system with a weak sslmode; use verify-full".into());
    }
    Ok(match mode {
        _ if sockets_only => (TlsMode::Disable, None),
        TlsMode::Require if roots.is_some() => (TlsMode::VerifyCa, roots),
        mode => (mode, roots),
    })
}

/// The rustls client for a TLS mode; `direct` stands for `sslnegotiation=direct`, which needs ALPN.
pub(super) fn connector(
    mode: TlsMode,
    roots: Option<&str>,
    direct: bool,
) -> Result<MakeRustlsConnect, String> {
    let provider = Arc::new(ring::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("cannot be used over TLS: {error}"))?;
    let builder = match mode {
        TlsMode::VerifyFull => builder.with_root_certificates(load_roots(roots)?),
        _ => {
            let roots = if mode == TlsMode::VerifyCa {
                Some(load_roots(roots)?)
            } else {
                None
            };
            let verifier = AnyHostName { roots, algorithms };
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    let mut client = builder.with_no_client_auth();
    if direct {
        client.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(MakeRustlsConnect::new(client))
}

fn load_roots(source: Option<&str>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let source = source.filter(|name| *name != "system");
    let found: Vec<CertificateDer<'static>> = match source {
        None => rustls_native_certs::load_native_certs().certs,
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect)
            .map_err(|error| format!("names an sslrootcert {path} that cannot be read: {error}"))?,
    };
    match roots.add_parsable_certificates(found) {
        (0, _) => Err(format!(
            "needs root certificates, but {} has none",
            source.unwrap_or("the system")
        )),
        _ => Ok(roots),
    }
}

/// Verifies the certificate chain if there are root certificates, and never the host name.
#[derive(Debug)]
struct AnyHostName {
    roots: Option<RootCertStore>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for AnyHostName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            let parsed = ParsedCertificate::try_from(end_entity)?;
            let all = self.algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&parsed, roots, intermediates, now, all)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

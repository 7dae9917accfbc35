//! The checks of `--negative`: what is read must be refused.

use std::path::Path;

use pqkm::core::DecodeError;

use crate::{
    artifact::{self, Artifact, Read},
    certificate::Certificate,
    keys,
    report::Report,
    walk::Name,
};

/// Every artifact of a file must be refused.
pub(crate) fn check(path: &Path, artifacts: &[Artifact], report: &mut Report) {
    if artifacts.is_empty() && artifact::is_named_like_one(path) {
        report.passed(path, "refused: malformed encoding");
    }
    for artifact in artifacts {
        let (what, oid, refused) = match artifact {
            Artifact::Private(read) => ("private key", read.oid, reason(read, keys::private)),
            Artifact::Public(read) => ("public key", read.oid, reason(read, keys::public)),
            Artifact::Certificate(read) => ("certificate", read.oid, refused_certificate(read)),
            Artifact::Raw(oid, value) => {
                let oid = oid.or_else(|| Name::of(path).oid());
                let key = oid
                    .and_then(|oid| keys::contain(oid, value))
                    .ok_or(DecodeError::Malformed)
                    .and_then(|any| keys::private(&any));
                (
                    "bare private value",
                    oid,
                    key.err().map(|error| error.to_string()),
                )
            }
            Artifact::Unreadable(what) => (*what, None, Some("malformed encoding".into())),
            Artifact::Elsewhere(why) => {
                report.skipped(path, "refusal", *why);
                continue;
            }
            Artifact::Ciphertext(_) | Artifact::SharedSecret(_) => continue,
        };
        if let Some(why) = oid.and_then(keys::covered_elsewhere) {
            report.skipped(path, format!("refusal of a {what}"), why);
        } else if let Some(why) = refused {
            report.passed(path, format!("{what} refused: {why}"));
        } else {
            report.failed(path, format!("refusal of a {what}"), "it was accepted");
        }
    }
}

fn reason<T, K>(read: &Read<T>, promote: impl Fn(&T) -> Result<K, DecodeError>) -> Option<String> {
    let read = read.result.as_ref().map_err(|error| *error);
    read.and_then(promote).err().map(|error| error.to_string())
}

/// Why a certificate is refused, as far as its key is concerned.
fn refused_certificate(read: &Read<Certificate>) -> Option<String> {
    let certificate = match &read.result {
        Ok(certificate) => certificate,
        Err(error) => return Some(error.to_string()),
    };
    let key = match keys::public(&certificate.key) {
        Ok(key) => key,
        Err(error) => return Some(error.to_string()),
    };
    certificate.wrong_key_usage(key.is_kem).or_else(|| {
        certificate
            .is_self_signed(key.is_kem)
            .then(|| certificate.verify_own_signature().err())
            .flatten()
            .map(|error| error.to_string())
    })
}

//! The checks: what is read must be right by itself and fit what lies beside it.

use std::path::Path;

use pqkm::core::{
    AgreementAlgorithm, AgreementKey, AnyPrivateKey, AnyPublicKey, Ciphertext, DecapsulationKey,
    DecodeError, ExposeToken, KemAlgorithm, KnownPrivateKey, KnownPublicKey, SignatureAlgorithm,
    SigningKey, SysRng,
};
use x509_cert::der::asn1::ObjectIdentifier;

use crate::{
    artifact::{Artifact, covered_elsewhere},
    certificate::{self, Certificate},
    report::Report,
    walk::Group,
};

/// Every artifact of a file must be refused.
pub(crate) fn refusals(path: &Path, artifacts: &[Artifact], report: &mut Report) {
    for artifact in artifacts {
        let (what, oid, refused) = match artifact {
            Artifact::Private(read) => ("private key", oid_of(read, AnyPrivateKey::oid), {
                reason(
                    read.as_ref()
                        .map_err(|error| *error)
                        .and_then(AnyPrivateKey::known),
                )
            }),
            Artifact::Public(read) => ("public key", oid_of(read, AnyPublicKey::oid), {
                reason(
                    read.as_ref()
                        .map_err(|error| *error)
                        .and_then(AnyPublicKey::known),
                )
            }),
            Artifact::Certificate(read) => (
                "certificate",
                read.as_ref().as_ref().ok().map(|read| read.key.oid()),
                refused_certificate(read),
            ),
            Artifact::Unreadable(what) => (*what, None, Some("malformed encoding".into())),
            Artifact::Elsewhere(why) => {
                report.skipped(path, "refusal", *why);
                continue;
            }
            Artifact::Ciphertext(_) | Artifact::SharedSecret(_) => continue,
        };
        if let Some(why) = oid.and_then(covered_elsewhere) {
            report.skipped(path, format!("refusal of a {what}"), why);
        } else if let Some(why) = refused {
            report.passed(path, format!("{what} refused: {why}"));
        } else {
            report.failed(path, format!("refusal of a {what}"), "it was accepted");
        }
    }
}

fn oid_of<T>(
    read: &Result<T, DecodeError>,
    oid: impl Fn(&T) -> ObjectIdentifier,
) -> Option<ObjectIdentifier> {
    read.as_ref().ok().map(oid)
}

fn reason<T>(result: Result<T, DecodeError>) -> Option<String> {
    result.err().map(|error| error.to_string())
}

/// Why a certificate is refused, as far as its key is concerned.
fn refused_certificate(read: &Result<Certificate, String>) -> Option<String> {
    let certificate = match read {
        Ok(certificate) => certificate,
        Err(why) => return Some(why.clone()),
    };
    let key = match certificate.key.known() {
        Ok(key) => key,
        Err(error) => return Some(error.to_string()),
    };
    if let Err(why) = certificate.check_key_usage(is_kem(&key)) {
        return Some(why);
    }
    if certificate.is_self_signed() {
        return certificate
            .verify_own_signature()
            .err()
            .map(|error| error.to_string());
    }
    None
}

/// Everything that bears one name.
pub(crate) fn group(group: &Group, report: &mut Report) {
    let mut publics = Vec::new();
    for (path, artifact) in group {
        match artifact {
            Artifact::Public(read) => {
                if let Some(key) = public_key(path, read, report) {
                    publics.push((path, key));
                }
            }
            Artifact::Certificate(read) => {
                if let Some(key) = certificate_key(path, read, report) {
                    publics.push((path, key));
                }
            }
            Artifact::Elsewhere(why) => report.skipped(path, "not read here", *why),
            Artifact::Unreadable(what) => report.failed(path, format!("{what} loads"), "malformed"),
            Artifact::Private(_) | Artifact::Ciphertext(_) | Artifact::SharedSecret(_) => {}
        }
    }
    let mut privates = Vec::new();
    for (path, artifact) in group {
        if let Artifact::Private(read) = artifact
            && let Some(key) = private_key(path, read, report)
        {
            privates.push((path, key));
        }
    }
    siblings(&publics, &privates, report);
    let secret = group.iter().find_map(|(_, artifact)| match artifact {
        Artifact::SharedSecret(bytes) => Some(bytes),
        _ => None,
    });
    for (path, artifact) in group {
        if let Artifact::Ciphertext(ciphertext) = artifact {
            kem_results(path, ciphertext, secret, &privates, report);
        }
    }
}

/// Loads a key, or says why not: a key of an algorithm that is not covered is skipped.
fn load<T>(
    path: &Path,
    what: &str,
    oid: ObjectIdentifier,
    read: Result<T, DecodeError>,
    report: &mut Report,
) -> Option<T> {
    match read {
        Ok(key) => Some(key),
        Err(error) => {
            let check = format!("{what} loads");
            if let Some(why) = covered_elsewhere(oid) {
                report.skipped(path, check, why);
            } else if certificate::is_pre_hash(oid) {
                report.skipped(path, check, "a pre-hash identifier names no key: refused");
            } else if error == DecodeError::Algorithm && !is_claimed(oid) {
                report.skipped(path, check, format!("algorithm {oid} is not covered"));
            } else {
                report.failed(path, check, error.to_string());
            }
            None
        }
    }
}

/// Object identifiers of this crate's algorithms: a key with one of them and parameters that it must
/// not have is refused as an unexpected algorithm, and that is a failure.
fn is_claimed(oid: ObjectIdentifier) -> bool {
    let text = oid.to_string();
    let number = |prefix: &str| text.strip_prefix(prefix)?.parse::<u32>().ok();
    matches!(number("2.16.840.1.101.3.4.4."), Some(1..=3))
        || matches!(number("2.16.840.1.101.3.4.3."), Some(17..=31))
        || matches!(number("1.3.101."), Some(110 | 112))
        || text == "1.3.6.1.4.1.62253.25722"
}

fn public_key(
    path: &Path,
    read: &Result<AnyPublicKey, DecodeError>,
    report: &mut Report,
) -> Option<KnownPublicKey> {
    let any = match read {
        Ok(any) => any,
        Err(error) => {
            report.failed(path, "public key loads", error.to_string());
            return None;
        }
    };
    let key = load(path, "public key", any.oid(), any.known(), report)?;
    let same = AnyPublicKey::from(&key) == *any;
    report.case(
        path,
        format!(
            "{} public key loads and is written alike",
            key.algorithm_name()
        ),
        same.then_some(()).ok_or_else(|| "written otherwise".into()),
    );
    Some(key)
}

fn certificate_key(
    path: &Path,
    read: &Result<Certificate, String>,
    report: &mut Report,
) -> Option<KnownPublicKey> {
    let certificate = match read {
        Ok(certificate) => certificate,
        Err(why) => {
            report.failed(path, "certificate loads", why.clone());
            return None;
        }
    };
    let any = &certificate.key;
    let key = load(path, "certificate's key", any.oid(), any.known(), report)?;
    let name = key.algorithm_name();
    report.passed(path, format!("{name} key of the certificate loads"));
    report.case(
        path,
        format!("{name} key usage of the certificate"),
        certificate.check_key_usage(is_kem(&key)),
    );
    if certificate.is_self_signed() {
        report.case(
            path,
            format!("{name} self-signature of the certificate verifies"),
            certificate
                .verify_own_signature()
                .map_err(|error| error.to_string()),
        );
    } else {
        report.skipped(
            path,
            "issuer's signature on the certificate",
            "certificate chains are verified by pqkm-composite",
        );
    }
    Some(key)
}

fn private_key(
    path: &Path,
    read: &Result<AnyPrivateKey, DecodeError>,
    report: &mut Report,
) -> Option<KnownPrivateKey> {
    let any = match read {
        Ok(any) => any,
        Err(error) => {
            report.failed(path, "private key loads", error.to_string());
            return None;
        }
    };
    let key = load(path, "private key", any.oid(), any.known(), report)?;
    report.passed(path, format!("{} private key loads", key.algorithm_name()));
    report.case(
        path,
        format!("{} private key {}", key.algorithm_name(), proof_name(&key)),
        prove(&key),
    );
    Some(key)
}

const fn is_kem(key: &KnownPublicKey) -> bool {
    matches!(
        key,
        KnownPublicKey::MlKem512(_)
            | KnownPublicKey::MlKem768(_)
            | KnownPublicKey::MlKem1024(_)
            | KnownPublicKey::XWing(_)
    )
}

fn proof_name(key: &KnownPrivateKey) -> &'static str {
    match key.public_key() {
        KnownPublicKey::X25519(_) => "agrees with both ends on one secret",
        public if is_kem(&public) => "decapsulates what its public half encapsulates",
        _ => "signs what its public half verifies",
    }
}

/// That a private key does its work.
fn prove(key: &KnownPrivateKey) -> Result<(), String> {
    match key {
        KnownPrivateKey::MlKem512(key) => prove_kem(key),
        KnownPrivateKey::MlKem768(key) => prove_kem(key),
        KnownPrivateKey::MlKem1024(key) => prove_kem(key),
        KnownPrivateKey::MlDsa44(key) => prove_signature(key),
        KnownPrivateKey::MlDsa65(key) => prove_signature(key),
        KnownPrivateKey::MlDsa87(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaSha2_128s(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaSha2_128f(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaSha2_192s(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaSha2_192f(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaSha2_256s(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaSha2_256f(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaShake128s(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaShake128f(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaShake192s(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaShake192f(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaShake256s(key) => prove_signature(key),
        KnownPrivateKey::SlhDsaShake256f(key) => prove_signature(key),
        KnownPrivateKey::Ed25519(key) => prove_signature(key),
        KnownPrivateKey::XWing(key) => prove_kem(key),
        KnownPrivateKey::X25519(key) => prove_agreement(key),
        other => Err(format!("{} is not known here", other.algorithm_name())),
    }
}

fn prove_signature<A: SignatureAlgorithm>(key: &SigningKey<A>) -> Result<(), String> {
    let signature = key
        .sign(b"interop", &mut SysRng)
        .map_err(|error| error.to_string())?;
    let verifying_key = key.verifying_key();
    verifying_key
        .verify(b"interop", &signature)
        .map_err(|error| error.to_string())?;
    match verifying_key.verify(b"another message", &signature) {
        Ok(()) => Err("the signature verifies on another message".into()),
        Err(_) => Ok(()),
    }
}

fn prove_kem<A: KemAlgorithm>(key: &DecapsulationKey<A>) -> Result<(), String> {
    let (ciphertext, sent) = key
        .encapsulation_key()
        .encapsulate(&mut SysRng)
        .map_err(|error| error.to_string())?;
    let received = key
        .decapsulate(&ciphertext)
        .map_err(|error| error.to_string())?;
    let (sent, received) = (
        sent.expose(ExposeToken::acknowledge()),
        received.expose(ExposeToken::acknowledge()),
    );
    if sent == received {
        Ok(())
    } else {
        Err("the shared secrets differ".into())
    }
}

fn prove_agreement<A: AgreementAlgorithm>(key: &AgreementKey<A>) -> Result<(), String> {
    let (ephemeral, sent) = key
        .agreement_public_key()
        .agree_ephemeral(&mut SysRng)
        .map_err(|error| error.to_string())?;
    let received = key.agree(&ephemeral).map_err(|error| error.to_string())?;
    if sent.expose(ExposeToken::acknowledge()) == received.expose(ExposeToken::acknowledge()) {
        Ok(())
    } else {
        Err("the agreed secrets differ".into())
    }
}

/// All forms of a private key are one key, and the public key beside them is theirs.
fn siblings(
    publics: &[(&std::path::PathBuf, KnownPublicKey)],
    privates: &[(&std::path::PathBuf, KnownPrivateKey)],
    report: &mut Report,
) {
    let others: Vec<_> = publics
        .iter()
        .map(|(path, key)| (*path, key.clone()))
        .chain(privates.iter().map(|(path, key)| (*path, key.public_key())))
        .collect();
    for (index, (path, key)) in others.iter().enumerate() {
        for (other_path, other) in others.iter().skip(index + 1) {
            let file = other_path.file_name().unwrap_or_default().to_string_lossy();
            report.case(
                path,
                format!("{} key is that of {file}", key.algorithm_name()),
                (key == other)
                    .then_some(())
                    .ok_or_else(|| "they are different keys".into()),
            );
        }
    }
}

/// Every form of the private key turns the ciphertext into the shared secret.
fn kem_results(
    path: &Path,
    ciphertext: &[u8],
    secret: Option<&Vec<u8>>,
    privates: &[(&std::path::PathBuf, KnownPrivateKey)],
    report: &mut Report,
) {
    let Some(secret) = secret else {
        report.skipped(path, "decapsulates", "no shared secret lies beside it");
        return;
    };
    if privates.is_empty() {
        report.skipped(
            path,
            "decapsulates",
            "no private key that is read here lies beside it",
        );
    }
    for (key_path, key) in privates {
        let file = key_path.file_name().unwrap_or_default().to_string_lossy();
        let result = match key {
            KnownPrivateKey::MlKem512(key) => decapsulates_to(key, ciphertext, secret),
            KnownPrivateKey::MlKem768(key) => decapsulates_to(key, ciphertext, secret),
            KnownPrivateKey::MlKem1024(key) => decapsulates_to(key, ciphertext, secret),
            KnownPrivateKey::XWing(key) => decapsulates_to(key, ciphertext, secret),
            other => Err(format!("{} is no KEM", other.algorithm_name())),
        };
        report.case(
            path,
            format!("decapsulates with {file} to the shared secret"),
            result,
        );
    }
}

fn decapsulates_to<A: KemAlgorithm>(
    key: &DecapsulationKey<A>,
    ciphertext: &[u8],
    secret: &[u8],
) -> Result<(), String> {
    let ciphertext = Ciphertext::<A>::from_bytes(ciphertext).map_err(|error| error.to_string())?;
    let found = key
        .decapsulate(&ciphertext)
        .map_err(|error| error.to_string())?;
    if found.expose(ExposeToken::acknowledge()) == secret {
        Ok(())
    } else {
        Err("another shared secret".into())
    }
}

//! The checks: what is read must be right by itself and fit what lies beside it.

use std::path::Path;

use pqkm::core::{DecodeError, VerifyByOidError};
use x509_cert::der::asn1::ObjectIdentifier;

use crate::{
    artifact::{Artifact, Read},
    certificate::{self, Certificate},
    keys::{self, PrivateKey, PublicKey},
    report::Report,
    walk::{Group, Name},
};

/// Everything that bears one name.
pub(crate) fn group(group: &Group, issuers: &[&Certificate]) -> Report {
    let mut report = Report::default();
    let mut keys = Keys::default();
    for (path, artifact) in group {
        match artifact {
            Artifact::Public(read) => keys.add_public(path, public_key(path, read, &mut report)),
            Artifact::Certificate(read) => {
                keys.add_public(path, certificate_key(path, read, issuers, &mut report));
            }
            Artifact::Elsewhere(why) => report.skipped(path, "not read here", *why),
            Artifact::Unreadable(what) => report.failed(path, format!("{what} loads"), "malformed"),
            Artifact::Private(_)
            | Artifact::Raw(..)
            | Artifact::Ciphertext(_)
            | Artifact::SharedSecret(_) => {}
        }
    }
    for (path, artifact) in group {
        match artifact {
            Artifact::Private(read) => {
                keys.add_private(path, private_key(path, read, &mut report));
            }
            Artifact::Raw(named, value) => {
                let oid = named.or_else(|| sibling_oid(group));
                keys.add_private(path, raw_key(path, oid, value, &mut report));
            }
            _ => {}
        }
    }
    keys.are_one(&mut report);
    let secret = group.iter().find_map(|(_, artifact)| match artifact {
        Artifact::SharedSecret(bytes) => Some(bytes),
        _ => None,
    });
    for (path, artifact) in group {
        if let Artifact::Ciphertext(ciphertext) = artifact {
            match secret {
                Some(secret) => {
                    keys.decapsulate(path, ciphertext, secret, sibling_oid(group), &mut report);
                }
                None => report.skipped(path, "decapsulates", "no shared secret lies beside it"),
            }
        }
    }
    report
}

/// The algorithm that a private key, a public key or a certificate of the group names.
fn sibling_oid(group: &Group) -> Option<ObjectIdentifier> {
    group.iter().find_map(|(path, artifact)| match artifact {
        Artifact::Private(read) => read.oid,
        Artifact::Public(read) => read.oid,
        Artifact::Certificate(read) => read.oid,
        _ => Name::of(path).oid(),
    })
}

/// Whether an error means that the key is of no algorithm of this crate, and why that is no failure.
fn excuse(oid: Option<ObjectIdentifier>, error: DecodeError) -> Option<String> {
    let oid = oid?;
    if let Some(why) = keys::covered_elsewhere(oid) {
        Some(why.into())
    } else if certificate::is_pre_hash(oid) {
        Some("a pre-hash identifier names no key: refused".into())
    } else if keys::is_claimed(oid) {
        None
    } else if !cfg!(feature = "rsa") && keys::is_rsa(oid) {
        Some("RSA keys are read where the feature `rsa` is on".into())
    } else if error == DecodeError::Length {
        Some(format!("a key of algorithm {oid} of another length"))
    } else {
        Some(format!("algorithm {oid} is not covered"))
    }
}

/// A key, or a line that says why there is none.
fn load<T>(
    path: &Path,
    what: &str,
    oid: Option<ObjectIdentifier>,
    result: Result<T, DecodeError>,
    report: &mut Report,
) -> Option<T> {
    let error = match result {
        Ok(key) => return Some(key),
        Err(error) => error,
    };
    match excuse(oid, error) {
        Some(why) => report.skipped(path, format!("{what} loads"), why),
        None => report.failed(path, format!("{what} loads"), error.to_string()),
    }
    None
}

fn public_key(
    path: &Path,
    read: &Read<pqkm::core::AnyPublicKey>,
    report: &mut Report,
) -> Option<PublicKey> {
    let result = read.result.as_ref().map_err(|error| *error);
    let key = load(
        path,
        "public key",
        read.oid,
        result.and_then(keys::public),
        report,
    )?;
    let is_same = result.is_ok_and(|any| *any == key.written);
    report.case(
        path,
        format!("{} public key loads and is written alike", key.name),
        is_same
            .then_some(())
            .ok_or_else(|| "written otherwise".into()),
    );
    Some(key)
}

fn certificate_key(
    path: &Path,
    read: &Read<Certificate>,
    issuers: &[&Certificate],
    report: &mut Report,
) -> Option<PublicKey> {
    let result = read.result.as_ref().map_err(|error| *error);
    let key = result.and_then(|certificate| keys::public(&certificate.key));
    let key = load(path, "certificate's key", read.oid, key, report)?;
    let certificate = result.ok()?;
    let name = key.name;
    report.passed(path, format!("{name} key of the certificate loads"));
    match certificate.wrong_key_usage(key.is_kem) {
        None => report.passed(path, format!("{name} key usage of the certificate")),
        Some(usage) => report.skipped(
            path,
            format!("{name} key usage of the certificate"),
            format!("{usage} is not for {name}"),
        ),
    }
    if certificate.is_self_signed(key.is_kem) {
        let check = format!("{name} self-signature of the certificate verifies");
        match certificate.verify_own_signature() {
            Err(VerifyByOidError::UnknownAlgorithm) if !keys::is_claimed(certificate.key.oid()) => {
                report.skipped(path, check, "no verifier for the signature algorithm");
            }
            result => report.case(path, check, result.map_err(|error| error.to_string())),
        }
    } else {
        issuer_signature(path, certificate, issuers, report);
    }
    Some(key)
}

/// The issuer is looked for among all certificates that were named. Several may have its name.
fn issuer_signature(
    path: &Path,
    certificate: &Certificate,
    issuers: &[&Certificate],
    report: &mut Report,
) {
    let check = "issuer's signature on the certificate verifies";
    let mut candidates = issuers
        .iter()
        .filter(|issuer| certificate.names_issuer(issuer) && !keys::is_kem(issuer.key.oid()))
        .peekable();
    if candidates.peek().is_none() {
        report.skipped(
            path,
            check,
            "the issuer's certificate is not among those named",
        );
        return;
    }
    let results = candidates.map(|issuer| certificate.verify_signature_by(&issuer.key));
    let best = results.min_by_key(Result::is_err).unwrap_or(Ok(()));
    report.case(path, check, best.map_err(|error| error.to_string()));
}

fn private_key(
    path: &Path,
    read: &Read<pqkm::core::AnyPrivateKey>,
    report: &mut Report,
) -> Option<Box<dyn PrivateKey>> {
    let key = read.result.as_ref().map_err(|error| *error);
    let key = load(
        path,
        "private key",
        read.oid,
        key.and_then(keys::private),
        report,
    )?;
    works(path, "private key", &*key, report);
    Some(key)
}

fn raw_key(
    path: &Path,
    oid: Option<ObjectIdentifier>,
    value: &[u8],
    report: &mut Report,
) -> Option<Box<dyn PrivateKey>> {
    let what = "bare private value";
    let Some(oid) = oid else {
        report.skipped(path, format!("{what} loads"), "nothing names its algorithm");
        return None;
    };
    let contained = keys::contain(oid, value).ok_or(DecodeError::Malformed);
    let key = contained.and_then(|any| keys::private(&any));
    let key = load(path, what, Some(oid), key, report)?;
    works(path, what, &*key, report);
    Some(key)
}

fn works(path: &Path, what: &str, key: &dyn PrivateKey, report: &mut Report) {
    let name = key.public().name;
    report.passed(path, format!("{name} {what} loads"));
    report.case(path, format!("{name} {what} {}", key.proof()), key.prove());
}

/// The keys of a group that loaded. A file may hold a chain of certificates: its first is the key's.
#[derive(Default)]
struct Keys<'a> {
    publics: Vec<(&'a Path, PublicKey)>,
    privates: Vec<(&'a Path, Box<dyn PrivateKey>)>,
}

impl<'a> Keys<'a> {
    fn add_public(&mut self, path: &'a Path, key: Option<PublicKey>) {
        if let Some(key) = key
            && self.publics.last().is_none_or(|(last, _)| *last != path)
        {
            self.publics.push((path, key));
        }
    }

    fn add_private(&mut self, path: &'a Path, key: Option<Box<dyn PrivateKey>>) {
        if let Some(key) = key
            && self.privates.last().is_none_or(|(last, _)| *last != path)
        {
            self.privates.push((path, key));
        }
    }

    /// All forms of a private key are one key, and the public key beside them is theirs.
    fn are_one(&self, report: &mut Report) {
        self.reject_alike(report);
        let halves = self
            .privates
            .iter()
            .map(|(path, key)| (*path, key.public().name, key.public().written));
        let all: Vec<_> = self
            .publics
            .iter()
            .map(|(path, key)| (*path, key.name, key.written.clone()))
            .chain(halves)
            .collect();
        for (index, (path, name, key)) in all.iter().enumerate() {
            for (other_path, _, other) in all.iter().skip(index + 1) {
                let file = other_path.file_name().unwrap_or_default().to_string_lossy();
                report.case(
                    path,
                    format!("{name} key is that of {file}"),
                    (key == other)
                        .then_some(())
                        .ok_or_else(|| "they are different keys".into()),
                );
            }
        }
    }

    /// What KEM keys make of a ciphertext that nobody encapsulated shows the part of them that their public half
    /// does not.
    fn reject_alike(&self, report: &mut Report) {
        let rejected = self
            .privates
            .iter()
            .filter_map(|(path, key)| Some((path, key.public().name, key.reject()?)));
        let all: Vec<_> = rejected.collect();
        let Some(((_, _, first), others)) = all.split_first() else {
            return;
        };
        for (path, name, secret) in others {
            let check = format!("{name} private key rejects as its other forms do");
            let is_same = (secret == first).then_some(());
            report.case(
                path,
                check,
                is_same.ok_or_else(|| "they are different keys".into()),
            );
        }
    }

    /// Every form of the private key turns the ciphertext into the shared secret.
    fn decapsulate(
        &self,
        path: &Path,
        ciphertext: &[u8],
        secret: &[u8],
        oid: Option<ObjectIdentifier>,
        report: &mut Report,
    ) {
        if self.privates.is_empty() {
            let why = oid
                .and_then(keys::covered_elsewhere)
                .unwrap_or("no private key that is read here lies beside it");
            report.skipped(path, "decapsulates", why);
        }
        for (key_path, key) in &self.privates {
            let file = key_path.file_name().unwrap_or_default().to_string_lossy();
            let found = key.decapsulate(ciphertext);
            let is_same = found.and_then(|found| {
                (found == secret)
                    .then_some(())
                    .ok_or_else(|| "another shared secret".into())
            });
            report.case(
                path,
                format!("decapsulates with {file} to the shared secret"),
                is_same,
            );
        }
    }
}

//! What is shown of each kind of thing.

use pqkm::composite::{
    FamilyPrivateKey, FamilyPublicKey, family_verifiers, kem_by_oid,
    lenient::{self, Diagnosis},
    signature_by_oid,
    x509::{Certificate, KeyKind, Request, RevocationList},
    x509_cert::der::{Decode, asn1::ObjectIdentifier},
};
use pqkm::core::{AnyPrivateKey, AnyPublicKey, Verifiers, VerifyByOidError};

/// Lines of a name and a value, and a verdict.
pub(crate) struct Fields {
    kind: &'static str,
    lines: Vec<(&'static str, String)>,
    verdict: Result<String, String>,
}

impl Fields {
    pub(crate) fn refused(kind: &'static str, why: impl Into<String>) -> Self {
        Self {
            kind,
            lines: Vec::new(),
            verdict: Err(why.into()),
        }
    }

    fn accepted(
        kind: &'static str,
        lines: Vec<(&'static str, String)>,
        verdict: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            lines,
            verdict: Ok(verdict.into()),
        }
    }

    pub(crate) const fn is_accepted(&self) -> bool {
        self.verdict.is_ok()
    }

    /// Of several readings of one file, the one that says most.
    pub(crate) fn rank(&self) -> (bool, usize) {
        (self.is_accepted(), self.lines.len())
    }

    pub(crate) fn print(&self) {
        say!("  {:<10} {}", "kind", self.kind);
        for (name, value) in &self.lines {
            say!("  {name:<10} {value}");
        }
        match &self.verdict {
            Ok(verdict) => say!("  {:<10} {verdict}", "verdict"),
            Err(why) => say!("  {:<10} refused: {why}", "verdict"),
        }
    }
}

fn verifiers() -> Verifiers {
    family_verifiers().unwrap_or_else(|_| Verifiers::core())
}

fn algorithm(oid: ObjectIdentifier) -> String {
    let name = match (signature_by_oid(oid), kem_by_oid(oid)) {
        (Some(entry), _) => entry.name,
        (_, Some(entry)) => entry.name,
        _ => return format!("{oid} ({:?})", KeyKind::of(oid)),
    };
    format!("{name} ({oid})")
}

fn key_lines(key: &AnyPublicKey) -> Vec<(&'static str, String)> {
    let diagnosis = lenient::public_key(key.as_spki_der());
    let mut lines = vec![("key", algorithm(key.oid()))];
    lines.extend(halves(&diagnosis));
    lines.push(("key bytes", key.key_bytes().len().to_string()));
    lines.push(("sha-256", key.fingerprint().to_string()));
    lines
}

fn halves(diagnosis: &Diagnosis) -> Option<(&'static str, String)> {
    let [first, second] = diagnosis.halves?;
    let text = format!(
        "{} ({} bytes) and {} ({} bytes)",
        first.name, first.bytes, second.name, second.bytes
    );
    Some(("halves", text))
}

pub(crate) fn certificate(der: &[u8]) -> Fields {
    let read = match Certificate::from_der(der) {
        Ok(read) => read,
        Err(error) => return refused_certificate(der, error.to_string()),
    };
    let mut lines = vec![
        ("subject", read.subject().to_string()),
        ("issuer", read.issuer().to_string()),
        ("signature", algorithm(read.signature_oid())),
    ];
    lines.extend(key_lines(read.key()));
    if let Some(usage) = read.key_usage() {
        lines.push(("key usage", format!("{:?}", usage.0)));
    }
    if !read.is_self_issued() {
        return Fields::accepted("certificate", lines, "read; its issuer is not at hand");
    }
    match read.verify_signature(read.key(), &verifiers()) {
        Ok(()) => Fields::accepted("certificate", lines, "signed by its own key"),
        Err(error) => refuse("certificate", lines, error),
    }
}

fn refuse(
    kind: &'static str,
    lines: Vec<(&'static str, String)>,
    error: VerifyByOidError,
) -> Fields {
    Fields {
        kind,
        lines,
        verdict: Err(error.to_string()),
    }
}

/// The strict reader refused it; what its key has to do with that.
fn refused_certificate(der: &[u8], why: String) -> Fields {
    use pqkm::composite::x509_cert::der::Encode;
    let mut fields = Fields::refused("certificate", why);
    let Ok(parsed) = x509_cert::Certificate::from_der(der) else {
        return fields;
    };
    let tbs = parsed.tbs_certificate();
    fields.lines.push(("subject", tbs.subject().to_string()));
    if let Ok(spki) = tbs.subject_public_key_info().to_der() {
        let diagnosis = lenient::public_key(&spki);
        fields.lines.push((
            "key",
            algorithm(tbs.subject_public_key_info().algorithm.oid),
        ));
        fields.lines.extend(halves(&diagnosis));
        fields.lines.extend(findings(&diagnosis));
    }
    fields
}

fn findings(diagnosis: &Diagnosis) -> impl Iterator<Item = (&'static str, String)> {
    let findings = diagnosis.findings.iter();
    findings.map(|finding| ("finding", finding.to_string()))
}

pub(crate) fn request(der: &[u8]) -> Fields {
    let read = match Request::from_der(der) {
        Ok(read) => read,
        Err(error) => return Fields::refused("request", error.to_string()),
    };
    let mut lines = vec![("subject", read.subject().to_string())];
    lines.extend(key_lines(read.key()));
    match read.verify(&verifiers()) {
        Ok(()) => Fields::accepted("request", lines, "signed by the key it asks for"),
        Err(error) => refuse("request", lines, error),
    }
}

pub(crate) fn revocation_list(der: &[u8]) -> Fields {
    match RevocationList::from_der(der) {
        Ok(read) => {
            let list = &read.inner().tbs_cert_list;
            let revoked = list.revoked_certificates.as_ref().map_or(0, Vec::len);
            let lines = vec![
                ("issuer", read.issuer().to_string()),
                ("signature", algorithm(list.signature.oid)),
                ("updated", list.this_update.to_string()),
                ("revoked", revoked.to_string()),
            ];
            Fields::accepted("revocation list", lines, "read; its issuer is not at hand")
        }
        Err(error) => Fields::refused("revocation list", error.to_string()),
    }
}

pub(crate) fn public_key(der: &[u8]) -> Fields {
    let read = AnyPublicKey::from_spki_der(der).and_then(|any| {
        let key: FamilyPublicKey = any.promote()?;
        Ok((any, key))
    });
    match read {
        Ok((any, key)) => {
            let verdict = format!("a key of {}", key.algorithm_name());
            Fields::accepted("public key", key_lines(&any), verdict)
        }
        Err(error) => diagnosed("public key", &lenient::public_key(der), error.to_string()),
    }
}

pub(crate) fn private_key(der: &[u8]) -> Fields {
    let diagnosis = lenient::private_key(der);
    let read = AnyPrivateKey::from_pkcs8_der(der).and_then(|any| {
        let key: FamilyPrivateKey = any.promote()?;
        Ok(key)
    });
    match read {
        Ok(key) => {
            let public = AnyPublicKey::from(&key.public_key());
            let mut lines = vec![("key", key.algorithm_name().to_owned())];
            lines.extend(halves(&diagnosis));
            lines.push(("sha-256", public.fingerprint().to_string()));
            Fields::accepted("private key", lines, "its parts belong together")
        }
        Err(error) => diagnosed("private key", &diagnosis, error.to_string()),
    }
}

fn diagnosed(kind: &'static str, diagnosis: &Diagnosis, why: String) -> Fields {
    let mut fields = Fields::refused(kind, why);
    fields
        .lines
        .extend(diagnosis.name.map(|name| ("key", name.to_owned())));
    fields.lines.extend(halves(diagnosis));
    fields.lines.extend(findings(diagnosis));
    fields
}

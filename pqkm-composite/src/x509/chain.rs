//! Chains: from a certificate to a trust anchor (RFC 5280, section 6, without names and policies that
//! constrain: a certificate that has such constraints is refused).

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;
use pqkm_core::{UnixTime, Verifiers};
use x509_cert::ext::pkix::KeyUsages;

use super::{
    certificate::Certificate,
    kind::{KeyKind, Policy},
};
use crate::error::ChainError;

/// The most certificates that a chain may have, its anchor not counted.
pub const MAX_CHAIN: usize = 10;

/// Verifies chains under given anchors, a policy and the verifiers that a program trusts.
///
/// HSS and other algorithms of other crates are verified by what was [added](Verifiers::add).
pub struct ChainVerifier<'a> {
    anchors: &'a [Certificate],
    verifiers: &'a Verifiers,
    policy: Policy,
    purpose: Option<ObjectIdentifier>,
}

/// What is verified.
struct Path<'a> {
    /// The certificates below the anchors, or up to the one that is an anchor.
    below: &'a [Certificate],
    /// The anchors that may have issued the last; none if it is one itself.
    named: Vec<&'a Certificate>,
}

impl<'a> ChainVerifier<'a> {
    /// A verifier. The anchors are trusted as they are: their names, keys, constraints and times. Several
    /// may have one name.
    #[must_use]
    pub const fn new(anchors: &'a [Certificate], verifiers: &'a Verifiers, policy: Policy) -> Self {
        Self {
            anchors,
            verifiers,
            policy,
            purpose: None,
        }
    }

    /// A verifier for that purpose, such as `id-kp-serverAuth`: a certificate of the chain that has an
    /// extended key usage, be it the subject's or an authority's, [must allow
    /// it](Certificate::allows_purpose). Without a purpose an extended key usage is not judged, and
    /// refused where it is critical (RFC 5280, sections 4.2 and 4.2.1.12).
    #[must_use]
    pub const fn for_purpose(self, purpose: ObjectIdentifier) -> Self {
        Self {
            purpose: Some(purpose),
            ..self
        }
    }

    /// Verifies a chain: the subject's certificate first, each followed by its issuer's. The anchor may
    /// be left out.
    ///
    /// Everything that costs little is checked before the first signature is.
    ///
    /// # Errors
    /// [`ChainError`]: the first thing found wrong, from the subject upwards.
    pub fn verify(&self, chain: &[Certificate], time: UnixTime) -> Result<(), ChainError> {
        let path = self.path(chain)?;
        for (depth, certificate) in path.below.iter().enumerate() {
            self.check(certificate, time)?;
            if let Some(issuer) = path.below.get(depth + 1) {
                self.check_link(path.below.get(..=depth).unwrap_or_default(), issuer)?;
            }
        }
        let anchors = self.fitting(&path, time)?;
        for pair in path.below.windows(2) {
            if let [certificate, issuer] = pair {
                self.check_signature(certificate, issuer)?;
            }
        }
        let last = path.below.last().ok_or(ChainError::Empty)?;
        let signed = |anchor: &&Certificate| self.check_signature(last, anchor).is_ok();
        if path.named.is_empty() || anchors.iter().any(signed) {
            Ok(())
        } else {
            Err(ChainError::Signature)
        }
    }

    /// The chain up to its first anchor: what follows it has no say. Without one in it, the anchors that
    /// have the name of the end's issuer.
    fn path<'b>(&'b self, chain: &'b [Certificate]) -> Result<Path<'b>, ChainError> {
        let begin = chain.get(..=MAX_CHAIN).unwrap_or(chain);
        if let Some(end) = begin.iter().position(|one| self.anchors.contains(one)) {
            return Ok(Path {
                below: begin.get(..=end).unwrap_or_default(),
                named: Vec::new(),
            });
        }
        if chain.len() > MAX_CHAIN {
            return Err(ChainError::TooLong);
        }
        let last = chain.last().ok_or(ChainError::Empty)?;
        let anchors = self.anchors.iter();
        let named: Vec<_> = anchors
            .filter(|anchor| check_issuer(last, anchor).is_ok())
            .collect();
        if named.is_empty() {
            return Err(ChainError::UnknownAnchor);
        }
        Ok(Path {
            below: chain,
            named,
        })
    }

    /// Of the anchors with the right name those that may stand above the path, each key once; if none may,
    /// what is wrong with the first.
    fn fitting<'b>(
        &self,
        path: &Path<'b>,
        time: UnixTime,
    ) -> Result<Vec<&'b Certificate>, ChainError> {
        let mut fitting: Vec<&Certificate> = Vec::new();
        let mut problem = Ok(());
        for &anchor in &path.named {
            let checked = self.check(anchor, time);
            match checked.and_then(|()| self.check_link(path.below, anchor)) {
                Ok(()) if fitting.iter().any(|other| other.key() == anchor.key()) => {}
                Ok(()) => fitting.push(anchor),
                Err(error) => problem = problem.and(Err(error)),
            }
        }
        if fitting.is_empty() {
            problem?;
        }
        Ok(fitting)
    }

    /// What can be said of a certificate by itself.
    fn check(&self, certificate: &Certificate, time: UnixTime) -> Result<(), ChainError> {
        let (from, until) = certificate.validity();
        if time < from {
            return Err(ChainError::NotYetValid);
        }
        if time > until {
            return Err(ChainError::Expired);
        }
        if certificate.has_unknown_critical_extension() {
            return Err(ChainError::CriticalExtension);
        }
        match self.purpose {
            Some(purpose) if !certificate.allows_purpose(purpose) => {
                return Err(ChainError::Purpose);
            }
            None if certificate.has_critical_purposes() => {
                return Err(ChainError::CriticalExtension);
            }
            _ => {}
        }
        if !self.policy.allows(certificate.key_kind()) {
            return Err(ChainError::Policy);
        }
        Ok(())
    }

    /// Whether an issuer may stand above the last of the certificates below it.
    fn check_link(&self, below: &[Certificate], issuer: &Certificate) -> Result<(), ChainError> {
        let (certificate, _) = below.split_last().ok_or(ChainError::Empty)?;
        if !self.policy.allows(certificate.signature_kind()) {
            return Err(ChainError::Policy);
        }
        check_issuer(certificate, issuer)?;
        check_path_length(issuer, below.get(1..).unwrap_or_default())
    }

    fn check_signature(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), ChainError> {
        let verdict = certificate.verify_signature(issuer.key(), self.verifiers);
        verdict.map_err(|_| ChainError::Signature)
    }
}

/// Whether one certificate may have issued another: names, identifiers, authority, key usage, and an
/// algorithm that is the issuer's key's.
pub(super) fn check_issuer(
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<(), ChainError> {
    if certificate.issuer() != issuer.subject()
        || !issuer.fits_identifier(certificate.authority_key_identifier())
    {
        return Err(ChainError::Issuer);
    }
    if !issuer.is_authority() {
        return Err(ChainError::NotAnAuthority);
    }
    let may_sign = issuer
        .key_usage()
        .is_none_or(|usage| usage.0.contains(KeyUsages::KeyCertSign));
    if !may_sign || !matches!(issuer.key_kind(), KeyKind::Signature(_) | KeyKind::Foreign) {
        return Err(ChainError::KeyUsage);
    }
    Ok(())
}

/// `pathLenConstraint`: how many authorities that are not self-issued may stand below an issuer.
fn check_path_length(issuer: &Certificate, below: &[Certificate]) -> Result<(), ChainError> {
    let limit = issuer
        .basic_constraints()
        .and_then(|constraints| constraints.path_len_constraint);
    let authorities = below.iter().filter(|one| !one.is_self_issued()).count();
    if limit.is_some_and(|limit| authorities > usize::from(limit)) {
        return Err(ChainError::PathLength);
    }
    Ok(())
}

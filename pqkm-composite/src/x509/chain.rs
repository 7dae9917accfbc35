//! Chains: from a certificate to a trust anchor (RFC 5280, section 6, without names and policies that
//! constrain: a certificate that has such constraints and marks them critical is refused).

use alloc::vec::Vec;

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
}

impl<'a> ChainVerifier<'a> {
    /// A verifier. The anchors are trusted as they are: their names, keys, constraints and times.
    #[must_use]
    pub const fn new(anchors: &'a [Certificate], verifiers: &'a Verifiers, policy: Policy) -> Self {
        Self {
            anchors,
            verifiers,
            policy,
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
        for (depth, certificate) in path.iter().enumerate() {
            self.check(certificate, time)?;
            if let Some(issuer) = path.get(depth + 1) {
                if !self.policy.allows(certificate.signature_kind()) {
                    return Err(ChainError::Policy);
                }
                check_issuer(certificate, issuer)?;
                check_path_length(issuer, path.get(1..=depth).unwrap_or_default())?;
            }
        }
        for pair in path.windows(2) {
            if let [certificate, issuer] = pair {
                certificate
                    .verify_signature(issuer.key(), self.verifiers)
                    .map_err(|_| ChainError::Signature)?;
            }
        }
        Ok(())
    }

    /// The chain up to and with its anchor.
    fn path<'b>(&'b self, chain: &'b [Certificate]) -> Result<Vec<&'b Certificate>, ChainError> {
        let mut path = Vec::new();
        for certificate in chain {
            path.push(certificate);
            if path.len() > MAX_CHAIN {
                return Err(ChainError::TooLong);
            }
            if self.anchors.contains(certificate) {
                // What follows an anchor has no say.
                return Ok(path);
            }
        }
        let last = chain.last().ok_or(ChainError::Empty)?;
        let anchor = self
            .anchors
            .iter()
            .find(|anchor| check_issuer(last, anchor).is_ok())
            .ok_or(ChainError::UnknownAnchor)?;
        path.push(anchor);
        Ok(path)
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
        if !self.policy.allows(certificate.key_kind()) {
            return Err(ChainError::Policy);
        }
        Ok(())
    }
}

/// Whether one certificate may have issued another: names, identifiers, authority, key usage, and an
/// algorithm that is the issuer's key's.
pub(super) fn check_issuer(
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<(), ChainError> {
    if certificate.issuer() != issuer.subject() {
        return Err(ChainError::Issuer);
    }
    let identifiers = (
        certificate.authority_key_identifier(),
        issuer.subject_key_identifier(),
    );
    if let (Some(named), Some(actual)) = identifiers
        && named != actual
    {
        return Err(ChainError::Issuer);
    }
    if !issuer
        .basic_constraints()
        .is_some_and(|constraints| constraints.ca)
    {
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
fn check_path_length(issuer: &Certificate, below: &[&Certificate]) -> Result<(), ChainError> {
    let limit = issuer
        .basic_constraints()
        .and_then(|constraints| constraints.path_len_constraint);
    let authorities = below.iter().filter(|one| !one.is_self_issued()).count();
    if limit.is_some_and(|limit| authorities > usize::from(limit)) {
        return Err(ChainError::PathLength);
    }
    Ok(())
}

//! Many certificates under one issuer: its key is expanded once, and signatures are verified together.

use alloc::vec::Vec;

use pqkm_core::{
    AnyPublicKey, Message, MlDsa44, MlDsa65, MlDsa87, Signature, VerificationAlgorithm, Verifiers,
    VerifyingKey,
};

use super::certificate::Certificate;
use crate::{CompositeSignatureAlgorithm, SignatureVisitor, error::ChainError, visit_signature};

/// Verifies the signatures of many certificates under one issuer's key; results are per item. Names,
/// times and everything else of [`ChainVerifier`](super::ChainVerifier) is not looked at.
///
/// Composite and ML-DSA keys work in lanes; others one by one, by `verifiers`.
#[must_use]
pub fn verify_issued(
    issuer: &Certificate,
    certificates: &[&Certificate],
    verifiers: &Verifiers,
) -> Vec<Result<(), ChainError>> {
    let mut batch = Batch {
        key: issuer.key(),
        certificates,
    };
    let composite = visit_signature(issuer.key().oid(), &mut batch).flatten();
    composite
        .or_else(|| batch.run::<MlDsa44>())
        .or_else(|| batch.run::<MlDsa65>())
        .or_else(|| batch.run::<MlDsa87>())
        .unwrap_or_else(|| {
            let verify = |certificate: &&Certificate| {
                certificate
                    .verify_signature(issuer.key(), verifiers)
                    .map_err(|_| ChainError::Signature)
            };
            certificates.iter().map(verify).collect()
        })
}

struct Batch<'a> {
    key: &'a AnyPublicKey,
    certificates: &'a [&'a Certificate],
}

impl Batch<'_> {
    /// All verdicts; none if the issuer's key is not of that algorithm.
    fn run<A: VerificationAlgorithm>(&self) -> Option<Vec<Result<(), ChainError>>> {
        let key: VerifyingKey<A> = self.key.promote().ok()?;
        let own = A::signature_algorithm();
        let readable: Vec<_> = self
            .certificates
            .iter()
            .map(|certificate| {
                let signed = certificate.signed();
                let signature = Signature::<A>::from_bytes(&signed.signature).ok()?;
                (signed.algorithm == own).then_some((Message::pure(&signed.content), signature))
            })
            .collect();
        let items: Vec<_> = readable
            .iter()
            .flatten()
            .map(|(message, signature)| (*message, signature))
            .collect();
        let mut results = key.prepare().verify_many(&items).into_iter();
        Some(
            readable
                .iter()
                .map(|item| match item {
                    Some(_) if results.next().is_some_and(|result| result.is_ok()) => Ok(()),
                    _ => Err(ChainError::Signature),
                })
                .collect(),
        )
    }
}

impl SignatureVisitor for Batch<'_> {
    type Output = Option<Vec<Result<(), ChainError>>>;

    fn visit<A: CompositeSignatureAlgorithm>(&mut self) -> Self::Output {
        self.run::<A>()
    }
}

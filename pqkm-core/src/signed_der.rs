//! Signatures over our own structures: what is signed is the DER of a label, a body and the algorithm.

use alloc::vec::Vec;

use der::{
    Decode, Encode, Sequence,
    asn1::{AnyRef, Utf8StringRef},
};
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::VerificationAlgorithm,
    error::{InvalidSignature, SignError},
    ident::Fingerprint,
    key::VerifyingKey,
    message::Message,
    operations::{Sign, Verify},
    output::Signature,
};

/// The label is the first part, and no two formats have the same.
#[derive(Sequence)]
struct Input<'a> {
    label: Utf8StringRef<'a>,
    body: AnyRef<'a>,
    algorithm: AlgorithmIdentifierOwned,
}

fn input(label: &str, body: &[u8], algorithm: AlgorithmIdentifierOwned) -> Option<Vec<u8>> {
    let input = Input {
        label: Utf8StringRef::new(label).ok()?,
        body: AnyRef::from_der(body).ok()?,
        algorithm,
    };
    input.to_der().ok()
}

/// Signs a body in DER.
pub(crate) fn sign<S: Sign, R: TryCryptoRng + ?Sized>(
    label: &str,
    body: &[u8],
    key: &S,
    rng: &mut R,
) -> Result<Vec<u8>, SignError> {
    let algorithm = S::Algorithm::signature_algorithm();
    let input = input(label, body, algorithm).ok_or(SignError::Fault)?;
    let signature = key.sign_message(&Message::pure(&input), rng)?;
    Ok(signature.as_bytes().to_vec())
}

/// What a structure says about its signature.
pub(crate) struct Claim<'a> {
    pub(crate) signer: Fingerprint,
    pub(crate) algorithm: &'a AlgorithmIdentifierOwned,
    pub(crate) signature: &'a [u8],
}

/// Whether `key` signed the body, and the structure says so.
pub(crate) fn verify<A: VerificationAlgorithm>(
    label: &str,
    body: &[u8],
    claim: &Claim<'_>,
    key: &VerifyingKey<A>,
) -> Result<(), InvalidSignature> {
    let algorithm = A::signature_algorithm();
    if claim.signer != key.fingerprint() || *claim.algorithm != algorithm {
        return Err(InvalidSignature);
    }
    let signature = Signature::from_bytes(claim.signature).map_err(|_| InvalidSignature)?;
    let input = input(label, body, algorithm).ok_or(InvalidSignature)?;
    key.verify_message(&Message::pure(&input), &signature)
}

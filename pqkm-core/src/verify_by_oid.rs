//! Verification where the algorithm is known at run time only: signatures in certificates and CMS.
//!
//! A [`Verifiers`] is handed to whatever verifies a chain. It begins with the algorithms of this
//! crate; those of other crates (composite, HSS, a user's own) are added, and none can take the place
//! of one that is there.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, marker::PhantomData};

use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::VerificationAlgorithm,
    any::AnyPublicKey,
    error::{AlgorithmTaken, InvalidSignature, VerifyByOidError},
    key::VerifyingKey,
    message::Message,
    mldsa::{MlDsa44, MlDsa65, MlDsa87},
    operations::Verify,
    output::Signature,
};

/// Verifies the signatures of one algorithm, given as identifier, key and bytes.
///
/// [`VerifierOf`] implements it for every [`VerificationAlgorithm`].
pub trait VerifyByOid: Send + Sync {
    /// The algorithm's name.
    fn name(&self) -> &'static str;

    /// The identifier of its signatures. Another one, or other parameters, is another algorithm.
    fn signature_algorithm(&self) -> AlgorithmIdentifierOwned;

    /// Verifies a signature on a message in the empty context.
    ///
    /// # Errors
    /// [`InvalidSignature`], without a reason: also for a key of another algorithm, or one that does
    /// not decode.
    fn verify(
        &self,
        key: &AnyPublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature>;
}

/// The verifier of an algorithm that is a type.
pub struct VerifierOf<A>(PhantomData<A>);

impl<A> VerifierOf<A> {
    /// The verifier.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<A> Default for VerifierOf<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: VerificationAlgorithm> VerifyByOid for VerifierOf<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn signature_algorithm(&self) -> AlgorithmIdentifierOwned {
        A::signature_algorithm()
    }

    fn verify(
        &self,
        key: &AnyPublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key: VerifyingKey<A> = key.promote().map_err(|_| InvalidSignature)?;
        let signature = Signature::from_bytes(signature).map_err(|_| InvalidSignature)?;
        key.verify_message(&Message::pure(message), &signature)
    }
}

/// The verifiers that a program trusts to judge signatures.
pub struct Verifiers(Vec<Box<dyn VerifyByOid>>);

impl Verifiers {
    /// None at all: for programs that name each algorithm they accept.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// All signature algorithms of this crate.
    #[must_use]
    pub fn core() -> Self {
        Self(alloc::vec![
            Box::new(VerifierOf::<MlDsa44>::new()),
            Box::new(VerifierOf::<MlDsa65>::new()),
            Box::new(VerifierOf::<MlDsa87>::new()),
        ])
    }

    /// Adds a verifier.
    ///
    /// # Errors
    /// [`AlgorithmTaken`] if there is one for its signature algorithm already: nothing that is added
    /// later can loosen what was there.
    pub fn add(&mut self, verifier: impl VerifyByOid + 'static) -> Result<(), AlgorithmTaken> {
        if self.find(&verifier.signature_algorithm()).is_some() {
            return Err(AlgorithmTaken);
        }
        self.0.push(Box::new(verifier));
        Ok(())
    }

    /// Adds the verifier of an algorithm.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_algorithm<A: VerificationAlgorithm>(&mut self) -> Result<(), AlgorithmTaken> {
        self.add(VerifierOf::<A>::new())
    }

    /// The verifier for a signature algorithm.
    #[must_use]
    pub fn find(&self, algorithm: &AlgorithmIdentifierOwned) -> Option<&dyn VerifyByOid> {
        self.0
            .iter()
            .map(|verifier| &**verifier)
            .find(|verifier| verifier.signature_algorithm() == *algorithm)
    }

    /// Verifies a signature on a message in the empty context.
    ///
    /// # Errors
    /// [`VerifyByOidError::UnknownAlgorithm`] if no verifier answers for the identifier, otherwise
    /// [`VerifyByOidError::InvalidSignature`] without a reason.
    pub fn verify(
        &self,
        algorithm: &AlgorithmIdentifierOwned,
        key: &AnyPublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), VerifyByOidError> {
        self.find(algorithm)
            .ok_or(VerifyByOidError::UnknownAlgorithm)?
            .verify(key, message, signature)
            .map_err(|InvalidSignature| VerifyByOidError::InvalidSignature)
    }
}

/// Shows the names of the algorithms.
impl fmt::Debug for Verifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|verifier| verifier.name()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pqkm_testkit::rng::SeededRng;

    use crate::key::SigningKey;

    #[test]
    fn core_verifies_and_refuses() {
        let mut rng = SeededRng::from_label("core_verifies_and_refuses");
        let key = SigningKey::<MlDsa65>::generate(&mut rng).unwrap();
        let signature = key.sign(b"message", &mut rng).unwrap();
        let any = AnyPublicKey::from(&key.verifying_key());
        let verifiers = Verifiers::core();
        let verify = |algorithm: AlgorithmIdentifierOwned, message: &[u8], signature: &[u8]| {
            verifiers.verify(&algorithm, &any, message, signature)
        };
        let own = MlDsa65::signature_algorithm();
        assert_eq!(
            verify(own.clone(), b"message", signature.as_bytes()),
            Ok(())
        );
        let invalid = Err(VerifyByOidError::InvalidSignature);
        assert_eq!(
            verify(own.clone(), b"massage", signature.as_bytes()),
            invalid
        );
        assert_eq!(verify(own.clone(), b"message", b"short"), invalid);
        // The key decides what it verifies: another algorithm's identifier does not fit it.
        assert_eq!(
            verify(
                MlDsa44::signature_algorithm(),
                b"message",
                signature.as_bytes()
            ),
            invalid
        );
        let parameters = AlgorithmIdentifierOwned {
            oid: own.oid,
            parameters: Some(der::asn1::Null.into()),
        };
        assert_eq!(
            verify(parameters, b"message", signature.as_bytes()),
            Err(VerifyByOidError::UnknownAlgorithm)
        );
    }

    #[test]
    fn nothing_takes_the_place_of_another() {
        struct Lax;
        impl VerifyByOid for Lax {
            fn name(&self) -> &'static str {
                "lax"
            }
            fn signature_algorithm(&self) -> AlgorithmIdentifierOwned {
                MlDsa65::signature_algorithm()
            }
            fn verify(&self, _: &AnyPublicKey, _: &[u8], _: &[u8]) -> Result<(), InvalidSignature> {
                Ok(())
            }
        }
        assert_eq!(Verifiers::core().add(Lax), Err(AlgorithmTaken));
        let mut one = Verifiers::none();
        assert_eq!(one.add_algorithm::<MlDsa44>(), Ok(()));
        assert_eq!(one.add_algorithm::<MlDsa44>(), Err(AlgorithmTaken));
        assert!(one.find(&MlDsa65::signature_algorithm()).is_none());
    }
}

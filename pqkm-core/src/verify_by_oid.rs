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
    operations::Verify,
    output::Signature,
};

mod own;

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

/// Two verifiers of one signature algorithm, whose keys differ: ECDSA on several curves with one hash
/// function, or RSA with several lengths. A key is judged by the one that it is a key of.
#[cfg(any(feature = "brainpool", feature = "rsa"))]
struct Either<A, B>(A, B);

#[cfg(any(feature = "brainpool", feature = "rsa"))]
impl<A: VerifyByOid, B: VerifyByOid> VerifyByOid for Either<A, B> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn signature_algorithm(&self) -> AlgorithmIdentifierOwned {
        self.0.signature_algorithm()
    }

    fn verify(
        &self,
        key: &AnyPublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        self.0
            .verify(key, message, signature)
            .or_else(|InvalidSignature| self.1.verify(key, message, signature))
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
        Self(own::verifiers())
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

    use crate::{
        algorithm::SignatureAlgorithm,
        ecdsa::{EcdsaP256, EcdsaP384, EcdsaP521},
        ed25519::Ed25519,
        key::SigningKey,
        mldsa::{MlDsa44, MlDsa65},
        slhdsa::SlhDsaSha2_128f,
    };

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

    /// One identifier, several kinds of keys: each is judged as what it is.
    #[test]
    fn one_identifier_serves_all_its_keys() {
        fn check<A: SignatureAlgorithm>() {
            let mut rng = SeededRng::from_label(A::NAME);
            let key = SigningKey::<A>::generate(&mut rng).unwrap();
            let signature = key.sign(b"message", &mut rng).unwrap();
            let any = AnyPublicKey::from(&key.verifying_key());
            let verify = |message: &[u8]| {
                let algorithm = A::signature_algorithm();
                Verifiers::core().verify(&algorithm, &any, message, signature.as_bytes())
            };
            assert_eq!(verify(b"message"), Ok(()), "{}", A::NAME);
            assert_eq!(verify(b"massage"), Err(VerifyByOidError::InvalidSignature));
        }
        check::<Ed25519>();
        check::<EcdsaP256>();
        check::<EcdsaP384>();
        check::<EcdsaP521>();
        check::<SlhDsaSha2_128f>();
        #[cfg(feature = "brainpool")]
        {
            check::<crate::ecdsa::EcdsaBrainpoolP256r1>();
            check::<crate::ecdsa::EcdsaBrainpoolP384r1>();
        }
        #[cfg(feature = "rsa")]
        {
            check::<crate::rsa::RsaPssSha256<3072>>();
            check::<crate::rsa::RsaPkcs1Sha256<2048>>();
        }
    }

    #[test]
    fn no_identifier_is_there_twice() {
        let Verifiers(all) = Verifiers::core();
        let identifiers: Vec<_> = all
            .iter()
            .map(|verifier| verifier.signature_algorithm())
            .collect();
        for (index, identifier) in identifiers.iter().enumerate() {
            assert!(!identifiers[..index].contains(identifier), "{identifier:?}");
        }
        assert!(identifiers.len() >= 3 + 12 + 4);
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

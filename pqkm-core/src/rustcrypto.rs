//! The ecosystem's traits on our keys: `signature`, `kem`, and what `x509-cert` asks of a signer.
//!
//! `kem` returns shared secrets as bare arrays and knows no failing generator: prefer
//! [`Key::encapsulate`](crate::Key::encapsulate) where the choice is yours. Its keys are our [`EncapsulationKey`] and
//! [`PreparedDecapsulationKey`].

use alloc::boxed::Box;

use der::asn1::BitString;
use hybrid_array::{Array, ArraySize};
use kem::{
    Decapsulator, Generate, InvalidKey, Kem, KeyExport, KeySizeUser, TryDecapsulate, TryKeyInit,
};
use rand_core::{CryptoRng, TryCryptoRng, TryRng};
use signature::{Keypair, RandomizedSigner, SignatureEncoding, Verifier};
use spki::{AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SignatureBitStringEncoding};

use crate::{
    algorithm::{KemAlgorithm, PublicMaterial, SignatureAlgorithm, VerificationAlgorithm},
    error::DecapsulateError,
    key::{DecapsulationKey, EncapsulationKey, SigningKey, VerifyingKey},
    message::Message,
    operations::{Sign, Verify},
    output::{Ciphertext, Signature},
    prepared::{PreparedDecapsulationKey, PreparedSigningKey, PreparedVerifyingKey},
};

/// The sizes of a KEM as types, which the `kem` crate's traits need: implement it, and
/// [`kem::Kem`], for an algorithm to use its keys where those traits are asked for.
pub trait KemSizes: KemAlgorithm {
    /// Length of an encapsulation key in bytes.
    type EncapsulationKeySize: ArraySize;
    /// Length of a ciphertext in bytes.
    type CiphertextSize: ArraySize;
    /// Length of a shared secret in bytes.
    type SharedSecretSize: ArraySize;
}

macro_rules! signers {
    ($($name:ident),+) => {$(
        impl<A: SignatureAlgorithm> RandomizedSigner<Signature<A>> for $name<A> {
            fn try_sign_with_rng<R: TryCryptoRng + ?Sized>(
                &self,
                rng: &mut R,
                message: &[u8],
            ) -> Result<Signature<A>, signature::Error> {
                self.sign_message(&Message::pure(message), rng).map_err(|_| signature::Error::new())
            }
        }

        impl<A: SignatureAlgorithm> Keypair for $name<A> {
            type VerifyingKey = VerifyingKey<A>;

            fn verifying_key(&self) -> VerifyingKey<A> {
                Sign::verifying_key(self)
            }
        }

        impl<A: SignatureAlgorithm> DynSignatureAlgorithmIdentifier for $name<A> {
            fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
                Ok(A::signature_algorithm())
            }
        }
    )+};
}

signers!(SigningKey, PreparedSigningKey);

macro_rules! verifiers {
    ($($name:ident),+) => {$(
        impl<A: VerificationAlgorithm> Verifier<Signature<A>> for $name<A> {
            fn verify(
                &self,
                message: &[u8],
                signature: &Signature<A>,
            ) -> Result<(), signature::Error> {
                self.verify_message(&Message::pure(message), signature)
                    .map_err(|_| signature::Error::new())
            }
        }
    )+};
}

verifiers!(VerifyingKey, PreparedVerifyingKey);

impl<A: VerificationAlgorithm> SignatureEncoding for Signature<A> {
    type Repr = Box<[u8]>;
}

impl<A: VerificationAlgorithm> From<Signature<A>> for Box<[u8]> {
    fn from(signature: Signature<A>) -> Self {
        signature.as_bytes().into()
    }
}

impl<A: VerificationAlgorithm> SignatureBitStringEncoding for Signature<A> {
    fn to_bitstring(&self) -> der::Result<BitString> {
        BitString::from_bytes(self.as_bytes())
    }
}

impl<A: KemSizes> KeySizeUser for EncapsulationKey<A> {
    type KeySize = A::EncapsulationKeySize;
}

impl<A: KemSizes> TryKeyInit for EncapsulationKey<A> {
    fn new(key: &kem::Key<Self>) -> Result<Self, InvalidKey> {
        Self::from_bytes(key).map_err(|_| InvalidKey)
    }
}

impl<A: KemSizes> KeyExport for EncapsulationKey<A> {
    /// # Panics
    /// Never, if `A` states its sizes rightly: a test compares them.
    #[expect(
        clippy::expect_used,
        reason = "the algorithm states the length of its keys"
    )]
    fn to_bytes(&self) -> kem::Key<Self> {
        Array::try_from(self.material().as_bytes()).expect("the stated length")
    }
}

impl<A> kem::Encapsulate for EncapsulationKey<A>
where
    A: KemSizes
        + Kem<
            EncapsulationKey = Self,
            CiphertextSize = <A as KemSizes>::CiphertextSize,
            SharedKeySize = <A as KemSizes>::SharedSecretSize,
        >,
{
    type Kem = A;

    /// # Panics
    /// In the error state, or if the key cannot be used: the trait has no way to say so. Neither
    /// happens with ML-KEM before a self-test has failed.
    #[expect(clippy::expect_used, reason = "the trait has no error")]
    fn encapsulate_with_rng<R: CryptoRng + ?Sized>(
        &self,
        rng: &mut R,
    ) -> (kem::Ciphertext<A>, kem::SharedKey<A>) {
        let (ciphertext, secret) =
            crate::operations::Encapsulate::encapsulate(self, rng).expect("an operational library");
        (
            Array::try_from(ciphertext.as_bytes()).expect("the stated length"),
            Array::try_from(secret.as_bytes()).expect("the stated length"),
        )
    }
}

impl<A: KemSizes + Kem<EncapsulationKey = EncapsulationKey<A>>> Decapsulator
    for PreparedDecapsulationKey<A>
{
    type Kem = A;

    fn encapsulation_key(&self) -> &EncapsulationKey<A> {
        self.encapsulation_key_ref()
    }
}

impl<A> TryDecapsulate for PreparedDecapsulationKey<A>
where
    A: KemSizes
        + Kem<
            EncapsulationKey = EncapsulationKey<A>,
            SharedKeySize = <A as KemSizes>::SharedSecretSize,
        >,
{
    type Error = DecapsulateError;

    fn try_decapsulate(
        &self,
        ciphertext: &kem::Ciphertext<A>,
    ) -> Result<kem::SharedKey<A>, DecapsulateError> {
        let ciphertext =
            Ciphertext::from_bytes(ciphertext).map_err(|_| DecapsulateError::Failed)?;
        let secret = self.decapsulate(&ciphertext)?;
        Array::try_from(secret.as_bytes()).map_err(|_| DecapsulateError::Failed)
    }
}

/// Gives an infallible generator's words and remembers the error of a fallible one.
struct Remembering<'a, R: TryRng + ?Sized> {
    rng: &'a mut R,
    error: Option<R::Error>,
}

/// The generator failed; the error is remembered.
#[derive(Debug)]
struct Failed;

impl core::fmt::Display for Failed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the random number generator failed")
    }
}

impl core::error::Error for Failed {}

impl<R: TryRng + ?Sized> TryRng for Remembering<'_, R> {
    type Error = Failed;

    fn try_next_u32(&mut self) -> Result<u32, Failed> {
        self.rng
            .try_next_u32()
            .map_err(|error| self.remember(error))
    }

    fn try_next_u64(&mut self) -> Result<u64, Failed> {
        self.rng
            .try_next_u64()
            .map_err(|error| self.remember(error))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Failed> {
        self.rng
            .try_fill_bytes(out)
            .map_err(|error| self.remember(error))
    }
}

impl<R: TryCryptoRng + ?Sized> TryCryptoRng for Remembering<'_, R> {}

impl<R: TryRng + ?Sized> Remembering<'_, R> {
    fn remember(&mut self, error: R::Error) -> Failed {
        self.error = Some(error);
        Failed
    }
}

impl<A: KemAlgorithm> Generate for PreparedDecapsulationKey<A> {
    /// # Panics
    /// In the error state: the trait has no way to say so.
    #[expect(
        clippy::panic_in_result_fn,
        reason = "the trait returns the generator's error and no other"
    )]
    fn try_generate_from_rng<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, R::Error> {
        let mut rng = Remembering { rng, error: None };
        match DecapsulationKey::<A>::generate(&mut rng) {
            Ok(key) => Ok(key.prepare()),
            Err(error) => match rng.error {
                Some(error) => Err(error),
                None => panic!("{error}"),
            },
        }
    }
}

/// The `kem` crate's view of ML-KEM.
macro_rules! kem_sizes {
    ($($name:ident: $ek:ident, $ciphertext:ident;)+) => {$(
        impl KemSizes for crate::$name {
            type EncapsulationKeySize = hybrid_array::sizes::$ek;
            type CiphertextSize = hybrid_array::sizes::$ciphertext;
            type SharedSecretSize = hybrid_array::sizes::U32;
        }

        impl Kem for crate::$name {
            type DecapsulationKey = PreparedDecapsulationKey<Self>;
            type EncapsulationKey = EncapsulationKey<Self>;
            type SharedKeySize = <Self as KemSizes>::SharedSecretSize;
            type CiphertextSize = <Self as KemSizes>::CiphertextSize;
        }
    )+};
}

kem_sizes! {
    MlKem512: U800, U768;
    MlKem768: U1184, U1088;
    MlKem1024: U1568, U1568;
}

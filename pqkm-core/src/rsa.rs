//! RSA (RFC 8017): PSS and PKCS#1 v1.5 signatures, and OAEP as a KEM, with moduli of 2048, 3072 and 4096
//! bits.
//!
//! | modulus | signature, ciphertext | public key, at most |
//! |---|---|---|
//! | 2048 bits | 256 | 273 |
//! | 3072 bits | 384 | 401 |
//! | 4096 bits | 512 | 529 |
//!
//! (lengths in bytes; a public key is the DER of `RSAPublicKey`, a private key that of
//! `RSAPrivateKey`.)
//!
//! RSA is here for what exists already. It is the one algorithm of this crate whose private operations
//! are **not** claimed to be constant-time: they are blinded, but their time was not measured.
//!
//! Keys of all of these algorithms carry the identifier `rsaEncryption`, which does not say what they
//! are for: the type does, from the moment that the key is read. Public exponents are odd and at least
//! 65537 (FIPS 186-5, section 5.1).

use rand_core::TryCryptoRng;
use rsa::sha2::{Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierOwned;

use crate::{
    algorithm::{SignatureAlgorithm, SignatureMaterials, VerificationAlgorithm},
    engine::Engine,
    error::{GenerateError, InvalidSignature, SignError},
    message::Message,
    output::HeapBytes,
};

mod identifier;
mod material;
mod oaep;

pub use material::{RsaPrivate, RsaPublic};
pub use oaep::{PreparedRsaDecapsulation, RsaOaepSha256};

/// A modulus length that this crate has keys of.
///
/// Sealed: 2048, 3072 and 4096 bits.
#[diagnostic::on_unimplemented(
    message = "there are no RSA keys of this length here",
    label = "2048, 3072 or 4096 bits"
)]
pub trait RsaModulus: sealed::Sealed {}

/// A number of bits as a type: what [`RsaModulus`] is implemented for.
#[derive(Clone, Copy, Debug)]
pub enum Bits<const N: usize> {}

mod sealed {
    #[expect(unnameable_types, reason = "seals `RsaModulus`")]
    pub trait Sealed {}
}

macro_rules! moduli {
    ($($bits:literal),+) => {$(
        impl sealed::Sealed for Bits<$bits> {}
        impl RsaModulus for Bits<$bits> {}
    )+};
}

moduli!(2048, 3072, 4096);

/// Length of a signature or ciphertext in bytes.
pub(crate) const fn modulus_bytes(bits: usize) -> usize {
    bits.div_ceil(8)
}

/// Makes an algorithm with the length of its modulus as its parameter.
macro_rules! algorithm {
    ($(#[$meta:meta])* $name:ident = $text:literal, $record:path) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name<const BITS: usize>;

        impl<const BITS: usize> crate::algorithm::Algorithm for $name<BITS>
        where
            crate::rsa::Bits<BITS>: crate::rsa::RsaModulus,
        {
            const NAME: &'static str = $text;

            fn key_algorithm() -> spki::AlgorithmIdentifierOwned {
                crate::rsa::identifier::rsa_encryption()
            }

            fn record_algorithm() -> spki::AlgorithmIdentifierOwned {
                $record()
            }
        }

        impl<const BITS: usize> crate::output::OutputLength for $name<BITS>
        where
            crate::rsa::Bits<BITS>: crate::rsa::RsaModulus,
        {
            const OUTPUT_BYTES: core::ops::RangeInclusive<usize> =
                crate::rsa::modulus_bytes(BITS)..=crate::rsa::modulus_bytes(BITS);
        }
    };
}

use algorithm;

macro_rules! signature_algorithms {
    ($(
        $(#[$meta:meta])*
        $name:ident = $text:literal, $hash:ty, $identifier:path, $sign:ident, $verify:ident;
    )+) => {$(
        algorithm! { $(#[$meta])* $name = $text, $identifier }

        impl<const BITS: usize> VerificationAlgorithm for $name<BITS>
        where
            Bits<BITS>: RsaModulus,
        {
            type Verification = RsaPublic<BITS>;
            type PreparedVerification = rsa::PublicKey;
            type Signature = HeapBytes<Self>;

            fn signature_algorithm() -> AlgorithmIdentifierOwned {
                $identifier()
            }

            fn prepare_verification(
                _: Engine,
                key: &Self::Verification,
            ) -> Self::PreparedVerification {
                key.inner().clone()
            }

            fn verify(
                key: &Self::PreparedVerification,
                message: &Message<'_>,
                signature: &Self::Signature,
            ) -> Result<(), InvalidSignature> {
                let message = message.as_plain().ok_or(InvalidSignature)?;
                key.$verify::<$hash>(message, signature.as_ref())
                    .map_err(|_| InvalidSignature)
            }
        }

        impl<const BITS: usize> SignatureAlgorithm for $name<BITS>
        where
            Bits<BITS>: RsaModulus,
        {
            type Signing = RsaPrivate<BITS>;
            type PreparedSigning = rsa::PrivateKey;

            fn generate_material<R: TryCryptoRng + ?Sized>(
                _: Engine,
                rng: &mut R,
            ) -> Result<SignatureMaterials<Self>, GenerateError> {
                material::generate(rng)
            }

            fn prepare_signing(_: Engine, key: &Self::Signing) -> Self::PreparedSigning {
                key.inner().clone()
            }

            fn sign<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedSigning,
                message: &Message<'_>,
                rng: &mut R,
            ) -> Result<Self::Signature, SignError> {
                let message = message.as_plain().ok_or(SignError::Refused)?;
                let signature = key
                    .$sign::<$hash, R>(rng, message)
                    .map_err(sign_error)?;
                HeapBytes::new(signature).ok_or(SignError::Fault)
            }
        }
    )+};
}

signature_algorithms! {
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, and a salt of 32 bytes.
    RsaPssSha256 = "RSASSA-PSS-SHA256", Sha256, identifier::pss_sha256,
        pss_sign_with_rng, pss_verify;
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384, and a salt of 48 bytes.
    RsaPssSha384 = "RSASSA-PSS-SHA384", Sha384, identifier::pss_sha384,
        pss_sign_with_rng, pss_verify;
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512, and a salt of 64 bytes.
    RsaPssSha512 = "RSASSA-PSS-SHA512", Sha512, identifier::pss_sha512,
        pss_sign_with_rng, pss_verify;
    /// RSASSA-PKCS1-v1_5 with SHA-256. Signatures are deterministic; the generator blinds.
    RsaPkcs1Sha256 = "RSASSA-PKCS1-v1_5-SHA256", Sha256, identifier::pkcs1_sha256,
        pkcs1v15_sign_with_rng, pkcs1v15_verify;
    /// RSASSA-PKCS1-v1_5 with SHA-384. Signatures are deterministic; the generator blinds.
    RsaPkcs1Sha384 = "RSASSA-PKCS1-v1_5-SHA384", Sha384, identifier::pkcs1_sha384,
        pkcs1v15_sign_with_rng, pkcs1v15_verify;
    /// RSASSA-PKCS1-v1_5 with SHA-512. Signatures are deterministic; the generator blinds.
    RsaPkcs1Sha512 = "RSASSA-PKCS1-v1_5-SHA512", Sha512, identifier::pkcs1_sha512,
        pkcs1v15_sign_with_rng, pkcs1v15_verify;
}

/// The crate recomputes `m^e` after the private operation: a fault is an error, not a signature.
fn sign_error(error: rsa::Error) -> SignError {
    match error {
        rsa::Error::Rng => SignError::Randomness,
        _ => SignError::Fault,
    }
}

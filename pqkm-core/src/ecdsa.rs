//! ECDSA (FIPS 186-5, section 6), each curve with the hash function of its strength.
//!
//! Signing is hedged: the per-message secret is derived as in RFC 6979, with fresh random bytes as
//! additional data (section 3.6). A failing generator is an error; a bad one leaves RFC 6979.
//!
//! Signatures are DER, as certificates have them (RFC 3279, section 2.2.3), and read strictly: minimal
//! integers, nothing after the end. [`Signature::to_fixed`] and [`Signature::from_fixed`] give and take
//! `r || s`. ECDSA signatures are malleable: `(r, n - s)` is valid with `(r, s)`, so never take a
//! signature for an identifier of what it signs.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use der::{Decode, Encode, Sequence, asn1::UintRef};
use pqkm_kernels::memcheck::declassify_bytes;
use rand_core::TryCryptoRng;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

#[cfg(feature = "brainpool")]
use crate::ec::{BrainpoolP256r1, BrainpoolP384r1};
use crate::{
    algorithm::{
        Algorithm, PublicMaterial, SignatureAlgorithm, SignatureMaterials, VerificationAlgorithm,
    },
    ec::{self, Curve, EcPrivate, EcPublic, NistP256, NistP384, NistP521},
    engine::Engine,
    error::{DecodeError, GenerateError, InvalidSignature, SignError},
    message::Message,
    output::{HeapBytes, OutputLength, Signature},
    symmetric::identifier,
};

/// ECDSA on one of the curves.
pub trait EcdsaParameters:
    OutputLength + VerificationAlgorithm<Signature = HeapBytes<Self>>
{
    /// The curve.
    type Curve: Curve;
}

macro_rules! algorithms {
    ($(
        $(#[$meta:meta])*
        $name:ident = $text:literal, $oid:literal, $curve:ident, $longest:literal;
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name;

        impl Algorithm for $name {
            const NAME: &'static str = $text;

            fn key_algorithm() -> AlgorithmIdentifierOwned {
                ec::key_algorithm::<$curve>()
            }
        }

        impl OutputLength for $name {
            const OUTPUT_BYTES: RangeInclusive<usize> = SHORTEST..=$longest;
        }

        impl EcdsaParameters for $name {
            type Curve = $curve;
        }

        impl VerificationAlgorithm for $name {
            type Verification = EcPublic<$curve>;
            type PreparedVerification = Option<<$curve as Curve>::Verifier>;
            type Signature = HeapBytes<Self>;

            fn signature_algorithm() -> AlgorithmIdentifierOwned {
                identifier($oid)
            }

            fn prepare_verification(
                _: Engine,
                key: &Self::Verification,
            ) -> Self::PreparedVerification {
                $curve::verifier(key.as_bytes())
            }

            fn verify(
                key: &Self::PreparedVerification,
                message: &Message<'_>,
                signature: &Self::Signature,
            ) -> Result<(), InvalidSignature> {
                verify::<$curve>(key.as_ref(), message, signature.as_ref())
                    .then_some(())
                    .ok_or(InvalidSignature)
            }
        }

        impl SignatureAlgorithm for $name {
            type Signing = EcPrivate<$curve>;
            type PreparedSigning = Option<<$curve as Curve>::Signer>;

            fn generate_material<R: TryCryptoRng + ?Sized>(
                _: Engine,
                rng: &mut R,
            ) -> Result<SignatureMaterials<Self>, GenerateError> {
                ec::generate(rng)
            }

            fn prepare_signing(_: Engine, key: &Self::Signing) -> Self::PreparedSigning {
                $curve::signer(key.private())
            }

            fn sign<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedSigning,
                message: &Message<'_>,
                rng: &mut R,
            ) -> Result<Self::Signature, SignError> {
                let der = sign::<$curve, R>(key.as_ref(), message, rng)?;
                HeapBytes::new(der).ok_or(SignError::Fault)
            }
        }
    )+};
}

/// Length of the shortest signature in bytes: `r` and `s` of one byte each.
const SHORTEST: usize = 8;

algorithms! {
    /// ECDSA on P-256 with SHA-256: signatures are at most 72 bytes.
    EcdsaP256 = "ECDSA-P256-SHA256", "1.2.840.10045.4.3.2", NistP256, 72;
    /// ECDSA on P-384 with SHA-384: signatures are at most 104 bytes.
    EcdsaP384 = "ECDSA-P384-SHA384", "1.2.840.10045.4.3.3", NistP384, 104;
    /// ECDSA on P-521 with SHA-512: signatures are at most 139 bytes.
    EcdsaP521 = "ECDSA-P521-SHA512", "1.2.840.10045.4.3.4", NistP521, 139;
}

#[cfg(feature = "brainpool")]
algorithms! {
    /// ECDSA on brainpoolP256r1 with SHA-256: signatures are at most 72 bytes.
    EcdsaBrainpoolP256r1 =
        "ECDSA-brainpoolP256r1-SHA256", "1.2.840.10045.4.3.2", BrainpoolP256r1, 72;
    /// ECDSA on brainpoolP384r1 with SHA-384: signatures are at most 104 bytes.
    EcdsaBrainpoolP384r1 =
        "ECDSA-brainpoolP384r1-SHA384", "1.2.840.10045.4.3.3", BrainpoolP384r1, 104;
}

/// `ECDSA-Sig-Value` (RFC 3279, section 2.2.3).
#[derive(Sequence)]
struct SignatureValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// `r || s`, each `bytes` long, of a DER signature.
fn der_to_fixed(der: &[u8], bytes: usize) -> Result<Vec<u8>, DecodeError> {
    let value = SignatureValue::from_der(der)?;
    let mut fixed = Vec::with_capacity(2 * bytes);
    for integer in [value.r, value.s] {
        let integer = integer.as_bytes();
        let zeros = bytes.checked_sub(integer.len()).ok_or(DecodeError::Range)?;
        fixed.resize(fixed.len() + zeros, 0);
        fixed.extend_from_slice(integer);
    }
    Ok(fixed)
}

/// The DER signature of `r || s`.
fn fixed_to_der(fixed: &[u8], bytes: usize) -> Result<Vec<u8>, DecodeError> {
    let (r, s) = fixed.split_at_checked(bytes).ok_or(DecodeError::Length)?;
    if s.len() != bytes {
        return Err(DecodeError::Length);
    }
    let value = SignatureValue {
        r: UintRef::new(r)?,
        s: UintRef::new(s)?,
    };
    Ok(value.to_der()?)
}

impl<A: EcdsaParameters> Signature<A> {
    /// The signature as `r || s`, each as long as the order of the curve.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are not the DER of a signature.
    pub fn to_fixed(&self) -> Result<Vec<u8>, DecodeError> {
        der_to_fixed(self.as_bytes(), A::Curve::BYTES)
    }

    /// Takes a signature as `r || s`.
    ///
    /// # Errors
    /// [`DecodeError::Length`] if it has not twice the length of the order of the curve.
    pub fn from_fixed(fixed: &[u8]) -> Result<Self, DecodeError> {
        Self::from_bytes(&fixed_to_der(fixed, A::Curve::BYTES)?)
    }
}

fn verify<C: Curve>(key: Option<&C::Verifier>, message: &Message<'_>, der: &[u8]) -> bool {
    let (Some(key), Some(message)) = (key, message.as_plain()) else {
        return false;
    };
    der_to_fixed(der, C::BYTES).is_ok_and(|fixed| C::verify(key, message, &fixed))
}

fn sign<C: Curve, R: TryCryptoRng + ?Sized>(
    key: Option<&C::Signer>,
    message: &Message<'_>,
    rng: &mut R,
) -> Result<Vec<u8>, SignError> {
    let message = message.as_plain().ok_or(SignError::Refused)?;
    let mut additional = Zeroizing::new(alloc::vec![0; C::BYTES]);
    rng.try_fill_bytes(&mut additional)
        .map_err(|_| SignError::Randomness)?;
    let mut fixed = key
        .and_then(|key| C::sign(key, message, &additional))
        .ok_or(SignError::Fault)?;
    // CT: the signature is released, and the length of its DER depends on it.
    declassify_bytes(&mut fixed);
    fixed_to_der(&fixed, C::BYTES).map_err(|_| SignError::Fault)
}

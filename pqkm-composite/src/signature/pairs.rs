//! The registered pairs, each by its name.

use pqkm_core::{EcdsaP256, EcdsaP384, EcdsaP521, Ed25519, MlDsa44, MlDsa65, MlDsa87};

use super::{CompositeSignature, RegisteredSignature, sealed::Sealed};
use crate::registry::{SIGNATURES, SignatureEntry};

/// The number of the table's first line.
const FIRST: usize = 37;

macro_rules! pairs {
    ($( $number:literal: $name:ident = $post_quantum:ty, $traditional:ty; )+) => {$(
        #[doc = concat!("Composite signature number ", $number, ": see [`SIGNATURES`].")]
        pub type $name = CompositeSignature<$post_quantum, $traditional>;

        impl Sealed for CompositeSignature<$post_quantum, $traditional> {}

        impl RegisteredSignature for CompositeSignature<$post_quantum, $traditional> {
            const ENTRY: &'static SignatureEntry = &SIGNATURES[$number - FIRST];
        }
    )+};
}

pairs! {
    39: MlDsa44Ed25519 = MlDsa44, Ed25519;
    40: MlDsa44EcdsaP256 = MlDsa44, EcdsaP256;
    45: MlDsa65EcdsaP256 = MlDsa65, EcdsaP256;
    46: MlDsa65EcdsaP384 = MlDsa65, EcdsaP384;
    48: MlDsa65Ed25519 = MlDsa65, Ed25519;
    49: MlDsa87EcdsaP384 = MlDsa87, EcdsaP384;
    54: MlDsa87EcdsaP521 = MlDsa87, EcdsaP521;
}

#[cfg(feature = "brainpool")]
pairs! {
    47: MlDsa65EcdsaBrainpoolP256r1 = MlDsa65, pqkm_core::EcdsaBrainpoolP256r1;
    50: MlDsa87EcdsaBrainpoolP384r1 = MlDsa87, pqkm_core::EcdsaBrainpoolP384r1;
}

#[cfg(feature = "rsa")]
pairs! {
    37: MlDsa44RsaPss2048 = MlDsa44, pqkm_core::RsaPssSha256<2048>;
    38: MlDsa44RsaPkcs2048 = MlDsa44, pqkm_core::RsaPkcs1Sha256<2048>;
    41: MlDsa65RsaPss3072 = MlDsa65, pqkm_core::RsaPssSha256<3072>;
    42: MlDsa65RsaPkcs3072 = MlDsa65, pqkm_core::RsaPkcs1Sha256<3072>;
    43: MlDsa65RsaPss4096 = MlDsa65, pqkm_core::RsaPssSha384<4096>;
    44: MlDsa65RsaPkcs4096 = MlDsa65, pqkm_core::RsaPkcs1Sha384<4096>;
    52: MlDsa87RsaPss3072 = MlDsa87, pqkm_core::RsaPssSha256<3072>;
    53: MlDsa87RsaPss4096 = MlDsa87, pqkm_core::RsaPssSha384<4096>;
}

#[cfg(feature = "unstable-448")]
pairs! {
    51: MlDsa87Ed448 = MlDsa87, crate::curve448::Ed448;
}

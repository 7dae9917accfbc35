//! The verifiers of this crate's own algorithms.

use alloc::{boxed::Box, vec::Vec};

#[cfg(any(feature = "brainpool", feature = "rsa"))]
use super::Either;
use super::{VerifierOf, VerifyByOid};
use crate::{
    ecdsa::{EcdsaP256, EcdsaP384, EcdsaP521},
    ed25519::Ed25519,
    mldsa::{MlDsa44, MlDsa65, MlDsa87},
    slhdsa::{
        SlhDsaSha2_128f, SlhDsaSha2_128s, SlhDsaSha2_192f, SlhDsaSha2_192s, SlhDsaSha2_256f,
        SlhDsaSha2_256s, SlhDsaShake128f, SlhDsaShake128s, SlhDsaShake192f, SlhDsaShake192s,
        SlhDsaShake256f, SlhDsaShake256s,
    },
};

pub(super) fn verifiers() -> Vec<Box<dyn VerifyByOid>> {
    let mut verifiers = post_quantum();
    verifiers.extend(classical());
    #[cfg(feature = "rsa")]
    verifiers.extend(rsa());
    verifiers
}

fn boxed(verifier: impl VerifyByOid + 'static) -> Box<dyn VerifyByOid> {
    Box::new(verifier)
}

/// The verifiers of a list of algorithms.
macro_rules! verifiers {
    ($($algorithm:ty),+ $(,)?) => {
        alloc::vec![$( boxed(VerifierOf::<$algorithm>::new()) ),+]
    };
}

fn post_quantum() -> Vec<Box<dyn VerifyByOid>> {
    verifiers![
        MlDsa44,
        MlDsa65,
        MlDsa87,
        SlhDsaSha2_128s,
        SlhDsaSha2_128f,
        SlhDsaSha2_192s,
        SlhDsaSha2_192f,
        SlhDsaSha2_256s,
        SlhDsaSha2_256f,
        SlhDsaShake128s,
        SlhDsaShake128f,
        SlhDsaShake192s,
        SlhDsaShake192f,
        SlhDsaShake256s,
        SlhDsaShake256f,
    ]
}

#[cfg(not(feature = "brainpool"))]
fn classical() -> Vec<Box<dyn VerifyByOid>> {
    verifiers![Ed25519, EcdsaP256, EcdsaP384, EcdsaP521]
}

#[cfg(feature = "brainpool")]
fn classical() -> Vec<Box<dyn VerifyByOid>> {
    use crate::ecdsa::{EcdsaBrainpoolP256r1, EcdsaBrainpoolP384r1};

    let mut verifiers = verifiers![Ed25519, EcdsaP521];
    verifiers.push(boxed(Either(
        VerifierOf::<EcdsaP256>::new(),
        VerifierOf::<EcdsaBrainpoolP256r1>::new(),
    )));
    verifiers.push(Box::new(Either(
        VerifierOf::<EcdsaP384>::new(),
        VerifierOf::<EcdsaBrainpoolP384r1>::new(),
    )));
    verifiers
}

#[cfg(feature = "rsa")]
fn rsa() -> Vec<Box<dyn VerifyByOid>> {
    use crate::rsa::{
        RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512, RsaPssSha256, RsaPssSha384, RsaPssSha512,
    };

    macro_rules! of_all_lengths {
        ($($algorithm:ident),+) => {
            alloc::vec![$(
                Box::new(Either(
                    VerifierOf::<$algorithm<2048>>::new(),
                    Either(
                        VerifierOf::<$algorithm<3072>>::new(),
                        VerifierOf::<$algorithm<4096>>::new(),
                    ),
                ))
            ),+]
        };
    }

    of_all_lengths!(
        RsaPkcs1Sha256,
        RsaPkcs1Sha384,
        RsaPkcs1Sha512,
        RsaPssSha256,
        RsaPssSha384,
        RsaPssSha512
    )
}

//! Key agreement and RSA-OAEP as traditional halves
//! (draft-ietf-lamps-pq-composite-kem-17, sections 3.3 and 4).

use alloc::{sync::Arc, vec::Vec};

use pqkm_core::{
    AgreementAlgorithm, DecapsulateError, DecodeError, EcdhP256, EcdhP384, EcdhP521,
    EncapsulateError, GenerateError, PublicMaterial, RawPrivateKey, SecretMaterial, X25519,
    rand_core::TryCryptoRng,
};
use zeroize::{Zeroize, Zeroizing};

use super::halves::{TraditionalEncapsulated, TraditionalKem};
use crate::signature::decode_exact;

/// Key agreement as a KEM: the ciphertext is an ephemeral public key, the secret what both agree on.
fn encapsulate_by_agreement<A: AgreementAlgorithm, R: TryCryptoRng + ?Sized>(
    peer: &A::PublicAgreement,
    rng: &mut R,
) -> Result<TraditionalEncapsulated, EncapsulateError> {
    let (ephemeral, public) = A::generate_material(rng).map_err(|error| match error {
        GenerateError::Randomness => EncapsulateError::Randomness,
        _ => EncapsulateError::Refused,
    })?;
    let mut secret = A::agree(&ephemeral, peer).map_err(|_| EncapsulateError::InvalidKey)?;
    let copy = Zeroizing::new(secret.as_ref().to_vec());
    secret.zeroize();
    Ok((public.as_bytes().to_vec(), copy))
}

fn decapsulate_by_agreement<A: AgreementAlgorithm>(
    key: &A::Agreement,
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecapsulateError> {
    let peer = A::PublicAgreement::from_bytes(ciphertext).map_err(|_| DecapsulateError::Failed)?;
    let mut secret = A::agree(key, &peer).map_err(|_| DecapsulateError::Failed)?;
    let copy = Zeroizing::new(secret.as_ref().to_vec());
    secret.zeroize();
    Ok(copy)
}

macro_rules! agreements {
    ($($name:ty: $ciphertext:literal, $encode:path, $decode:path;)+) => {$(
        impl TraditionalKem for $name {
            type Private = <Self as AgreementAlgorithm>::Agreement;
            type Public = <Self as AgreementAlgorithm>::PublicAgreement;
            type PreparedPublic = <Self as AgreementAlgorithm>::PublicAgreement;
            /// Shared with the key it was made from, not copied.
            type PreparedPrivate = Arc<Self::Private>;

            const CIPHERTEXT_BYTES: usize = $ciphertext;

            fn generate<R: TryCryptoRng + ?Sized>(
                rng: &mut R,
            ) -> Result<Self::Private, GenerateError> {
                Ok(<Self as AgreementAlgorithm>::generate_material(rng)?.0)
            }

            fn encode_private(key: &Self::Private) -> Zeroizing<Vec<u8>> {
                $encode(key)
            }

            fn decode_private(bytes: &[u8]) -> Result<Self::Private, DecodeError> {
                $decode(bytes)
            }

            fn prepare_public(key: &Self::Public) -> Self::PreparedPublic {
                key.clone()
            }

            fn prepare_private(key: &Arc<Self::Private>) -> Self::PreparedPrivate {
                Arc::clone(key)
            }

            fn encapsulate<R: TryCryptoRng + ?Sized>(
                key: &Self::PreparedPublic,
                rng: &mut R,
            ) -> Result<TraditionalEncapsulated, EncapsulateError> {
                encapsulate_by_agreement::<Self, R>(key, rng)
            }

            fn decapsulate(
                key: &Self::PreparedPrivate,
                ciphertext: &[u8],
            ) -> Result<Zeroizing<Vec<u8>>, DecapsulateError> {
                decapsulate_by_agreement::<Self>(key, ciphertext)
            }
        }
    )+};
}

agreements! {
    EcdhP256: 65, SecretMaterial::to_bytes, decode_exact;
    EcdhP384: 97, SecretMaterial::to_bytes, decode_exact;
    EcdhP521: 133, SecretMaterial::to_bytes, decode_exact;
    X25519: 32, RawPrivateKey::to_raw, RawPrivateKey::from_raw;
}

#[cfg(feature = "brainpool")]
agreements! {
    pqkm_core::EcdhBrainpoolP256r1: 65, SecretMaterial::to_bytes, decode_exact;
    pqkm_core::EcdhBrainpoolP384r1: 97, SecretMaterial::to_bytes, decode_exact;
}

#[cfg(feature = "unstable-448")]
agreements! {
    crate::curve448::X448: 56, RawPrivateKey::to_raw, RawPrivateKey::from_raw;
}

#[cfg(feature = "rsa")]
mod rsa {
    use super::{
        Arc, DecapsulateError, DecodeError, EncapsulateError, GenerateError, SecretMaterial,
        TraditionalEncapsulated, TraditionalKem, TryCryptoRng, Vec, Zeroize, Zeroizing,
        decode_exact,
    };
    use pqkm_core::{
        Engine, KemAlgorithm, RsaOaepSha256,
        material::{PreparedRsaDecapsulation, RsaPrivate, RsaPublic},
    };

    macro_rules! oaep {
        ($($bits:literal: $ciphertext:literal;)+) => {$(
            impl TraditionalKem for RsaOaepSha256<$bits> {
                type Private = RsaPrivate<$bits>;
                type Public = RsaPublic<$bits>;
                type PreparedPublic = <Self as KemAlgorithm>::PreparedEncapsulation;
                type PreparedPrivate = PreparedRsaDecapsulation;

                const CIPHERTEXT_BYTES: usize = $ciphertext;

                fn generate<R: TryCryptoRng + ?Sized>(
                    rng: &mut R,
                ) -> Result<Self::Private, GenerateError> {
                    Ok(<Self as KemAlgorithm>::generate_material(Engine::REFERENCE, rng)?.0)
                }

                fn encode_private(key: &Self::Private) -> Zeroizing<Vec<u8>> {
                    key.to_bytes()
                }

                fn decode_private(bytes: &[u8]) -> Result<Self::Private, DecodeError> {
                    decode_exact(bytes)
                }

                fn prepare_public(key: &Self::Public) -> Self::PreparedPublic {
                    Self::prepare_encapsulation(Engine::REFERENCE, key)
                }

                fn prepare_private(key: &Arc<Self::Private>) -> Self::PreparedPrivate {
                    Self::prepare_decapsulation(Engine::REFERENCE, key)
                }

                fn encapsulate<R: TryCryptoRng + ?Sized>(
                    key: &Self::PreparedPublic,
                    rng: &mut R,
                ) -> Result<TraditionalEncapsulated, EncapsulateError> {
                    let (ciphertext, mut secret) = <Self as KemAlgorithm>::encapsulate(key, rng)?;
                    let copy = Zeroizing::new(secret.to_vec());
                    secret.zeroize();
                    Ok((ciphertext.as_ref().to_vec(), copy))
                }

                fn decapsulate(
                    key: &Self::PreparedPrivate,
                    ciphertext: &[u8],
                ) -> Result<Zeroizing<Vec<u8>>, DecapsulateError> {
                    let ciphertext =
                        ciphertext.try_into().map_err(|_| DecapsulateError::Failed)?;
                    let mut secret = <Self as KemAlgorithm>::decapsulate(key, &ciphertext)?;
                    let copy = Zeroizing::new(secret.to_vec());
                    secret.zeroize();
                    Ok(copy)
                }
            }
        )+};
    }

    oaep! {
        2048: 256;
        3072: 384;
        4096: 512;
    }
}

//! What composite keys are made of: the halves, and the one encoding of both.

use alloc::{boxed::Box, vec::Vec};

use pqkm_core::{
    DecodeError, Engine, GenerateError, PrivateMaterial, PublicMaterial, RawPrivateKey,
    SecretMaterial, SeedForms, rand_core::TryCryptoRng,
};
use zeroize::Zeroizing;

use crate::seed::seed_of;

use super::{PostQuantumSignature, TraditionalSignature, halves::SEED_BYTES};

/// A public key: `mldsaPK || tradPK`.
pub struct CompositeVerification<P: PostQuantumSignature, T: TraditionalSignature> {
    bytes: Box<[u8]>,
    post_quantum: P::Verification,
    traditional: T::Verification,
}

/// A private key: `mldsaSeed || tradSK`. Its parts zeroize themselves, and moving it moves a pointer.
pub struct CompositeSigning<P: PostQuantumSignature, T: TraditionalSignature>(Box<Parts<P, T>>);

struct Parts<P: PostQuantumSignature, T: TraditionalSignature> {
    seed: Zeroizing<[u8; SEED_BYTES]>,
    post_quantum: P::Signing,
    traditional: T::Signing,
    public: CompositeVerification<P, T>,
}

/// The materials of a key pair.
type Pair<P, T> = (CompositeSigning<P, T>, CompositeVerification<P, T>);

/// Generates both halves; an error leaves nothing of either.
pub(super) fn generate<P, T, R>(engine: Engine, rng: &mut R) -> Result<Pair<P, T>, GenerateError>
where
    P: PostQuantumSignature,
    T: TraditionalSignature,
    R: TryCryptoRng + ?Sized,
{
    let (post_quantum, _) = P::generate_material(engine, rng)?;
    let (traditional, _) = T::generate_material(Engine::REFERENCE, rng)?;
    let seed = seed_of(&post_quantum).ok_or(GenerateError::Refused)?;
    let signing = CompositeSigning::new(seed, post_quantum, traditional);
    let verification = signing.public();
    Ok((signing, verification))
}

impl<P: PostQuantumSignature, T: TraditionalSignature> CompositeVerification<P, T> {
    fn new(post_quantum: P::Verification, traditional: T::Verification) -> Self {
        Self {
            bytes: [post_quantum.as_bytes(), traditional.as_bytes()]
                .concat()
                .into(),
            post_quantum,
            traditional,
        }
    }

    pub(super) const fn post_quantum(&self) -> &P::Verification {
        &self.post_quantum
    }

    pub(super) const fn traditional(&self) -> &T::Verification {
        &self.traditional
    }
}

impl<P: PostQuantumSignature, T: TraditionalSignature> CompositeSigning<P, T> {
    fn new(
        seed: Zeroizing<[u8; SEED_BYTES]>,
        post_quantum: P::Signing,
        traditional: T::Signing,
    ) -> Self {
        let public = CompositeVerification::new(post_quantum.public(), traditional.public());
        Self(Box::new(Parts {
            seed,
            post_quantum,
            traditional,
            public,
        }))
    }

    pub(super) const fn post_quantum(&self) -> &P::Signing {
        &self.0.post_quantum
    }

    pub(super) const fn traditional(&self) -> &T::Signing {
        &self.0.traditional
    }
}

impl<P: PostQuantumSignature, T: TraditionalSignature> PublicMaterial
    for CompositeVerification<P, T>
{
    fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (post_quantum, traditional) = bytes
            .split_at_checked(P::PUBLIC_KEY_BYTES)
            .ok_or(DecodeError::Length)?;
        Ok(Self {
            bytes: bytes.into(),
            post_quantum: PublicMaterial::from_bytes(post_quantum)?,
            traditional: PublicMaterial::from_bytes(traditional)?,
        })
    }
}

impl<P: PostQuantumSignature, T: TraditionalSignature> Clone for CompositeVerification<P, T> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            post_quantum: self.post_quantum.clone(),
            traditional: self.traditional.clone(),
        }
    }
}

impl<P: PostQuantumSignature, T: TraditionalSignature> PartialEq for CompositeVerification<P, T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<P: PostQuantumSignature, T: TraditionalSignature> PrivateMaterial for CompositeSigning<P, T> {
    type Public = CompositeVerification<P, T>;

    fn public(&self) -> CompositeVerification<P, T> {
        self.0.public.clone()
    }
}

impl<P: PostQuantumSignature, T: TraditionalSignature> SecretMaterial for CompositeSigning<P, T> {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let traditional = T::encode_private(&self.0.traditional);
        Zeroizing::new([self.0.seed.as_slice(), &traditional].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (first, second) = bytes
            .split_at_checked(SEED_BYTES)
            .ok_or(DecodeError::Length)?;
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        seed.copy_from_slice(first);
        let traditional = T::decode_private(second)?;
        Ok(Self::new(seed, P::Signing::from_seed(first)?, traditional))
    }

    /// One half in common is enough: both rotate together.
    fn overlaps(&self, other: &Self) -> bool {
        self.0.post_quantum.overlaps(&other.0.post_quantum)
            | self.0.traditional.overlaps(&other.0.traditional)
    }
}

/// The same bytes as in PKCS#8: a composite's private key has no container of its own.
impl<P: PostQuantumSignature, T: TraditionalSignature> RawPrivateKey for CompositeSigning<P, T> {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_bytes(bytes)
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        self.to_bytes()
    }
}

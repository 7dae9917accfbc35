//! What composite KEM keys are made of: the halves, and the one encoding of both.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use pqkm_core::{
    DecodeError, Engine, GenerateError, PrivateMaterial, PublicMaterial, RawPrivateKey,
    SecretMaterial, SeedForms, rand_core::TryCryptoRng,
};
use zeroize::Zeroizing;

use crate::seed::seed_of;

use super::{PostQuantumKem, TraditionalKem, halves::SEED_BYTES};

/// An encapsulation key: `mlkemPK || tradPK`.
pub struct CompositeEncapsulation<P: PostQuantumKem, T: TraditionalKem> {
    bytes: Box<[u8]>,
    post_quantum: P::Encapsulation,
    traditional: T::Public,
}

/// A decapsulation key: `mlkemSeed || tradSK`. Its parts zeroize themselves, and moving it moves a
/// pointer.
pub struct CompositeDecapsulation<P: PostQuantumKem, T: TraditionalKem>(Box<Parts<P, T>>);

struct Parts<P: PostQuantumKem, T: TraditionalKem> {
    seed: Zeroizing<[u8; SEED_BYTES]>,
    post_quantum: P::Decapsulation,
    /// Shared with prepared forms of the key; zeroized when the last of them is dropped.
    traditional: Arc<T::Private>,
}

/// The materials of a key pair.
type Pair<P, T> = (CompositeDecapsulation<P, T>, CompositeEncapsulation<P, T>);

/// Generates both halves; an error leaves nothing of either.
pub(super) fn generate<P, T, R>(engine: Engine, rng: &mut R) -> Result<Pair<P, T>, GenerateError>
where
    P: PostQuantumKem,
    T: TraditionalKem,
    R: TryCryptoRng + ?Sized,
{
    let (post_quantum, _) = P::generate_material(engine, rng)?;
    let traditional = Arc::new(T::generate(rng)?);
    let seed = seed_of(&post_quantum).ok_or(GenerateError::Refused)?;
    let private = CompositeDecapsulation(Box::new(Parts {
        seed,
        post_quantum,
        traditional,
    }));
    let public = private.public();
    Ok((private, public))
}

impl<P: PostQuantumKem, T: TraditionalKem> CompositeEncapsulation<P, T> {
    pub(super) const fn post_quantum(&self) -> &P::Encapsulation {
        &self.post_quantum
    }

    pub(super) const fn traditional(&self) -> &T::Public {
        &self.traditional
    }

    pub(super) fn traditional_bytes(&self) -> &[u8] {
        self.traditional.as_bytes()
    }
}

impl<P: PostQuantumKem, T: TraditionalKem> CompositeDecapsulation<P, T> {
    pub(super) const fn post_quantum(&self) -> &P::Decapsulation {
        &self.0.post_quantum
    }

    pub(super) const fn traditional(&self) -> &Arc<T::Private> {
        &self.0.traditional
    }

    /// The traditional public key, from the private one.
    pub(super) fn traditional_public_bytes(&self) -> Vec<u8> {
        self.0.traditional.public().as_bytes().to_vec()
    }
}

impl<P: PostQuantumKem, T: TraditionalKem> PublicMaterial for CompositeEncapsulation<P, T> {
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

impl<P: PostQuantumKem, T: TraditionalKem> Clone for CompositeEncapsulation<P, T> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            post_quantum: self.post_quantum.clone(),
            traditional: self.traditional.clone(),
        }
    }
}

impl<P: PostQuantumKem, T: TraditionalKem> PartialEq for CompositeEncapsulation<P, T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<P: PostQuantumKem, T: TraditionalKem> PrivateMaterial for CompositeDecapsulation<P, T> {
    type Public = CompositeEncapsulation<P, T>;

    fn public(&self) -> CompositeEncapsulation<P, T> {
        let post_quantum = self.0.post_quantum.public();
        let traditional = self.0.traditional.public();
        CompositeEncapsulation {
            bytes: [post_quantum.as_bytes(), traditional.as_bytes()]
                .concat()
                .into(),
            post_quantum,
            traditional,
        }
    }
}

impl<P: PostQuantumKem, T: TraditionalKem> SecretMaterial for CompositeDecapsulation<P, T> {
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
        Ok(Self(Box::new(Parts {
            seed,
            post_quantum: P::Decapsulation::from_seed(first)?,
            traditional: Arc::new(T::decode_private(second)?),
        })))
    }

    /// One half in common is enough: both rotate together.
    fn overlaps(&self, other: &Self) -> bool {
        self.0.post_quantum.overlaps(&other.0.post_quantum)
            | self.0.traditional.overlaps(&other.0.traditional)
    }
}

/// The same bytes as in PKCS#8: a composite's private key has no container of its own.
impl<P: PostQuantumKem, T: TraditionalKem> RawPrivateKey for CompositeDecapsulation<P, T> {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_bytes(bytes)
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        self.to_bytes()
    }
}

//! What composite keys are made of: the halves, and the one encoding of both. Programs use
//! [`Key`](pqkm_core::Key) and have no need to name these.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use pqkm_core::{
    DecodeError, PrivateMaterial, PublicMaterial, RawPrivateKey, SecretMaterial, SeedForms,
};
use zeroize::Zeroizing;

use crate::seed::seed_of;
pub use crate::{
    kem::{PreparedDecapsulation, PreparedEncapsulation, SECRET_BYTES, TraditionalEncapsulated},
    signature::{PreparedSigning, PreparedVerification},
};

/// The halves of the keys of a composite algorithm, and how a composite holds them.
pub trait Halves: 'static {
    /// The post-quantum public key.
    type PostQuantumPublic: PublicMaterial;
    /// The post-quantum private key.
    type PostQuantumPrivate: PrivateMaterial<Public = Self::PostQuantumPublic> + SeedForms;
    /// The traditional public key.
    type TraditionalPublic: PublicMaterial;
    /// The traditional private key.
    type TraditionalPrivate: PrivateMaterial<Public = Self::TraditionalPublic>;

    /// Length of the post-quantum public key in bytes.
    const PUBLIC_KEY_BYTES: usize;
    /// Length in bytes of the seed that a composite holds of the post-quantum private key.
    const SEED_BYTES: usize;

    /// The traditional private key as a composite holds it.
    fn encode_private(key: &Self::TraditionalPrivate) -> Zeroizing<Vec<u8>>;

    /// Reads the traditional private key as a composite holds it.
    ///
    /// # Errors
    /// [`DecodeError`] for every other encoding, also of the same key.
    fn decode_private(bytes: &[u8]) -> Result<Self::TraditionalPrivate, DecodeError>;
}

/// A public key: `mldsaPK || tradPK` or `mlkemPK || tradPK`.
pub struct CompositePublic<H: Halves> {
    bytes: Box<[u8]>,
    post_quantum: H::PostQuantumPublic,
    traditional: H::TraditionalPublic,
}

/// A private key: `mldsaSeed || tradSK` or `mlkemSeed || tradSK`. Its parts zeroize themselves, and moving it moves a
/// pointer.
pub struct CompositePrivate<H: Halves>(Box<Parts<H>>);

struct Parts<H: Halves> {
    seed: Zeroizing<Vec<u8>>,
    post_quantum: H::PostQuantumPrivate,
    /// Shared with prepared forms of the key; zeroized when the last of them is dropped.
    traditional: Arc<H::TraditionalPrivate>,
    public: CompositePublic<H>,
}

impl<H: Halves> CompositePublic<H> {
    fn new(post_quantum: H::PostQuantumPublic, traditional: H::TraditionalPublic) -> Self {
        Self {
            bytes: [post_quantum.as_bytes(), traditional.as_bytes()]
                .concat()
                .into(),
            post_quantum,
            traditional,
        }
    }

    pub(crate) const fn post_quantum(&self) -> &H::PostQuantumPublic {
        &self.post_quantum
    }

    pub(crate) const fn traditional(&self) -> &H::TraditionalPublic {
        &self.traditional
    }
}

impl<H: Halves> CompositePrivate<H> {
    /// Joins two halves; none if the post-quantum one has no seed.
    pub(crate) fn of(
        post_quantum: H::PostQuantumPrivate,
        traditional: H::TraditionalPrivate,
    ) -> Option<Self> {
        let seed = seed_of(&post_quantum, H::SEED_BYTES)?;
        Some(Self::new(seed, post_quantum, traditional))
    }

    fn new(
        seed: Zeroizing<Vec<u8>>,
        post_quantum: H::PostQuantumPrivate,
        traditional: H::TraditionalPrivate,
    ) -> Self {
        let public = CompositePublic::new(post_quantum.public(), traditional.public());
        Self(Box::new(Parts {
            seed,
            post_quantum,
            traditional: Arc::new(traditional),
            public,
        }))
    }

    pub(crate) const fn post_quantum(&self) -> &H::PostQuantumPrivate {
        &self.0.post_quantum
    }

    pub(crate) const fn traditional(&self) -> &Arc<H::TraditionalPrivate> {
        &self.0.traditional
    }
}

impl<H: Halves> PublicMaterial for CompositePublic<H> {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (post_quantum, traditional) = bytes
            .split_at_checked(H::PUBLIC_KEY_BYTES)
            .ok_or(DecodeError::Length)?;
        Ok(Self {
            bytes: bytes.into(),
            post_quantum: PublicMaterial::from_bytes(post_quantum)?,
            traditional: PublicMaterial::from_bytes(traditional)?,
        })
    }
}

impl<H: Halves> Clone for CompositePublic<H> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            post_quantum: self.post_quantum.clone(),
            traditional: self.traditional.clone(),
        }
    }
}

impl<H: Halves> PartialEq for CompositePublic<H> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<H: Halves> PrivateMaterial for CompositePrivate<H> {
    type Public = CompositePublic<H>;

    /// Of both private keys: what came in beside them does not count.
    fn public(&self) -> CompositePublic<H> {
        self.0.public.clone()
    }
}

impl<H: Halves> SecretMaterial for CompositePrivate<H> {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let traditional = H::encode_private(&self.0.traditional);
        Zeroizing::new([self.0.seed.as_slice(), &traditional].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (seed, traditional) = bytes
            .split_at_checked(H::SEED_BYTES)
            .ok_or(DecodeError::Length)?;
        let traditional = H::decode_private(traditional)?;
        let post_quantum = SeedForms::from_seed(seed)?;
        Ok(Self::new(
            Zeroizing::new(seed.to_vec()),
            post_quantum,
            traditional,
        ))
    }

    /// One half in common is enough: both rotate together.
    fn overlaps(&self, other: &Self) -> bool {
        self.0.post_quantum.overlaps(&other.0.post_quantum)
            | self.0.traditional.overlaps(&other.0.traditional)
    }
}

/// The same bytes as in PKCS#8: a composite's private key has no container of its own.
impl<H: Halves> RawPrivateKey for CompositePrivate<H> {
    fn from_raw(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_bytes(bytes)
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        self.to_bytes()
    }
}

//! Composite keys whose algorithm is known at run time only: from its object identifier to a type.
//!
//! Three ways: [`promote`](pqkm_core::AnyPublicKey::promote) of `pqkm-core`, where the program knows
//! which algorithm it expects; the enums here, for programs that `match`; and [`visit_signature`] and
//! [`visit_kem`], for code that is the same for all algorithms.

use alloc::boxed::Box;

use pqkm_core::{
    AlgorithmTaken, AnyPrivateKey, AnyPublicKey, DecodeError, KemAlgorithm, KnownPrivateKey,
    KnownPublicKey, OutputLength, PromoteFrom, RawPrivateKey, SignatureAlgorithm, SupportsContext,
    SupportsPreHash, Verifiers,
};

use crate::{RegisteredKem, RegisteredSignature};

mod enums;

pub use enums::{
    CompositeDecapsulationKey, CompositeEncapsulationKey, CompositeSigningKey,
    CompositeVerifyingKey, visit_kem, visit_kems, visit_signature, visit_signatures,
};

/// Everything that all composite signature algorithms have.
pub trait CompositeSignatureAlgorithm:
    SignatureAlgorithm<Signing: RawPrivateKey>
    + SupportsContext
    + SupportsPreHash
    + OutputLength
    + RegisteredSignature
{
}

impl<A> CompositeSignatureAlgorithm for A where
    A: SignatureAlgorithm<Signing: RawPrivateKey>
        + SupportsContext
        + SupportsPreHash
        + OutputLength
        + RegisteredSignature
{
}

/// Everything that all composite KEMs have.
pub trait CompositeKemAlgorithm:
    KemAlgorithm<Decapsulation: RawPrivateKey, SharedSecret = [u8; 32]> + OutputLength + RegisteredKem
{
}

impl<A> CompositeKemAlgorithm for A where
    A: KemAlgorithm<Decapsulation: RawPrivateKey, SharedSecret = [u8; 32]>
        + OutputLength
        + RegisteredKem
{
}

/// Code that is the same for all composite signature algorithms: see [`visit_signature`].
pub trait SignatureVisitor {
    /// What it returns.
    type Output;

    /// Runs it for one algorithm.
    fn visit<A: CompositeSignatureAlgorithm>(&mut self) -> Self::Output;
}

/// Code that is the same for all composite KEMs: see [`visit_kem`].
pub trait KemVisitor {
    /// What it returns.
    type Output;

    /// Runs it for one algorithm.
    fn visit<A: CompositeKemAlgorithm>(&mut self) -> Self::Output;
}

/// A public key of the family: of `pqkm-core` or a composite.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FamilyPublicKey {
    /// Of `pqkm-core`.
    Core(KnownPublicKey),
    /// Of a composite signature.
    Signature(CompositeVerifyingKey),
    /// Of a composite KEM.
    Kem(CompositeEncapsulationKey),
}

/// A private key of the family: of `pqkm-core` or a composite.
#[non_exhaustive]
pub enum FamilyPrivateKey {
    /// Of `pqkm-core`.
    Core(Box<KnownPrivateKey>),
    /// Of a composite signature.
    Signature(CompositeSigningKey),
    /// Of a composite KEM.
    Kem(CompositeDecapsulationKey),
}

impl FamilyPublicKey {
    /// The algorithm's name.
    #[must_use]
    pub const fn algorithm_name(&self) -> &'static str {
        match self {
            Self::Core(key) => key.algorithm_name(),
            Self::Signature(key) => key.entry().name,
            Self::Kem(key) => key.entry().name,
        }
    }
}

impl FamilyPrivateKey {
    /// The algorithm's name.
    #[must_use]
    pub const fn algorithm_name(&self) -> &'static str {
        match self {
            Self::Core(key) => key.algorithm_name(),
            Self::Signature(key) => key.entry().name,
            Self::Kem(key) => key.entry().name,
        }
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> FamilyPublicKey {
        match self {
            Self::Core(key) => FamilyPublicKey::Core(key.public_key()),
            Self::Signature(key) => FamilyPublicKey::Signature(key.public_key()),
            Self::Kem(key) => FamilyPublicKey::Kem(key.public_key()),
        }
    }
}

impl PromoteFrom<AnyPublicKey> for FamilyPublicKey {
    fn promote_from(any: &AnyPublicKey) -> Result<Self, DecodeError> {
        match CompositeVerifyingKey::promote_from(any) {
            Err(DecodeError::Algorithm) => {}
            read => return read.map(Self::Signature),
        }
        match CompositeEncapsulationKey::promote_from(any) {
            Err(DecodeError::Algorithm) => {}
            read => return read.map(Self::Kem),
        }
        any.known().map(Self::Core)
    }
}

impl PromoteFrom<AnyPrivateKey> for FamilyPrivateKey {
    fn promote_from(any: &AnyPrivateKey) -> Result<Self, DecodeError> {
        match CompositeSigningKey::promote_from(any) {
            Err(DecodeError::Algorithm) => {}
            read => return read.map(Self::Signature),
        }
        match CompositeDecapsulationKey::promote_from(any) {
            Err(DecodeError::Algorithm) => {}
            read => return read.map(Self::Kem),
        }
        any.known().map(Box::new).map(Self::Core)
    }
}

impl From<&FamilyPublicKey> for AnyPublicKey {
    fn from(key: &FamilyPublicKey) -> Self {
        match key {
            FamilyPublicKey::Core(key) => key.into(),
            FamilyPublicKey::Signature(key) => key.into(),
            FamilyPublicKey::Kem(key) => key.into(),
        }
    }
}

/// Adds verifiers one after another and keeps the first refusal.
struct Adding<'a>(&'a mut Verifiers, Result<(), AlgorithmTaken>);

impl SignatureVisitor for Adding<'_> {
    type Output = ();

    fn visit<A: CompositeSignatureAlgorithm>(&mut self) {
        let added = self.0.add_algorithm::<A>();
        self.1 = self.1.and(added);
    }
}

/// The verifiers of `pqkm-core` and of all composite signatures. HSS and a user's own are
/// [added](Verifiers::add).
///
/// # Errors
/// Never, as long as no two algorithms of the family share an identifier: a test looks.
pub fn family_verifiers() -> Result<Verifiers, AlgorithmTaken> {
    let mut verifiers = Verifiers::core();
    let mut adding = Adding(&mut verifiers, Ok(()));
    visit_signatures(&mut adding);
    adding.1?;
    Ok(verifiers)
}

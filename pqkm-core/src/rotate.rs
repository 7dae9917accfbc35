//! Rotation: a key is succeeded by a fresh one of the same algorithm, role and rights.
//!
//! Whatever a key consists of (the public and the private half of a pair, the two halves of a composite
//! or of a linked pair) is generated together and replaced together: a successor that keeps a part of
//! its predecessor is refused, and nothing is returned unless all of it is there.
//!
//! Making the successor the primary, and what still depends on the predecessor, is a registry's work.

use rand_core::TryCryptoRng;

use crate::{
    agreement::AgreementAlgorithm,
    algorithm::{KemAlgorithm, PrivateMaterial, SecretMaterial, SignatureAlgorithm},
    error::GenerateError,
    key::{AgreementKey, DataKey, DecapsulationKey, DerivationKey, Key, SigningKey, WrappingKey},
    role::{
        Agreement, DataEncryption, Decapsulation, Derivation, HasKey, SecretRole, Signing, Wrapping,
    },
    symmetric::{DataAlgorithm, DerivationAlgorithm, WrapAlgorithm},
};

/// A key that can be succeeded by a fresh one.
///
/// Every secret [`Key`] is one, and so is a pair `(P, C)` of them that belong together. A handle to a
/// key inside a module, or a composite of such handles, implements [`fresh`](Self::fresh) and
/// [`overlaps`](Self::overlaps); callers use [`rotate`](Self::rotate).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be rotated",
    label = "secret keys and pairs of them have successors",
    note = "rotate the private half: the public half of the successor follows from it",
    note = "a stateful signing key is succeeded by a new one in a store of its own"
)]
pub trait Rotate: Sized {
    /// Generates a key of the same algorithm, role and rights, all parts of it from `rng`. Callers use
    /// [`rotate`](Self::rotate).
    ///
    /// A handle whose module made some parts of the successor and failed at the others has the module
    /// destroy those before it returns.
    ///
    /// # Errors
    /// [`GenerateError`]; there is no successor then, nor a part of one.
    fn fresh<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Self, GenerateError>;

    /// Whether the two keys have a part in common: either half of a composite is enough.
    ///
    /// # Side channels
    /// Secret parts are compared in constant time; the result is public.
    #[must_use]
    fn overlaps(&self, other: &Self) -> bool;

    /// Generates the successor. Pairs pass their pairwise consistency test first, so that nothing is
    /// retired for a key that does not work. This key stays as it is.
    ///
    /// # Errors
    /// [`GenerateError::Repeated`] if the successor has a part of this key in it, as from a generator
    /// that repeats itself; otherwise the errors of [`fresh`](Self::fresh). The successor is discarded.
    fn rotate<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Self, GenerateError> {
        let successor = self.fresh(rng)?;
        if successor.overlaps(self) {
            return Err(GenerateError::Repeated);
        }
        Ok(successor)
    }
}

/// Two keys that belong together: both are replaced, or neither.
impl<P: Rotate, C: Rotate> Rotate for (P, C) {
    fn fresh<R: TryCryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Self, GenerateError> {
        Ok((self.0.fresh(rng)?, self.1.fresh(rng)?))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.0.overlaps(&other.0) | self.1.overlaps(&other.1)
    }
}

/// The successor has the same rights: a key that is not exportable is succeeded by one that is not.
/// The successor of a wrapping key has the same identifier, which names the logical key.
impl<A: HasKey<R>, R: MayRotate<A>> Rotate for Key<A, R> {
    fn fresh<Rng: TryCryptoRng + ?Sized>(&self, rng: &mut Rng) -> Result<Self, GenerateError> {
        R::fresh(self, rng).map(|key| key.with_exportable(self.is_exportable()))
    }

    fn overlaps(&self, other: &Self) -> bool {
        R::overlaps(self.material(), other.material())
    }
}

/// May be rotated: every secret role.
#[diagnostic::on_unimplemented(
    message = "a key in the role `{Self}` cannot be rotated",
    label = "secret keys have successors",
    note = "rotate the private half: the public half of the successor follows from it"
)]
pub trait MayRotate<A: HasKey<Self>>: SecretRole + Sized {
    #[doc(hidden)]
    fn fresh<R: TryCryptoRng + ?Sized>(
        key: &Key<A, Self>,
        rng: &mut R,
    ) -> Result<Key<A, Self>, GenerateError>;

    #[doc(hidden)]
    fn overlaps(one: &A::Material, other: &A::Material) -> bool;
}

/// Keys of one pair can be held in different forms, with the seed or without: so the public halves are
/// compared too.
fn pairs_overlap<M: PrivateMaterial>(one: &M, other: &M) -> bool {
    (one.public() == other.public()) | one.overlaps(other)
}

macro_rules! may_rotate {
    ($( $role:ident, $algorithm:ident, |$rng:ident, $key:ident| $generate:expr, $overlap:expr; )+) => {$(
        impl<A: $algorithm> MayRotate<A> for $role {
            fn fresh<R: TryCryptoRng + ?Sized>(
                $key: &Key<A, Self>,
                $rng: &mut R,
            ) -> Result<Key<A, Self>, GenerateError> {
                $generate
            }

            fn overlaps(
                one: &<A as HasKey<Self>>::Material,
                other: &<A as HasKey<Self>>::Material,
            ) -> bool {
                $overlap(one, other)
            }
        }
    )+};
}

may_rotate! {
    Signing, SignatureAlgorithm, |rng, _key| SigningKey::generate_checked(rng), pairs_overlap;
    Decapsulation, KemAlgorithm, |rng, _key| DecapsulationKey::generate_checked(rng), pairs_overlap;
    Agreement, AgreementAlgorithm, |rng, _key| AgreementKey::generate_checked(rng), pairs_overlap;
    Wrapping, WrapAlgorithm, |rng, key| WrappingKey::generate_named(key.id(), rng),
        SecretMaterial::overlaps;
    Derivation, DerivationAlgorithm, |rng, _key| DerivationKey::generate(rng),
        SecretMaterial::overlaps;
    DataEncryption, DataAlgorithm, |rng, _key| DataKey::generate(rng), SecretMaterial::overlaps;
}

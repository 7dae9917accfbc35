//! Key agreement: two keys, each the holder's own, and a secret that both ends compute.

use rand_core::TryCryptoRng;
use zeroize::Zeroize;

use crate::{
    algorithm::{Algorithm, PrivateMaterial, PublicMaterial},
    error::{AgreeError, GenerateError},
    key::DerivationKey,
    role::{Agreement, HasKey, PublicAgreement},
    secret::{ExposeToken, SecretArray},
    symmetric::{DerivationAlgorithm, SymmetricMaterial},
};

/// The materials of an agreement key pair: private, public.
pub type AgreementMaterials<A> = (
    <A as AgreementAlgorithm>::Agreement,
    <A as AgreementAlgorithm>::PublicAgreement,
);

/// A key agreement algorithm: X25519, ECDH.
///
/// Agreement authenticates nobody: what is derived from the secret must bind both public keys, and
/// something else must say whose they are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key agreement algorithm",
    label = "a key agreement algorithm such as `X25519` is needed here",
    note = "a KEM is not a key exchange: see `Encapsulate` and `Decapsulate`"
)]
pub trait AgreementAlgorithm: Algorithm {
    /// A private key.
    type Agreement: PrivateMaterial<Public = Self::PublicAgreement>;
    /// A public key.
    type PublicAgreement: PublicMaterial;
    /// What both ends compute.
    type AgreedSecret: SecretArray;

    /// Generates a key pair.
    ///
    /// # Errors
    /// [`GenerateError::Randomness`] if `rng` fails.
    fn generate_material<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<AgreementMaterials<Self>, GenerateError>;

    /// Computes the secret.
    ///
    /// # Errors
    /// [`AgreeError::InvalidKey`] for a public key with which the secret would be known to all.
    fn agree(
        private: &Self::Agreement,
        peer: &Self::PublicAgreement,
    ) -> Result<Self::AgreedSecret, AgreeError>;
}

impl<A: AgreementAlgorithm> HasKey<Agreement> for A {
    type Material = A::Agreement;
}

impl<A: AgreementAlgorithm> HasKey<PublicAgreement> for A {
    type Material = A::PublicAgreement;
}

/// What two agreement keys of algorithm `A` have in common: X25519, 32 bytes; ECDH, the x-coordinate
/// of the shared point, as long as the curve's field.
///
/// It is not uniform and not a key for anything: keys are [derived](Self::into_derivation_key) from
/// it. It is zeroized on drop, and not `Clone`, `Debug` or `PartialEq`.
pub struct AgreedSecret<A: AgreementAlgorithm>(A::AgreedSecret);

impl<A: AgreementAlgorithm> AgreedSecret<A> {
    pub(crate) const fn new(secret: A::AgreedSecret) -> Self {
        Self(secret)
    }

    /// Makes the secret the input of a key derivation function. Put both public keys into the `info`
    /// of what is derived (SP 800-56A Rev. 3 calls it `FixedInfo`).
    ///
    /// An agreement of another crate whose secret is shorter than the derivation accepts, or longer, does
    /// not build.
    pub fn into_derivation_key<D: DerivationAlgorithm>(self) -> DerivationKey<D> {
        const { crate::symmetric::assert_derives::<A::AgreedSecret, D>() };
        DerivationKey::from_material(SymmetricMaterial::copy_from(self.as_bytes()))
    }

    /// Reveals the secret.
    #[must_use]
    pub fn expose(&self, _: ExposeToken) -> &[u8] {
        self.as_bytes()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_ref()
    }
}

impl<A: AgreementAlgorithm> Drop for AgreedSecret<A> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<A: AgreementAlgorithm> zeroize::ZeroizeOnDrop for AgreedSecret<A> {}

impl<A: AgreementAlgorithm> subtle::ConstantTimeEq for AgreedSecret<A> {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.as_bytes().ct_eq(other.as_bytes())
    }
}

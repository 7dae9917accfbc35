//! The key type: an algorithm, a role, and the material behind them.

use core::fmt;

use pqkm_kernels::memcheck::declassify;
use subtle::ConstantTimeEq;

use crate::{
    algorithm::PublicMaterial,
    error::NotExportable,
    ident::Fingerprint,
    role::{
        Agreement, DataEncryption, Decapsulation, Derivation, Encapsulation, HasKey,
        PublicAgreement, PublicRole, Role, SecretRole, Signing, Verification, Wrapping,
    },
    secret::ExposeToken,
};

mod agree;
mod derive;
mod kem;
mod sign;
mod wrap;

/// A key: its algorithm and its role are its type.
///
/// Use it through its aliases [`SigningKey`], [`VerifyingKey`], [`EncapsulationKey`],
/// [`DecapsulationKey`], [`WrappingKey`], [`DerivationKey`] and [`DataKey`]. All operations are
/// methods of this one type, each bound to the roles that may perform it, so that the compiler names
/// the role that is missing.
///
/// Secret keys are zeroized on drop; they are not `Clone`, `Debug`, `PartialEq` or serializable.
#[must_use]
pub struct Key<A: HasKey<R>, R: Role> {
    material: A::Material,
    exportable: bool,
}

/// A private key that makes signatures (FIPS 204 and FIPS 205: private key `sk`).
pub type SigningKey<A> = Key<A, Signing>;
/// A public key that verifies signatures (FIPS 204 and FIPS 205: public key `pk`).
pub type VerifyingKey<A> = Key<A, Verification>;
/// A public key that encapsulates shared secrets (FIPS 203: `ek`).
pub type EncapsulationKey<A> = Key<A, Encapsulation>;
/// A private key that decapsulates shared secrets (FIPS 203: `dk`).
pub type DecapsulationKey<A> = Key<A, Decapsulation>;
/// The two halves of a KEM key pair.
pub type KemPair<A> = (DecapsulationKey<A>, EncapsulationKey<A>);
/// The two halves of a signature key pair.
pub type SignaturePair<A> = (SigningKey<A>, VerifyingKey<A>);
/// A symmetric key that wraps other keys.
pub type WrappingKey<A> = Key<A, Wrapping>;
/// A symmetric key from which other keys are derived.
pub type DerivationKey<A> = Key<A, Derivation>;
/// A symmetric key that encrypts data.
pub type DataKey<A> = Key<A, DataEncryption>;
/// A private key that agrees on shared secrets.
pub type AgreementKey<A> = Key<A, Agreement>;
/// The public half of an [`AgreementKey`].
pub type AgreementPublicKey<A> = Key<A, PublicAgreement>;

impl<A: HasKey<R>, R: Role> Key<A, R> {
    pub(crate) const fn from_material(material: A::Material) -> Self {
        Self {
            material,
            exportable: true,
        }
    }

    pub(crate) const fn material(&self) -> &A::Material {
        &self.material
    }

    /// The algorithm's name, such as `"ML-KEM-768"`.
    #[must_use]
    pub const fn algorithm_name(&self) -> &'static str {
        A::NAME
    }

    /// The role's name, such as `"decapsulation"`.
    #[must_use]
    pub const fn role_name(&self) -> &'static str {
        R::NAME
    }
}

impl<A: HasKey<R>, R: Role> Key<A, R> {
    /// Whether the key may leave this process in the clear. Wrapping it is possible either way.
    #[must_use]
    pub const fn is_exportable(&self) -> bool
    where
        R: SecretRole,
    {
        self.exportable
    }

    /// Gives up, for good, the right to leave this process in the clear. Wrapped records of the key
    /// carry the mark, and a key unwrapped from one has it again.
    pub fn into_non_exportable(self) -> Self
    where
        R: SecretRole,
    {
        Self {
            exportable: false,
            ..self
        }
    }

    pub(crate) fn with_exportable(self, exportable: bool) -> Self {
        Self {
            exportable: self.exportable && exportable,
            ..self
        }
    }

    /// Reveals the secret: the one way for its bytes to leave.
    ///
    /// For asymmetric keys the result implements [`pkcs8::EncodePrivateKey`].
    ///
    /// # Errors
    /// [`NotExportable`] if the key was marked so.
    pub fn expose(&self, _: ExposeToken) -> Result<Exposed<'_, A, R>, NotExportable>
    where
        R: SecretRole,
    {
        if self.exportable {
            Ok(Exposed { key: self })
        } else {
            Err(NotExportable)
        }
    }
}

/// A secret key whose holder has acknowledged that its bytes leave: see [`Key::expose`].
pub struct Exposed<'a, A: HasKey<R>, R: Role> {
    pub(crate) key: &'a Key<A, R>,
}

impl<A: HasKey<R>, R: PublicRole> Clone for Key<A, R>
where
    A::Material: Clone,
{
    fn clone(&self) -> Self {
        Self {
            material: self.material.clone(),
            exportable: self.exportable,
        }
    }
}

impl<A: HasKey<R>, R: PublicRole> PartialEq for Key<A, R>
where
    A::Material: PartialEq,
{
    fn eq(&self, other: &Self) -> bool {
        self.material == other.material
    }
}

impl<A: HasKey<R>, R: PublicRole> Eq for Key<A, R> where A::Material: PartialEq {}

/// Shows algorithm, role and fingerprint.
impl<A, R: PublicRole> fmt::Debug for Key<A, R>
where
    A: HasKey<R>,
    A::Material: PublicMaterial,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("algorithm", &A::NAME)
            .field("role", &R::NAME)
            .field("fingerprint", &self.fingerprint())
            .finish()
    }
}

impl<A, R: PublicRole> Key<A, R>
where
    A: HasKey<R>,
    A::Material: PublicMaterial,
{
    /// The algorithm's own encoding of the public key: the contents of `subjectPublicKey`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.material.as_bytes()
    }

    /// Reads the algorithm's own encoding of a public key.
    ///
    /// # Errors
    /// [`DecodeError`](crate::DecodeError) for a wrong length or a value that the standard refuses,
    /// such as an ML-KEM key that fails the modulus check of FIPS 203, section 7.2.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, crate::error::DecodeError> {
        A::Material::from_bytes(bytes).map(Self::from_material)
    }

    /// SHA-256 of the canonical DER of this key's `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_spki(&crate::encoding::spki_der::<A>(self.as_bytes()))
    }
}

/// Whether two secrets of fixed length are equal, in constant time.
pub(crate) fn secrets_equal(a: &[u8], b: &[u8]) -> bool {
    // CT: whether the two halves agree is the result of the test.
    declassify(a.ct_eq(b).into())
}

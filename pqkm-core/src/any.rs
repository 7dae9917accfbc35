//! Keys whose algorithm is known at run time only: read from a file, a database or a certificate, and
//! matched once into a static type.
//!
//! [`AnyPublicKey`] and [`AnyPrivateKey`] hold what was read, checked as a container and not yet as a
//! key. There are two ways on: [`promote`](AnyPublicKey::promote) to a type that the caller names,
//! which also serves algorithms of other crates, and [`known`](AnyPublicKey::known), a `match` over
//! the algorithms of this crate.
//!
#![cfg_attr(feature = "getrandom", doc = "```")]
#![cfg_attr(not(feature = "getrandom"), doc = "```ignore")]
//! use pqkm_core::{AnyPublicKey, KnownPublicKey, MlDsa65, SigningKey, SysRng, VerifyingKey};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let stored = SigningKey::<MlDsa65>::generate(&mut SysRng)?.verifying_key().to_spki_der();
//!
//! let any = AnyPublicKey::from_spki_der(&stored)?;
//! let by_type: VerifyingKey<MlDsa65> = any.promote()?;
//! let by_match = match any.known()? {
//!     KnownPublicKey::MlDsa65(key) => key,
//!     other => panic!("{} was not expected", other.algorithm_name()),
//! };
//! assert_eq!(by_type, by_match);
//! # Ok(())
//! # }
//! ```

use alloc::{string::String, vec::Vec};
use core::fmt;

use der::{
    Decode, Sequence,
    asn1::{Any, SetOfVec},
    pem::LineEnding,
};
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use crate::{
    algorithm::{PrivateMaterial, PublicMaterial},
    encoding::OneAsymmetricKey,
    error::DecodeError,
    ident::Fingerprint,
    key::Key,
    role::{HasKey, PrivateRole, PublicRole},
    secret::{ExposeToken, SecretBytes},
};

mod known;

pub use known::{KnownPrivateKey, KnownPublicKey};

/// PEM label of a `SubjectPublicKeyInfo` (RFC 7468, section 13).
const PUBLIC_LABEL: &str = "PUBLIC KEY";
/// PEM label of a `OneAsymmetricKey` (RFC 7468, section 10).
const PRIVATE_LABEL: &str = "PRIVATE KEY";

/// A key type that can be read from an [`AnyPublicKey`] or an [`AnyPrivateKey`].
///
/// Every [`Key`] of every algorithm implements it; a crate with a key type of its own implements it for
/// that type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an `{From}`",
    label = "public keys come from `AnyPublicKey`, private keys from `AnyPrivateKey`"
)]
pub trait PromoteFrom<From>: Sized {
    /// Reads the key.
    ///
    /// # Errors
    /// [`DecodeError::Algorithm`] if it is a key of another algorithm, and the errors of decoding.
    fn promote_from(any: &From) -> Result<Self, DecodeError>;
}

/// A public key of any algorithm: a `SubjectPublicKeyInfo` in DER. Parameters of the algorithm are opaque until the key is
/// promoted to a type.
#[derive(Clone, PartialEq, Eq)]
pub struct AnyPublicKey {
    der: Vec<u8>,
    algorithm: AlgorithmIdentifierOwned,
}

impl AnyPublicKey {
    /// Reads a `SubjectPublicKeyInfo` in DER, whatever its algorithm.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] if it is not DER, apart from the inside of parameters, to the last byte, or the key is not
    /// whole bytes.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, DecodeError> {
        let info = SubjectPublicKeyInfoRef::from_der(der)?;
        info.subject_public_key
            .as_bytes()
            .ok_or(DecodeError::Malformed)?;
        Ok(Self {
            der: der.to_vec(),
            algorithm: info.algorithm.into(),
        })
    }

    /// Reads a PEM document with the label `PUBLIC KEY`.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_spki_der`](Self::from_spki_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_spki_der(&labelled(pem, PUBLIC_LABEL)?)
    }

    /// The object identifier of the algorithm.
    #[must_use]
    pub const fn oid(&self) -> ObjectIdentifier {
        self.algorithm.oid
    }

    /// The algorithm identifier, with its parameters.
    #[must_use]
    pub const fn algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.algorithm
    }

    /// The `SubjectPublicKeyInfo` in DER.
    #[must_use]
    pub fn as_spki_der(&self) -> &[u8] {
        &self.der
    }

    /// The `SubjectPublicKeyInfo` in PEM, label `PUBLIC KEY`.
    #[expect(
        clippy::missing_panics_doc,
        clippy::expect_used,
        reason = "what was read or written as DER is short enough for PEM"
    )]
    #[must_use]
    pub fn to_pem(&self) -> String {
        der::pem::encode_string(PUBLIC_LABEL, LineEnding::LF, &self.der)
            .expect("short enough for PEM")
    }

    /// The contents of `subjectPublicKey`: the algorithm's own encoding.
    #[must_use]
    pub fn key_bytes(&self) -> &[u8] {
        SubjectPublicKeyInfoRef::from_der(&self.der)
            .ok()
            .and_then(|info| info.subject_public_key.as_bytes())
            .unwrap_or_default()
    }

    /// SHA-256 of the DER: the fingerprint of the key that this promotes to.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_spki(&self.der)
    }

    /// Whether this is a key of exactly that algorithm: object identifier and parameters.
    #[must_use]
    pub fn is_of(&self, algorithm: &AlgorithmIdentifierOwned) -> bool {
        self.algorithm == *algorithm
    }

    /// Reads the key as a type that the caller names.
    ///
    /// # Errors
    /// [`DecodeError::Algorithm`] if it is a key of another algorithm or has other parameters, and the
    /// errors of the type's own decoding.
    pub fn promote<K: PromoteFrom<Self>>(&self) -> Result<K, DecodeError> {
        K::promote_from(self)
    }

    /// Reads the key as one of this crate's algorithms.
    ///
    /// # Errors
    /// [`DecodeError::Algorithm`] if it is of none of them, and the errors of its decoding.
    pub fn known(&self) -> Result<KnownPublicKey, DecodeError> {
        KnownPublicKey::promote_from(self)
    }
}

/// Shows algorithm and fingerprint.
impl fmt::Debug for AnyPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyPublicKey")
            .field("oid", &self.oid())
            .field("fingerprint", &self.fingerprint())
            .finish()
    }
}

impl<A: HasKey<R>, R: PublicRole> From<&Key<A, R>> for AnyPublicKey
where
    A::Material: PublicMaterial,
{
    fn from(key: &Key<A, R>) -> Self {
        Self {
            der: key.to_spki_der(),
            algorithm: A::key_algorithm(),
        }
    }
}

impl<A: HasKey<R>, R: PublicRole> PromoteFrom<AnyPublicKey> for Key<A, R>
where
    A::Material: PublicMaterial,
{
    fn promote_from(any: &AnyPublicKey) -> Result<Self, DecodeError> {
        Self::from_spki_der(&any.der)
    }
}

/// An attribute of a private key (RFC 5958, section 2): public, such as a friendly name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Sequence)]
pub struct Attribute {
    /// What kind of attribute it is.
    pub oid: ObjectIdentifier,
    /// Its values, each in DER.
    pub values: SetOfVec<Any>,
}

impl der::ValueOrd for Attribute {
    fn value_cmp(&self, other: &Self) -> der::Result<core::cmp::Ordering> {
        use der::DerOrd;
        match self.oid.der_cmp(&other.oid)? {
            core::cmp::Ordering::Equal => self.values.der_cmp(&other.values),
            order => Ok(order),
        }
    }
}

/// A private key of any algorithm: a `OneAsymmetricKey` (PKCS#8, RFC 5958) in DER.
///
/// It is zeroized on drop, and not `Clone`, `Debug` or `PartialEq`. It has no operations: it is
/// promoted first, and that is where the key itself is checked.
pub struct AnyPrivateKey {
    der: SecretBytes,
    algorithm: AlgorithmIdentifierOwned,
    attributes: Vec<Attribute>,
    public_key: Option<Vec<u8>>,
}

impl AnyPrivateKey {
    /// Reads a `OneAsymmetricKey` in DER, whatever its algorithm. Attributes and the public key in it
    /// are kept. The original bytes stay the caller's to erase.
    ///
    /// # Errors
    /// [`DecodeError::Version`] if the version does not go with the presence of a public key,
    /// otherwise [`DecodeError::Malformed`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, DecodeError> {
        let document = OneAsymmetricKey::from_der(der)?;
        if !document.has_right_version() {
            return Err(DecodeError::Version);
        }
        let public_key = match document.public_key {
            Some(bits) => Some(bits.as_bytes().ok_or(DecodeError::Malformed)?.to_vec()),
            None => None,
        };
        Ok(Self {
            der: SecretBytes::copy_from(der),
            algorithm: document.algorithm.into(),
            attributes: document.attributes.map(Vec::from).unwrap_or_default(),
            public_key,
        })
    }

    /// Reads a PEM document with the label `PRIVATE KEY`.
    ///
    /// # Errors
    /// [`DecodeError::Pem`], or the errors of [`from_pkcs8_der`](Self::from_pkcs8_der).
    pub fn from_pem(pem: &str) -> Result<Self, DecodeError> {
        Self::from_pkcs8_der(&Zeroizing::new(labelled(pem, PRIVATE_LABEL)?))
    }

    /// The object identifier of the algorithm.
    #[must_use]
    pub const fn oid(&self) -> ObjectIdentifier {
        self.algorithm.oid
    }

    /// The algorithm identifier, with its parameters.
    #[must_use]
    pub const fn algorithm(&self) -> &AlgorithmIdentifierOwned {
        &self.algorithm
    }

    /// The attributes. A promoted key carries none of them.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The public key in the document, if there is one: the algorithm's own encoding. That it belongs
    /// to the private key is checked on promotion.
    #[must_use]
    pub fn public_key_bytes(&self) -> Option<&[u8]> {
        self.public_key.as_deref()
    }

    /// Reads the key as a type that the caller names. Its own consistency is checked, and if the
    /// document holds the public key too, that they belong together. Attributes stay behind.
    ///
    /// # Errors
    /// [`DecodeError::Algorithm`] if it is a key of another algorithm or has other parameters, and the
    /// errors of the type's own decoding.
    pub fn promote<K: PromoteFrom<Self>>(&self) -> Result<K, DecodeError> {
        K::promote_from(self)
    }

    /// Reads the key as one of this crate's algorithms.
    ///
    /// # Errors
    /// [`DecodeError::Algorithm`] if it is of none of them, and the errors of its decoding.
    pub fn known(&self) -> Result<KnownPrivateKey, DecodeError> {
        KnownPrivateKey::promote_from(self)
    }

    /// Reveals the document, as it was read.
    #[must_use]
    pub fn expose(&self, token: ExposeToken) -> &[u8] {
        self.der.expose(token)
    }

    pub(crate) fn as_der(&self) -> &[u8] {
        self.der.as_bytes()
    }
}

impl<A: HasKey<R>, R: PrivateRole> PromoteFrom<AnyPrivateKey> for Key<A, R>
where
    A::Material: PrivateMaterial,
{
    fn promote_from(any: &AnyPrivateKey) -> Result<Self, DecodeError> {
        let document = OneAsymmetricKey::from_der(any.as_der())?;
        Self::from_document(&document)
    }
}

/// The contents of a PEM document with that label.
pub(crate) fn labelled(pem: &str, label: &str) -> Result<Vec<u8>, DecodeError> {
    let (found, contents) = der::pem::decode_vec(pem.as_bytes()).map_err(|_| DecodeError::Pem)?;
    let contents = Zeroizing::new(contents);
    if found != label {
        return Err(DecodeError::Pem);
    }
    Ok(contents.to_vec())
}

#[cfg(test)]
mod tests;

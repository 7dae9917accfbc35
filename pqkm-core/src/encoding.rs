//! The standard containers: `SubjectPublicKeyInfo` (RFC 5280) and `OneAsymmetricKey` (RFC 5958),
//! in DER and PEM.
//!
//! Keys implement [`spki::EncodePublicKey`] and [`spki::DecodePublicKey`];
//! Exposed keys (see [`Key::expose`]) implement [`pkcs8::EncodePrivateKey`], and private keys
//! [`pkcs8::DecodePrivateKey`]. Decoding is strict: DER only, the exact algorithm identifier with
//! exactly the parameters of the standard, exact lengths, nothing after the end.

use alloc::vec::Vec;

use der::{
    Decode, Document, Encode, Reader, SecretDocument, Sequence,
    asn1::{BitStringRef, ContextSpecific, OctetStringRef},
    pem::PemLabel,
};
use pkcs8::{DecodePrivateKey, EncodePrivateKey};
use spki::{
    AlgorithmIdentifierOwned, AlgorithmIdentifierRef, DecodePublicKey, EncodePublicKey,
    SubjectPublicKeyInfoRef,
};
use zeroize::Zeroizing;

use crate::{
    algorithm::{Algorithm, PrivateMaterial, PublicMaterial, SecretMaterial},
    error::DecodeError,
    ident::{Fingerprint, KeyId},
    key::{Exposed, Key},
    role::{HasKey, PrivateRole, PublicRole},
};

/// The form of an ML-KEM or ML-DSA private key (RFC 9935, section 6; RFC 9881, section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateKeyForm {
    /// The seed alone: the smallest, and what is written unless told otherwise.
    Seed,
    /// The expanded key alone.
    Expanded,
    /// Both; a reader must refuse them if they are not one key.
    Both,
}

/// `CHOICE { seed [0] OCTET STRING, expandedKey OCTET STRING, both SEQUENCE { .. } }`
#[derive(Clone, Copy)]
pub(crate) enum SeedOrExpanded<'a> {
    Seed(&'a [u8]),
    Expanded(&'a [u8]),
    Both { seed: &'a [u8], expanded: &'a [u8] },
}

/// The `both` arm.
#[derive(Sequence)]
struct Both<'a> {
    seed: &'a OctetStringRef,
    expanded_key: &'a OctetStringRef,
}

/// The tag number of the `seed` arm.
const SEED_TAG: der::TagNumber = der::TagNumber(0);

impl<'a> SeedOrExpanded<'a> {
    /// What to write for a form; none if it needs a seed that is not known.
    pub(crate) fn select(
        form: PrivateKeyForm,
        seed: Option<&'a [u8]>,
        expanded: &'a [u8],
    ) -> Option<Self> {
        match form {
            PrivateKeyForm::Seed => seed.map(Self::Seed),
            PrivateKeyForm::Expanded => Some(Self::Expanded(expanded)),
            PrivateKeyForm::Both => seed.map(|seed| Self::Both { seed, expanded }),
        }
    }

    pub(crate) fn encode(self) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Seed(seed) => ContextSpecific {
                tag_number: SEED_TAG,
                tag_mode: der::TagMode::Implicit,
                value: OctetStringRef::new(seed).ok()?,
            }
            .to_der(),
            Self::Expanded(expanded) => OctetStringRef::new(expanded).ok()?.to_der(),
            Self::Both { seed, expanded } => Both {
                seed: OctetStringRef::new(seed).ok()?,
                expanded_key: OctetStringRef::new(expanded).ok()?,
            }
            .to_der(),
        }
        .ok()
        .map(Zeroizing::new)
    }

    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        match bytes.first() {
            Some(0x80) => {
                let mut reader = der::SliceReader::new(bytes)?;
                let seed =
                    ContextSpecific::<&OctetStringRef>::decode_implicit(&mut reader, SEED_TAG)?
                        .ok_or(DecodeError::Malformed)?;
                reader.finish()?;
                Ok(Self::Seed(seed.value.as_bytes()))
            }
            Some(0x04) => Ok(Self::Expanded(
                <&OctetStringRef>::from_der(bytes)?.as_bytes(),
            )),
            Some(0x30) => {
                let both = Both::from_der(bytes)?;
                Ok(Self::Both {
                    seed: both.seed.as_bytes(),
                    expanded: both.expanded_key.as_bytes(),
                })
            }
            _ => Err(DecodeError::Malformed),
        }
    }
}

/// An OCTET STRING of exactly `N` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Octets<const N: usize>(pub(crate) [u8; N]);

/// Makes a newtype around `[u8; N]` an OCTET STRING of exactly `N` bytes.
macro_rules! octet_string {
    ($([$($n:ident)?] $name:ty;)+) => {$(
        impl $(<const $n: usize>)? der::FixedTag for $name {
            const TAG: der::Tag = der::Tag::OctetString;
        }

        impl $(<const $n: usize>)? der::EncodeValue for $name {
            fn value_len(&self) -> der::Result<der::Length> {
                der::Length::try_from(self.0.len())
            }

            fn encode_value(&self, writer: &mut impl der::Writer) -> der::Result<()> {
                writer.write(&self.0)
            }
        }

        impl<'a $(, const $n: usize)?> der::DecodeValue<'a> for $name {
            type Error = der::Error;

            fn decode_value<R: Reader<'a>>(
                reader: &mut R,
                header: der::Header,
            ) -> der::Result<Self> {
                let octets = <&OctetStringRef>::decode_value(reader, header)?;
                Ok(Self(octets.as_bytes().try_into().map_err(|_| der::Tag::OctetString.length_error())?))
            }
        }
    )+};
}

octet_string! {
    [N] Octets<N>;
    [] Fingerprint;
    [] KeyId;
}

/// The contents of a PEM document with the right label.
pub(crate) fn pem_contents<T: PemLabel>(pem: &str) -> Result<Vec<u8>, DecodeError> {
    let (label, contents) = der::pem::decode_vec(pem.as_bytes()).map_err(|_| DecodeError::Pem)?;
    T::validate_pem_label(label).map_err(|_| DecodeError::Pem)?;
    Ok(contents)
}

/// The canonical DER of a `SubjectPublicKeyInfo`.
#[expect(
    clippy::expect_used,
    reason = "no public key comes near the 4 GiB that DER here allows"
)]
pub(crate) fn spki_der<A: Algorithm>(public_key: &[u8]) -> Vec<u8> {
    let algorithm = A::key_algorithm();
    let info = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef {
            oid: algorithm.oid,
            parameters: algorithm.parameters.as_ref().map(Into::into),
        },
        subject_public_key: BitStringRef::from_bytes(public_key).expect("short enough for DER"),
    };
    info.to_der().expect("short enough for DER")
}

/// Whether an identifier read is exactly that of the algorithm: object identifier and parameters.
pub(crate) fn is_algorithm(
    read: &AlgorithmIdentifierRef<'_>,
    own: &AlgorithmIdentifierOwned,
) -> bool {
    read.oid == own.oid && read.parameters == own.parameters.as_ref().map(Into::into)
}

impl<A: HasKey<R>, R: PublicRole> Key<A, R>
where
    A::Material: PublicMaterial,
{
    /// The canonical DER of this key's `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn to_spki_der(&self) -> Vec<u8> {
        spki_der::<A>(self.as_bytes())
    }

    /// Reads a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// [`DecodeError::Algorithm`] if it is a key of another algorithm or has other parameters, and
    /// the errors of [`from_bytes`](Self::from_bytes).
    pub fn from_spki_der(der: &[u8]) -> Result<Self, DecodeError> {
        let info = SubjectPublicKeyInfoRef::from_der(der)?;
        if !is_algorithm(&info.algorithm, &A::key_algorithm()) {
            return Err(DecodeError::Algorithm);
        }
        Self::from_bytes(
            info.subject_public_key
                .as_bytes()
                .ok_or(DecodeError::Malformed)?,
        )
    }
}

impl<A: HasKey<R>, R: PublicRole> EncodePublicKey for Key<A, R>
where
    A::Material: PublicMaterial,
{
    fn to_public_key_der(&self) -> spki::Result<Document> {
        Ok(Document::try_from(self.to_spki_der())?)
    }
}

impl<A: HasKey<R>, R: PublicRole> DecodePublicKey for Key<A, R>
where
    A::Material: PublicMaterial,
{
    fn from_public_key_der(bytes: &[u8]) -> spki::Result<Self> {
        Self::from_spki_der(bytes).map_err(|_| spki::Error::KeyMalformed)
    }
}

/// `OneAsymmetricKey` (RFC 5958, section 2) without attributes, which no key here carries: a document
/// that has some is refused rather than silently shortened.
#[derive(Sequence)]
struct OneAsymmetricKey<'a> {
    version: u8,
    algorithm: AlgorithmIdentifierRef<'a>,
    private_key: &'a OctetStringRef,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    public_key: Option<BitStringRef<'a>>,
}

impl OneAsymmetricKey<'_> {
    /// RFC 5958: version 1 (the number 0) unless a public key is present.
    fn has_right_version(&self) -> bool {
        self.version == u8::from(self.public_key.is_some())
    }
}

impl<A: HasKey<R>, R: PrivateRole> Key<A, R>
where
    A::Material: PrivateMaterial,
{
    /// Reads a `OneAsymmetricKey` (PKCS#8) in DER. ML-KEM and ML-DSA keys may have any of the three
    /// forms of RFC 9935 and RFC 9881.
    ///
    /// The key's own consistency is checked, and if the document holds the public key too, that they
    /// belong together.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, DecodeError> {
        let document = OneAsymmetricKey::from_der(der)?;
        if !document.has_right_version() {
            return Err(DecodeError::Version);
        }
        if !is_algorithm(&document.algorithm, &A::key_algorithm()) {
            return Err(DecodeError::Algorithm);
        }
        let material = A::Material::from_bytes(document.private_key.as_bytes())?;
        if let Some(public_key) = document.public_key {
            let public_key = public_key.as_bytes().ok_or(DecodeError::Malformed)?;
            if material.public().as_bytes() != public_key {
                return Err(DecodeError::Inconsistent);
            }
        }
        Ok(Self::from_material(material))
    }
}

impl<A: HasKey<R>, R: PrivateRole> DecodePrivateKey for Key<A, R>
where
    A::Material: PrivateMaterial,
{
    fn from_pkcs8_der(bytes: &[u8]) -> pkcs8::Result<Self> {
        Self::from_pkcs8_der(bytes).map_err(|_| pkcs8::KeyError::Invalid.into())
    }
}

/// Writes a `OneAsymmetricKey` around the contents of its `privateKey`.
fn one_asymmetric_key<A: Algorithm>(private_key: &[u8]) -> pkcs8::Result<SecretDocument> {
    let algorithm = A::key_algorithm();
    let document = OneAsymmetricKey {
        version: 0,
        algorithm: AlgorithmIdentifierRef {
            oid: algorithm.oid,
            parameters: algorithm.parameters.as_ref().map(Into::into),
        },
        private_key: OctetStringRef::new(private_key)?,
        public_key: None,
    };
    Ok(SecretDocument::encode_msg(&document)?)
}

/// Writes PKCS#8; ML-KEM and ML-DSA keys in the seed form where the seed is known.
impl<A: HasKey<R>, R: PrivateRole> EncodePrivateKey for Exposed<'_, A, R>
where
    A::Material: SecretMaterial,
{
    fn to_pkcs8_der(&self) -> pkcs8::Result<SecretDocument> {
        one_asymmetric_key::<A>(&self.to_bytes())
    }
}

impl<A: HasKey<R>, R: crate::role::SecretRole> Exposed<'_, A, R>
where
    A::Material: SecretMaterial,
{
    /// The key's bytes: of a private key the contents of the `privateKey` OCTET STRING of PKCS#8, of
    /// a symmetric key the key itself (for a wrapping key its identifier, 16 bytes, stands before).
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.key.material().to_bytes()
    }
}

/// A private key with a choice of forms: ML-KEM and ML-DSA.
pub trait SeedForms: SecretMaterial {
    /// The key of a seed: `d || z`, 64 bytes, or `xi`, 32 bytes.
    ///
    /// # Errors
    /// [`DecodeError::Length`].
    fn from_seed(seed: &[u8]) -> Result<Self, DecodeError>;

    /// An expanded key, checked.
    ///
    /// # Errors
    /// [`DecodeError`] if it is not a key that key generation could have made.
    fn from_expanded(expanded: &[u8]) -> Result<Self, DecodeError>;

    /// The contents of the `privateKey` OCTET STRING in that form; none if it needs the seed and the
    /// key was imported without one.
    fn to_form(&self, form: PrivateKeyForm) -> Option<Zeroizing<Vec<u8>>>;
}

impl<A: HasKey<R>, R: PrivateRole> Key<A, R>
where
    A::Material: SeedForms,
{
    /// The private key of a seed: ML-KEM `d || z`, 64 bytes; ML-DSA `xi`, 32 bytes. The original bytes
    /// stay the caller's to erase.
    ///
    /// # Errors
    /// [`DecodeError::Length`].
    pub fn from_seed(seed: &[u8]) -> Result<Self, DecodeError> {
        A::Material::from_seed(seed).map(Self::from_material)
    }

    /// A private key in its expanded form: ML-KEM `dk`, ML-DSA `sk`. The original bytes stay the
    /// caller's to erase.
    ///
    /// # Errors
    /// [`DecodeError`] if it is not a key that key generation could have made, as far as that can be
    /// seen from it.
    pub fn from_expanded(expanded: &[u8]) -> Result<Self, DecodeError> {
        A::Material::from_expanded(expanded).map(Self::from_material)
    }
}

impl<A: HasKey<R>, R: PrivateRole> Exposed<'_, A, R>
where
    A::Material: SeedForms,
{
    /// Writes PKCS#8 in a form of one's choice.
    ///
    /// # Errors
    /// [`DecodeError::Inconsistent`] if the form needs the seed and the key was imported without one.
    pub fn to_pkcs8_der_as(&self, form: PrivateKeyForm) -> Result<SecretDocument, DecodeError> {
        let contents = self
            .key
            .material()
            .to_form(form)
            .ok_or(DecodeError::Inconsistent)?;
        one_asymmetric_key::<A>(&contents).map_err(|_| DecodeError::Malformed)
    }
}

//! Keys of every algorithm behind one interface: what can be asked of any of them.

use pqkm::composite::x509::KeyKind;
use pqkm::composite::{
    MlDsa44EcdsaP256, MlDsa44Ed25519, MlDsa65EcdsaP256, MlDsa65EcdsaP384, MlDsa65Ed25519,
    MlDsa87EcdsaP384, MlDsa87EcdsaP521, MlKem768EcdhP256, MlKem768EcdhP384, MlKem768X25519,
    MlKem1024EcdhP384, MlKem1024EcdhP521,
};
#[cfg(feature = "rsa")]
use pqkm::composite::{
    MlDsa44RsaPkcs2048, MlDsa44RsaPss2048, MlDsa65RsaPkcs3072, MlDsa65RsaPkcs4096,
    MlDsa65RsaPss3072, MlDsa65RsaPss4096, MlDsa87RsaPss3072, MlDsa87RsaPss4096, MlKem768Rsa2048,
    MlKem768Rsa3072, MlKem768Rsa4096, MlKem1024Rsa3072,
};
#[cfg(feature = "brainpool")]
use pqkm::composite::{
    MlDsa65EcdsaBrainpoolP256r1, MlDsa87EcdsaBrainpoolP384r1, MlKem768EcdhBrainpoolP256r1,
    MlKem1024EcdhBrainpoolP384r1,
};
#[cfg(feature = "unstable-448")]
use pqkm::composite::{MlDsa87Ed448, MlKem1024X448};
use pqkm::core::{
    AgreementAlgorithm, AgreementKey, Algorithm, AnyPrivateKey, AnyPublicKey, Ciphertext,
    DecapsulationKey, DecodeError, EcdsaP256, EcdsaP384, EcdsaP521, Ed25519, ExposeToken,
    KemAlgorithm, MlDsa44, MlDsa65, MlDsa87, MlKem512, MlKem768, MlKem1024, SignatureAlgorithm,
    SigningKey, SlhDsaSha2_128f, SlhDsaSha2_128s, SlhDsaSha2_192f, SlhDsaSha2_192s,
    SlhDsaSha2_256f, SlhDsaSha2_256s, SlhDsaShake128f, SlhDsaShake128s, SlhDsaShake192f,
    SlhDsaShake192s, SlhDsaShake256f, SlhDsaShake256s, SysRng, VerifyingKey, X25519, XWing,
};
#[cfg(feature = "brainpool")]
use pqkm::core::{EcdsaBrainpoolP256r1, EcdsaBrainpoolP384r1};
#[cfg(feature = "rsa")]
use pqkm::core::{RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512};
use pqkm::stateful::Hss;
use x509_cert::der::asn1::ObjectIdentifier;

/// A public key that loaded.
pub(crate) struct PublicKey {
    pub(crate) name: &'static str,
    pub(crate) is_kem: bool,
    /// The key, written anew.
    pub(crate) written: AnyPublicKey,
}

/// A private key that loaded.
pub(crate) trait PrivateKey: Send + Sync {
    fn public(&self) -> PublicKey;

    /// What [`prove`](Self::prove) shows.
    fn proof(&self) -> &'static str;

    /// That the key does its work.
    fn prove(&self) -> Result<(), String>;

    /// Decapsulates, if it is the key of a KEM.
    fn decapsulate(&self, ciphertext: &[u8]) -> Result<Vec<u8>, String>;

    /// What it makes of a ciphertext of zeros, if it is the key of a KEM that rejects implicitly.
    fn reject(&self) -> Option<Vec<u8>> {
        None
    }
}

fn text(error: impl core::fmt::Display) -> String {
    error.to_string()
}

impl<A: SignatureAlgorithm> PrivateKey for SigningKey<A> {
    fn public(&self) -> PublicKey {
        PublicKey {
            name: A::NAME,
            is_kem: false,
            written: AnyPublicKey::from(&self.verifying_key()),
        }
    }

    fn proof(&self) -> &'static str {
        "signs what its public half verifies"
    }

    fn prove(&self) -> Result<(), String> {
        let signature = self.sign(b"interop", &mut SysRng).map_err(text)?;
        let public = self.verifying_key();
        public.verify(b"interop", &signature).map_err(text)?;
        match public.verify(b"another message", &signature) {
            Ok(()) => Err("the signature verifies on another message".into()),
            Err(_) => Ok(()),
        }
    }

    fn decapsulate(&self, _: &[u8]) -> Result<Vec<u8>, String> {
        Err(format!("{} is no KEM", A::NAME))
    }
}

impl<A: KemAlgorithm> PrivateKey for DecapsulationKey<A> {
    fn public(&self) -> PublicKey {
        PublicKey {
            name: A::NAME,
            is_kem: true,
            written: AnyPublicKey::from(&self.encapsulation_key()),
        }
    }

    fn proof(&self) -> &'static str {
        "decapsulates what its public half encapsulates"
    }

    fn prove(&self) -> Result<(), String> {
        let (ciphertext, sent) = self
            .encapsulation_key()
            .encapsulate(&mut SysRng)
            .map_err(text)?;
        let received = self.decapsulate(&ciphertext).map_err(text)?;
        let token = ExposeToken::acknowledge;
        if sent.expose(token()) == received.expose(token()) {
            Ok(())
        } else {
            Err("the shared secrets differ".into())
        }
    }

    fn decapsulate(&self, ciphertext: &[u8]) -> Result<Vec<u8>, String> {
        let ciphertext = Ciphertext::<A>::from_bytes(ciphertext).map_err(text)?;
        let secret = Self::decapsulate(self, &ciphertext).map_err(text)?;
        Ok(secret.expose(ExposeToken::acknowledge()).to_vec())
    }

    fn reject(&self) -> Option<Vec<u8>> {
        let (ciphertext, _) = self.encapsulation_key().encapsulate(&mut SysRng).ok()?;
        PrivateKey::decapsulate(self, &vec![0; ciphertext.as_bytes().len()]).ok()
    }
}

impl<A: AgreementAlgorithm> PrivateKey for AgreementKey<A> {
    fn public(&self) -> PublicKey {
        PublicKey {
            name: A::NAME,
            is_kem: false,
            written: AnyPublicKey::from(&self.agreement_public_key()),
        }
    }

    fn proof(&self) -> &'static str {
        "agrees with both ends on one secret"
    }

    fn prove(&self) -> Result<(), String> {
        let public = self.agreement_public_key();
        let (ephemeral, sent) = public.agree_ephemeral(&mut SysRng).map_err(text)?;
        let received = self.agree(&ephemeral).map_err(text)?;
        let token = ExposeToken::acknowledge;
        if sent.expose(token()) == received.expose(token()) {
            Ok(())
        } else {
            Err("the agreed secrets differ".into())
        }
    }

    fn decapsulate(&self, _: &[u8]) -> Result<Vec<u8>, String> {
        Err(format!("{} is no KEM", A::NAME))
    }
}

/// The algorithms with one kind of key. A key on a curve or an RSA key does not say what it is for: it
/// is taken for one that signs.
macro_rules! for_every_algorithm {
    ($one:ident) => {
        $one!(SigningKey, false: MlDsa44, MlDsa65, MlDsa87);
        $one!(DecapsulationKey, true: MlKem512, MlKem768, MlKem1024, XWing);
        $one!(SigningKey, false: SlhDsaSha2_128s, SlhDsaSha2_128f, SlhDsaSha2_192s, SlhDsaSha2_192f,
            SlhDsaSha2_256s, SlhDsaSha2_256f, SlhDsaShake128s, SlhDsaShake128f, SlhDsaShake192s,
            SlhDsaShake192f, SlhDsaShake256s, SlhDsaShake256f);
        $one!(SigningKey, false: Ed25519, EcdsaP256, EcdsaP384, EcdsaP521);
        $one!(AgreementKey, false: X25519);
        #[cfg(feature = "brainpool")]
        $one!(SigningKey, false: EcdsaBrainpoolP256r1, EcdsaBrainpoolP384r1);
        #[cfg(feature = "rsa")]
        $one!(SigningKey, false: RsaPkcs1Sha256<2048>, RsaPkcs1Sha384<3072>, RsaPkcs1Sha512<4096>);
        $one!(SigningKey, false: MlDsa44Ed25519, MlDsa44EcdsaP256, MlDsa65EcdsaP256,
            MlDsa65EcdsaP384, MlDsa65Ed25519, MlDsa87EcdsaP384, MlDsa87EcdsaP521);
        $one!(DecapsulationKey, true: MlKem768X25519, MlKem768EcdhP256, MlKem768EcdhP384,
            MlKem1024EcdhP384, MlKem1024EcdhP521);
        #[cfg(feature = "brainpool")]
        $one!(SigningKey, false: MlDsa65EcdsaBrainpoolP256r1, MlDsa87EcdsaBrainpoolP384r1);
        #[cfg(feature = "brainpool")]
        $one!(DecapsulationKey, true: MlKem768EcdhBrainpoolP256r1, MlKem1024EcdhBrainpoolP384r1);
        #[cfg(feature = "rsa")]
        $one!(SigningKey, false: MlDsa44RsaPss2048, MlDsa44RsaPkcs2048, MlDsa65RsaPss3072,
            MlDsa65RsaPkcs3072, MlDsa65RsaPss4096, MlDsa65RsaPkcs4096, MlDsa87RsaPss3072,
            MlDsa87RsaPss4096);
        #[cfg(feature = "rsa")]
        $one!(DecapsulationKey, true: MlKem768Rsa2048, MlKem768Rsa3072, MlKem768Rsa4096,
            MlKem1024Rsa3072);
        #[cfg(feature = "unstable-448")]
        $one!(SigningKey, false: MlDsa87Ed448);
        #[cfg(feature = "unstable-448")]
        $one!(DecapsulationKey, true: MlKem1024X448);
    };
}

/// Whether a key was merely no key of one algorithm: with RSA the length is the algorithm's.
fn is_of_another(error: DecodeError, oid: ObjectIdentifier) -> bool {
    error == DecodeError::Algorithm || (error == DecodeError::Length && is_rsa(oid))
}

/// `rsaEncryption`
pub(crate) fn is_rsa(oid: ObjectIdentifier) -> bool {
    oid.to_string() == "1.2.840.113549.1.1.1"
}

/// Reads a private key as what it is.
pub(crate) fn private(any: &AnyPrivateKey) -> Result<Box<dyn PrivateKey>, DecodeError> {
    macro_rules! try_each {
        ($key:ident, $is_kem:literal: $($algorithm:ty),+) => {$(
            match any.promote::<$key<$algorithm>>() {
                Ok(key) => return Ok(Box::new(key)),
                Err(error) if is_of_another(error, any.oid()) => {}
                Err(error) => return Err(error),
            }
        )+};
    }
    for_every_algorithm!(try_each);
    Err(DecodeError::Algorithm)
}

/// Reads a public key as what it is.
pub(crate) fn public(any: &AnyPublicKey) -> Result<PublicKey, DecodeError> {
    macro_rules! try_each {
        ($key:ident, $is_kem:literal: $($algorithm:ty),+) => {$(
            match any.promote::<Half<$key<$algorithm>>>() {
                Ok(key) => return Ok(PublicKey {
                    name: <$algorithm>::NAME,
                    is_kem: $is_kem,
                    written: AnyPublicKey::from(&key),
                }),
                Err(error) if is_of_another(error, any.oid()) => {}
                Err(error) => return Err(error),
            }
        )+};
    }
    for_every_algorithm!(try_each);
    let key: VerifyingKey<Hss> = any.promote()?;
    Ok(PublicKey {
        name: Hss::NAME,
        is_kem: false,
        written: AnyPublicKey::from(&key),
    })
}

/// The public half of a private key type.
trait HasHalf {
    type Half;
}

type Half<K> = <K as HasHalf>::Half;

impl<A: SignatureAlgorithm> HasHalf for SigningKey<A> {
    type Half = VerifyingKey<A>;
}

impl<A: KemAlgorithm> HasHalf for DecapsulationKey<A> {
    type Half = pqkm::core::EncapsulationKey<A>;
}

impl<A: AgreementAlgorithm> HasHalf for AgreementKey<A> {
    type Half = pqkm::core::AgreementPublicKey<A>;
}

/// A private value that stands in no container, as PKCS#8 has it: of ML-KEM and ML-DSA the seed or the
/// expanded key by its length, of Ed25519 and X25519 wrapped in an OCTET STRING, of the others as it is.
pub(crate) fn contain(oid: ObjectIdentifier, value: &[u8]) -> Option<AnyPrivateKey> {
    use x509_cert::der::{
        Encode, TagMode, TagNumber,
        asn1::{ContextSpecific, OctetStringRef},
    };

    /// Of ML-KEM; that of ML-DSA has half.
    const MAX_SEED_BYTES: usize = 64;

    let octets = OctetStringRef::new(value).ok()?;
    let dotted = oid.to_string();
    let has_forms = dotted.starts_with("2.16.840.1.101.3.4.4.")
        || ["17", "18", "19"]
            .iter()
            .any(|number| dotted == format!("2.16.840.1.101.3.4.3.{number}"));
    let contents = if has_forms && value.len() <= MAX_SEED_BYTES {
        ContextSpecific {
            tag_number: TagNumber(0),
            tag_mode: TagMode::Implicit,
            value: octets,
        }
        .to_der()
        .ok()?
    } else if has_forms || dotted.starts_with("1.3.101.") {
        octets.to_der().ok()?
    } else {
        value.to_vec()
    };
    let algorithm = x509_cert::spki::AlgorithmIdentifierRef {
        oid,
        parameters: None,
    };
    let contents = OctetStringRef::new(&contents).ok()?;
    let der = pqkm::core::pkcs8::PrivateKeyInfoRef::new(algorithm, contents).to_der();
    AnyPrivateKey::from_pkcs8_der(&der.ok()?).ok()
}

/// Why this crate has nothing to say about keys of an algorithm, if that is no fault.
pub(crate) fn covered_elsewhere(oid: ObjectIdentifier) -> Option<&'static str> {
    let text = oid.to_string();
    match text.as_str() {
        "1.3.6.1.5.5.7.6.34" | "1.3.6.1.5.5.7.6.35" => Some("XMSS is not verified yet"),
        _ => None,
    }
}

/// Whether keys of that algorithm encapsulate, so that they issue nothing.
pub(crate) fn is_kem(oid: ObjectIdentifier) -> bool {
    matches!(KeyKind::of(oid), KeyKind::Kem(_))
}

/// Object identifiers of this crate's algorithms: a key with one of them and parameters that it must
/// not have is refused as an unexpected algorithm, and that is a failure.
pub(crate) fn is_claimed(oid: ObjectIdentifier) -> bool {
    let text = oid.to_string();
    let number = |prefix: &str| text.strip_prefix(prefix)?.parse::<u32>().ok();
    matches!(number("2.16.840.1.101.3.4.4."), Some(1..=3))
        || matches!(number("2.16.840.1.101.3.4.3."), Some(17..=31))
        || matches!(number("1.3.101."), Some(110 | 112))
        || matches!(number("1.3.6.1.5.5.7.6."), Some(37..=66))
        || text == "1.3.6.1.4.1.62253.25722"
        || text == "1.2.840.113549.1.9.16.3.17"
}

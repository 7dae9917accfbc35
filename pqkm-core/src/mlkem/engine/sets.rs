//! What the engine does for each parameter set (FIPS 203, Table 2).

use alloc::{boxed::Box, vec::Vec};

use pqkm_kernels::lanes::Lanes;

use super::{
    Kem, KeyBytes,
    work::{Decapsulation, Encapsulation},
};
use crate::mlkem::{
    M_BYTES, MlKem512, MlKem768, MlKem1024, SEED_BYTES, SHARED_SECRET_BYTES, reference::Reference,
};

/// The algorithms of a parameter set on the lanes of a token. Sealed by its module.
///
/// Keys have passed their checks, and lengths are the parameter set's.
#[expect(unnameable_types, reason = "seals `MlKemParameters`")]
pub trait Kernels: Reference {
    /// An expanded encapsulation key.
    type Ek: Send + Sync + 'static;
    /// An expanded decapsulation key; zeroizes itself.
    type Dk: Send + Sync + 'static;

    /// FIPS 203, Algorithm 16 (ML-KEM.KeyGen_internal).
    fn key_pairs<L: Lanes>(l: L, seeds: &[&[u8; SEED_BYTES]]) -> Vec<KeyBytes>;

    /// Expands `ek`.
    fn prepare_ek<L: Lanes>(l: L, ek: &[u8]) -> Self::Ek;

    /// Expands `dk`.
    fn prepare_dk<L: Lanes>(l: L, dk: &[u8]) -> Self::Dk;

    /// FIPS 203, Algorithm 17 (ML-KEM.Encaps_internal), of many messages to one key; gives what `make` makes of each
    /// ciphertext and shared secret.
    fn encapsulate_all<L: Lanes, T>(
        l: L,
        key: &Self::Ek,
        messages: &[&[u8; M_BYTES]],
        make: impl Fn(Self::CiphertextBytes, [u8; SHARED_SECRET_BYTES]) -> T,
    ) -> Vec<T>;

    /// The same of one message, without memory of the heap.
    fn encapsulate_one<L: Lanes>(
        l: L,
        key: &Self::Ek,
        message: &[u8; M_BYTES],
    ) -> (Self::CiphertextBytes, [u8; SHARED_SECRET_BYTES]);

    /// The same as of many, each message to a key of its own.
    fn encapsulate_each<L: Lanes, T>(
        l: L,
        eks: &[&[u8]],
        messages: &[&[u8; M_BYTES]],
        make: impl Fn(Self::CiphertextBytes, [u8; SHARED_SECRET_BYTES]) -> T,
    ) -> Vec<T>;

    /// FIPS 203, Algorithm 18 (ML-KEM.Decaps_internal), of many ciphertexts with one key.
    fn decapsulate_all<L: Lanes>(
        l: L,
        key: &Self::Dk,
        ciphertexts: &[&[u8]],
    ) -> Vec<[u8; SHARED_SECRET_BYTES]>;

    /// The same of one ciphertext, without memory of the heap.
    fn decapsulate_one<L: Lanes>(
        l: L,
        key: &Self::Dk,
        ciphertext: &[u8],
    ) -> [u8; SHARED_SECRET_BYTES];
}

macro_rules! sets {
    ($($name:ident: $k:literal, $eta_1:literal, $d_u:literal, $d_v:literal, $bytes:literal;)+) => {$(
        impl Kernels for $name {
            type Ek = Box<Encapsulation<$k>>;
            type Dk = Box<Decapsulation<$k>>;

            fn key_pairs<L: Lanes>(l: L, seeds: &[&[u8; SEED_BYTES]]) -> Vec<KeyBytes> {
                Kem::<$k, $eta_1, $d_u, $d_v>::key_pairs(l, seeds)
            }

            fn prepare_ek<L: Lanes>(l: L, ek: &[u8]) -> Self::Ek {
                Kem::<$k, $eta_1, $d_u, $d_v>::expand_ek(l, ek)
            }

            fn prepare_dk<L: Lanes>(l: L, dk: &[u8]) -> Self::Dk {
                Kem::<$k, $eta_1, $d_u, $d_v>::expand_dk(l, dk)
            }

            fn encapsulate_all<L: Lanes, T>(
                l: L,
                key: &Self::Ek,
                messages: &[&[u8; M_BYTES]],
                make: impl Fn(Self::CiphertextBytes, [u8; SHARED_SECRET_BYTES]) -> T,
            ) -> Vec<T> {
                Kem::<$k, $eta_1, $d_u, $d_v>::encapsulate_all(l, key, messages, make)
            }

            fn encapsulate_one<L: Lanes>(
                l: L,
                key: &Self::Ek,
                message: &[u8; M_BYTES],
            ) -> (Self::CiphertextBytes, [u8; SHARED_SECRET_BYTES]) {
                let mut made = ([0; $bytes], [0; SHARED_SECRET_BYTES]);
                let (ct, secret) = &mut made;
                Kem::<$k, $eta_1, $d_u, $d_v>::encapsulate_one(l, key, message, ct, secret);
                made
            }

            fn encapsulate_each<L: Lanes, T>(
                l: L,
                eks: &[&[u8]],
                messages: &[&[u8; M_BYTES]],
                make: impl Fn(Self::CiphertextBytes, [u8; SHARED_SECRET_BYTES]) -> T,
            ) -> Vec<T> {
                Kem::<$k, $eta_1, $d_u, $d_v>::encapsulate_each(l, eks, messages, make)
            }

            fn decapsulate_all<L: Lanes>(
                l: L,
                key: &Self::Dk,
                ciphertexts: &[&[u8]],
            ) -> Vec<[u8; SHARED_SECRET_BYTES]> {
                Kem::<$k, $eta_1, $d_u, $d_v>::decapsulate_all(l, key, ciphertexts)
            }

            fn decapsulate_one<L: Lanes>(
                l: L,
                key: &Self::Dk,
                ciphertext: &[u8],
            ) -> [u8; SHARED_SECRET_BYTES] {
                let mut secret = [0; SHARED_SECRET_BYTES];
                Kem::<$k, $eta_1, $d_u, $d_v>::decapsulate_one(l, key, ciphertext, &mut secret);
                secret
            }
        }
    )+};
}

sets! {
    MlKem512: 2, 3, 10, 4, 768;
    MlKem768: 3, 2, 10, 4, 1088;
    MlKem1024: 4, 2, 11, 5, 1568;
}
